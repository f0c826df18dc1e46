import CrashModel
import Foundation
import Reporting

/// What the machine looked like: curves over one axis of time, what stands out, the largest processes.
struct MachineSection {
    let incident: ReportedIncident
    let anchor: String
    let moment: Moment

    static let mostRemarks = 20
    private static let alone = "The report of this failure alone holds them."

    func fill(_ page: inout PageValues, room: inout PageRoom) {
        guard let machine = incident.machine else { return }
        let lines = ContextLines(context: machine, moment: moment)
        page.values(
            "machine",
            PageValues {
                $0.text("anchor", anchor)
                $0.text("heading", lines.heading)
                $0.text("tableHeading", lines.tableHeading)
                $0.text("caution", lines.caution)
                $0.texts("facts", lines.facts)
                if let window = machine.window { fill(&$0, window, &room) }
                let processes = machine.processes.prefix(15)
                $0.flag("hasProcesses", !processes.isEmpty)
                $0.list(
                    "processes",
                    processes.map { process in
                        PageValues {
                            $0.text("pid", String(process.pid))
                            $0.text("memory", Amount.bytes(process.resident))
                            $0.text("swap", process.swapped.map(Amount.bytes) ?? "")
                            $0.text("name", process.name, limit: 80)
                            $0.flag("isVictim", process.victim)
                        }
                    })
                let left = machine.processCount - processes.count
                $0.text("processesLeft", left > 0 ? "and \(Amount.count(left)) smaller" : nil)
            })
    }

    private func fill(_ page: inout PageValues, _ window: RecordedWindow, _ room: inout PageRoom) {
        let axis = ChartAxis(window, moment: moment)
        page.text(
            "extent",
            "Recorded\(window.host.map { " on \($0)" } ?? ""), \(moment.span(window.from, window.to)): "
                + "\(Amount.of(window.sampleCount, "sample")).")
        page.list(
            "observations",
            window.observations.prefix(Self.mostRemarks).map { item in
                PageValues {
                    $0.text("offset", Offset.words(item.at.timeIntervalSince(window.moment)))
                    $0.text("text", item.text)
                }
            })
        page.flag("isQuiet", window.observations.isEmpty)
        page.texts("problems", Array(window.problems.prefix(8)))
        var panels = ChartPanel.all(of: window)
        let points = panels.reduce(0) { $0 + $1.series.count * $1.times.count }
        if points > room.points {
            page.text("panelsLeft", "The curves are left out, for the size of this page. \(Self.alone)")
            panels = []
        }
        room.points -= min(points, room.points)
        page.list("panels", panels.enumerated().map { $1.values(axis, name: "\(anchor)-chart\($0 + 1)") })
        let series = panels.flatMap(\.series)
        let cells = series.count * window.times.count
        if cells > room.cells {
            page.text("samplesLeft", "The table of all values is left out, for the size of this page. \(Self.alone)")
        } else if !series.isEmpty {
            room.cells -= cells
            page.values(
                "samples",
                PageValues {
                    $0.texts("columns", series.map { WindowLines.name(of: $0) })
                    $0.list(
                        "rows",
                        window.times.indices.map { index in
                            PageValues { row in
                                row.text("offset", Offset.words(window.times[index]))
                                row.text("x", Coordinate.of(axis.share(window.times[index]) * 100))
                                row.texts(
                                    "cells",
                                    series.map { series in
                                        guard index < series.values.count, let value = series.values[index],
                                            value.isFinite
                                        else { return "–" }
                                        return WindowLines.amount(value, series.unit)
                                    })
                            }
                        })
                })
        }
    }
}
