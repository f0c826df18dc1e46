import BuiltInRules
import CrashModel
import Foundation
import Logs
import Rules
import TestSupport
import Testing

@testable import Scanning

/// The fast scanner gives the answer of the plain one, whatever the source and however it is read.
@Suite("Fast scanner equals reference")
struct EquivalenceTests {
    /// A pack that makes the reference quick, with every kind of rule.
    static let pack = """
        pack: small
        rules:
          - {id: fatal, title: It died, category: unknown, severity: fatal, role: root, verdict: restart, advice: [{do: look, why: it died}], match: ['process (?<pid>\\d+) died of (?<type>\\w+)'], recovered-by: ['all is well again'], examples: [process 1 died of age], counterexamples: [x]}
          - {id: generic, title: An error, category: 'exception/{type}', severity: error, role: root, priority: 20, verdict: restart, advice: [{do: look, why: it died}], match: ['^(?<type>\\w+Error): '], examples: ['FooError: x'], counterexamples: [x]}
          - {id: silenced, title: Nothing, category: unknown, severity: warning, role: noise, match: ['harmless'], examples: [harmless], counterexamples: [x]}
          - {id: late, title: Late, category: unknown, severity: warning, role: teardown, match: ['^shutting down'], examples: [shutting down], counterexamples: [x]}
          - {id: lasting, title: NaN, category: divergence/nan, severity: error, role: root, sampled: true, verdict: restart, advice: [{do: look, why: NaN}], match: ['loss nan'], examples: [loss nan], counterexamples: [x]}
          - {id: trace, title: Trace, category: unknown, severity: error, role: root, priority: 10, verdict: restart, advice: [{do: look, why: it died}], block: {begin: '^Traceback \\(most', until: '^\\w+Error: ', continues: '^  |^Traceback|^\\w+Error', limit: 8}, examples: ["Traceback (most recent\\n  a\\nFooError: x"], counterexamples: [x]}
        progress:
          - {id: steps, match: ['^step (?<step>\\d+) loss (?<loss>\\S+)'], examples: [step 1 loss 2], counterexamples: [x]}
        success:
          - {id: done, match: ['training finished'], examples: [training finished], counterexamples: [x]}
        """

    private static let pieces: [String] = [
        "process 42 died of hunger", "all is well again", "FooError: bad", "harmless FooError: good",
        "shutting down now", "Traceback (most recent call last):", "  File \"a.py\", line 3, in f", "    f(x)",
        "ValueError: wrong", "training finished", "[rank3]: process 7 died of thirst",
        "\u{1b}[31mpro\u{1b}[0mcess 9 died of cold",
        "proc\u{1b}[1mess 10 died of heat", "[2mprocess 11 died of age[0m", "pro\u{8}\u{8}cess 1",
        "\u{7f}process 5 died of x",
        "2026-03-01 10:00:00,000 process 12 died of time",
        "Mar  1 10:00:01 node kernel: [   12.5] process 13 died of luck",
        "50%|###  | 5/10\rprocess 14 died of tqdm\r100%|#####| 10/10",
        "{\"log\":\"process 15 died\\n\",\"stream\":\"stderr\"}",
        "2026-03-01T10:00:00.000000000Z stderr P process 16 di", "2026-03-01T10:00:00.000000001Z stderr F ed of cri",
        "3,12,5000000,-;process 17 died of kmsg\\x0aagain", "", "   ", "é\u{85}process 18 died of nel", "\u{a0}",
        "Mar  1 10:00:01 node app: a#012process 19 died of join", "[  +0.000127] process 20 died of delta",
        "[May19 19:57] process 21 died of may", "0: process 22 died of label", "1: x",
        "\u{0}\u{0}process 23 died of nul",
    ]

