import BuiltInRules
import CrashModel
import Foundation
import Logs
import Rules
import TestSupport
import Testing

@testable import Literals
@testable import Scanning

/// Logs that grow so slowly that all of them is looked at closely, where most lines are not made any more.
@Suite("Logs that grow slowly")
struct SlowLogTests {
    private static let oddities: [String] = [
        "process 42 died of hunger", "all is well again", "FooError: bad", "harmless FooError: good", "harmless",
        "shutting down now", "Traceback (most recent call last):", "  File \"a.py\", line 3, in f", "ValueError: wrong",
        "training finished", "[rank3]: process 7 died of thirst", "[rank12]: step 7 loss 1.25", "loss nan",
        "\u{1b}[31mpro\u{1b}[0mcess 9 died of cold", "50%|###  | 5/10\rprocess 14 died of tqdm",
        "1.0s/it]W1121 04:02:59.426000 1 a.py:3] process 1 died of glue", "[default7]:x[default3]:step 9 loss 2",
        "{\"log\":\"process 15 died\\n\",\"stream\":\"stderr\"}", "3,12,5000000,-;process 17 died of kmsg\\x0aagain",
        "Mar  1 10:00:01 node app: a#012process 19 died of join", "0: process 22 died of label", "1: x", "", "   ",
        "INFO a new thing happened", "retry 3 of 5", "Größe: 模型",
    ]

    private func log(_ random: inout Seeded, lines: Int) -> [UInt8] {
        var text: [UInt8] = []
        var clock = 1_772_360_000
        let isRecord = Int.random(in: 0..<8, using: &random) == 0
        for number in 0..<lines {
            clock += Int.random(in: 0...400, using: &random)
            let time = Date(timeIntervalSince1970: Double(clock)).iso8601.replacingOccurrences(of: "Z", with: "")
            let line =
                switch Int.random(in: 0..<20, using: &random) {
                case 0: Self.oddities.randomElement(using: &random) ?? ""
                case 1...9: "\(time) step \(number) loss \(number % 90 == 7 ? "nan" : "1.5")"
                case 10...13: "\(time) INFO reader: part-\(number).bin (412.3 MB/s)"
                case 14...16: "step \(number) loss 0.\(number)"
                default: "progress \(number) of \(lines)"
                }
            text += Array((isRecord ? "\(time)Z stdout F \(line)\n" : line + "\n").utf8)
        }
        return text
    }

    @Test("are found to hold what the plain scanner finds, however they are read")
    func equalsReference() throws {
        let rules = try CompiledRules(try RuleBook(packText: EquivalenceTests.pack))
        var random = Seeded(41)
        var (findings, marks, silences) = (0, 0, 0)
        for round in 0..<(150 * caseFactor) {
            let bytes = log(&random, lines: Int.random(in: 50...500, using: &random))
            let limits = ReadingLimits(
                lineBytes: 100_000, headBytes: [400, 4000, 1_000_000].randomElement(using: &random) ?? 400)
            let input = LogInput(
                source: "slow.log", location: .memory(bytes), modified: Date(timeIntervalSince1970: 1_772_960_000))
            let expected = ReferenceScanner(rules, limits: limits, timeZone: .gmt).scan(input)
            findings += expected.findings.count
            marks += expected.progress.count
            silences += expected.longestSilence == nil ? 0 : 1
            for (chunkBytes, threads) in [(Int.random(in: 16...3000, using: &random), 1), (700, 3)] {
                let fast = LiteralScanner(
                    rules, limits: limits, timeZone: .gmt, chunkBytes: chunkBytes, threads: threads
                ).scan(input)
                expectEqual(fast, expected, "round \(round), \(limits), chunks of \(chunkBytes), \(threads) threads")
            }
        }
        #expect(findings > 500 && marks > 5000 && silences > 50)
    }

