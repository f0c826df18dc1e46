import Foundation
import Testing

/// A run that hangs at `step`, on a day of March.
private func hang(step: Int, day: Int) -> String {
    """
    [2026-03-0\(day) 10:00:00] step \(step - 200) loss 2.10
    [2026-03-0\(day) 10:01:00] Saved checkpoint at step \(step - 200) to /data/run7/step_\(step - 200)
    [2026-03-0\(day) 10:05:00] step \(step - 100) loss 2.05
    [2026-03-0\(day) 10:10:00] step \(step) loss 2.01
    [2026-03-0\(day) 10:10:40] gpu-a12:812:990 [2] transport/net_ib.cc:1696 NCCL WARN NET/IB: Got completion from peer \
    10.4.0.7<40112> with status=12 opcode=0 len=0 vendor err 129 (Send) localGid ::ffff:10.4.0.6 remoteGids::ffff:10.4.0.7 hca mlx5_2

    """
}

@Suite("Explaining, resolving, remembering")
struct ExplainTests {
    private func scan(_ folder: TemporaryFolder, _ name: String, format: String = "json") throws -> FaultlineProcess.Run
    {
        try FaultlineProcess.run(["scan", "--ledger", "ledger.jsonl", "--format", format, name], in: folder.url)
    }

    @Test("explain tells the order of things, the reasons, and the rules that spoke")
    func explain() throws {
        let folder = try TemporaryFolder()
        try folder.write("train.log", hang(step: 4300, day: 2))
        let incident = try #require(try scan(folder, "train.log").incidents().first)
        let run = try FaultlineProcess.run(["explain", "last", "--ledger", "ledger.jsonl"], in: folder.url)
        #expect(run.status == 0)
        for words in ["train.log:5", "step 4300", "/data/run7/step_4100", "nccl.ib.retry-exceeded"] {
            #expect(run.output.contains(words), "\(words) is not in\n\(run.output)")
        }
        let id = try #require(incident["id"] as? String)
        let byPrefix = try FaultlineProcess.run(
            ["explain", String(id.prefix(8)), "--ledger", "ledger.jsonl"], in: folder.url)
        #expect(byPrefix.output == run.output)
    }

    @Test("an id that is not there is wrong usage, with a hint")
    func unknownID() throws {
        let folder = try TemporaryFolder()
        let empty = try FaultlineProcess.run(["explain", "last", "--ledger", "ledger.jsonl"], in: folder.url)
        #expect(empty.status == 2)
        #expect(empty.complaint.contains("no incident yet"))
        try folder.write("train.log", hang(step: 4300, day: 2))
        _ = try scan(folder, "train.log")
        for command in [["explain", "zzz"], ["resolve", "zzz", "--fix", "x"], ["resolve", "last", "--fix", "  "]] {
            let run = try FaultlineProcess.run(command + ["--ledger", "ledger.jsonl"], in: folder.url)
            #expect(run.status == 2, "\(command)")
        }
    }

    @Test("the last checkpoint and what is lost are told")
    func lostWork() throws {
        let folder = try TemporaryFolder()
        try folder.write("train.log", hang(step: 4300, day: 2))
        let incident = try #require(try scan(folder, "train.log").incidents().first)
        let checkpoint = try #require(incident["last_checkpoint"] as? [String: Any])
        #expect(checkpoint["path"] as? String == "/data/run7/step_4100")
        #expect(checkpoint["step"] as? Int == 4100)
        let lost = try #require(incident["lost"] as? [String: Any])
        #expect(lost["steps"] as? Int == 200)
        #expect(lost["seconds"] as? Double == 540)
        let speed = try #require(incident["steps_per_second"] as? Double)
        #expect(abs(speed - 1.0 / 3) < 0.01)
    }

    @Test("the same failure without progress turns 'restart' into 'change-first'; with progress it stays")
    func recurrence() throws {
        let folder = try TemporaryFolder()
        for (day, step) in [(2, 4300), (3, 4900), (4, 4900)] {
            try folder.write("day\(day).log", hang(step: step, day: day))
        }
        let verdicts = try (2...4).map { try scan(folder, "day\($0).log").incidents().first?["verdict"] as? String }
        #expect(verdicts == ["restart", "restart", "change-first"])
        let again = try #require(try scan(folder, "day4.log").incidents().first)
        #expect(again["verdict"] as? String == "change-first", "reading the same crash again changes nothing")
        #expect((again["because"] as? [String])?.last?.contains("no further since") == true)
    }

