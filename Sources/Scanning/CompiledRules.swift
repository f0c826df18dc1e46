import CrashModel
internal import Literals
import PCRE
public import Rules

/// The rules of a book ready to run, in the order in which a line has to be offered to them.
///
/// Patterns are compiled once, when they are first needed, and shared by all sources and threads.
public final class CompiledRules: Sendable {
    /// Highest priority first, then by id, so that the result never depends on the order of packs.
    let lineRules: [CompiledRule]
    /// Block rules that share their `begin`, highest priority first.
    let blockGroups: [[CompiledBlock]]
    let progress: [CompiledLandmark]
    /// What is noted wherever it stands: that the run ended well, and that its state was saved.
    let milestones: [CompiledLandmark]
    /// Tells for a line which of all these can match it at all.
    let selector: RuleSelector

    /// - Throws: ``RuleProblems`` naming every pattern that PCRE2 refuses.
    public init(_ book: RuleBook) throws(RuleProblems) {
        var compiler = PatternCompiler()
        var lines: [CompiledRule] = []
        var blocks: [CompiledBlock] = []
        for rule in book.rules {
            switch rule.shape {
            case .line: lines.append(CompiledRule(rule, &compiler))
            case .inferred, .recorded: break
            case .block(let shape): blocks.append(CompiledBlock(rule, shape, &compiler))
            }
        }
        // What is telling is weighed elsewhere, and what is redacted or stated is looked for when a report is made.
        let landmarks = book.landmarks.filter { LandmarkRule.Kind.ofRuns.contains($0.kind) }
            .map { CompiledLandmark($0, &compiler) }
        if !compiler.problems.isEmpty { throw RuleProblems(problems: compiler.problems) }
        lineRules = lines.sorted { ($1.rule.priority, $0.rule.id) < ($0.rule.priority, $1.rule.id) }
        blockGroups = CompiledBlock.grouped(
            blocks.sorted { ($1.rule.priority, $0.rule.id) < ($0.rule.priority, $1.rule.id) })
        progress = landmarks.filter { $0.rule.kind == .progress }
        milestones = landmarks.filter { $0.rule.kind == .success || $0.rule.kind == .checkpoint }
        let speaking =
            lineRules.filter { !$0.isOfferedCloseUp }.map(\.rule.literals)
            + blockGroups.map { $0.first?.rule.literals } + milestones.map(\.rule.literals)
        let known = speaking.compactMap(\.self)
        let isComplete =
            known.count == speaking.count
            && known.allSatisfy { $0.allSatisfy { $0.count >= LiteralSearch.shortestLiteral } }
        selector = RuleSelector(
            search: isComplete ? known.flatMap(\.self) : nil,
            lineRules: lineRules.map(\.literals.all),
            standing: Set(zip(lineRules.indices, lineRules).filter { $1.rule.literals == nil }.map(\.0)),
            blocks: blockGroups.map { $0.first?.rule.literals },
            progress: progress.map(\.rule.literals), milestones: milestones.map(\.rule.literals))
    }

    private init(_ other: CompiledRules, without id: String) {
        // The place of a rule is its number in the selector, so it stays, with nothing in it that could match.
        lineRules = other.lineRules.map { $0.rule.id == id ? $0.silenced : $0 }
        blockGroups = other.blockGroups.map { $0.filter { $0.rule.id != id } }
        progress = other.progress
        milestones = other.milestones
        selector = other.selector
    }

    /// The same rules but for one. Shares what is compiled already, so that each rule in turn can be left out.
    public func without(_ id: String) -> CompiledRules { CompiledRules(self, without: id) }
}

/// Prepares patterns. Those of the built-in rules are known to be sound, since the tests compile every one of them, and
/// wait until they are needed; those of others are compiled at once, so that a wrong one is reported and not met later.
struct PatternCompiler {
    var problems: [RuleProblem] = []

