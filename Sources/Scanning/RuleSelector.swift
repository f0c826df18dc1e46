/// Which rules can match a line at all, judged by the literals that each of their matches must contain.
struct RuleSelector: Sendable {
    /// Positions in the lists of ``CompiledRules``, ascending.
    struct Selection {
        var lineRules: ArraySlice<Int>
        var blocks: ArraySlice<Int>
        var progress: ArraySlice<Int>
        var success: ArraySlice<Int>
    }

    private let filter: LiteralFilter
    /// Where each kind of owner ends in the filter's numbering: line rules, blocks, progress, success.
    private let ends: [Int]
    private let all: [Int]

    /// For each rule the patterns of which one must match.
    init(lineRules: [[String]], blocks: [[String]], progress: [[String]], success: [[String]]) {
        let owners = lineRules + blocks + progress + success
        filter = LiteralFilter(owners.map(Self.literals))
        var ends: [Int] = []
        for count in [lineRules.count, blocks.count, progress.count, success.count] {
            ends.append((ends.last ?? 0) + count)
        }
        self.ends = ends
        all = Array(owners.indices)
    }

    /// How many rules have no literals and are tried on every line.
    var unfiltered: Int { filter.always.count }

    func select(_ line: [UInt8], _ scratch: inout LiteralFilter.Scratch) -> Selection {
        divide(filter.candidates(in: line, &scratch))
    }

    /// Every rule, for the reference.
    func selectAll() -> Selection { divide(all) }

    private func divide(_ owners: [Int]) -> Selection {
        var parts: [ArraySlice<Int>] = []
        var start = 0
        for (kind, end) in ends.enumerated() {
            let stop = owners[start...].firstIndex { $0 >= end } ?? owners.count
            let base = kind == 0 ? 0 : ends[kind - 1]
            parts.append(base == 0 ? owners[start..<stop] : ArraySlice(owners[start..<stop].map { $0 - base }))
            start = stop
        }
        return Selection(lineRules: parts[0], blocks: parts[1], progress: parts[2], success: parts[3])
    }

    /// The literals of a rule: those of all its patterns, of which each must have some.
    private static func literals(of patterns: [String]) -> [[UInt8]]? {
        var all: [[UInt8]] = []
        for pattern in patterns {
            guard let literals = RequiredLiterals.of(pattern) else { return nil }
            all += literals
        }
        return all
    }
}