    @Test("with the built-in rules and their examples between ordinary lines as well")
    func builtInRules() throws {
        let book = RuleBook.builtIn
        let rules = try CompiledRules(book)
        let examples = book.rules.flatMap { $0.examples + $0.counterexamples } + book.landmarks.flatMap(\.examples)
        var random = Seeded(43)
        for round in 0..<(3 * caseFactor) {
            let lines = (0..<160).map { number in
                Int.random(in: 0..<4, using: &random) > 0
                    ? "2026-03-01 \(10 + number / 12):\(10 + number % 12 * 4):00,012 INFO step \(number) | loss 2.\(number)"
                    : examples.randomElement(using: &random) ?? ""
            }
            let input = LogInput(source: "all.log", location: .memory(Array(lines.joined(separator: "\n").utf8)))
            let limits = ReadingLimits(headBytes: round % 2 == 0 ? 400 : 256 * 1024)
            let expected = ReferenceScanner(rules, limits: limits, timeZone: .gmt).scan(input)
            #expect(expected.longestSilence != nil || expected.progress.count > 0)
            expectEqual(
                LiteralScanner(rules, limits: limits, timeZone: .gmt, chunkBytes: 2000).scan(input), expected,
                "round \(round)")
        }
    }

    private func expectEqual(_ fast: SourceScan, _ expected: SourceScan, _ comment: String) {
        let comment = Comment(rawValue: comment)
        #expect(fast.input == expected.input, comment)
        #expect(fast.findings.map(\.finding) == expected.findings.map(\.finding), comment)
        #expect(fast.findings.map(\.recoveredAt) == expected.findings.map(\.recoveredAt), comment)
        #expect(fast.progress.marks.map { "\($0)" } == expected.progress.marks.map { "\($0)" }, comment)
        #expect(fast.progress.last.map { "\($0)" } == expected.progress.last.map { "\($0)" }, comment)
        #expect(fast.progress.count == expected.progress.count, comment)
        #expect(fast.checkpoints.marks == expected.checkpoints.marks, comment)
        #expect(fast.successLines == expected.successLines, comment)
        #expect(fast.lastDatedLine == expected.lastDatedLine, comment)
        #expect(fast.longestSilence == expected.longestSilence, comment)
        #expect(fast.outstanding.seen == expected.outstanding.seen, comment)
        #expect(fast.outstanding.shapes == expected.outstanding.shapes, comment)
        #expect(fast.outstanding.candidates.map(\.line) == expected.outstanding.candidates.map(\.line), comment)
        #expect(fast.outstanding.candidates.map(\.message) == expected.outstanding.candidates.map(\.message), comment)
        #expect(fast.outstanding.counter.map { "\($0)" } == expected.outstanding.counter.map { "\($0)" }, comment)
    }

    @Test("of a rule with many patterns only those are tried whose literals a line holds, and those without any")
    func patternLiterals() throws {
        let patterns = ["Namespace\\(", "^--?\\w", "timeout|retries"]
        let book = try RuleBook(
            packText: """
                pack: many
                rules:
                  - {id: many, title: Many, category: unknown, severity: warning, role: noise, match: ['Namespace\\(', '^--?\\w', 'timeout|retries'], examples: ['Namespace(', '--x', timeout], counterexamples: [x]}
                """)
        let rule = try #require(book.rules.first)
        #expect(rule.literals == nil)
        let literals = PatternLiterals(patterns, of: rule)
        let all = try #require(literals.all)
        let masks = literals.masks()
        #expect(masks.standing == 0b010)
        let expected = all.map { literal in
            String(decoding: literal, as: UTF8.self).hasPrefix("namespace") ? UInt64(0b001) : 0b100
        }
        #expect(masks.ofLiteral == expected && expected.count == 3)
    }

    @Test("patterns beyond the sixty-third share a bit, and none is left out")
    func manyPatterns() {
        #expect(PatternLiterals.bit(62) == 1 << 62)
        #expect([63, 64, 200].map(PatternLiterals.bit) == [1 << 63, 1 << 63, 1 << 63])
    }
}
