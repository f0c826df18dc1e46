import CrashModel
import Foundation
import Logs
import PCRE
import Rules
import Testing

@testable import Scanning

private let pack = """
    pack: trails
    rules:
      - {id: broke, title: Broke, category: gpu/xid, severity: fatal, role: root, verdict: restart, advice: [{do: look, why: it broke}], match: ['GPU(?: of (?<pid>\\d+))? broke'], recovered-by: ['GPU mended'], examples: [GPU broke], counterexamples: [x]}
    progress:
      - {id: step, match: ['^step (?<step>\\d+)'], examples: [step 1], counterexamples: [x]}
    checkpoint:
      - {id: saved, match: ['saved(?: to (?<path>\\S+))?(?: at step (?<step>[\\d,]+))?(?: epoch (?<epoch>\\d+))?'], unless: ['not saved'], examples: [saved to /a], counterexamples: [x]}
      - {id: saving, match: ['(?<begun>saving) to (?<path>\\S+)'], examples: [saving to /a], counterexamples: [x]}
    telling:
      - {id: loud, weight: 4, match: ['\\bFATAL\\b', '\\bpanic\\b'], unless: ['fatal_timeout'], examples: [FATAL], counterexamples: [x]}
      - {id: error, weight: 3, match: ['(?i:\\berror\\b)'], examples: [error], counterexamples: [x]}
      - {id: remark, weight: -5, match: ['(?i:\\bwarning\\b)'], examples: [warning], counterexamples: [x]}
    """

private func scan(_ lines: [String]) throws -> SourceScan {
    ReferenceScanner(try CompiledRules(try RuleBook(packText: pack)), timeZone: .gmt)
        .scan(LogInput(source: "t.log", location: .memory(Array(lines.joined(separator: "\n").utf8))))
}

@Suite("What keeps one finding from being another")
struct RelapseTests {
    private func counts(_ lines: [String]) throws -> [Int] { try scan(lines).findings.map(\.finding.count) }

    private func dated(_ minutes: [Int]) -> [String] {
        minutes.map { String(format: "2026-03-01 %02d:%02d:00 GPU broke", 10 + $0 / 60, $0 % 60) }
    }

    @Test("a relapse after a recovery is a finding of its own, and not healed by what healed the first")
    func relapse() throws {
        let findings = try scan(["GPU broke", "GPU broke", "GPU mended", "GPU broke"]).findings
        #expect(findings.map(\.finding.count) == [2, 1])
        #expect(findings.map(\.recoveredAt) == [3, nil])
    }

    @Test("a second recovery heals the relapse")
    func twice() throws {
        let findings = try scan(["GPU broke", "GPU mended", "GPU broke", "x", "GPU mended"]).findings
        #expect(findings.map(\.recoveredAt) == [2, 5])
    }

    @Test(
        "more than half an hour after the last repeat it is another event",
        arguments: [
            ([0, 29], [2]), ([0, 30], [2]), ([0, 31], [1, 1]), ([0, 29, 58, 87], [4]), ([0, 10, 41, 42], [2, 2]),
            ([0, 31, 62], [1, 1, 1]),
        ])
    func halfAnHour(minutes: [Int], expected: [Int]) throws {
        #expect(try counts(dated(minutes)) == expected)
    }

    @Test("without times only lines count, and 60 of them part two events")
    func distance() throws {
        let filler = { (count: Int) in Array(repeating: "ordinary", count: count) }
        #expect(try counts(["GPU broke"] + filler(59) + ["GPU broke"]) == [2])
        #expect(try counts(["GPU broke"] + filler(60) + ["GPU broke"]) == [1, 1])
        #expect(try counts(["2026-03-01 10:00:00 GPU broke", "GPU broke", "2026-03-01 10:20:00 GPU broke"]) == [3])
    }

