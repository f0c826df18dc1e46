import CrashModel
import Rules
import Scanning

/// Links tracebacks that Python printed as one chain.
///
/// Python prints the exception that came first at the top: "The above exception was the direct cause of…" and "During
/// handling of the above exception, another exception occurred". The first is the cause, unless it is one that code
/// raises and catches as a matter of course while looking something up.
enum ChainedExceptions {
    /// Lines between the end of one traceback and the beginning of the next in a chain: blanks and the sentence.
    private static let longestLink = 5
    private static let lookups: Set<String> = [
        "KeyError", "AttributeError", "StopIteration", "Empty", "IndexError", "ModuleNotFoundError",
    ]

    static func link(_ evidence: [Evidence]) -> [Evidence] {
        var linked = evidence
        for second in linked.indices where !linked[second].scanned.block.isEmpty {
            guard
                let first = linked.indices.last(where: { isFollowed(linked[$0], by: linked[second]) })
            else { continue }
            let type = linked[first].finding.captures["type"]?.split(separator: ".").last.map(String.init) ?? ""
            let isLookup = linked[first].isGeneric && lookups.contains(type)
            // One that only carries another, as a DataLoader's "Caught ValueError in worker", is printed first; and a
            // generic first one says less than a second one that a rule knows.
            let isLess = linked[first].rule.role != .root || (linked[first].isGeneric && !linked[second].isGeneric)
            if linked[second].rule.role == .root || linked[first].rule.role != .root, isLookup || isLess {
                linked[first].chainedFrom = linked[second].index
            } else {
                linked[second].chainedFrom = linked[first].index
            }
        }
        return linked
    }

    private static func isFollowed(_ first: Evidence, by second: Evidence) -> Bool {
        let gap = second.scanned.firstLine - first.finding.lastLine
        return first.sourceIndex == second.sourceIndex && first.index != second.index
            && first.finding.origin.stream == second.finding.origin.stream
            && (1...longestLink).contains(gap) && first.finding.captures["type"] != nil
    }
}
