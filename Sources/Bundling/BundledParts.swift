internal import CrashModel
internal import Foundation
internal import Reporting

/// The lines of logs that a report shows, as text files: one for each incident.
enum ReportExcerpts {
    static func files(of report: CrashReport) -> [BundledFile] {
        report.incidents.enumerated().compactMap { index, incident in
            if incident.excerpts.isEmpty { return nil }
            var text = ""
            for excerpt in incident.excerpts {
                let numbers = "lines \(excerpt.lines.first?.number ?? 0) to \(excerpt.lines.last?.number ?? 0)"
                text += "== \(SafeText.line(excerpt.source)), \(numbers)\n"
                if let note = excerpt.note { text += "   no lines around it: \(SafeText.line(note))\n" }
                for line in excerpt.lines {
                    text += "\(line.isEvidence ? ">" : " ") \(line.number)  \(SafeText.line(line.text))\n"
                }
                text += "\n"
            }
            return BundledFile(
                path: "excerpts/\(BundlePath.numbered(index, incident.id)).txt",
                about: "lines of the logs; '>' marks evidence", bytes: Data(text.utf8))
        }
    }
}

/// The recorded window of each incident as a table for spreadsheets: one row for each time, one column for each curve.
enum RecordedCurves {
    static func files(of report: CrashReport) -> [BundledFile] {
        report.incidents.enumerated().compactMap { index, incident in
            guard let window = incident.machine?.window, !window.times.isEmpty else { return nil }
            let series = window.series.filter { $0.values.count == window.times.count }
            var table = row(
                ["time", "seconds"]
                    + series.map { curve in
                        [curve.name, curve.subject, "(\(curve.unit.rawValue))"].compactMap(\.self)
                            .joined(separator: " ")
                    })
            for (at, seconds) in window.times.enumerated() where abs(seconds) < 1e9 {
                table += row(
                    [(window.moment + seconds).iso8601, number(seconds)]
                        + series.map { $0.values[at].map(number) ?? "" }, isNumbers: true)
            }
            return BundledFile(
                path: "recording/\(BundlePath.numbered(index, incident.id)).csv",
                about: "the machine around the moment, \(window.times.count) of \(window.sampleCount) recorded samples",
                bytes: Data(table.utf8))
        }
    }

    /// - Parameter isNumbers: A negative one looks like a formula, and is none.
    private static func row(_ cells: [String], isNumbers: Bool = false) -> String {
        cells.map { isNumbers ? $0 : TableCell.text($0) }.joined(separator: ",") + "\r\n"
    }

    /// Whole numbers without a point.
    private static func number(_ number: Double) -> String {
        guard number.isFinite else { return "" }
        return Int(exactly: number).map(String.init) ?? String(number)
    }
}

extension BundlePath {
    /// `1-15f976c9`: an id may be anything that somebody wrote into a ledger.
    fileprivate static func numbered(_ index: Int, _ id: String) -> String {
        let name = plain(id, most: 16)
        return name.isEmpty ? "\(index + 1)" : "\(index + 1)-\(name)"
    }
}
