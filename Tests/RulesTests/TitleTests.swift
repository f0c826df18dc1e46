import BuiltInRules
import CrashModel
import Testing

@testable import Rules

@Suite("Titles of rules")
struct TitleTests {
    @Test(
        "what a match surely holds is told from what it may hold",
        arguments: [
            ("(?<a>x)", ["a"]), ("(?<a>x)?", []), ("(?<a>x)*", []), ("(?<a>x)+", ["a"]), ("(?<a>x){0,2}", []),
            ("(?<a>x){1,2}", ["a"]), ("(?:y (?<a>x))?z", []), ("(?<a>x)|(?<b>y)", []), ("(?<a>x)|(?<a>y)", ["a"]),
            ("(?:(?<a>x)|y)z(?<b>w)", ["b"]), ("(?<=q)(?<a>x)", ["a"]), ("(?!(?<a>x))y", []), ("(?=(?<a>x))", ["a"]),
            (#"\((?<a>x)\)"#, ["a"]), (#"\(?<a>x"#, []), ("[(](?<a>x)[)]", ["a"]), ("[]|(](?<a>x)", ["a"]),
            ("[[:alpha:]|](?<a>x)", ["a"]), ("(?i:(?<a>x))", ["a"]), ("(?i)(?<a>x)", ["a"]), ("(?P<a>x)", ["a"]),
            ("(?'a'x)", ["a"]), ("(?>(?<a>x))", ["a"]), ("(?<a>(?<b>x)|y)", ["a"]), ("", []), ("(", []), ("[", []),
            (")", []), ("(?", []), ("(?<a", ["a"]), ("\\", []),
        ] as [(String, Set<String>)])
    func sure(pattern: String, names: Set<String>) {
        #expect(SureCaptures.of(pattern) == names)
    }

    private func lint(title: String, match: String) throws -> [String] {
        try RuleBook(
            packText: """
                pack: test
                rules:
                  - {id: test.rule, title: '\(title)', category: oom/gpu, severity: fatal, role: root,
                     match: ['\(match)'], verdict: restart, advice: [{do: Mend it, why: It broke}],
                     examples: ['it broke on 3'], counterexamples: ['it works']}
                """
        ).lint().map(\.message)
    }

    @Test("a title that needs what a match may not hold is refused, with a way out")
    func refused() throws {
        #expect(try lint(title: "GPU {gpu} broke", match: "it broke on (?<gpu>.)") == [])
        #expect(try lint(title: "[GPU {gpu}|A GPU] broke", match: "it broke( on (?<gpu>.))?") == [])
        for match in ["it broke( on (?<gpu>.))?", "it broke on \\d"] {
            let problems = try lint(title: "GPU {gpu} broke", match: match)
            #expect(problems.count == 1)
            #expect(problems.first?.contains("'{gpu}'") == true && problems.first?.contains("brackets") == true)
        }
    }

    @Test("what a built-in rule says in general is a sentence without a gap")
    func general() {
        for rule in RuleBook.builtIn.rules where rule.title.contains("{") {
            let title = TitleTemplate(rule.title).general
            #expect(
                !title.isEmpty && !title.contains("…") && !title.contains("{") && !title.contains("["), "\(rule.id)")
            #expect(!title.contains("()") && !title.contains("  ") && !title.contains(" ,"), "\(rule.id): \(title)")
            let last = title.split(separator: " ").last.map(String.init) ?? ""
            #expect(
                !["with", "of", "on", "for", "in", "by", "raised", "status", "to"].contains(last),
                "\(rule.id): \(title)")
        }
    }
}
