import CrashModel
import Foundation
import Reporting

/// The evidence as a drawing: a lane for each rank and source, a mark for each line.
struct TimelineDrawing {
    /// A lane, and what stands on it.
    struct Lane {
        var name: String
        var marks: [Mark] = []
    }

    /// Lines of one part that stand so close that one mark is drawn for them.
    struct Mark {
        var at: Double
        var part: TimelineEntry.Part
        var first: ReportedEvidence
        var count = 1
        /// Whether its place follows from the lines around it.
        var isPlaced: Bool
    }

    static let mostLanes = 14
    /// Marks of a part that stand closer are one; further apart where a page holds many drawings.
    private static let closest = 0.009
    private static let closestOfMany = 0.12
    private static let fewLanes = 8

    private(set) var lanes: [Lane] = []
    /// Ranks and sources that share the last lane.
    private(set) var folded: [String] = []
    private(set) var foldedMarks: [Mark] = []
    /// Nil where no line states a time: marks then stand in order.
    private(set) var scale: TimeScale?
    private(set) var rootAt: Double?
    private let moment: Moment
    private let root: ReportedEvidence?
    private let times: PlacedTimes
    private let names: SourceNames

    /// - Returns: nil of an incident with too little to draw.
    init?(_ incident: ReportedIncident, moment: Moment, room: inout PageRoom) {
        let evidence = incident.evidence
        if evidence.isEmpty { return nil }
        self.moment = moment
        root = incident.root
        let times = PlacedTimes(incident)
        let names = SourceNames(incident)
        self.times = times
        self.names = names
        let dates = evidence.compactMap(times.of)
        scale = Set(dates).count > 1 ? TimeScale(dates) : nil
        // The list says it better.
        if evidence.count < (scale == nil ? 4 : 2) { return nil }
        var byLane: [String: [Mark]] = [:]
        var order: [String] = []
        var last: Double?
        for (index, item) in evidence.enumerated() {
            var at = 0.03 + 0.94 * Double(index) / Double(max(1, evidence.count - 1))
            if evidence.count == 1 { at = 0.5 }
            if let scale {
                // Of a line without any time only its place in the order is known.
                at = times.of(item).map(scale.position) ?? last ?? 0.02
            }
            last = at
            if item.part == .root { rootAt = at }
            let name = names.lane(item)
            if byLane[name] == nil { order.append(name) }
            byLane[name, default: []].append(
                Mark(at: at, part: item.part, first: item, isPlaced: scale != nil && item.time == nil))
        }
        // The cause's lane first, then those that other sources speak on, then the others as they come.
        let rootLane = root.map(names.lane)
        let ranked = order.enumerated().sorted { a, b in
            func turn(_ name: String) -> Int {
                if name == rootLane { return 0 }
                return byLane[name]?.contains { $0.part == .confirmation } == true ? 1 : 2
            }
            return (turn(a.element), a.offset) < (turn(b.element), b.offset)
        }.map(\.element)
        let mostLanes = room.marks > 0 ? Self.mostLanes : Self.fewLanes
        let shown = ranked.count <= mostLanes ? ranked : Array(ranked.prefix(mostLanes - 1))
        let closest = room.marks > 0 ? Self.closest : Self.closestOfMany
        lanes = shown.map { Lane(name: $0, marks: Self.merged(byLane[$0] ?? [], closest)) }
        folded = Array(ranked.dropFirst(shown.count))
        foldedMarks = Self.merged(folded.flatMap { byLane[$0] ?? [] }, closest)
        room.marks -= lanes.reduce(foldedMarks.count) { $0 + $1.marks.count }
    }

    private static func merged(_ marks: [Mark], _ closest: Double) -> [Mark] {
        var merged: [Mark] = []
        for part in TimelineEntry.Part.inLegend {
            var last: Int?
            for mark in marks.filter({ $0.part == part }).sorted(by: { $0.at < $1.at }) {
                if let last, mark.at - merged[last].at < closest {
                    merged[last].count += 1
                } else {
                    last = merged.count
                    merged.append(mark)
                }
            }
        }
        // The cause is drawn last, above all others.
        return merged.reversed()
    }
}

extension TimelineDrawing {
    /// Pixels from one lane to the next, and from the top to the first.
    private static let laneHeight = 38
    private static let top = 30

