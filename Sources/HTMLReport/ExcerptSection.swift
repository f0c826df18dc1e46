import CrashModel
import Foundation
import Reporting

/// Where on the page the line of each evidence stands.
struct EvidenceLinks {
    fileprivate var lines: [String: String] = [:]

    /// `i1-x3-l2`; nil where the page does not show it.
    subscript(_ item: ReportedEvidence) -> String? { lines["\(item.source):\(item.line)"] }
}

/// The lines of logs.
struct ExcerptSection {
    let incident: ReportedIncident
    let anchor: String

    /// - Parameters:
    ///   - room: Less what is shown here.
    ///   - links: To the lines that are shown.
    func values(_ room: inout PageRoom, _ links: inout EvidenceLinks) -> PageValues? {
        if incident.excerpts.isEmpty { return nil }
        let shown = shown(room)
        var page = PageValues()
        let root = incident.root
        var parts: [PageValues] = []
        for index in shown {
            let excerpt = incident.excerpts[index]
            let name = "\(anchor)-x\(index + 1)"
            room.lines -= Self.bytes(excerpt)
            for (position, line) in excerpt.lines.enumerated() {
                let key = "\(excerpt.source):\(line.number)"
                if links.lines[key] == nil { links.lines[key] = "\(name)-l\(position + 1)" }
            }
            parts.append(values(excerpt, name: name, root: excerpt.source == root?.source ? root?.line : nil))
        }
        page.list("excerpts", parts)
        let left = incident.excerpts.count - shown.count
        page.text("left", left > 0 ? "\(Amount.of(left, "excerpt")) left out, for the size of this page." : nil)
        return page
    }

    private func shown(_ room: PageRoom) -> [Int] {
        var left = room.lines
        return incident.excerpts.indices.filter { index in
            let bytes = Self.bytes(incident.excerpts[index])
            guard bytes <= left else { return false }
            left -= bytes
            return true
        }
    }

    /// Roughly what it takes as HTML.
    private static func bytes(_ excerpt: ReportedExcerpt) -> Int {
        excerpt.lines.reduce(300 + excerpt.source.utf8.count) { $0 + $1.text.utf8.count + 90 }
    }

    /// - Parameter root: The line of the cause, if it is one of this log.
    private func values(_ excerpt: ReportedExcerpt, name: String, root: Int?) -> PageValues {
        PageValues {
            $0.text("name", name)
            $0.text("source", SourceName.of(excerpt.source), limit: 300)
            $0.text("extent", Self.extent(excerpt))
            $0.flag("isCause", excerpt.lines.contains { $0.number == root })
            $0.text("note", excerpt.note.map { "No lines around it: \($0)." })
            var last: Int?
            $0.list(
                "lines",
                excerpt.lines.enumerated().map { position, line in
                    let gap = last.map { line.number - $0 - 1 } ?? 0
                    last = line.number
                    return PageValues {
                        $0.text("id", "\(name)-l\(position + 1)")
                        $0.number("number", line.number)
                        $0.text("class", line.number == root ? "hit hit-root" : line.isEvidence ? "hit" : nil)
                        $0.text("gap", gap > 0 ? Amount.of(gap, "line") : nil)
                        Marked.fill(&$0, line.text, line.matched)
                    }
                })
        }
    }

    private static func extent(_ excerpt: ReportedExcerpt) -> String {
        guard let first = excerpt.lines.first?.number, let last = excerpt.lines.last?.number else { return "no lines" }
        return first == last ? "line \(first)" : "lines \(first) to \(last)"
    }
}
