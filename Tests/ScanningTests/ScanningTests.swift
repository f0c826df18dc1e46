import BuiltInRules
import CrashModel
import Foundation
import Logs
import Rules
import Testing

@testable import Scanning

/// Rules made for these tests, so that no change of the built-in ones can break or save them.
private let pack = """
    pack: test
    rules:
      - id: line.specific
        title: GPU {gpu} broke
        category: gpu/xid
        severity: fatal
        role: root
        match: ['GPU (?<gpu>\\d+) broke']
        unless: ['maybe']
        priority: 60
        recovered-by: ['GPU mended']
        verdict: restart
        advice: [{do: Mend it, why: It broke}]
        examples: ['GPU 1 broke']
        counterexamples: ['GPU 1 works']
      - id: line.general
        title: Something broke
        category: gpu/xid
        severity: fatal
        role: root
        match: ['broke']
        verdict: restart
        advice: [{do: Mend it, why: It broke}]
        examples: ['broke']
        counterexamples: ['works']
      - id: line.noise
        title: Advice
        category: gpu/xid
        severity: warning
        role: noise
        match: ['if it broke']
        examples: ['if it broke']
        counterexamples: ['broke']
      - id: block.report
        title: A report
        category: kernel/oops
        severity: fatal
        role: root
        block: {begin: 'BEGIN report', until: 'END report', contains: ['important'], captures: ['pid=(?<pid>\\d+)'], limit: 6}
        verdict: restart
        advice: [{do: Mend it, why: It broke}]
        examples: ["BEGIN report\\nimportant\\nEND report"]
        counterexamples: ["BEGIN report\\nEND report"]
      - id: block.trace
        title: Raised {type}
        category: exception/{type}
        severity: error
        role: root
        priority: 15
        block:
          begin: 'Traceback'
          continues: '^\\s'
          code: '^    '
          until: '^(?<type>\\w+Error)'
          captures: ['in (?<function>\\w+)']
          at: end
        verdict: change-first
        advice: [{do: Mend it, why: It broke}]
        examples: ["Traceback\\n  in f\\nKeyError"]
        counterexamples: ["Traceback"]
    progress:
      - id: progress.step
        match: ['step (?<step>\\d+)(?: loss (?<loss>\\S+))?']
        examples: ['step 3']
        counterexamples: ['stop 3']
    success:
      - id: success.done
        match: ['all done']
        examples: ['all done']
        counterexamples: ['not done']
    """

private func scan(_ text: String) throws -> SourceScan {
    let book = try RuleBook(packText: pack)
    return ReferenceScanner(try CompiledRules(book), timeZone: .gmt)
        .scan(LogInput(source: "t.log", location: .memory(Array(text.utf8))))
}

@Suite("Scanning lines")
struct LineScanningTests {
    @Test(
        "the highest priority wins, then the longest match, and noise silences",
        arguments: [
            ("GPU 3 broke", ["line.specific"]), ("GPU 3 maybe broke", ["line.general"]),
            ("the GPU broke", ["line.general"]),
            ("see the manual if it broke", []), ("all is well", []),
        ])
    func winners(line: String, rules: [String]) throws {
        #expect(try scan(line).findings.map(\.finding.rule) == rules)
    }

    @Test("captures fill the title and the origin")
    func captures() throws {
        let finding = try #require(try scan("ok\nGPU 3 broke\n").findings.first?.finding)
        #expect(finding.title == "GPU 3 broke")
        #expect(finding.origin.gpu == 3)
        #expect(finding.line == 2)
        #expect(finding.offset == 3)
    }

    @Test("repeats close together are one finding, unless training advanced between them")
    func repeats() throws {
        let run = try scan("broke\nbroke\nbroke\nstep 1\nbroke\n").findings.map(\.finding)
        #expect(run.map(\.count) == [3, 1])
        #expect(run.map(\.lastLine) == [3, 5])
    }

    @Test("a recovery is tied to the finding before it")
    func recovery() throws {
        let findings = try scan("GPU 1 broke\nGPU mended\nGPU 2 broke\n").findings
        #expect(findings.map(\.recoveredAt) == [2, nil], "what breaks again after it was mended is another event")
    }

    @Test("landmarks are kept: progress with its figures, success with its line")
    func landmarks() throws {
        let scan = try scan("step 1 loss 2.5\nstep 2 loss nan\nall done\n")
        #expect(scan.progress.count == 2)
        #expect(scan.progress.marks.map(\.step) == [1, 2])
        #expect(scan.progress.marks.first?.loss == 2.5)
        #expect(scan.progress.marks.last?.loss?.isNaN == true)
        #expect(scan.successLines == [3])
    }

    @Test("a million findings are counted, not kept")
    func manyFindings() throws {
        let text = (0..<8000).map { "GPU \($0) broke\nstep \($0)" }.joined(separator: "\n")
        let scan = try scan(text)
        #expect(scan.findings.count <= SourcePass.maximumFindings)
        #expect(scan.findings.count + scan.uncounted == 8000)
    }
}

