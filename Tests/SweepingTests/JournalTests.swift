import CrashModel
import Foundation
import Scanning
import TestSupport
import Testing

@testable import Logs
@testable import Sweeping

@Suite("Sweeps of the journal")
struct JournalTests {
    private let bench: Bench
    private let journal: FakeJournal

    init() throws {
        bench = try Bench()
        journal = try FakeJournal(below: bench.folder)
        bench.sources = [.init(feed: .journal(journal.query, first: 7 * 86_400))]
        bench.now = Log.start + 3 * 86_400
    }

    private var spool: [String] {
        let text = try? String(contentsOfFile: bench.folder + "/state/sweep.d/" + name, encoding: .utf8)
        return text?.split(separator: "\n").map(String.init) ?? []
    }

    private var name: String { bench.sources[0].feed?.name ?? "" }

    @Test("tell a crash once, and ask only for what is new")
    func once() throws {
        try journal.add(FakeJournal.entries(of: Log.quiet(1) + Log.crash(2, "1.01")))
        let first = try bench.sweep()
        #expect(first.incidents.count == 1 && first.unreadable.isEmpty)
        #expect(first.notes.contains { $0.contains("the journal is read for the first time: from 2026-02-25") })
        #expect(first.incidents.first?.host == "gpu-a12")
        let second = try bench.sweep()
        #expect(second.incidents.isEmpty && second.notes.isEmpty && second.newBytes == 0)
        try journal.add(FakeJournal.entries(of: Log.quiet(9) + Log.crash(12, "1.02"), from: 100))
        let third = try bench.sweep()
        #expect(third.incidents.count == 1 && third.notes.isEmpty)
        #expect(bench.crashes == ["1.01", "1.02"])
        let calls = try journal.arguments()
        #expect(calls[0].contains("--since=@\(Int(Log.start.timeIntervalSince1970) - 4 * 86_400)"))
        #expect(
            calls[1].contains { $0.hasPrefix("--cursor=s=3885") } && calls[1] == calls[1].filter { $0.hasPrefix("--") })
        #expect(spool == journal.entries)
    }

    @Test("say when the entry where the last sweep stopped was removed, and leave out none that is there")
    func vacuumed() throws {
        try journal.add(FakeJournal.entries(of: Log.quiet(1)))
        try bench.sweep()
        let lost = FakeJournal.entries(of: Log.quiet(2), from: 50)
        try journal.add(lost + FakeJournal.entries(of: Log.crash(12, "1.02"), from: 100))
        try journal.vacuum(6)
        let outcome = try bench.sweep()
        #expect(outcome.notes.count == 1)
        #expect(outcome.notes.first?.contains("no longer holds the entry where the last sweep stopped") == true)
        #expect(bench.crashes == ["1.02"])
        #expect(Array(spool.suffix(journal.entries.count)) == journal.entries)
        #expect(try bench.sweep().notes.isEmpty)
    }

    @Test("say it when the journal shows nothing any more")
    func emptied() throws {
        try journal.add(FakeJournal.entries(of: Log.quiet(1)))
        try bench.sweep()
        try journal.vacuum(3)
        let outcome = try bench.sweep()
        #expect(outcome.unreadable.first?.problem?.contains("shows neither the entry") == true)
        #expect(spool.count == 3)
    }

    @Test(
        "read messages of every shape",
        arguments: [
            (#""torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 1.01 GiB""#, 1),
            (
                #"[78,86,82,77,58,32,88,105,100,32,40,80,67,73,58,48,48,48,48,58,51,98,58,48,48,41,58,32,55,57,44,32,71,80,85,32,104,97,115,32,102,97,108,108,101,110,32,111,102,102,32,116,104,101,32,98,117,115,46,255]"#,
                1
            ),
            (
                #""Traceback (most recent call last):\n  File \"/w/train.py\", line 12, in step\n    loss.backward()\ntorch.OutOfMemoryError: CUDA out of memory. Tried to allocate 1.01 GiB""#,
                1
            ),
            ("null", 0), ("[]", 0),
            (#"["torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 1.01 GiB","b"]"#, 1),
            ("{}", 0), ("7", 0),
        ])
    func shapes(_ message: String, _ crashes: Int) throws {
        let entry = FakeJournal.entry(Log.start, json: message, number: 1, kernel: message.hasPrefix("[78"))
        try journal.add([entry] + FakeJournal.entries(of: Log.quiet(30), from: 20))
        let outcome = try bench.sweep()
        #expect(outcome.unreadable.isEmpty && outcome.inputs.allSatisfy(\.complete))
        #expect(outcome.incidents.count == crashes)
        #expect(spool.count == 4)
    }

    @Test("pass over lines that are no entries, and entries that are too long, and say so")
    func strange() throws {
        let long = FakeJournal.entry(Log.start, json: "\"" + String(repeating: "x", count: 300_000) + "\"", number: 1)
        let cursorless = #"{"MESSAGE":"torch.OutOfMemoryError: CUDA out of memory."}"#
        try journal.add([long, "nonsense", "{", cursorless] + FakeJournal.entries(of: Log.crash(2, "1.01"), from: 2))
        // The awk of the fake looks for times only when it is to begin somewhere.
        try journal.write(try script().replacingOccurrences(of: "+ 0 >= since + 0", with: ">= \"\""), to: "journalctl")
        let outcome = try bench.sweep()
        #expect(bench.crashes == ["1.01"])
        #expect(outcome.notes.contains { $0.contains("1 entries of more than 262144 bytes") })
        #expect(outcome.notes.contains { $0.contains("3 lines were no entries") })
        #expect(try bench.sweep().incidents.isEmpty)
    }

    private func script() throws -> String { try String(contentsOfFile: journal.program, encoding: .utf8) }

    @Test("take of a huge journal what fits, say up to when, and go on from there")
    func huge() throws {
        let log = (0..<40).map { Log.quiet($0, lines: 20) }.joined() + Log.crash(44, "1.01")
        try journal.add(FakeJournal.entries(of: log))
        bench.limits.bytes = 100_000
        let first = try bench.sweep()
        #expect(first.incidents.isEmpty)
        #expect(first.notes.contains { $0.contains("holds more than one sweep reads: it was read up to 2026-03-01T") })
        #expect((100_000..<101_000).contains(first.newBytes))
        var sweeps = 1
        while bench.crashes.isEmpty, sweeps < 10 {
            try bench.sweep()
            sweeps += 1
        }
        #expect(bench.crashes == ["1.01"] && (4...5).contains(sweeps))
        #expect(spool == journal.entries)
    }

    @Test("give up on a journalctl that hangs")
    func hanging() throws {
        try journal.write("", to: "hang")
        bench.limits.seconds = 0.3
        let before = ContinuousClock.now
        let outcome = try bench.sweep()
        #expect(ContinuousClock.now - before < .seconds(20))
        #expect(outcome.unreadable.first?.problem == "journalctl gave nothing within 0 seconds")
    }

    @Test("say what journalctl says when it fails, and read on when it works again")
    func failing() throws {
        try journal.add(FakeJournal.entries(of: Log.crash(2, "1.01")))
        try journal.write("Failed to open files: Permission denied\u{1b}[31m\nmore", to: "complaint")
        try journal.write("1", to: "status")
        let outcome = try bench.sweep()
        #expect(outcome.unreadable.map(\.source) == [name])
        #expect(
            outcome.unreadable.first?.problem?.hasPrefix("journalctl: Failed to open files: Permission denied") == true)
        try journal.remove("status")
        try journal.remove("complaint")
        #expect(try bench.sweep().unreadable.isEmpty)
        #expect(bench.crashes == ["1.01"])
    }

    @Test("say that journalctl is missing")
    func missing() throws {
        var query = JournalQuery()
        query.program = bench.folder + "/no-journalctl"
        bench.sources = [.init(feed: .journal(query, first: 60))]
        let problem = try bench.sweep().unreadable.first?.problem
        #expect(problem?.contains("was not found") == true)
    }

    @Test("lose and double nothing when a sweep was killed while it fetched", arguments: [0, 1, 30, 400])
    func torn(_ left: Int) throws {
        try journal.add(FakeJournal.entries(of: Log.quiet(1)))
        try bench.sweep()
        // As it is when the machine goes down: half of an entry that the journal still has.
        let more = FakeJournal.entries(of: Log.crash(2, "1.01"), from: 50)
        let path = bench.folder + "/state/sweep.d/" + name
        let handle = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data((more[0] + "\n" + String(more[1].prefix(left))).utf8))
        try handle.close()
        try journal.add(more)
        try bench.sweep()
        #expect(bench.crashes == ["1.01"])
        #expect(spool == journal.entries)
    }

    @Test("begin a new file when the old one is large and read, and lose nothing by it")
    func rotated() throws {
        try journal.add(FakeJournal.entries(of: Log.quiet(1) + Log.crash(2, "1.01")))
        try bench.sweep()
        let filler = "\"" + String(repeating: "x", count: 2000) + "\""
        bench.limits.kept = 100_000
        for round in 0..<3 {
            let first = 20_000 * (round + 1)
            try journal.add(
                (0..<90).map { FakeJournal.entry(Log.start + Double(first + $0), json: filler, number: first + $0) })
            bench.now += 86_400
            try bench.sweep()
        }
        let files = try FileManager.default.contentsOfDirectory(atPath: bench.folder + "/state/sweep.d").sorted()
        #expect(files == [name, name + ".1"])
        bench.now += 86_400
        try journal.add(FakeJournal.entries(of: Log.crash(40, "1.02"), from: 9000))
        let outcome = try bench.sweep()
        #expect(bench.crashes == ["1.01", "1.02"])
        #expect(outcome.notes.isEmpty)
        for _ in 0..<3 { #expect(try bench.sweep().notes.isEmpty) }
    }

    @Test("hold a failure back that is still being written, by the entries' own times")
    func fresh() throws {
        try journal.add(FakeJournal.entries(of: Log.quiet(1) + Log.begin(2)))
        bench.now = Log.start + 2 * 3600 + 30 * 60 + 2
        #expect(try bench.sweep().incidents.isEmpty)
        try journal.add(
            FakeJournal.entries(of: Log.end("1.01"), from: 70, date: bench.now))
        bench.now += 300
        try bench.sweep()
        #expect(bench.crashes == ["1.01"])
        #expect(bench.ledger.first?.root.excerpt.first?.text.contains("Traceback") == true)
    }

    @Test("give the incidents of one scan however the entries are split over sweeps", arguments: 0..<UInt64(6))
    func splits(_ seed: UInt64) throws {
        var random = Seeded(seed)
        var log = ""
        for crash in 0..<4 { log += Log.quiet(12 * crash) + Log.crash(12 * crash + 2, "1.0\(crash + 1)") }
        let entries = FakeJournal.entries(of: log)
        var next = 0
        while next < entries.count {
            let count = min(entries.count - next, Int.random(in: 1...12, using: &random))
            try journal.add(Array(entries[next..<next + count]))
            next += count
            let last = JournalEntry(Array(entries[next - 1].utf8))?.date ?? Log.start
            bench.now = last + Double.random(in: 1...120, using: &random)
            try bench.sweep()
        }
        bench.now += 86_400
        try bench.sweep()
        let tools = try #require(Bench.tools)
        let whole = tools.diagnose([
            tools.scanner.scan(
                LogInput(source: "journal", location: .memory(Array(entries.map { $0 + "\n" }.joined().utf8))))
        ])
        #expect(Set(bench.ledger.map(\.id)) == Set(whole.filter(\.isCrash).map(\.id)))
        #expect(bench.ledger.count == 4)
    }
}
