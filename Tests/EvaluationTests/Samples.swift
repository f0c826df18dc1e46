import CrashModel
import Logs
import Rules

@testable import evaluate

/// Small cases and rules, made up.
enum Samples {
    static let crash = """
        category: oom/gpu
        accept: [cuda/launch]
        verdict: [restart, change-first]
        outcome: terminal
        root:
          source: logs/rank0.log
          lines: [3, 4]
          also:
            - source: logs/launcher.log
              lines: [9]
        ranks: [0]
        """
    static let clean = """
        category: none
        verdict: nothing
        outcome: [progressed, recovered]
        """

    static func expectation(_ yaml: String) throws -> Expectation {
        try Expectation(yaml: yaml, file: "expected.yaml")
    }

    /// A case whose logs are these texts.
    static func made(_ name: String, _ yaml: String, _ logs: [String: String] = ["logs/rank0.log": ""]) throws
        -> Case
    {
        let inputs = logs.sorted { $0.key < $1.key }.map {
            LogInput(source: $0.key, location: .memory(Array($0.value.utf8)))
        }
        return Case(name: name, expected: try expectation(yaml), inputs: inputs)
    }

    static func incident(
        _ category: String, at line: Int, of source: String = "logs/rank0.log", verdict: Verdict = .restart,
        outcome: Outcome = .terminal, ranks: [Int] = [0]
    ) -> Incident {
        let root = Finding(
            rule: "made.up", title: "Made up", category: Category(category), severity: .fatal, role: .root,
            source: source, line: line, offset: 0, text: "")
        return Incident(
            fingerprint: "f", title: "Made up", category: Category(category), severity: .fatal, outcome: outcome,
            verdict: verdict, confidence: 1, because: [], ranks: ranks, root: root)
    }

    static func mark(_ yaml: String, _ incidents: [Incident], sources: Int = 1) throws -> Mark {
        let logs = Dictionary(uniqueKeysWithValues: (0..<sources).map { ("logs/rank\($0).log", "") })
        return Mark(try made("made", yaml, logs), Answer(incidents))
    }

    /// Four rules: one that another can stand in for, word for word; one whose stand-in has other words; noise that
    /// keeps a rule from speaking, and noise that keeps none.
    static func engine() throws -> Engine {
        func rule(_ id: String, _ title: String, _ pattern: String, _ example: String) -> String {
            """
              - {id: \(id), title: \(title), category: storage/full, severity: fatal, role: root, verdict: restart,
                 advice: [{do: Mend it, why: It broke}], match: ['\(pattern)'], references: [made up],
                 examples: ['\(example)'], counterexamples: [fine]}
            """
        }
        func noise(_ id: String, _ pattern: String) -> String {
            """
              - {id: \(id), title: Noise, category: storage/full, severity: warning, role: noise, match: ['\(pattern)'],
                 references: [made up], examples: ['\(pattern)'], counterexamples: [fine]}
            """
        }
        let rules = [
            rule("disk.full", "The disk is full", "disk full", "disk full"),
            rule("disk.twin", "The disk is full", "disk full on", "disk full on sda"),
            rule("disk.other", "Another title", "disk full at", "disk full at noon"),
            noise("noise.useful", "disk full, not really"), noise("noise.idle", "nobody says this"),
        ]
        return try Engine(RuleBook(packText: "pack: made-up\nrules:\n" + rules.joined(separator: "\n") + "\n"))
    }
}
