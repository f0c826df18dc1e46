import Foundation
import Testing

private let oom = """
    step 10 loss 2.1
    step 20 loss 2.0
    Traceback (most recent call last):
      File "train.py", line 88, in <module>
        loss.backward()
    torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB. GPU 3 has a total capacity of 79.25 GiB of which 1.10 GiB is free.

    """

@Suite("The command line")
struct CommandLineTests {
    @Test("a crash is exit status 1, a clean log 0, standard input is a source")
    func exitStatus() throws {
        let crash = try FaultlineProcess.run(
            ["scan", "--no-ledger", "--format", "json", "-"], input: Data(oom.utf8))
        #expect(crash.status == 1)
        #expect(try crash.incidents().first?["category"] as? String == "oom/gpu")
        let clean = try FaultlineProcess.run(["scan", "--no-ledger", "-"], input: Data("step 1 loss 3\n".utf8))
        #expect(clean.status == 0)
        #expect(clean.output.contains("No crash found"))
    }

    @Test(
        "standard input has one name wherever people read it",
        arguments: [
            ["scan"], ["scan", "--format", "markdown"], ["report"], ["report", "--format", "markdown"],
            ["report", "--format", "html"],
        ])
    func standardInput(command: [String]) throws {
        let run = try FaultlineProcess.run(command + ["--no-ledger", "-"], input: Data(oom.utf8))
        #expect(run.output.contains("standard input:6"))
        for wrong in ["-:6", "`-`", "<code>-</code>", ">-<"] { #expect(!run.output.contains(wrong), "\(wrong)") }
    }

    @Test("version and rules are told alike by '--version' and in a report")
    func version() throws {
        let told = try FaultlineProcess.run(["--version"])
        #expect(told.status == 0)
        let words = try #require(
            told.output.wholeMatch(of: /faultline (\d+\.\d+\.\d+) \(rules ([0-9a-f]{8}): (\d+) rules\)\n/))
        let report = try FaultlineProcess.run(["scan", "--no-ledger", "--format", "json", "-"], input: Data(oom.utf8))
            .json()
        #expect(report["version"] as? String == String(words.1))
        let rules = try #require(report["rules"] as? [String: Any])
        #expect(rules["hash"] as? String == String(words.2))
        #expect(rules["count"] as? Int == Int(words.3))
        #expect(rules["own"] as? Int == 0)
        let none = try FaultlineProcess.run(
            ["scan", "--no-ledger", "--format", "json", "--without-rules", "-"], input: Data(oom.utf8)
        ).json()
        #expect((none["rules"] as? [String: Any])?["count"] as? Int == 0)
    }

    @Test("without arguments the current folder is scanned")
    func bare() throws {
        let folder = try TemporaryFolder()
        try folder.write("train.log", oom)
        let run = try FaultlineProcess.run(["--no-ledger"], in: folder.url)
        #expect(run.output.contains("train.log:6"))
        #expect(run.status == 1)
    }

    @Test(
        "wrong usage is exit status 2 and says what is wrong",
        arguments: [
            ["scan", "--format", "yaml", "x"], ["scan", "--since", "a while ago", "x"], ["frobnicate", "--hard"],
            ["rules", "show", "no.such.rule"], ["scan", "--patterns", "/nowhere", "x"],
        ])
    func wrongUsage(arguments: [String]) throws {
        let run = try FaultlineProcess.run(arguments)
        #expect(run.status == 2)
        #expect(!run.complaint.isEmpty)
        #expect(run.output.isEmpty)
    }

    @Test("a file that is not there is reported with exit status 3, and the rest is still read")
    func missingInput() throws {
        let folder = try TemporaryFolder()
        let log = try folder.write("train.log", oom)
        let run = try FaultlineProcess.run(
            ["scan", "--no-ledger", "--format", "json", log.path(), "/no/such/file.log"])
        #expect(run.status == 3)
        #expect(try run.incidents().count == 1)
        let inputs = try #require(try run.json()["inputs"] as? [[String: Any]])
        #expect(inputs.contains { $0["complete"] as? Bool == false && $0["problem"] is String })
        let text = try FaultlineProcess.run(["scan", "--no-ledger", log.path(), "/no/such/file.log"])
        #expect(text.output.contains("/no/such/file.log"))
    }