    func values(anchor: String, links: EvidenceLinks) -> PageValues {
        var page = PageValues()
        page.text("name", "\(anchor)-timeline")
        var all = lanes
        if !folded.isEmpty {
            all.append(Lane(name: foldedName, marks: foldedMarks))
        }
        let bottom = Self.top + Self.laneHeight * all.count
        page.number("height", bottom + (scale?.cuts.isEmpty == false ? 40 : 26))
        page.number("cutText", bottom + 34)
        page.number("bottom", bottom)
        page.number("axisText", bottom + 18)
        page.list(
            "lanes",
            all.enumerated().map { index, lane in
                let y = Self.top + Self.laneHeight * index
                return PageValues {
                    $0.text("name", lane.name, limit: 60)
                    $0.number("labelY", y + 11)
                    // The line of the cause leaves out the names.
                    $0.number("from", y + 16)
                    $0.number("to", index == all.count - 1 ? bottom : y + Self.laneHeight)
                    $0.percent("cause", rootAt ?? 0)
                    $0.number("lineY", y + 25)
                    $0.list("marks", lane.marks.map { values($0, y: y + 25, links) })
                }
            })
        if let rootAt {
            page.values(
                "event",
                PageValues {
                    $0.percent("x", rootAt)
                    $0.text("anchor", Self.textAnchor(rootAt))
                    $0.text("words", "cause" + (root?.time.map { ", " + moment.clock($0) } ?? ""))
                })
        }
        if let scale {
            page.list(
                "ticks",
                scale.ticks().enumerated().map { index, tick in
                    PageValues {
                        $0.percent("x", tick.at)
                        $0.text("anchor", Self.textAnchor(tick.at))
                        let isSameDay = times.root.map { moment.day($0) == moment.day(tick.date) } ?? true
                        $0.text(
                            "words",
                            isSameDay
                                ? moment.clock(tick.date)
                                : "\(moment.day(tick.date).suffix(5)) \(moment.clock(tick.date).prefix(5))")
                        $0.flag("isMinor", index % 2 == 1)
                    }
                })
            page.list(
                "cuts",
                scale.cuts.map { cut in
                    PageValues {
                        $0.percent("x", cut.at)
                        $0.text("anchor", Self.textAnchor(cut.at))
                        $0.text("words", Offset.length(cut.seconds) + " cut")
                    }
                })
        }
        page.text("caption", caption)
        let parts = Set((lanes.flatMap(\.marks) + foldedMarks).map(\.part))
        page.list(
            "legend",
            TimelineEntry.Part.inLegend.filter(parts.contains).map { part in
                PageValues {
                    $0.text("mark", part.mark)
                    $0.text("words", part.pageWords)
                }
            })
        return page
    }

    private var foldedName: String {
        let ranks = folded.count { $0.hasPrefix("rank ") }
        if ranks == folded.count { return Amount.of(ranks, "more rank") }
        return "\(Amount.count(folded.count)) more ranks and logs"
    }

    private var caption: String {
        guard let scale else {
            return "The lines state no times that differ: they stand in the order of their lines."
        }
        let day = root?.time.map { "\(moment.day($0)), \(moment.zone($0))." }
        var words = [day].compactMap(\.self)
        if !scale.cuts.isEmpty { words.append("Long pauses are cut out, and marked.") }
        if lanes.contains(where: { $0.marks.contains(where: \.isPlaced) }) {
            words.append("Pale marks state no time: they stand as near to the cause as the lines around them allow.")
        }
        return words.joined(separator: " ")
    }

    private func values(_ mark: Mark, y: Int, _ links: EvidenceLinks) -> PageValues {
        let item = mark.first
        var words = item.part.pageWords
        if let time = item.time { words += ", " + moment.clock(time) }
        if let offset = times.offset(item) { words += " (\(offset))" }
        words += ": " + item.title
        if mark.count > 1 { words += ", and \(Amount.count(mark.count - 1)) more here" }
        return PageValues {
            $0.percent("x", mark.at)
            $0.number("y", y)
            $0.text("mark", mark.part.mark)
            $0.text("words", words, limit: 200)
            $0.text("line", item.text, limit: 140)
            $0.text("place", names.place(item), limit: 200)
            $0.text("link", links[item])
            $0.flag("isPlaced", mark.isPlaced)
            $0.text("count", mark.count > 1 ? Amount.count(mark.count) : nil)
            $0.flag("isNarrow", mark.at > 0.94)
        }
    }

    /// So that no label leaves the drawing.
    static func textAnchor(_ at: Double) -> String { at < 0.07 ? "start" : at > 0.93 ? "end" : "middle" }
}
