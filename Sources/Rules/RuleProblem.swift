/// Something wrong with a rule pack.
public struct RuleProblem: Sendable, Hashable, CustomStringConvertible {
    public var location: RuleLocation
    /// The rule it is about, when it is about one.
    public var rule: String?
    public var message: String

    public init(location: RuleLocation, rule: String?, message: String) {
        self.location = location
        self.rule = rule
        self.message = message
    }

    public var description: String {
        rule.map { "\(location): \($0): \(message)" } ?? "\(location): \(message)"
    }
}

/// Rule packs that cannot be used, with everything that is wrong with them.
public struct RuleProblems: Error, Sendable, CustomStringConvertible {
    public var problems: [RuleProblem]

    public init(problems: [RuleProblem]) {
        self.problems = problems
    }

    public var description: String {
        problems.map(\.description).joined(separator: "\n")
    }
}