    private func soup(_ random: inout Seeded, lines: Int) -> [UInt8] {
        var text: [UInt8] = []
        var step = 0
        let rare = Int.random(in: 3...60, using: &random)
        var isNaN = false
        for number in 0..<lines {
            if Int.random(in: 0..<rare, using: &random) == 0 {
                text += Array((Self.pieces.randomElement(using: &random) ?? "").utf8)
            } else {
                step += 1
                if Int.random(in: 0..<200, using: &random) == 0 { isNaN.toggle() }
                let seconds = number * (Int.random(in: 0..<400, using: &random) == 0 ? 900 : 1)
                let time = ["", "2026-03-01 \(10 + seconds / 3600 % 10):\(10 + seconds / 60 % 50):00 "]
                text += Array(
                    "\(time.randomElement(using: &random) ?? "")step \(step) loss \(isNaN ? "nan" : "1.5")".utf8)
            }
            let ends: [[UInt8]] = [[0x0a], [0x0a], [0x0a], [0x0a], [0x0a], [0x0d, 0x0a], [0x0d]]
            text += ends.randomElement(using: &random) ?? [0x0a]
        }
        if Bool.random(using: &random) { _ = text.popLast() }
        return text
    }

    @Test("random sources, read in chunks of any size, by one thread or several, with any head and line limit")
    func randomSources() throws {
        let rules = try CompiledRules(try RuleBook(packText: Self.pack))
        var random = Seeded(17)
        var findings = 0
        for round in 0..<(700 * caseFactor) {
            let text = soup(&random, lines: Int.random(in: 0...260, using: &random))
            let limits = ReadingLimits(
                lineBytes: [40, 200, 100_000].randomElement(using: &random) ?? 200,
                headBytes: [64, 400, 2000, 1_000_000].randomElement(using: &random) ?? 400)
            let input = LogInput(
                source: "soup.log", location: .memory(text), modified: Date(timeIntervalSince1970: 1_772_360_000))
            let expected = ReferenceScanner(rules, limits: limits, timeZone: .gmt).scan(input)
            findings += expected.findings.count
            for (chunkBytes, threads) in [(Int.random(in: 16...3000, using: &random), 1), (700, 3)] {
                let fast = LiteralScanner(
                    rules, limits: limits, timeZone: .gmt, chunkBytes: chunkBytes, threads: threads
                ).scan(input)
                expectEqual(fast, expected, "round \(round), \(limits), chunks of \(chunkBytes), \(threads) threads")
            }
        }
        #expect(findings > 1000)
    }

    @Test("a live scan says at any moment what a scan of all that came says, however often it is asked, half lines too")
    func liveScan() throws {
        let rules = try CompiledRules(try RuleBook(packText: Self.pack))
        var random = Seeded(71)
        var findings = 0
        for round in 0..<(80 * caseFactor) {
            let text = soup(&random, lines: Int.random(in: 0...200, using: &random))
            let limits = ReadingLimits(
                lineBytes: [40, 200, 100_000].randomElement(using: &random) ?? 200,
                headBytes: [64, 400, 2000, 1_000_000].randomElement(using: &random) ?? 400)
            var input = LogInput(
                source: "soup.log", location: .memory([]), modified: Date(timeIntervalSince1970: 1_772_360_000))
            let scanner = LiteralScanner(rules, limits: limits, timeZone: .gmt)
            let live = scanner.live(input)
            let longest = [3, 50, 2000].randomElement(using: &random) ?? 50
            var at = 0
            while at < text.count {
                let end = min(at + Int.random(in: 1...longest, using: &random), text.count)
                text[at..<end].withUnsafeBytes { live.append($0) }
                at = end
                guard Int.random(in: 0..<12, using: &random) == 0 else { continue }
                input.location = .memory(Array(text[..<at]))
                expectEqual(live.scan(halfLine: true), scanner.scan(input), "round \(round), \(limits), at byte \(at)")
                _ = live.scan()
            }
            input.location = .memory(text)
            let expected = scanner.scan(input)
            expectEqual(live.scan(halfLine: true), expected, "round \(round), \(limits), pieces of \(longest)")
            findings += expected.findings.count
        }
        #expect(findings > 100)
    }

