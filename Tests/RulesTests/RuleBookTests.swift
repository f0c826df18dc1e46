import BuiltInRules
import CrashModel
import Foundation
import Testing

@testable import Rules

/// A pack with one rule, of which a test changes one thing.
private func pack(extra: String = "", _ change: (inout [String: String]) -> Void = { _ in }) -> String {
    var fields = [
        "id": "test.rule", "title": "Something broke", "category": "oom/gpu", "severity": "fatal", "role": "root",
        "match": "['it broke']", "verdict": "restart", "advice": "[{do: Mend it, why: It broke}]",
        "examples": "['it broke']", "counterexamples": "['it works']",
    ]
    change(&fields)
    let order = [
        "id", "title", "category", "severity", "role", "match", "verdict", "advice", "examples", "counterexamples",
    ]
    let body = order.compactMap { key in fields[key].map { "    \(key): \($0)" } }.joined(separator: "\n")
    return "pack: test\nrules:\n  -\n" + body + "\n" + extra
}

@Suite("Rule packs")
struct RuleBookTests {
    @Test("a sound pack loads")
    func soundPack() throws {
        let book = try RuleBook(packText: pack())
        let rule = try #require(book.rule("test.rule"))
        #expect(rule.priority == 50)
        #expect(rule.shape == .line(["it broke"]))
        #expect(book.lint().isEmpty)
    }

