import BuiltInRules
import CrashModel
import Foundation
import Logs
import Rules
import Testing

@testable import Scanning

/// Leaving a rule out of compiled rules gives what compiling the others gives.
@Suite("A removed rule")
struct RemovedRuleTests {
    /// Line rules, noise, and the lead and the last of a group of blocks.
    private static let removed: [String] = {
        let rules = RuleBook.builtIn.rules
        let blocks = rules.filter { if case .block = $0.shape { true } else { false } }
        let lines = rules.filter { if case .line = $0.shape { true } else { false } }
        let noise = lines.filter { $0.role == .noise }
        return [blocks.first, blocks.last, lines.first, lines.last, noise.first, noise.last].compactMap { $0?.id }
    }()

    @Test("is gone as if it had never been there", arguments: removed)
    func equalsRebuilt(id: String) throws {
        let book = RuleBook.builtIn
        let rule = try #require(book.rule(id))
        let less = try CompiledRules(book).without(id)
        let rebuilt = try CompiledRules(book.keeping { $0.id != id })
        let near = book.rules.filter { $0.category == rule.category || $0.pack == rule.pack }
        let text = (rule.examples + near.flatMap { $0.examples + $0.counterexamples }).joined(separator: "\n")
        let input = LogInput(source: "examples.log", location: .memory(Array(text.utf8)))
        let scan = LiteralScanner(less, timeZone: .gmt).scan(input)
        let expected = LiteralScanner(rebuilt, timeZone: .gmt).scan(input)
        #expect(scan.findings.map(\.finding) == expected.findings.map(\.finding))
        #expect(scan.unfinishedBlocks == expected.unfinishedBlocks)
        #expect(scan.successLines == expected.successLines)
        #expect(!scan.findings.contains { $0.finding.rule == id })
    }

    @Test("that is unknown leaves everything as it was")
    func unknown() throws {
        let rules = try CompiledRules(try RuleBook(packText: EquivalenceTests.pack))
        let input = LogInput(source: "a.log", location: .memory(Array("process 1 died of age\n".utf8)))
        let findings = LiteralScanner(rules.without("nothing")).scan(input).findings.map(\.finding)
        #expect(findings.map(\.rule) == ["fatal"])
        #expect(LiteralScanner(rules.without("fatal")).scan(input).findings.isEmpty)
    }

    @Test("all winners of an input are told, noise among them, each once")
    func winners() throws {
        let trial = try RuleTrial(try RuleBook(packText: EquivalenceTests.pack))
        let text = "harmless\nprocess 1 died of age\nprocess 2 died of age\nstep 1 loss nan\n"
        let input = LogInput(source: "a.log", location: .memory(Array(text.utf8)))
        #expect(trial.winners(in: input) == ["silenced", "fatal", "lasting"])
    }
}
