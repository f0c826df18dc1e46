import Foundation
import Testing

@Suite("faultline history") struct LedgerCommandTests {
    let folder: TemporaryFolder
    var ledger: String { path("ledger.jsonl") }

    init() throws {
        folder = try TemporaryFolder()
        for fixture in ["cuda-oom-one-rank", "host-oom-needs-kernel-log"] {
            _ = try FaultlineProcess.run(["scan", "--ledger", path("ledger.jsonl"), "fixtures/\(fixture)/logs"])
        }
    }

    private func path(_ name: String) -> String { folder.url.appending(path: name).path(percentEncoded: false) }
    private func text(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }
    private func history(_ arguments: String...) throws -> FaultlineProcess.Run {
        try FaultlineProcess.run(["history"] + arguments)
    }

    /// Puts a torn line before the others.
    private func damage() throws { try folder.write("ledger.jsonl", "{\"torn\n" + text("ledger.jsonl")) }

    @Test("alone lists, and so does 'list'")
    func list() throws {
        let alone = try history("--ledger", ledger)
        #expect(alone.status == 0 && alone.output.contains("seen once"))
        #expect(try history("list", "--ledger", ledger).output == alone.output)
    }

    @Test("verify says what is damaged and where; repair moves it aside, and all is well")
    func verifyAndRepair() throws {
        let whole = try history("verify", "--ledger", ledger)
        #expect(whole.status == 0 && whole.output.contains("whole\n  2 records: 2 incidents, 0 resolutions\n"))
        try damage()
        let damaged = try history("verify", ledger)
        #expect(damaged.status == 1 && damaged.output.contains("  line 1: torn, not a whole JSON value\n"))
        #expect(try history("--ledger", ledger).status == 3)
        let repaired = try history("repair", "--ledger", ledger)
        #expect(repaired.status == 0 && repaired.output.hasPrefix("Moved 1 damaged line to "))
        #expect(try history("verify", ledger).status == 0)
        let aside = try FileManager.default.contentsOfDirectory(atPath: path("")).filter { $0.contains(".damaged-") }
        #expect(try aside.map(text) == ["{\"torn\n"])
        #expect(try history("repair", "--ledger", ledger).output == "Nothing is damaged; nothing was changed.\n")
    }

    @Test("verify finds one altered digit in a record")
    func altered() throws {
        try folder.write(
            "ledger.jsonl", text("ledger.jsonl").replacing("\"confidence\":0.9", with: "\"confidence\":0.8"))
        let run = try history("verify", ledger)
        #expect(run.status == 1 && run.output.contains("altered, not what its checksum was made of"))
        #expect(try history("verify", path("none")).status == 1)
    }

    @Test("merge writes each record once, and the same into a file as to standard output")
    func merge() throws {
        let lines = try text("ledger.jsonl").split(separator: "\n").map { "\($0)\n" }
        try folder.write("a.jsonl", lines[1])
        try folder.write("b.jsonl", lines[0] + lines[1])
        let merged = try history("merge", path("a.jsonl"), path("b.jsonl"))
        #expect(merged.status == 0)
        #expect(Set(merged.output.split(separator: "\n").map { "\($0)\n" }) == Set(lines))
        let run = try history("merge", path("a.jsonl"), path("b.jsonl"), "-o", path("all.jsonl"))
        #expect(run.status == 0 && run.output.contains("holds 2 records"))
        #expect(try text("all.jsonl") == merged.output)
        #expect(try history("merge", path("b.jsonl"), "-o", path("all.jsonl")).status == 0)
        #expect(try text("all.jsonl") == merged.output)
        try damage()
        let passed = try history("merge", ledger)
        #expect(passed.status == 3 && passed.output == merged.output && passed.complaint.contains("line 1"))
    }

    @Test("export writes a table in which no cell is a formula")
    func export() throws {
        let log =
            "Traceback (most recent call last):\n  File \"a.py\", line 1, in <module>\nKeyError: '=1+1\",\u{1b}[31m'\n"
        try folder.write("=logs/train.log", log)
        _ = try FaultlineProcess.run(["scan", "--ledger", ledger, "=logs"], in: folder.url)
        let run = try history("export", "--csv", "--ledger", ledger)
        #expect(run.status == 0)
        let rows = run.output.components(separatedBy: "\r\n")
        #expect(rows.count == 5 && rows.last?.isEmpty == true)
        #expect(rows[0].hasPrefix("id,fingerprint,occurred_at,"))
        #expect(run.output.contains(",'=logs/train.log,") && !run.output.contains("\u{1b}"))
        #expect(!run.output.contains(",=") && !run.output.contains(",\"="))
        #expect(try history("export", "--ledger", ledger).status == 2)
    }

    @Test("rotate moves old records away, and --all still reads them")
    func rotate() throws {
        let before = try history("--ledger", ledger).output
        let run = try history("rotate", "--keep", "1K", "--ledger", ledger)
        #expect(run.status == 0 && run.output.hasPrefix("Moved 2 of 2 records to "))
        #expect(try history("--ledger", ledger).output.contains("holds no crash"))
        #expect(try history("--ledger", ledger, "--all").output == before)
        #expect(try history("verify", "--ledger", ledger, "--all").output.contains("2 records"))
        #expect(try history("rotate", "--ledger", ledger).status == 2)
        #expect(try history("rotate", "--before", "1d ago", "--ledger", path("none")).status == 2)
    }

    #if os(Linux)
        @Test("is not updated on a disk that fails, which costs neither the diagnosis nor the ledger")
        func failingDisk() throws {
            let library = FaultlineProcess.binary.deletingLastPathComponent().appending(path: "libFaultyDisk.so")
            let before = try text("ledger.jsonl")
            let run = try FaultlineProcess.run(
                ["scan", "--ledger", ledger, "fixtures/disk-full-checkpoint/logs"],
                environment: [
                    "LD_PRELOAD": library.path(percentEncoded: false), "FAULTY_DISK": "ledger.jsonl",
                    "FAULTY_DISK_SYNC": "1",
                ])
            #expect(run.output.contains("the history was not updated: cannot write the ledger"))
            #expect(try text("ledger.jsonl") == before)
        }
    #endif
}
