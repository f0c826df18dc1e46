import CrashModel
import Foundation
import History
import Testing

/// A ledger-writer-child in the background.
final class WriterProcess {
    private let process = Process()
    private let output: URL

    static var folder: URL {
        #if os(macOS)
            Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL.deletingLastPathComponent()
                ?? URL(filePath: ".")
        #else
            URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        #endif
    }

    init(
        _ ledger: Ledger, _ name: String, _ count: Int, limit: Int? = nil, environment: [String: String] = [:]
    ) throws {
        output = FileManager.default.temporaryDirectory.appending(path: "faultline-writer-\(UUID().uuidString)")
        try Data().write(to: output)
        process.executableURL = Self.folder.appending(path: "ledger-writer-child")
        process.arguments = [ledger.path, name, String(count)] + (limit.map { [String($0)] } ?? [])
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        try process.run()
    }

    deinit { try? FileManager.default.removeItem(at: output) }

    var pid: Int32 { process.processIdentifier }

    /// The lines that it said, each whole.
    func lines() throws -> [String] {
        String(decoding: try Data(contentsOf: output), as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }

    /// Waits for its end, and gives what it was promised and what it was refused.
    func end() throws -> (promised: [String], refused: [String]) {
        process.waitUntilExit()
        let lines = try lines()
        return (lines.filter { !$0.hasPrefix("!") }, lines.filter { $0.hasPrefix("!") })
    }
}

@Suite("Every record that was promised is there", .serialized) struct FailingDiskTests {
    let scratch = Scratch()

    /// All readers read it, and what they find is what was promised, at least.
    private func expectKept(_ promised: [String], sourceLocation: SourceLocation = #_sourceLocation) throws {
        let ids = try scratch.ledger.read().incidents.map(\.id)
        #expect(Set(promised).subtracting(ids).isEmpty, sourceLocation: sourceLocation)
        #expect(Set(ids).count == ids.count, sourceLocation: sourceLocation)
        #expect(try scratch.ledger.overview().incidents.map(\.id) == ids, sourceLocation: sourceLocation)
        #expect(try #require(try scratch.ledger.check()).incidents == ids.count, sourceLocation: sourceLocation)
    }

    @Test("by eight processes of 2,000 records each, at once")
    func eightWriters() throws {
        try scratch.write("")
        let writers = try (0..<8).map { try WriterProcess(scratch.ledger, "w\($0)", 2000) }
        var promised: [String] = []
        for writer in writers {
            let said = try writer.end()
            #expect(said.refused.isEmpty && said.promised.count == 2000)
            promised += said.promised
        }
        try expectKept(promised)
        let check = try #require(try scratch.ledger.check())
        #expect((check.records, check.damaged.count, check.duplicates, check.unverified) == (16000, 0, 0, 0))
    }

    @Test("by writers that are killed")
    func killed() throws {
        try scratch.write("")
        var promised: [String] = []
        for round in 0..<20 {
            let writer = try WriterProcess(scratch.ledger, "k\(round)", 100_000)
            let deadline = Date().addingTimeInterval(20)
            while try writer.lines().count < 3, Date() < deadline { usleep(1000) }
            usleep(UInt32(round) * 200)
            kill(writer.pid, SIGKILL)
            promised += try writer.end().promised
        }
        #expect(promised.count >= 60)
        try expectKept(promised)
        #expect(try #require(try scratch.ledger.check()).damaged.count <= 20)
    }

    @Test("on a disk that is full, wherever in a record that is", arguments: [0, 1, 250, 499])
    func full(more: Int) throws {
        try scratch.write("")
        let said = try WriterProcess(scratch.ledger, "f", 24, limit: 6000 + more).end()
        #expect(said.promised.count > 3)
        #expect(said.refused.count == 24 - said.promised.count && !said.refused.isEmpty)
        #expect(said.refused.allSatisfy { $0.contains("cannot write the ledger") })
        try expectKept(said.promised)
        // What the disk took of the next one was taken back.
        #expect(try #require(try scratch.ledger.check()).damaged.isEmpty)
        #expect(try WriterProcess(scratch.ledger, "f", 24).end().promised.count == 24)
        try expectKept((0..<24).map { "f-\($0)" })
    }

    #if os(Linux)
        @Test(
            "on a disk with errors",
            arguments: [
                ["FAULTY_DISK_WRITE": "3"], ["FAULTY_DISK_SHORT": "4"], ["FAULTY_DISK_SYNC": "5"],
                ["FAULTY_DISK_SHORT": "4", "FAULTY_DISK_TRUNCATE": "1"],
                ["FAULTY_DISK_SYNC": "3", "FAULTY_DISK_TRUNCATE": "1"],
                ["FAULTY_DISK_WRITE": "7", "FAULTY_DISK_SHORT": "5", "FAULTY_DISK_SYNC": "3"],
            ])
        func faulty(disk: [String: String]) throws {
            try scratch.write("")
            let library = WriterProcess.folder.appending(path: "libFaultyDisk.so").path(percentEncoded: false)
            let environment = disk.merging(["LD_PRELOAD": library, "FAULTY_DISK": "ledger.jsonl"]) { $1 }
            let writers = try (0..<3).map { try WriterProcess(scratch.ledger, "e\($0)", 60, environment: environment) }
            var promised: [String] = []
            for writer in writers {
                let said = try writer.end()
                #expect(!said.refused.isEmpty && said.promised.count + said.refused.count == 60)
                promised += said.promised
            }
            try expectKept(promised)
            let canTakeBack = disk["FAULTY_DISK_TRUNCATE"] == nil
            let damaged = try #require(try scratch.ledger.check()).damaged
            #expect(damaged.isEmpty == (canTakeBack || disk["FAULTY_DISK_SHORT"] == nil))
            // A repair leaves only what is whole.
            _ = damaged.isEmpty ? nil : try scratch.ledger.repair(now: scannedAt)
            try expectKept(promised)
            #expect(try #require(try scratch.ledger.check()).damaged.isEmpty)
        }
    #endif
}
