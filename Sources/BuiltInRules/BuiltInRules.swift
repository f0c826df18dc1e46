public import CrashModel
public import Rules

extension RuleBook {
    /// The rules that are part of the program, as they were in `patterns/` when it was built.
    public static let builtIn: RuleBook = {
        let book = builtInRuleImage.withUTF8Buffer { RuleImage.decode($0) }
        guard let book else { preconditionFailure("the built-in rules do not read back; build again") }
        return book
    }()

    /// Which rules are part of the program. Known without reading them.
    public static let builtInVersion = RulesVersion(hash: "\(builtInRuleHash)", count: builtInRuleCount)

    /// Which rules these are.
    public var version: RulesVersion {
        let builtIn = RuleBook.builtIn
        let isBuiltIn =
            rules == builtIn.rules && landmarks == builtIn.landmarks && causality == builtIn.causality
        return isBuiltIn ? .init(hash: Self.builtInVersion.hash, count: rules.count) : RuleImage.version(of: self)
    }

    /// The built-in rules, with the packs of these folders or files over them: a rule with the id of an earlier one takes
    /// its place.
    ///
    /// - Throws: ``RuleProblems`` with file, line and column of everything that is wrong with the packs.
    public init(folders: [String] = []) throws(RuleProblems) {
        self = .builtIn
        try add(packsIn: folders)
    }
}