    @Test(
        "what is wrong is said with file, line and column",
        arguments: [
            ("severity", "deadly", "'severity' must be one of warning, error, fatal", 7),
            ("category", "oom/hose", "unknown category 'oom/hose'", 6),
            ("role", "villain", "'role' must be one of", 8),
            ("verdict", "shrug", "'verdict' must be one of", 10),
            ("advice", "[{do: Mend it, why: It broke, cost: 3}]", "unknown key 'cost'", 11),
        ])
    func wrongValue(key: String, value: String, message: String, line: Int) throws {
        let error = #expect(throws: RuleProblems.self) {
            try RuleBook(packText: pack { $0[key] = value }, file: "my.yaml")
        }
        let problem = try #require(error?.problems.first { $0.message.contains(message) })
        #expect(problem.location.file == "my.yaml")
        #expect(problem.location.line == line)
        #expect(problem.location.column > 1)
        #expect("\(problem)".hasPrefix("my.yaml:\(line):"))
    }

    @Test(
        "a missing part is named",
        arguments: [
            ("examples", "needs at least one example"), ("counterexamples", "needs at least one counterexample"),
            ("verdict", "'verdict' is missing"), ("match", "needs one of 'match', 'block', 'inferred' and 'recorded'"),
            ("title", "'title' is missing"), ("role", "'role' is missing"),
        ])
    func missingPart(key: String, message: String) {
        let error = #expect(throws: RuleProblems.self) { try RuleBook(packText: pack { $0[key] = nil }) }
        #expect(error?.problems.contains { $0.message.contains(message) && $0.rule == "test.rule" } == true)
    }

    @Test("rules and observations of a recording are read, and what is wrong with them is said")
    func recorded() throws {
        let text = """
            pack: mine
            observations:
              - {kind: memory-plentiful, weakens: [oom/host]}
            rules:
              - {id: a.b, title: T, category: oom/host, severity: fatal, recorded: [oom-kill, memory-exhausted], role: root, verdict: restart, advice: [{do: a, why: b}]}
            """
        let book = try RuleBook(packText: text)
        #expect(book.rule("a.b")?.shape == .recorded(["oom-kill", "memory-exhausted"]))
        #expect(book.causality.testimonies.map(\.weakens) == [["oom/host"]])
        #expect(book.lint().isEmpty)
        for (right, wrong, message) in [
            ("memory-plentiful", "moon", "unknown observation 'moon'"),
            ("oom-kill, ", "sun, ", "unknown observation 'sun'"),
            (", weakens: [oom/host]", "", "needs 'supports' or 'weakens'"),
        ] {
            let error = #expect(throws: RuleProblems.self) {
                try RuleBook(packText: text.replacingOccurrences(of: right, with: wrong))
            }
            #expect(error?.problems.contains { $0.message == message } == true, "\(message)")
        }
        var over = try RuleBook(packText: text)
        try over.add(packsIn: [])
        #expect(over.causality.testimonies.count == 1)
    }

    @Test("an unknown key is refused where it stands")
    func unknownKey() throws {
        let error = #expect(throws: RuleProblems.self) { try RuleBook(packText: pack(extra: "    colour: red\n")) }
        let problem = try #require(error?.problems.first)
        #expect(problem.message.contains("unknown key 'colour'"))
        #expect(problem.location.line == 14)
    }

    @Test("an id stands once")
    func duplicateID() {
        let twice = pack() + pack().split(separator: "\n").dropFirst(2).joined(separator: "\n")
        let error = #expect(throws: RuleProblems.self) { try RuleBook(packText: twice) }
        #expect(error?.problems.contains { $0.message.contains("the id is taken at pack.yaml:") } == true)
    }

    @Test("a pattern that PCRE2 refuses is found, with the offset in the pattern")
    func brokenPattern() throws {
        let book = try RuleBook(packText: pack { $0["match"] = "['it (broke']" })
        let problem = try #require(book.lint().first)
        #expect(problem.message.contains("offset 9"))
        #expect(problem.location.line == 9)
        #expect(problem.location.column == 13)
    }

    @Test("YAML that cannot be read is one problem with its place")
    func brokenYAML() throws {
        let error = #expect(throws: RuleProblems.self) {
            try RuleBook(packText: "pack: x\nrules: [\n", file: "bad.yaml")
        }
        #expect(error?.problems.first?.message.contains("not valid YAML") == true)
        #expect(error?.problems.first?.location.line ?? 0 >= 2)
    }

    @Test("text that is no pack is refused", arguments: ["", "just words", "- a\n- list\n"])
    func noPack(text: String) {
        #expect(throws: RuleProblems.self) { try RuleBook(packText: text) }
    }

    @Test("a rule in a later folder replaces the one with its id")
    func overriding() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let mine = pack {
            $0["id"] = "gpu.xid.79"
            $0["title"] = "My own words"
        }
        try mine.write(to: folder.appending(path: "mine.yaml"), atomically: true, encoding: .utf8)
        let plain = try RuleBook()
        let book = try RuleBook(folders: [folder.path()])
        #expect(book.rule("gpu.xid.79")?.title == "My own words")
        #expect(book.rules.count == plain.rules.count)
    }

    @Test(
        "a rule that would have every line read is refused, unless it is only tried close up",
        arguments: [
            ("['\\w+: \\d+']", "", 1), ("['\\w+: \\d+']", "    sampled: true\n", 0), ("['bad [0-9]+']", "", 0),
            ("['bad']", "", 1), ("['it broke', 'bad']", "", 1),
        ])
    func slowRules(match: String, extra: String, problems: Int) throws {
        let book = try RuleBook(packText: pack(extra: extra) { $0["match"] = match })
        #expect(book.lint().count == problems)
        #expect(book.lint().allSatisfy { $0.message.contains("fixed text of 5 bytes") })
    }

    @Test("a folder that is not there is an error, not an empty set of rules")
    func missingFolder() {
        #expect(throws: RuleProblems.self) { try RuleBook(folders: ["/nowhere/at/all"]) }
    }
}

