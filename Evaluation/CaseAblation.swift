import CrashModel
import Logs
import Rules
import Scanning

/// What each rule does for the cases: each that spoke in a case is removed in its turn, and the case diagnosed again.
struct CaseAblation: Sendable, Encodable {
    /// A rule and the cases that turn wrong without it.
    struct Carrier: Sendable, Encodable, Equatable {
        var rule: String
        var cases: [String]
    }

    /// Diagnoses made.
    var trials = 0
    /// Cases that were right and were tried.
    var cases = 0
    /// Those that turn wrong when some single rule is missing.
    var dependent = 0
    /// Rules with cases that depend on them, the most first.
    var carriers: [Carrier] = []
    /// Rules that spoke in some case and that no case depends on.
    var spare = 0
    /// Rules that spoke in no case.
    var unused = 0

    /// A case with what was found in it.
    struct Examined: Sendable {
        var asked: Case
        var scans: [SourceScan]
        var mark: Mark
    }

    /// What became of one case.
    private struct Trial: Sendable {
        var name: String
        var spoke: Set<String>
        var needed: [String]
        var count: Int
    }

    /// - Throws: ``RuleProblems`` for patterns that do not compile.
    init(_ examined: [Examined], _ engine: Engine) throws(RuleProblems) {
        let trial = try RuleTrial(engine.book)
        let inferred = engine.book.rules.compactMap { rule in
            switch rule.shape {
            case .inferred, .recorded: rule.id
            case .line, .block: nil
            }
        }
        let trials = examined.mapInParallel { Self.removeEach($0, engine, trial, inferred: inferred) }
        self.trials = trials.reduce(0) { $0 + $1.count }
        cases = examined.count { $0.mark.isAllRight }
        dependent = trials.count { !$0.needed.isEmpty }
        var names: [String: [String]] = [:]
        for trial in trials {
            for rule in trial.needed { names[rule, default: []].append(trial.name) }
        }
        carriers = names.map { Carrier(rule: $0.key, cases: $0.value) }
            .sorted { ($1.cases.count, $0.rule) < ($0.cases.count, $1.rule) }
        let used = Set(trials.flatMap(\.spoke)).union(names.keys)
        spare = used.count - carriers.count
        unused = engine.book.rules.count { !used.contains($0.id) }
    }

    /// Removes each rule that spoke in a case, and each that speaks without a line. What other sources hold does not
    /// change with it, so only those are scanned again in which the rule spoke.
    private static func removeEach(
        _ examined: Examined, _ engine: Engine, _ trial: RuleTrial, inferred: [String]
    ) -> Trial {
        let speakers = zip(examined.asked.inputs, examined.scans).map { input, scan in
            Set(trial.winners(in: input)).union(scan.findings.map(\.finding.rule))
        }
        let spoke = speakers.reduce(into: Set<String>()) { $0.formUnion($1) }
        var result = Trial(name: examined.asked.name, spoke: spoke, needed: [], count: 0)
        // A case that is wrong anyway depends on no rule.
        guard examined.mark.isAllRight else { return result }
        for rule in spoke.sorted() + inferred {
            let other = engine.without(rule)
            var scans = examined.scans
            for (index, input) in examined.asked.inputs.enumerated() where speakers[index].contains(rule) {
                scans[index] = other.scan(input)
            }
            result.count += 1
            if !Mark(examined.asked, other.answer(scans, examined.asked.archive)).isAllRight {
                result.needed.append(rule)
            }
        }
        return result
    }

    var lines: [String] {
        let most = carriers.prefix(10).map { carrier in
            let first = carrier.cases.prefix(2).joined(separator: ", ") + (carrier.cases.count > 2 ? ", ..." : "")
            return Layout.wrapped("\(carrier.cases.count) \(carrier.rule): \(first)", indent: 4)
        }
        return [
            "  \(trials) diagnoses with one of the rules removed that spoke in the case",
            "  \(dependent) of \(cases) cases turn wrong without some one rule",
            "  \(carriers.count) rules carry a case; \(spare) spoke and carry none; \(unused) speak in no case",
        ] + (most.isEmpty ? [] : ["  the most carrying rules, with the cases that need them"] + most)
    }
}
