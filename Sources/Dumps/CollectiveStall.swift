/// A collective, or a send and its receive, that did not end.
public struct CollectiveStall: Equatable, Sendable {
    public enum Kind: Sendable {
        /// Some ranks never scheduled what the others wait in.
        case missing
        /// Ranks came to the same number with another operation, size or type.
        case mismatch
        /// All whose dump is there came, and on none did it begin to run.
        case notStarted
        /// All whose dump is there came, yet it did not end.
        case notFinished
    }

    /// What a rank recorded last, in whatever group.
    public struct LastOperation: Equatable, Sendable {
        public let operation: String
        public let sequence: Int
        public let groupLabel: String
        public let state: RecordedOperation.State
        public let place: CodePlace?
    }

    /// One way of calling the collective, and the ranks that called it so.
    public struct Variant: Equatable, Sendable {
        /// `all_reduce([1024] Float)`
        public let call: String
        public let ranks: [Int]
    }

    public var kind: Kind
    /// `all_reduce`, or `recv` and `send`.
    public var operation: String
    /// Its number in the group; of a send or receive, the number that the waiting rank gave it.
    public var sequence: Int
    public var group: ProcessGroup
    public var isPointToPoint = false
    /// Ranks that came, ascending; all ranks here are global.
    public var arrived: [Int]
    /// Those of them on which it had not ended.
    public var waiting: [Int]
    /// Ranks whose dump shows that they never came.
    public var missing: [Int] = []
    /// Members of the group without a dump: a process that died, or could not write any more, tells by that.
    public var absent: [Int] = []
    /// Ranks whose dump does not tell: its ring has forgotten, or it is older than the others.
    public var unknown: [Int] = []
    /// For `mismatch`: the most common call first.
    public var variants: [Variant] = []
    /// For each missing rank with any record.
    public var last: [Int: LastOperation] = [:]
    /// Where the program called the collective, on the first waiting rank that recorded it.
    public var place: CodePlace?
    /// When the first waiting rank came, in nanoseconds since 1970 by its machine's clock.
    public var created: Int?

    /// One sentence. Its names come from the dumped processes and are not cleaned.
    public var summary: String {
        let what = "\(operation) number \(sequence) of group \(group.label)"
        switch kind {
        case .missing where isPointToPoint:
            let verb =
                operation == "recv" ? "sent what \(words(waiting)) waits" : "received what \(words(waiting)) waits"
            return "\(words(missing)) never \(verb) to \(operation == "recv" ? "receive" : "send") (\(what))"
        case .missing:
            return "\(words(missing)) never joined \(what); \(words(arrived)) waited there"
                + (absentWords.map { "; " + $0 } ?? "")
        case .mismatch:
            let sides = variants.prefix(3).map { "\(words($0.ranks)) called \($0.call)" }
            return "at number \(sequence) of group \(group.label), " + sides.joined(separator: ", but ")
        case .notStarted, .notFinished:
            if let absentWords {
                return "\(words(waiting)) waited in \(what); \(absentWords), so may not have come"
            }
            if waiting != arrived {
                let done = arrived.filter { !waiting.contains($0) }
                return "\(words(waiting)) did not finish \(what), which \(words(done)) finished"
            }
            let end = kind == .notStarted ? "it never began to run" : "it did not finish"
            return "\(words(arrived)) all joined \(what), but \(end)"
        }
    }

    /// What else is known, a sentence each.
    public var details: [String] {
        var lines: [String] = []
        for rank in missing.prefix(4) {
            guard let last = last[rank] else {
                lines.append("rank \(rank) recorded nothing")
                continue
            }
            let place = last.place.map { ", called from \($0)" } ?? ""
            lines.append(
                "rank \(rank) last recorded \(last.operation) number \(last.sequence) of group \(last.groupLabel) "
                    + "(\(last.state.rawValue))\(place)")
        }
        if let place { lines.append("\(words(waiting)) called \(operation) from \(place)") }
        if kind == .mismatch || isPointToPoint, let absentWords { lines.append(absentWords) }
        if !unknown.isEmpty { lines.append("the dump of \(words(unknown)) does not tell") }
        return lines
    }

    private var absentWords: String? { absent.isEmpty ? nil : "\(words(absent)) left no dump" }

    private func words(_ ranks: [Int]) -> String { RankRanges.words(ranks) }
}
