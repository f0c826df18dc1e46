import CrashModel
import Foundation
import Testing

@testable import Logs
@testable import Sweeping

/// journalctl over journal files that journald's own code wrote.
private struct RealJournal {
    static let writer = ["/usr/lib/systemd/systemd-journal-remote", "/lib/systemd/systemd-journal-remote"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }
    static let hasReader = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .contains { FileManager.default.isExecutableFile(atPath: $0 + "/journalctl") }

    let folder: String

    func run(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    struct Entry {
        var date: Date
        var message: String
        var boot = 1
        var fields: [String: String] = [:]
    }

    /// Writes entries into a journal file, in the export format (systemd.io/JOURNAL_EXPORT_FORMATS).
    func write(_ entries: [Entry], to name: String) throws {
        var export = Data()
        for (index, entry) in entries.enumerated() {
            var fields = [
                "_BOOT_ID": String(repeating: "\(entry.boot)", count: 32), "_HOSTNAME": "gpu-a12",
                "_TRANSPORT": "stdout",
                "SYSLOG_IDENTIFIER": "python3", "_PID": "77",
            ]
            fields.merge(entry.fields) { $1 }
            // Entries of one boot are put in order by this clock.
            let micros = Int(entry.date.timeIntervalSince1970 * 1e6)
            let monotonic = Int(entry.date.timeIntervalSince(Log.start) * 1e6) + 1000 + index
            export += Data("__REALTIME_TIMESTAMP=\(micros)\n__MONOTONIC_TIMESTAMP=\(monotonic)\n".utf8)
            for (name, value) in fields { export += Data("\(name)=\(value)\n".utf8) }
            let message = Data(entry.message.utf8)
            let size = withUnsafeBytes(of: UInt64(message.count).littleEndian) { Data($0) }
            export += Data("MESSAGE\n".utf8) + size + message + Data("\n\n".utf8)
        }
        let path = folder + "/" + name + ".export"
        try export.write(to: URL(fileURLWithPath: path))
        try run(Self.writer ?? "", ["-o", folder + "/" + name, path])
    }
}

@Suite(
    "Sweeps of real journal files",
    .enabled(
        if: RealJournal.writer != nil && RealJournal.hasReader, "needs journalctl and systemd-journal-remote"))
struct RealJournalTests {
    private let bench: Bench
    private let journal: RealJournal

    init() throws {
        bench = try Bench()
        journal = RealJournal(folder: bench.folder + "/real")
        try FileManager.default.createDirectory(atPath: journal.folder, withIntermediateDirectories: true)
        bench.sources = [.init(feed: .journal(JournalQuery(path: journal.folder), first: 7 * 86_400))]
        bench.now = Log.start + 3 * 86_400
    }

    private func entries(_ log: String) -> [RealJournal.Entry] {
        var date = Log.start
        return log.split(separator: "\n").map { line in
            date = Log.date(line) ?? date + 0.001
            return RealJournal.Entry(date: date, message: String(line))
        }
    }

    @Test("tell a crash once, go on after the last entry, and through another file")
    func once() throws {
        try journal.write(entries(Log.quiet(1) + Log.crash(2, "1.01")), to: "one.journal")
        let first = try bench.sweep()
        #expect(first.incidents.count == 1 && first.unreadable.isEmpty)
        #expect(first.inputs.map(\.lines) == [11])
        let second = try bench.sweep()
        #expect(second.newBytes == 0 && second.notes.isEmpty && second.unreadable.isEmpty)
        try journal.write(entries(Log.quiet(9) + Log.crash(12, "1.02")), to: "two.journal")
        let third = try bench.sweep()
        #expect(third.incidents.count == 1 && third.notes.isEmpty)
        #expect(bench.crashes == ["1.01", "1.02"])
        #expect(try bench.sweep().newBytes == 0)
    }

    @Test("say when the file with the last entry is gone, and miss nothing that is left")
    func vacuumed() throws {
        try journal.write(entries(Log.quiet(1) + Log.crash(2, "1.01")), to: "one.journal")
        try bench.sweep()
        try FileManager.default.removeItem(atPath: journal.folder + "/one.journal")
        let crash =
            "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 1.02 GiB. GPU 0 has a total capacity of 79.15 GiB of which 1.01 GiB is free."
        // In the very first entry that is left.
        try journal.write(
            [RealJournal.Entry(date: Log.start + 12 * 3600, message: crash)] + entries(Log.quiet(13)), to: "two.journal"
        )
        let outcome = try bench.sweep()
        #expect(outcome.notes.count == 1)
        #expect(outcome.notes.first?.contains("no longer holds the entry") == true)
        #expect(bench.crashes == ["1.01", "1.02"])
        try FileManager.default.removeItem(atPath: journal.folder + "/two.journal")
        #expect(try bench.sweep().unreadable.count == 1)
    }

    @Test("read the boot before, long messages, binary ones and those of several lines")
    func shapes() throws {
        let kernel = ["_TRANSPORT": "kernel", "SYSLOG_FACILITY": "0", "SYSLOG_IDENTIFIER": "kernel"]
        let log = Log.begin(2) + Log.end("1.01")
        try journal.write(
            [
                .init(
                    date: Log.start, message: "NVRM: Xid (PCI:0000:3b:00): 79, pid=4711, GPU has fallen off the bus.",
                    fields: kernel),
                .init(date: Log.start + 4 * 3600, message: "Linux version 6.8.0", boot: 2, fields: kernel),
                .init(date: Log.start + 5 * 3600, message: String(repeating: "x", count: 6000) + "\n" + log, boot: 2),
                .init(date: Log.start + 6 * 3600, message: "\u{1}\u{2} bin", boot: 2),
            ], to: "one.journal")
        let outcome = try bench.sweep()
        #expect(outcome.unreadable.isEmpty && outcome.inputs.allSatisfy(\.complete))
        #expect(Set(outcome.incidents.map(\.root.line)) == [1, 3])
        // The kernel's part alone, of one file.
        let other = try Bench()
        var query = JournalQuery(path: journal.folder + "/one.journal")
        query.isKernelOnly = true
        other.now = bench.now
        other.sources = [.init(feed: .journal(query, first: 7 * 86_400))]
        #expect(try other.sweep().inputs.map(\.lines) == [2])
    }

    @Test("say it when a cursor is refused or a folder is not there")
    func refused() throws {
        bench.sources = [.init(feed: .journal(JournalQuery(path: journal.folder + "/nothing"), first: 60))]
        #expect(try bench.sweep().unreadable.first?.problem?.hasPrefix("journalctl: Failed to open") == true)
    }
}