@Suite("The image of the built-in rules")
struct RuleImageTests {
    /// The project's own packs, found from where this test stands.
    private static let patterns = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "patterns").path()

    @Test("holds what the packs say, rule by rule and field by field")
    func sameAsPacks() throws {
        let packs = try RuleBook(packsIn: [Self.patterns])
        let image = RuleBook.builtIn
        #expect(image.rules.map(\.id).sorted() == packs.rules.map(\.id).sorted())
        for rule in packs.rules {
            var expected = rule
            var built = try #require(image.rule(rule.id))
            // Places of single patterns are for messages about packs that are being written.
            expected.patternPlaces = [:]
            expected.isBuiltIn = true
            expected.location.file = ""
            built.location.file = ""
            #expect(built == expected, "\(rule.id)")
        }
        #expect(image.landmarks.map(\.match) == packs.landmarks.map(\.match))
        #expect(image.landmarks.map(\.literals) == packs.landmarks.map(\.literals))
        #expect(image.causality == packs.causality)
    }

    @Test("what is torn or no image reads as none")
    func damaged() {
        let image = RuleImage.encode(RuleBook.builtIn)
        for bytes in [
            [], Array(image.dropLast(1)), Array(image.prefix(image.count / 2)), image + [0x31], Array("x".utf8),
        ] {
            #expect(bytes.withUnsafeBufferPointer { RuleImage.decode($0) } == nil)
        }
        #expect(image.withUnsafeBufferPointer { RuleImage.decode($0) }?.rules == RuleBook.builtIn.rules)
    }
}

@Suite("The version of rules")
struct RulesVersionTests {
    @Test("of the built-in ones is that of what is read back, and no rule is the user's own")
    func builtIn() throws {
        let version = RuleBook.builtInVersion
        #expect(version == RuleImage.version(of: .builtIn))
        #expect(version == RuleBook.builtIn.version)
        #expect(version.hash.wholeMatch(of: /[0-9a-f]{8}/) != nil)
        #expect(version.count == RuleBook.builtIn.rules.count)
        #expect(version.own == 0)
    }

    @Test("is the same wherever the rules stand, and another when one says something else")
    func content() throws {
        let one = try RuleBook(packText: pack(), file: "a.yaml").version
        #expect(try RuleBook(packText: "# A remark.\n\n" + pack(), file: "b.yaml").version == one)
        for (key, value) in [("title", "Something else broke"), ("match", "['it brake', 'it broke']")] {
            let other = try RuleBook(packText: pack { $0[key] = value }).version
            #expect(other.hash != one.hash, "\(key)")
        }
        #expect(one.own == 1)
    }

    @Test("counts the rules of the user's packs among the built-in ones")
    func own() throws {
        var book = RuleBook.builtIn
        let folder = FileManager.default.temporaryDirectory.appending(path: "rules-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(pack().utf8).write(to: folder.appending(path: "mine.yaml"))
        try book.add(packsIn: [folder.path()])
        #expect(book.version.own == 1)
        #expect(book.version.count == RuleBook.builtInVersion.count + 1)
        #expect(book.version.hash != RuleBook.builtInVersion.hash)
        #expect(RuleBook.builtIn.keeping { _ in false }.version.count == 0)
    }

    @Test("a rule of a user may hold what separates the fields of an image")
    func separator() throws {
        let book = try RuleBook(packText: pack { $0["title"] = #""a \x1f b""# })
        #expect(book.rules.first?.title == "a \u{1f} b")
        #expect(book.version.count == 1)
    }
}

@Suite("The built-in rules")
struct BuiltInRulesTests {
    let book: RuleBook

    init() throws {
        book = try RuleBook()
    }

    @Test("all load and compile")
    func sound() {
        #expect(book.lint() == [])
        #expect(book.rules.count >= 80)
    }

    @Test(
        "every family of the taxonomy has a rule",
        arguments: [
            "oom", "cuda", "hang", "orphan", "gpu", "collective", "worker", "signal", "exception", "storage", "network",
            "checkpoint", "divergence", "preemption", "kernel", "environment", "unknown",
        ])
    func families(family: String) {
        #expect(book.rules.contains { $0.category == family || $0.category.hasPrefix(family + "/") })
    }

    @Test("everything that can be inferred has a rule that says what to make of it", arguments: Rule.Inference.allCases)
    func inferences(inference: Rule.Inference) {
        #expect(book.rule(for: inference) != nil)
    }

    @Test("what a rule explains exists: a category or the beginning of an id")
    func explanations() {
        for rule in book.rules {
            for pattern in rule.explains where !pattern.contains("/") && pattern != "*" {
                let stem = pattern.hasSuffix("*") ? String(pattern.dropLast()) : pattern
                #expect(book.rules.contains { $0.id.hasPrefix(stem) }, "\(rule.id) explains \(pattern)")
            }
        }
    }
}
