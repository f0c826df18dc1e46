import CrashModel

/// What can be right or wrong about a diagnosis.
enum Aspect: String, CaseIterable, Sendable {
    case category, family
    case rootLine = "root-line"
    case verdict, outcome, ranks
}

/// What was said of a case: its first incident, if any of them calls for action.
struct Answer: Sendable {
    var category = Expectation.none
    var verdict = Verdict.nothing
    var outcome: Outcome?
    var source: String?
    var line: Int?
    var ranks: [Int] = []

    /// - Parameter incidents: as the diagnosis orders them.
    init(_ incidents: [Incident]) {
        guard let first = incidents.first, incidents.contains(where: \.isCrash) else { return }
        category = first.category.description
        verdict = first.verdict
        outcome = first.outcome
        source = first.root.source
        line = first.root.line
        ranks = first.ranks
    }

    var family: String { Category(category).family }
}

/// An answer held against what was expected.
struct Mark: Sendable {
    let name: String
    let expected: Expectation
    let answer: Answer
    let isCascade: Bool
    /// Only of what the case says something about.
    let isRight: [Aspect: Bool]

    init(_ asked: Case, _ answer: Answer) {
        let expected = asked.expected
        name = asked.name
        self.expected = expected
        isCascade = asked.isCascade
        self.answer = answer
        var right: [Aspect: Bool] = [:]
        right[.category] = expected.categories.contains(answer.category)
        right[.family] = expected.categories.contains { Category($0).family == answer.family }
        right[.verdict] = expected.verdict.map { $0.words.contains(answer.verdict.rawValue) }
        if !expected.isClean {
            right[.rootLine] = answer.source.map { expected.isRoot($0, answer.line ?? 0) } ?? false
            right[.outcome] = expected.outcome.map { $0.words.contains(answer.outcome?.rawValue ?? "") }
            right[.ranks] = expected.ranks.map { $0 == answer.ranks }
        }
        isRight = right
    }

    /// Whether nothing that the case says anything about is wrong.
    var isAllRight: Bool { isRight.values.allSatisfy(\.self) }

    /// Whether a crash was said where none was.
    var isFalseAlarm: Bool { expected.isClean && answer.category != Expectation.none }

    /// What is wrong, as one line; empty when nothing is.
    var complaint: String {
        let parts = Aspect.allCases.filter { isRight[$0] == false }.compactMap { aspect -> String? in
            switch aspect {
            case .category:
                return "expected \(expected.categories.joined(separator: " or ")), said \(answer.category)"
            case .family: return nil  // the category says it
            case .rootLine:
                let said = answer.source.map { "\($0):\(answer.line ?? 0)" } ?? "no line"
                let places = expected.places.map { "\($0.source):\($0.lines.map(String.init).joined(separator: ","))" }
                return "expected root \(places.joined(separator: " or ")), said \(said)"
            case .verdict:
                return "expected \(Self.choice(expected.verdict)), said \(answer.verdict.rawValue)"
            case .outcome:
                return "expected \(Self.choice(expected.outcome)), said \(answer.outcome?.rawValue ?? "nothing")"
            case .ranks: return "expected ranks \(expected.ranks ?? []), said \(answer.ranks)"
            }
        }
        return parts.isEmpty ? "" : "\(name): " + parts.joined(separator: "; ")
    }

    private static func choice(_ words: Expectation.Words?) -> String {
        words?.words.joined(separator: " or ") ?? "nothing"
    }
}