    @Test("another process and another rank break by themselves")
    func subjects() throws {
        #expect(try counts(["GPU of 1 broke", "GPU of 2 broke", "GPU of 1 broke"]) == [2, 1])
        #expect(try counts(["[rank0]: GPU broke", "[rank1]: GPU broke", "[rank0]: GPU broke"]) == [2, 1])
    }
}

@Suite("Where a source was saved")
struct CheckpointTrailTests {
    @Test("path, step and epoch are read where they are stated")
    func captures() throws {
        let marks = try scan(["saved to /ckpt/a at step 1,200 epoch 3", "saved at step 40", "not saved to /b"])
            .checkpoints.marks
        #expect(marks.map(\.path) == ["/ckpt/a", nil])
        #expect(marks.map(\.step) == [1200, 40])
        #expect(marks.map(\.line) == [1, 2])
        #expect(marks.allSatisfy { !$0.isBegun })
    }

    @Test(
        "the last one that was whole before a line",
        arguments: [
            (["saved to /a", "step 1", "saved to /b", "GPU broke"], "/b"),
            (["saved to /a", "GPU broke", "saved to /b"], "/a"),
            (["step 1", "GPU broke"], nil),
            // One that was only begun is nothing, unless training went on after it.
            (["saved to /a", "step 1", "saving to /b", "GPU broke"], "/a"),
            (["saved to /a", "step 1", "saving to /b", "step 2", "GPU broke"], "/b"),
            (["step 1", "saving to /b", "GPU broke", "step 2"], nil),
            (["saving to /a", "step 1", "saving to /b", "GPU broke"], "/a"),
        ] as [([String], String?)])
    func last(lines: [String], path: String?) throws {
        let scan = try scan(lines)
        let line = try #require(scan.findings.first?.finding.line)
        #expect(scan.checkpoints.last(before: line, progress: scan.progress)?.path == path)
    }

    @Test("of very many the last are kept")
    func bounded() throws {
        let marks = try scan((1...1000).map { "saved to /ckpt/\($0)" }).checkpoints.marks
        #expect(marks.count == CheckpointTrail.most)
        #expect(marks.last?.path == "/ckpt/1000")
    }

    @Test("they are placed in time by the lines around, and move with the clock")
    func times() throws {
        let scan = try scan(["2026-03-01 10:00:00 x", "saved to /a", "2026-03-01 10:01:00 y"])
        #expect(scan.checkpoints.marks.first?.time.date?.iso8601 == "2026-03-01T10:00:30.000Z")
        #expect(scan.shifted(by: 60).checkpoints.marks.first?.time.date?.iso8601 == "2026-03-01T10:01:30.000Z")
    }
}

@Suite("How much a line tells")
struct TellingScaleTests {
    @Test(
        "is the sum of the kinds that it is of",
        arguments: [
            ("step 12 of 100", 0, []), ("FATAL lost the store", 4, ["loud"]), ("kernel panic", 4, ["loud"]),
            ("FATAL error", 7, ["loud", "error"]), ("warning: error in shard", -2, ["error", "remark"]),
            ("FATAL fatal_timeout=30", 0, []), ("", 0, []),
        ] as [(String, Int, [String])])
    func weights(line: String, weight: Int, kinds: [String]) throws {
        let told = try TellingScale(try RuleBook(packText: pack)).weigh(Array(line.utf8))
        #expect(told.weight == weight)
        #expect(told.kinds == kinds)
    }

    @Test("without kinds is nothing")
    func empty() throws {
        let told = try TellingScale(try RuleBook(packText: "pack: none\n")).weigh(Array("FATAL".utf8))
        #expect(told.weight == 0)
        #expect(told.kinds.isEmpty)
    }

    @Test("a kind whose pattern PCRE2 refuses is said")
    func broken() throws {
        let text = "pack: bad\ntelling:\n  - {id: bad, weight: 1, match: ['(oops'], examples: [oops]}\n"
        #expect(throws: RuleProblems.self) { try TellingScale(try RuleBook(packText: text)) }
    }
}
