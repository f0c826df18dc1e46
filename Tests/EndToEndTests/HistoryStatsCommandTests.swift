import Foundation
import TestSupport
import Testing

@Suite struct HistoryStatsCommandTests {
    private let folder: TemporaryFolder
    private var ledger: String { folder.url.appending(path: "l.jsonl").path() }

    init() throws {
        folder = try TemporaryFolder()
        try folder.write(
            "l.jsonl", Self.record("a", "oom/gpu", "node17", "01") + Self.record("b", "hang/silent", "node18", "03"))
    }

    private static func record(_ id: String, _ category: String, _ host: String, _ day: String) -> String {
        """
        {"schema":"faultline.ledger/1","record":"incident","id":"\(id)","fingerprint":"f\(id)","category":"\(category)",\
        "title":"Crash \(id)","severity":"fatal","verdict":"restart","outcome":"terminal","confidence":1,\
        "host":"\(host)","ranks":[],"first_seen":"2026-03-\(day)T12:00:00.000Z",\
        "recorded_at":"2026-03-09T00:00:00.000Z","advice":[],\
        "root":{"rule":"r","source":"\(id).log","line":1,"text":"x","captures":{}}}

        """
    }

    private func history(_ arguments: String...) throws -> FaultlineProcess.Run {
        try FaultlineProcess.run(["history"] + arguments + ["--ledger", ledger], environment: ["LANG": "C.UTF-8"])
    }

    @Test("history stats tells of the ledger")
    func text() throws {
        let run = try history("stats")
        #expect(run.status == 0)
        #expect(run.output.hasPrefix("2 crashes, 2026-03-01 to "))
        #expect(run.output.contains("to the next  2 days on average (from 2 of 2 crashes)"))
        #expect(run.output.contains("run-hours    not known: no record states"))
    }

    @Test(
        "Both history and its statistics can be narrowed",
        arguments: [
            (["--category", "oom"], "a"), (["--host", "node18"], "b"), (["--fingerprint", "FA"], "a"),
            (["--since", "2026-03-02"], "b"), (["--until", "2026-03-02"], "a"), ([], "ab"),
            (["--host", "node18", "--category", "oom"], ""),
        ])
    func narrowed(filter: [String], ids: String) throws {
        let list = try FaultlineProcess.run(["history", "--ledger", ledger] + filter)
        #expect(list.status == 0)
        for id in ["a", "b"] { #expect(list.output.contains("Crash \(id)") == ids.contains(id)) }
        let run = try FaultlineProcess.run(["history", "stats", "--format", "json", "--ledger", ledger] + filter)
        #expect(try run.json()["crashes"] as? Int == ids.count)
    }

    @Test("The JSON fits its schema")
    func json() throws {
        let check = try JSONSchema(
            contentsOf: FaultlineProcess.packageFolder.appending(path: "docs/schema/stats.json"))
        let run = try history("stats", "--format", "json", "--run-hours", "500", "--since", "2026-01-01")
        let json = try run.json()
        #expect(check.problems(in: json, isClosed: true) == [])
        #expect(try run.json()["per_thousand_run_hours"] as? Double == 4)
    }

    @Test("The file for Prometheus is readable for all, replaces the old one, and nothing is left beside it")
    func textfile() throws {
        let old = try folder.write("out/faultline.prom", "old\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: old.path())
        let link = folder.url.appending(path: "link.prom")
        try FileManager.default.createSymbolicLink(at: link, withDestinationURL: old)
        for path in [old.path(), link.path()] {
            let run = try history("stats", "--textfile", path)
            #expect(run.status == 0 && run.output.isEmpty && run.complaint.isEmpty)
            let text = try String(contentsOf: old, encoding: .utf8)
            let shown = try history("stats", "--format", "prometheus").output
            #expect(text == shown)
            #expect(text.contains("faultline_crashes_total{family=\"oom\"} 1\n"))
        }
        let attributes = try FileManager.default.attributesOfItem(atPath: old.path())
        #expect(attributes[.posixPermissions] as? Int == 0o644)
        let names = try FileManager.default.contentsOfDirectory(atPath: old.deletingLastPathComponent().path())
        #expect(names == ["faultline.prom"])
        #expect((try? FileManager.default.destinationOfSymbolicLink(atPath: link.path())) != nil)
    }

    @Test(
        "What cannot be written is said, with the way out",
        arguments: [
            ("/nonexistent/x.prom", "cannot write /nonexistent/x.prom: No such file"),
            ("/dev/null", "/dev/null is no regular file"), ("/tmp", "/tmp is no regular file"),
        ])
    func unwritable(path: String, complaint: String) throws {
        let run = try history("stats", "--textfile", path)
        #expect(run.status == 2 && run.complaint.contains(complaint))
    }

    @Test(
        "Senseless options are refused",
        arguments: [
            ["--run-hours", "0"], ["--run-hours", "nan"], ["--run-hours=-3"], ["--category", ""],
            ["--since", "2026-03-02", "--until", "2026-03-01"], ["--textfile", "x", "--format", "json"],
        ])
    func refused(options: [String]) throws {
        let run = try FaultlineProcess.run(["history", "stats", "--ledger", ledger] + options)
        #expect(run.status == 2 && !run.complaint.isEmpty && run.output.isEmpty)
    }

    @Test("A damaged line is not counted, said so, and ends in 3; the file is written all the same")
    func damaged() throws {
        try folder.write("l.jsonl", Self.record("a", "oom/gpu", "node17", "01") + "{\"schema\":\"fau\n")
        let file = folder.url.appending(path: "x.prom")
        let run = try history("stats", "--textfile", file.path())
        #expect(run.status == 3 && run.complaint.contains("1 damaged lines"))
        #expect(try String(contentsOf: file, encoding: .utf8).contains("faultline_ledger_damaged_lines 1\n"))
    }

    @Test("A scan writes down where progress began, so that run-hours are known")
    func runHours() throws {
        let log = (0..<200).map { step in
            "2026-03-01 1\(step / 60):\(step % 60 < 10 ? "0" : "")\(step % 60):00 INFO step \(step)/1000 loss: 2.5 lr: 0.01"
        }
        try folder.write(
            "run/train.log",
            log.joined(separator: "\n")
                + "\n2026-03-01 13:20:30 ERROR torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.\n"
        )
        let own = folder.url.appending(path: "own.jsonl").path()
        let scan = try FaultlineProcess.run(["scan", "run", "--ledger", own], in: folder.url)
        #expect(scan.status == 1)
        let run = try FaultlineProcess.run(["history", "stats", "--format", "json", "--ledger", own])
        let hours = try #require(try run.json()["run_hours"] as? [String: Any])
        #expect(hours["source"] as? String == "records")
        #expect(abs((hours["hours"] as? Double ?? 0) - 199.0 / 60) < 0.01)
    }
}
