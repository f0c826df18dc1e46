import CrashModel

/// Which family was said for which.
struct ConfusionTable: Sendable, Encodable {
    struct Row: Sendable, Encodable, Equatable {
        var expected: String
        var cases: Int
        /// How often each family was said. What the case accepts counts as the family it expects.
        var said: [String: Int]

        var right: Int { said[expected] ?? 0 }
    }

    /// By the expected family, in the order of the alphabet.
    var rows: [Row]

    init(_ marks: [Mark]) {
        rows = Dictionary(grouping: marks, by: \.expected.family).map { family, marks in
            let said = marks.map { $0.isRight[.family] == true ? family : $0.answer.family }
            return Row(
                expected: family, cases: marks.count, said: Dictionary(said.map { ($0, 1) }, uniquingKeysWith: +))
        }
        rows.sort { $0.expected < $1.expected }
    }

    /// One line for each family, or for each that something was wrong with; empty when nothing is to be shown.
    func lines(all: Bool) -> [String] {
        let shown = rows.filter { all || $0.right < $0.cases }
        if shown.isEmpty { return [] }
        let head = Layout.columns([("expected", -14), ("cases", 6), ("right", 6)]) + "  said instead"
        return [head]
            + shown.map { row in
                let others = row.said.filter { $0.key != row.expected }.sorted {
                    ($1.value, $0.key) < ($0.value, $1.key)
                }
                let numbers = Layout.columns([(row.expected, -14), ("\(row.cases)", 6), ("\(row.right)", 6)])
                let words = others.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
                return words.isEmpty ? numbers : numbers + "  " + words
            }
    }
}