    @Test("a live scan reads UTF-16, whose first byte may come alone")
    func liveUTF16() throws {
        let rules = try CompiledRules(try RuleBook(packText: Self.pack))
        let live = LiteralScanner(rules, timeZone: .gmt).live(LogInput(source: "x.log", location: .memory([])))
        let bytes: [UInt8] =
            [0xff, 0xfe]
            + "step 1\nprocess 42 died of hunger\n".utf16.flatMap {
                [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)]
            }
        for byte in bytes { withUnsafeBytes(of: byte) { live.append($0) } }
        #expect(live.scan().findings.map(\.finding.line) == [2])
        #expect(!live.hasHalfLine)
        #expect(live.nextLine == 3)
    }

    @Test("the examples of all built-in rules, shuffled between ordinary lines")
    func builtInExamples() throws {
        let book = RuleBook.builtIn
        let rules = try CompiledRules(book)
        let examples = book.rules.flatMap { $0.examples + $0.counterexamples } + book.landmarks.flatMap(\.examples)
        var random = Seeded(23)
        var findings = 0
        for round in 0..<(4 * caseFactor) {
            let lines = (0..<120).map { number in
                Int.random(in: 0..<3, using: &random) > 0
                    ? "step \(number) | lr 1e-4 | loss 2.\(number)"
                    : examples.randomElement(using: &random) ?? ""
            }
            let input = LogInput(
                source: "all.log", location: .memory(Array(lines.joined(separator: "\n").utf8)))
            let limits = ReadingLimits(headBytes: round % 2 == 0 ? 400 : 256 * 1024)
            let expected = ReferenceScanner(rules, limits: limits, timeZone: .gmt).scan(input)
            let fast = LiteralScanner(rules, limits: limits, timeZone: .gmt, chunkBytes: 2000).scan(input)
            expectEqual(fast, expected, "round \(round)")
            findings += expected.findings.count
        }
        #expect(findings > 40)
    }

    @Test("a finding in the middle of a large healthy source is found with what stands around it")
    func needle() throws {
        let rules = try CompiledRules(try RuleBook(packText: Self.pack))
        var lines = (1...30_000).map { "step \($0) loss 1.5" }
        lines[17_000] = "process 42 died of hunger"
        lines[17_005] = "all is well again"
        let input = LogInput(
            source: "big.log", location: .memory(Array(lines.joined(separator: "\n").utf8)))
        let fast = LiteralScanner(rules, timeZone: .gmt).scan(input)
        expectEqual(fast, ReferenceScanner(rules, timeZone: .gmt).scan(input), "needle")
        #expect(fast.findings.map(\.finding.line) == [17_001])
        #expect(fast.findings.first?.recoveredAt == 17_006)
        // Marks are thinned, but never far apart.
        #expect((16_950...17_000).contains(fast.progress.last(before: 17_001)?.step ?? 0))
        #expect(fast.progress.last?.step == 30_000)
        #expect(fast.progress.marks.count < 20_000)
    }

    @Test("a condition that lasts is found where it began, though only samples of its lines are tried")
    func lasting() throws {
        let rules = try CompiledRules(try RuleBook(packText: Self.pack))
        let lines = (1...40_000).map { "step \($0) loss \($0 < 23_456 ? "1.5" : "nan")" }
        let input = LogInput(source: "nan.log", location: .memory(Array(lines.joined(separator: "\n").utf8)))
        let fast = LiteralScanner(rules, timeZone: .gmt).scan(input)
        expectEqual(fast, ReferenceScanner(rules, timeZone: .gmt).scan(input), "lasting")
        #expect(fast.findings.first?.finding.line == 23_456)
    }

    private func expectEqual(_ fast: SourceScan, _ expected: SourceScan, _ comment: String) {
        let comment = Comment(rawValue: comment)
        #expect(fast.input == expected.input, comment)
        #expect(fast.findings.map(\.finding) == expected.findings.map(\.finding), comment)
        #expect(fast.findings.map(\.block) == expected.findings.map(\.block), comment)
        #expect(fast.findings.map(\.recoveredAt) == expected.findings.map(\.recoveredAt), comment)
        // Compared as text, since a loss that is not a number equals nothing, not even itself.
        #expect(fast.progress.marks.map { "\($0)" } == expected.progress.marks.map { "\($0)" }, comment)
        #expect(fast.progress.last.map { "\($0)" } == expected.progress.last.map { "\($0)" }, comment)
        #expect(fast.progress.count == expected.progress.count, comment)
        #expect(fast.successLines == expected.successLines, comment)
        #expect(fast.unfinishedBlocks == expected.unfinishedBlocks, comment)
        #expect(fast.firstTime == expected.firstTime, comment)
        #expect(fast.lastTime == expected.lastTime, comment)
        #expect(fast.lastDatedLine == expected.lastDatedLine, comment)
        #expect(fast.longestSilence == expected.longestSilence, comment)
        #expect(fast.uncounted == expected.uncounted, comment)
    }
}
