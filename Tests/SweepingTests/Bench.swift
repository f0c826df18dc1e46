import BuiltInRules
import CrashModel
import Diagnosis
import Foundation
import Logs
import Rules
import Scanning
import Synchronization

@testable import Sweeping

/// A folder of logs, a state, and what stands in the ledger.
final class Bench: IncidentKeeper {
    let folder: String
    private(set) var ledger: [Incident] = []
    /// Fails instead of recording, as a full disk does, before or after the ledger was written.
    var failure: Failure?
    var now = Date()
    var settle = 10.0
    var sources: [SweepConfiguration.Source]
    var access = KernelAccess.running
    var limits = JournalFeed.Limits()
    private static let book = RuleBook.builtIn
    static let tools: SweepTools? = try? SweepTools(
        scanner: LiteralScanner(CompiledRules(book)),
        diagnose: { Diagnostician(Bench.book, keepsOldTrouble: true).diagnose($0) })

    /// Bytes that were scanned, old ones among them.
    var scannedBytes: Int { counter.bytes.load(ordering: .relaxed) }
    private let counter = Counter()

    private final class Counter: Sendable {
        let bytes = Atomic(0)
    }

    private struct CountingScanner: SourceScanner {
        let scanner: any SourceScanner
        let counter: Counter

        func scan(_ input: LogInput) -> SourceScan {
            let scan = scanner.scan(input)
            counter.bytes.add(scan.input.bytes, ordering: .relaxed)
            return scan
        }
    }

    enum Failure { case before, after }
    struct Full: Error {}

    init() throws {
        folder = NSTemporaryDirectory() + "faultline-sweep-" + UUID().uuidString
        sources = [.init(paths: [folder + "/logs/*"])]
        try FileManager.default.createDirectory(atPath: folder + "/logs", withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func path(_ name: String) -> String { folder + "/logs/" + name }

    /// Appends, and makes the file look as if it had been written a minute ago, unless it `isFresh`.
    func append(_ text: String, to name: String, isFresh: Bool = false) throws {
        let handle = try handle(name)
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(text.utf8))
        try handle.close()
        if !isFresh { try age(name, seconds: 60) }
    }

    private func handle(_ name: String) throws -> FileHandle {
        if !FileManager.default.fileExists(atPath: path(name)) {
            _ = FileManager.default.createFile(atPath: path(name), contents: nil)
        }
        return try FileHandle(forUpdating: URL(fileURLWithPath: path(name)))
    }

    func age(_ name: String, seconds: Double) throws {
        try FileManager.default.setAttributes([.modificationDate: now - seconds], ofItemAtPath: path(name))
    }

    func move(_ name: String, to other: String) throws {
        _ = rename(path(name), path(other))
    }

    func copy(_ name: String, to other: String) throws {
        try FileManager.default.copyItem(atPath: path(name), toPath: path(other))
        try age(other, seconds: 60)
    }

    func empty(_ name: String) throws {
        let handle = try handle(name)
        try handle.truncate(atOffset: 0)
        try handle.close()
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path(name)) }

    func gzip(_ name: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gzip", "-f", path(name)]
        try process.run()
        process.waitUntilExit()
    }

    @discardableResult
    func sweep(skipping: Bool = false) throws -> SweepOutcome {
        // A program that another test starts has the lock's descriptor too, until it is that program.
        let file = try SweepStateFile(path: folder + "/state/sweep.json", patience: 5)
        var sweeper = Sweeper(SweepConfiguration(sources: sources, settle: settle), state: file) {
            guard var tools = Self.tools else { throw Full() }
            tools.scanner = CountingScanner(scanner: tools.scanner, counter: self.counter)
            return tools
        }
        sweeper.access = access
        sweeper.limits = limits
        let outcome = try sweeper.sweep(now: now, into: self, skipping: skipping)
        try sweeper.confirmTold(outcome)
        return outcome
    }

    /// The sizes that crashes asked for, which tell them apart, in the order of the ledger.
    var crashes: [String] {
        ledger.map {
            $0.root.text.split(separator: " ").drop { $0 != "allocate" }.dropFirst().first.map(String.init) ?? "?"
        }
    }

    func recorded(_ ids: [String]) throws -> Set<String> { Set(ids).intersection(ledger.map(\.id)) }

    func record(_ incidents: [Incident]) throws -> [Incident] {
        if failure == .before { throw Full() }
        let added = incidents.filter { new in !ledger.contains { $0.id == new.id } }
        ledger += added
        if failure == .after { throw Full() }
        return added
    }
}

/// Lines of a log, hours apart.
enum Log {
    static func quiet(_ hour: Int, lines: Int = 3) -> String {
        (0..<lines).map { "\(time(hour, $0)) INFO trainer: shard \(hour)-\($0) is loaded\n" }.joined()
    }

    static func crash(_ hour: Int, _ gibibytes: String) -> String {
        // A dated line behind it, or the last line might have been written at any time later.
        begin(hour) + end(gibibytes) + "\(time(hour, 31)) INFO trainer: the report is written\n"
    }

    static func begin(_ hour: Int) -> String {
        """
        \(time(hour, 30)) ERROR trainer: failed
        Traceback (most recent call last):
          File "/w/train.py", line 21, in <module>
            main()

        """
    }

    static func end(_ gibibytes: String) -> String {
        """
          File "/w/train.py", line 12, in step
            loss.backward()
        torch.OutOfMemoryError: CUDA out of memory. Tried to allocate \(gibibytes) GiB. GPU 0 has a total capacity of 79.15 GiB of which 1.01 GiB is free.

        """
    }

    private static func time(_ hour: Int, _ minute: Int) -> String {
        let day = hour / 24 + 1
        return
            "2026-03-\(day < 10 ? "0" : "")\(day) \(hour % 24 < 10 ? "0" : "")\(hour % 24):\(minute < 10 ? "0" : "")\(minute):00"
    }
}