    @Test("what fixed it last time is said when it comes back")
    func resolution() throws {
        let folder = try TemporaryFolder()
        try folder.write("day2.log", hang(step: 4300, day: 2))
        _ = try scan(folder, "day2.log")
        let resolve = ["resolve", "last", "--fix", "replaced the cable of mlx5_2", "--ledger", "ledger.jsonl"]
        #expect(try FaultlineProcess.run(resolve, in: folder.url).status == 0)
        #expect(try FaultlineProcess.run(resolve, in: folder.url).output.contains("already"))
        try folder.write("day3.log", hang(step: 4900, day: 3))
        #expect(try scan(folder, "day3.log", format: "text").output.contains("replaced the cable of mlx5_2"))
        let seen = try #require(try scan(folder, "day3.log").json()["seen_before"] as? [String: [String: Any]])
        #expect(seen.values.first?["fix"] as? String == "replaced the cable of mlx5_2")
        let history = try FaultlineProcess.run(["history", "--ledger", "ledger.jsonl"], in: folder.url)
        #expect(history.output.contains("replaced the cable of mlx5_2"))
    }
}

@Suite("Logs that no rule explains")
struct UnknownTests {
    private let log = """
        opening shard 1 of 40
        opening shard 2 of 40
        shard reader 812 is warm
        step 10 loss 2.50
        step 20 loss 2.44
        quux: FATAL the frobnicator of shard 17 lost its bearings
        shutting down

        """

    @Test("the lines that stand out are shown, and among them the one that says it")
    func telling() throws {
        let run = try FaultlineProcess.run(
            ["scan", "--without-rules", "--no-ledger", "--format", "json", "-"], input: Data(log.utf8))
        let telling = try #require(try run.json()["telling"] as? [[String: Any]])
        #expect(telling.first?["line"] as? Int == 6)
        #expect(telling.count <= 5)
    }

    @Test("a healthy log of the same program takes the ordinary lines out")
    func baseline() throws {
        let folder = try TemporaryFolder()
        try folder.write("bad.log", log)
        try folder.write(
            "good.log", log.replacing("quux: FATAL the frobnicator of shard 17 lost its bearings\n", with: ""))
        let run = try FaultlineProcess.run(
            ["scan", "--without-rules", "--no-ledger", "--format", "json", "bad.log", "--baseline", "good.log"],
            in: folder.url)
        let telling = try #require(try run.json()["telling"] as? [[String: Any]])
        #expect(telling.map { $0["line"] as? Int } == [6])
    }

    @Test("the draft of a rule passes lint and its own tests, and then knows the line")
    func draft() throws {
        let folder = try TemporaryFolder()
        try folder.write("bad.log", log)
        let draft = try FaultlineProcess.run(["rules", "draft", "bad.log", "--id", "mine.frobnicator"], in: folder.url)
        #expect(draft.status == 0, "\(draft.complaint)")
        try folder.write("rules/mine.yaml", draft.output)
        #expect(try FaultlineProcess.run(["rules", "lint", "rules"], in: folder.url).status == 0)
        #expect(try FaultlineProcess.run(["rules", "test", "rules"], in: folder.url).status == 0)
        let other = log.replacing("shard 17", with: "shard 31")
        let run = try FaultlineProcess.run(
            ["scan", "--no-ledger", "--format", "json", "--patterns", "rules", "-"], in: folder.url,
            input: Data(other.utf8))
        let root = try #require(try run.incidents().first?["root"] as? [String: Any])
        #expect(root["rule"] as? String == "mine.frobnicator")
    }

    @Test(
        "a hostile line drafts no hostile YAML",
        arguments: [
            "ERROR: x: {a: !!python/object:os.system [id]} - &anchor *alias # comment failed",
            "FATAL 'single \"double' %tag | > folded \u{1b}[31mred\u{7} failed hard",
            "Error: (unclosed [brackets {and} \\d+ $^ .* a++ (?<n>x) failed",
        ])
    func hostileDraft(line: String) throws {
        let folder = try TemporaryFolder()
        try folder.write("bad.log", "step 1 loss 2\n" + line + "\n")
        let draft = try FaultlineProcess.run(["rules", "draft", "bad.log", "--line", "2"], in: folder.url)
        #expect(draft.status == 0, "\(draft.complaint)")
        #expect(!draft.output.contains("\u{1b}"))
        try folder.write("rules/mine.yaml", draft.output)
        #expect(try FaultlineProcess.run(["rules", "lint", "rules"], in: folder.url).status == 0)
        #expect(try FaultlineProcess.run(["rules", "test", "rules"], in: folder.url).status == 0)
    }
}
