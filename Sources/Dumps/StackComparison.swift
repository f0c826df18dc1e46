/// Stack dumps of several ranks, compared: who stands where the others do not.
public struct StackComparison: Sendable {
    /// Processes that stand in the same place.
    public struct Standing: Equatable, Sendable {
        /// Their names, as given.
        public let names: [String]
        /// What they wait in, if that is known.
        public let waitsIn: String?
        /// The first one's place in the user's code.
        public let place: CodePlace?
    }

    /// The most common place first.
    public let standings: [Standing]

    /// Where more than half stand, or `nil` when they stand all over.
    public var majority: Standing? {
        standings.first.flatMap { 2 * $0.names.count > count ? $0 : nil }
    }

    /// Those that stand elsewhere.
    public var others: [Standing] { majority == nil ? standings : Array(standings.dropFirst()) }

    private var count: Int { standings.reduce(0) { $0 + $1.names.count } }

    /// Compares dumps under names such as `rank 3`. What a process waits in counts before where it stands.
    public init(_ dumps: [(name: String, dump: StackDump)]) {
        func key(_ dump: StackDump) -> String {
            dump.waitsIn ?? dump.place.map { "\($0.function)\u{0}\($0.file)" } ?? ""
        }
        var order: [String] = []
        var grouped: [String: [(name: String, dump: StackDump)]] = [:]
        for (name, dump) in dumps {
            let key = key(dump)
            if grouped[key] == nil { order.append(key) }
            grouped[key, default: []].append((name, dump))
        }
        let unsorted = order.compactMap { grouped[$0] }.compactMap { members -> Standing? in
            members.first.map {
                Standing(names: members.map(\.name), waitsIn: $0.dump.waitsIn, place: $0.dump.place)
            }
        }
        // Of places with as many, the one seen first.
        standings = unsorted.enumerated().sorted {
            ($1.element.names.count, $0.offset) < ($0.element.names.count, $1.offset)
        }
        .map(\.element)
    }

    /// One sentence: `rank 3 is in load_batch (data.py:88), the 7 others wait in all_reduce`. Its names come from the
    /// dumped processes and are not cleaned.
    public var summary: String {
        guard let first = standings.first else { return "no stack dump to compare" }
        if standings.count == 1 {
            return first.names.count == 1
                ? Self.clause(first) : "all \(first.names.count) \(Self.verb(first, isPlural: true))"
        }
        guard let majority else { return standings.prefix(4).map(Self.clause).joined(separator: "; ") }
        let clauses = others.prefix(4).map(Self.clause)
        let rest = majority.names.count == 1 ? "the other" : "the \(majority.names.count) others"
        return clauses.joined(separator: ", ") + ", \(rest) \(Self.verb(majority, isPlural: majority.names.count > 1))"
    }

    private static func clause(_ standing: Standing) -> String {
        "\(words(standing.names)) \(verb(standing, isPlural: standing.names.count > 1))"
    }

    private static func verb(_ standing: Standing, isPlural: Bool) -> String {
        if let wait = standing.waitsIn {
            // A name of a function is waited in, a thing is waited for.
            let isThing = ["a ", "the ", "its ", "other ", "another "].contains(where: wait.hasPrefix)
            let place = standing.place.map { ", called from \($0)" } ?? ""
            return (isPlural ? "wait " : "waits ") + (isThing ? "for " : "in ") + wait + (isPlural ? "" : place)
        }
        return (isPlural ? "are in " : "is in ")
            + (standing.place.map(\.description) ?? "code that the dump does not name")
    }

    /// `rank 3`; `ranks 0-2, 5`; other names as they are.
    private static func words(_ names: [String]) -> String {
        let ranks = names.compactMap { $0.hasPrefix("rank ") ? Int($0.dropFirst(5)) : nil }
        if ranks.count == names.count { return RankRanges.words(ranks) }
        return names.prefix(6).joined(separator: ", ") + (names.count > 6 ? " and \(names.count - 6) more" : "")
    }
}