@Suite("Scanning blocks")
struct BlockScanningTests {
    @Test("a report is one finding at its first line, with captures from inside")
    func report() throws {
        let findings = try scan("x\nBEGIN report\nimportant pid=42\nEND report\ny").findings
        #expect(findings.map(\.finding.rule) == ["block.report"])
        let report = try #require(findings.first)
        #expect(report.finding.line == 2)
        #expect(report.finding.lastLine == 4)
        #expect(report.finding.origin.pid == 42)
        #expect(report.block.count == 3)
    }

    @Test("a report without what it has to contain is none")
    func withoutContent() throws {
        #expect(try scan("BEGIN report\nnothing\nEND report").findings.isEmpty)
    }

    @Test("a report ends at its limit, also without its last line")
    func limit() throws {
        let text = "BEGIN report\nimportant\n" + String(repeating: "more\n", count: 20)
        #expect(try scan(text).findings.first?.block.count == 6)
    }

    @Test("a traceback points at its last line; the code it quotes is not matched")
    func traceback() throws {
        let findings = try scan("Traceback\n  in load\n    raise broke\nKeyError: 7\n").findings
        #expect(findings.map(\.finding.rule) == ["block.trace"])
        #expect(findings.first?.finding.category == Category("exception/KeyError"))
        #expect(findings.first?.finding.line == 4)
        #expect(findings.first?.finding.captures["function"] == "load")
    }

    @Test("a traceback of a log that was pasted with indentation is read as if it had none")
    func indented() throws {
        let findings = try scan("    Traceback\n      in load\n        raise broke\n    KeyError: 7\n").findings
        #expect(findings.map(\.finding.rule) == ["block.trace"])
        #expect(findings.first?.finding.line == 4)
    }

    @Test("a rule that knows the last line takes the traceback over")
    func takenOver() throws {
        let findings = try scan("Traceback\n  in load\nValueError: broke\n").findings
        #expect(findings.map(\.finding.rule) == ["line.general"])
        #expect(findings.first?.finding.captures["function"] == "load")
        #expect(findings.first?.firstLine == 1)
    }

    @Test("interleaved ranks keep their own tracebacks")
    func interleaved() throws {
        let text = """
            [rank0]: Traceback
            [rank1]: Traceback
            [rank0]:   in zero
            [rank1]:   in one
            [rank1]: KeyError
            [rank0]: TypeError
            """
        let findings = try scan(text).findings.map(\.finding)
        #expect(findings.map { $0.captures["function"] } == ["one", "zero"])
        #expect(findings.map(\.origin.rank) == [1, 0])
    }

    @Test("a traceback that the log ends in is remembered as unfinished")
    func unfinished() throws {
        let scan = try scan("a\nTraceback\n  in load\n")
        #expect(scan.findings.isEmpty)
        #expect(scan.unfinishedBlocks.map(\.line) == [2])
    }
}

@Suite("Progress")
struct ProgressTrailTests {
    @Test(
        "training advanced when two later steps grow",
        arguments: [
            ("step 1\nbroke\nstep 2\nstep 3\n", true), ("step 1\nbroke\nstep 1\nstep 1\n", false),
            ("step 1\nbroke\nstep 2\n", false), ("broke\nstep 1\nstep 2\nstep 3\n", true),
            ("step 1\nbroke\nstep 2 loss nan\nstep 3 loss nan\n", false),
        ])
    func advances(text: String, isAdvance: Bool) throws {
        let scan = try scan(text)
        let line = try #require(scan.findings.first?.finding.line)
        #expect(scan.progress.isAdvancing(after: line) == isAdvance)
    }

    @Test("a long run is thinned, and its end is kept")
    func thinning() throws {
        let scan = try scan((1...20_000).map { "step \($0)" }.joined(separator: "\n"))
        #expect(scan.progress.count == 20_000)
        #expect(scan.progress.marks.count <= 4096)
        #expect(scan.progress.last?.step == 20_000)
        #expect(scan.progress.isAdvancing(after: 19_000))
    }
}

@Suite("Trying rules")
struct RuleTrialTests {
    @Test("a pack whose examples hold has no failures")
    func holds() throws {
        let result = try RuleTrial(RuleBook(packText: pack)).run()
        #expect(result.failures == [])
        #expect(result.examples == 14)
    }

    @Test("an example that another rule wins, and a counterexample that matches, are failures")
    func failures() throws {
        let broken = pack.replacingOccurrences(of: "examples: ['broke']", with: "examples: ['GPU 1 broke']")
            .replacingOccurrences(of: "counterexamples: ['GPU 1 works']", with: "counterexamples: ['GPU 1 broke']")
        let failures = try RuleTrial(RuleBook(packText: broken)).run().failures
        #expect(failures.map(\.rule) == ["line.specific", "line.general"])
        #expect(failures.map(\.isCounterexample) == [true, false])
        #expect(failures.last?.winners == ["line.specific"])
    }
}

