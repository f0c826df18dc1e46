import PCRE
public import Rules

/// Weighs lines by how much their words say about a failure that no rule knows.
public struct TellingScale: Sendable {
    private let kinds: [CompiledLandmark]

    /// - Parameter kinds: Which entries count; a trial looks at others too.
    /// - Throws: ``RuleProblems`` naming every pattern that PCRE2 refuses.
    public init(_ book: RuleBook, kinds wanted: Set<LandmarkRule.Kind> = [.telling]) throws(RuleProblems) {
        var compiler = PatternCompiler()
        kinds = book.landmarks.filter { wanted.contains($0.kind) }.map { CompiledLandmark($0, &compiler) }
        if !compiler.problems.isEmpty { throw RuleProblems(problems: compiler.problems) }
    }

    /// The sum of the weights of all kinds that a line is of, and their ids.
    ///
    /// - Parameter message: a line without colour and transport prefixes.
    public func weigh(_ message: [UInt8]) -> (weight: Int, kinds: [String]) {
        var matcher = Matcher()
        var weight = 0
        var names: [String] = []
        for kind in kinds
        where matcher.matchesAny(kind.match, message) && !matcher.matchesAny(kind.unless, message) {
            weight += kind.rule.weight
            names.append(kind.rule.id)
        }
        return (weight, names)
    }
}
