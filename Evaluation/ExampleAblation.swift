import CrashModel
import Logs
import Rules
import Scanning

/// What each rule does for its own examples: removed from the book, what is said of at least one of them must change.
struct ExampleAblation: Sendable, Encodable {
    /// A rule without which the same is said.
    struct Idle: Sendable, Encodable, Equatable {
        var rule: String
        /// The rules that say the same in its place; none for noise that nothing else speaks about.
        var standIns: [String]
    }

    /// Rules that were removed, each in its turn.
    var removed = 0
    /// Rules without an example: what no line says.
    var inferred = 0
    /// Rules that could go: of all their examples others say the same in the same words.
    var idle: [Idle] = []
    /// Rules of which only the title, the advice or the lines shown would be missed.
    var onlyWords: [Idle] = []
    /// Noise whose examples no other rule would take for anything.
    var silencesNothing: [String] = []

    /// How much of what is said changes without a rule.
    private enum Change: Comparable { case nothing, words, meaning }

    /// What diagnosis makes of a finding, and what a person reads of it.
    private struct Statement: Hashable {
        /// Rules that agree in this lead to the same diagnosis.
        struct Meaning: Hashable {
            var line: Int
            var category: Category
            var role: Role
            var severity: Severity
            var verdict: Verdict?
            var explains: Set<String>
            var recoveredBy: [String]
            var isGeneric: Bool
        }

        var meaning: Meaning
        var title: String
        var advice: [Advice]
        /// What fills the blanks of both.
        var captures: [String: String]
        /// Lines that are shown.
        var excerpt: [ExcerptLine]
    }

    init(_ engine: Engine) {
        let tried = engine.book.rules.filter { !$0.examples.isEmpty }
        removed = tried.count
        inferred = engine.book.rules.count - tried.count
        for (rule, outcome) in zip(tried, tried.mapInParallel { Self.remove($0, engine) }) {
            let found = Idle(rule: rule.id, standIns: outcome.standIns)
            switch outcome.change {
            case .meaning: break
            case .words: onlyWords.append(found)
            case .nothing where rule.role == .noise && found.standIns.isEmpty: silencesNothing.append(rule.id)
            case .nothing: idle.append(found)
            }
        }
        idle.sort { $0.rule < $1.rule }
        onlyWords.sort { $0.rule < $1.rule }
        silencesNothing.sort()
    }

    /// What changes when `rule` is missing, and which rules speak about its examples then.
    private static func remove(_ rule: Rule, _ engine: Engine) -> (change: Change, standIns: [String]) {
        let other = engine.without(rule.id)
        var change = Change.nothing
        var names: Set<String> = []
        for example in rule.examples {
            let (before, _) = statements(on: example, engine)
            let (after, rules) = statements(on: example, other)
            names.formUnion(rules)
            if before != after { change = max(change, .words) }
            if Set(before.map(\.meaning)) != Set(after.map(\.meaning)) { return (.meaning, []) }
        }
        return (change, names.sorted())
    }

    private static func statements(on example: String, _ engine: Engine) -> (Set<Statement>, rules: [String]) {
        let findings = engine.scan(LogInput(source: "example", location: .memory(Array(example.utf8)))).findings
            .map(\.finding)
        let statements = findings.map { finding in
            let rule = engine.book.rule(finding.rule)
            return Statement(
                meaning: Statement.Meaning(
                    line: finding.line, category: finding.category, role: finding.role, severity: finding.severity,
                    verdict: rule?.verdict, explains: Set(rule?.explains ?? []), recoveredBy: rule?.recoveredBy ?? [],
                    isGeneric: rule.map { $0.priority <= Rule.genericPriority } ?? false),
                title: finding.title, advice: rule?.advice ?? [], captures: finding.captures, excerpt: finding.excerpt)
        }
        return (Set(statements), findings.map(\.rule))
    }

    var lines: [String] {
        var lines = ["  \(removed) rules removed, each in its turn; \(inferred) are inferred and have no example"]
        lines.append("  \(idle.count) changed nothing" + (idle.isEmpty ? "" : ":"))
        lines += Self.list(idle.map(\.text))
        lines.append(
            "  \(onlyWords.count) changed the words alone"
                + (onlyWords.isEmpty ? "" : "; in brackets what says the same:"))
        lines += Self.list(onlyWords.map(\.text))
        lines.append(
            "  \(silencesNothing.count) are noise that nothing else speaks about"
                + (silencesNothing.isEmpty ? "" : ":"))
        lines += Self.list(silencesNothing)
        return lines
    }

    private static func list(_ words: [String]) -> [String] {
        words.isEmpty ? [] : [Layout.wrapped(words.joined(separator: ", "), indent: 4, hanging: 0)]
    }
}

extension ExampleAblation.Idle {
    fileprivate var text: String { standIns.isEmpty ? rule : "\(rule) (\(standIns.joined(separator: ", ")))" }
}