@Suite("Patterns that run away")
struct RunawayPatternTests {
    @Test("are given up, said, and do not keep the scan from what comes after")
    func givenUp() throws {
        let text = """
            pack: runaway
            rules:
              - {id: bad, title: Bad, category: unknown, severity: error, role: root, verdict: restart, advice: [{do: look, why: bad}], match: ['aaaaa(a+)+$'], examples: [aaaaaaa], counterexamples: [x]}
              - {id: worse, title: Worse, category: unknown, severity: error, role: root, verdict: restart, advice: [{do: look, why: bad}], match: ['it broke'], unless: ['(b+)+$'], examples: [it broke], counterexamples: [x]}
              - {id: good, title: Good, category: unknown, severity: error, role: root, verdict: restart, advice: [{do: look, why: bad}], match: ['the end came'], examples: [the end came], counterexamples: [x]}
            """
        let rules = try CompiledRules(try RuleBook(packText: text))
        let long = String(repeating: "a", count: 300_000) + "!"
        let lines =
            [long] + Array(repeating: String(repeating: "a", count: 90) + "!", count: 40)
            + [String(repeating: "b", count: 60) + "! it broke", "the end came"]
        let scan = LiteralScanner(rules, timeZone: .gmt).scan(
            LogInput(source: "t.log", location: .memory(Array(lines.joined(separator: "\n").utf8))))
        #expect(scan.findings.last?.finding.rule == "good")
        #expect(!scan.input.complete)
        let problem = try #require(scan.input.problem)
        #expect(problem.contains("rule bad gave up on line"))
        #expect(problem.contains("a pattern gave up on a line: '(b+)+$'"))
        #expect(problem.contains("not tried any more: 'aaaaa(a+)+$'"))
    }
}

@Suite("Epochs with fractions")
struct FractionalEpochTests {
    @Test("count as an advance, since some trainers state nothing else")
    func advance() throws {
        let lines = (0..<5).map { "{'loss': 1.\($0), 'learning_rate': 4.9e-05, 'epoch': 0.1\($0)}" }
        let scan = LiteralScanner(try CompiledRules(RuleBook.builtIn), timeZone: .gmt).scan(
            LogInput(source: "t.log", location: .memory(Array(lines.joined(separator: "\n").utf8))))
        #expect(scan.progress.count == 5)
        #expect(scan.progress.advances(after: 1) == 4)
        #expect(scan.progress.last?.epoch == 0)
    }
}

@Suite("Very many findings")
struct ManyFindingsTests {
    @Test("are thinned in the middle: the first and the last stay, and the rare among the common")
    func thinned() throws {
        let text = """
            pack: many
            rules:
              - {id: common, title: Common, category: 'exception/{type}', severity: error, role: root, verdict: restart, advice: [{do: look, why: bad}], match: ['^(?<type>\\w+Error): '], recovered-by: ['healed at last'], examples: ['AError: x'], counterexamples: [x]}
              - {id: rare, title: Rare, category: unknown, severity: error, role: root, verdict: restart, advice: [{do: look, why: bad}], match: ['disk burst'], examples: [disk burst], counterexamples: [x]}
            """
        var lines = (0..<20_000).map { "E\($0)Error: x" }
        lines[9_000] = "the disk burst"
        lines[15_000] = "healed at last"
        lines.append("the disk burst")
        let scan = LiteralScanner(try CompiledRules(try RuleBook(packText: text)), timeZone: .gmt).scan(
            LogInput(source: "t.log", location: .memory(Array(lines.joined(separator: "\n").utf8))))
        #expect(scan.findings.count <= 1000)
        #expect(scan.uncounted + scan.findings.count == 20_000)
        #expect(scan.findings.first?.finding.line == 1)
        #expect(scan.findings.last?.finding.line == 20_001)
        #expect(scan.findings.contains { $0.finding.line == 9_001 })
        #expect(scan.findings.first?.recoveredAt == 15_001)
        #expect(
            scan.findings.filter { $0.finding.rule == "common" && $0.finding.line > 15_001 }.allSatisfy {
                $0.recoveredAt == nil
            })
    }
}

@Suite("What makes no line")
struct EmptyLinesTests {
    @Test("is passed over without losing what was held before it")
    func manyNewlines() throws {
        let rules = try CompiledRules(
            try RuleBook(
                packText: """
                    pack: empty
                    rules:
                      - {id: fatal, title: It died, category: unknown, severity: fatal, role: root, verdict: restart, advice: [{do: look, why: it died}], match: ['it died'], examples: [it died], counterexamples: [x]}
                    progress:
                      - {id: steps, match: ['^step (?<step>\\d+)'], examples: [step 1], counterexamples: [x]}
                    """))
        let steps = (0..<400).map { "step \($0)\n" }.joined()
        let text = steps + String(repeating: "\n", count: 30_000) + "it died"
        let input = LogInput(source: "t.log", location: .memory(Array(text.utf8)))
        let limits = ReadingLimits(headBytes: 1000)
        let fast = LiteralScanner(rules, limits: limits, timeZone: .gmt, chunkBytes: 500).scan(input)
        let expected = ReferenceScanner(rules, limits: limits, timeZone: .gmt).scan(input)
        #expect(fast.findings.map(\.finding) == expected.findings.map(\.finding))
        #expect(fast.findings.map(\.finding.line) == [30_401])
        #expect(fast.progress.marks.map(\.line) == expected.progress.marks.map(\.line))
        #expect(fast.input == expected.input)
    }
}