    @Test("the same crash scanned twice is one incident of the history, and the second scan remembers")
    func history() throws {
        let folder = try TemporaryFolder()
        try folder.write("train.log", "2026-03-01T10:00:00Z start\n" + oom)
        let ledger = folder.url.appending(path: "ledger.jsonl").path()
        for _ in 1...2 { _ = try FaultlineProcess.run(["scan", "--ledger", ledger, "train.log"], in: folder.url) }
        let lines = try String(contentsOfFile: ledger, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 1)
        try folder.write("again.log", "2026-03-04T10:00:00Z start\n" + oom)
        let later = try FaultlineProcess.run(["scan", "--ledger", ledger, "again.log"], in: folder.url)
        #expect(later.output.contains("seen before") || later.output.contains("Seen before"))
        let history = try FaultlineProcess.run(["history", "--ledger", ledger])
        #expect(history.output.contains("seen twice in 3 days"))
        #expect(history.status == 0)
    }

    @Test("--since and --until leave out what lies outside")
    func window() throws {
        let log = "2026-03-01T10:00:00Z RuntimeError: CUDA error: an illegal memory access was encountered\n"
        let inside = try FaultlineProcess.run(
            ["scan", "--no-ledger", "--since", "2026-03-01T09:00:00Z", "-"], input: Data(log.utf8))
        #expect(inside.status == 1)
        let outside = try FaultlineProcess.run(
            ["scan", "--no-ledger", "--since", "2026-03-02T09:00:00Z", "-"], input: Data(log.utf8))
        #expect(outside.status == 0)
    }

    @Test("piped output has no escape sequences, whatever the log holds")
    func hostileLog() throws {
        let hostile =
            "step 1 loss 2\nRuntimeError: CUDA error: an illegal memory access \u{1b}[2J\u{1b}]8;;http://evil\u{7}was encountered\u{202e}\n"
        for format in ["text", "markdown", "json"] {
            let run = try FaultlineProcess.run(
                ["scan", "--no-ledger", "--format", format, "-"], input: Data(hostile.utf8))
            #expect(run.status == 1)
            #expect(!run.output.unicodeScalars.contains { $0.value == 0x1b || $0.value == 0x07 || $0.value == 0x202e })
        }
    }

    @Test("text fits 80 columns")
    func width() throws {
        let run = try FaultlineProcess.run(["scan", "--no-ledger", "fixtures/xid-79-fallen-off/logs"])
        let longest = run.output.split(separator: "\n").filter { !$0.contains("$ ") }.map(\.count).max() ?? 0
        #expect(longest <= 80)
    }

    @Test("the built-in rules pass their own examples")
    func rulesTest() throws {
        let run = try FaultlineProcess.run(["rules", "test"])
        #expect(run.status == 0, "\(run.output)")
    }

    @Test("a broken rule pack is refused with file, line and column")
    func brokenPack() throws {
        let folder = try TemporaryFolder()
        try folder.write(
            "mine.yaml",
            """
            pack: mine
            rules:
              - id: mine.rule
                title: Broken
                category: oom/gpu
                severity: fatal
                role: root
                match: ['out of (memory']
                verdict: restart
                advice: [{do: Mend it, why: It broke}]
                examples: ['out of memory']
                counterexamples: ['fine']

            """)
        for command in [["scan", "--patterns", folder.url.path(), "fixtures"], ["rules", "lint", folder.url.path()]] {
            let run = try FaultlineProcess.run(command)
            #expect(run.status == 2)
            #expect(run.complaint.contains("mine.yaml:"))
            #expect(run.complaint.contains("offset"))
        }
    }
}