    mutating func compile(_ source: String, for id: String, at location: RuleLocation, isBuiltIn: Bool)
        -> DeferredPattern
    {
        let pattern = DeferredPattern(source)
        if !isBuiltIn {
            do throws(PatternError) {
                _ = try pattern.compiled()
            } catch {
                problems.append(RuleProblem(location: location, rule: id, message: error.description))
            }
        }
        return pattern
    }

    mutating func compile(_ sources: [String], for rule: Rule) -> [DeferredPattern] {
        sources.map { compile($0, for: rule) }
    }

    mutating func compile(_ source: String, for rule: Rule) -> DeferredPattern {
        compile(source, for: rule.id, at: rule.location(ofPattern: source), isBuiltIn: rule.isBuiltIn)
    }
}

/// A class, since it is handed around for every line: one reference instead of a copy of all its arrays.
final class CompiledRule: Sendable {
    let rule: Rule
    let match: [DeferredPattern]
    let unless: [DeferredPattern]
    let recoveredBy: [DeferredPattern]
    let isOfferedCloseUp: Bool
    let literals: PatternLiterals

    init(_ rule: Rule, _ compiler: inout PatternCompiler) {
        self.rule = rule
        isOfferedCloseUp = rule.isOfferedCloseUp
        if case .line(let patterns) = rule.shape {
            match = compiler.compile(patterns, for: rule)
            literals = PatternLiterals(patterns, of: rule)
        } else {
            match = []
            literals = PatternLiterals([], of: rule)
        }
        unless = compiler.compile(rule.unless, for: rule)
        recoveredBy = compiler.compile(rule.recoveredBy, for: rule)
    }

    private init(silencing other: CompiledRule) {
        rule = other.rule
        match = []
        unless = []
        recoveredBy = []
        isOfferedCloseUp = other.isOfferedCloseUp
        literals = other.literals
    }

    /// The rule with no pattern, which wins no line.
    var silenced: CompiledRule { CompiledRule(silencing: self) }
}

final class CompiledBlock: Sendable {
    let rule: Rule
    let shape: BlockShape
    let begin: DeferredPattern
    let until: DeferredPattern?
    let continues: DeferredPattern?
    let code: DeferredPattern?
    let contains: [DeferredPattern]
    let excludes: [DeferredPattern]
    let recoveredBy: [DeferredPattern]
    let captures: [DeferredPattern]

    init(_ rule: Rule, _ shape: BlockShape, _ compiler: inout PatternCompiler) {
        self.rule = rule
        self.shape = shape
        begin = compiler.compile(shape.begin, for: rule)
        until = shape.until.map { compiler.compile($0, for: rule) }
        continues = shape.continues.map { compiler.compile($0, for: rule) }
        code = shape.code.map { compiler.compile($0, for: rule) }
        contains = compiler.compile(shape.contains, for: rule)
        excludes = compiler.compile(shape.excludes, for: rule)
        recoveredBy = compiler.compile(rule.recoveredBy, for: rule)
        captures = compiler.compile(shape.captures, for: rule)
    }
}

extension CompiledBlock {
    /// Rules with the same `begin` collect the same lines.
    fileprivate static func grouped(_ rules: [CompiledBlock]) -> [[CompiledBlock]] {
        var groups: [[CompiledBlock]] = []
        var index: [String: Int] = [:]
        for rule in rules {
            if let known = index[rule.shape.begin] {
                groups[known].append(rule)
            } else {
                index[rule.shape.begin] = groups.count
                groups.append([rule])
            }
        }
        return groups
    }
}

final class CompiledLandmark: Sendable {
    let rule: LandmarkRule
    let match: [DeferredPattern]
    let unless: [DeferredPattern]

    init(_ rule: LandmarkRule, _ compiler: inout PatternCompiler) {
        self.rule = rule
        match = rule.match.map {
            compiler.compile($0, for: rule.id, at: rule.location, isBuiltIn: rule.isBuiltIn)
        }
        unless = rule.unless.map {
            compiler.compile($0, for: rule.id, at: rule.location, isBuiltIn: rule.isBuiltIn)
        }
    }
}
