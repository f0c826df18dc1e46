import CrashModel
import Foundation
import Testing

@testable import Sweeping

@Suite("Sweeps")
struct SweepingTests {
    @Test("tell a crash once, and read only what is new")
    func once() throws {
        let bench = try Bench()
        try bench.append(Log.quiet(1) + Log.crash(2, "1.01"), to: "train.log")
        #expect(try bench.sweep().incidents.count == 1)
        let second = try bench.sweep()
        #expect(second.incidents.isEmpty && second.newBytes == 0 && second.files == 1)
        let more = Log.quiet(9) + Log.crash(12, "1.02")
        try bench.append(more, to: "train.log")
        let third = try bench.sweep()
        #expect(third.newBytes == more.utf8.count)
        #expect(third.incidents.count == 1)
        #expect(bench.crashes == ["1.01", "1.02"])
        #expect(bench.ledger.last?.root.line == 21)
    }

    enum Rotation: CaseIterable {
        case rename, copytruncate, renameAndPack, copytruncateAndPack, renameTwice, remove, moveAway
    }

    @Test("go on where they were when a log is rotated", arguments: Rotation.allCases)
    func rotation(_ rotation: Rotation) throws {
        let bench = try Bench()
        bench.sources.append(.init(paths: [bench.folder + "/old*"]))
        try bench.append(Log.quiet(1) + Log.crash(2, "1.01"), to: "train.log")
        try bench.sweep()
        let unread = Log.quiet(9) + Log.crash(12, "1.02")
        if rotation != .remove { try bench.append(unread, to: "train.log") }
        switch rotation {
        case .rename: try bench.move("train.log", to: "train.log.1")
        case .renameAndPack:
            try bench.move("train.log", to: "train.log.1")
            try bench.gzip("train.log.1")
        case .renameTwice:
            try bench.move("train.log", to: "train.log.1")
            try bench.append(Log.crash(30, "1.05"), to: "train.log")
            try bench.move("train.log.1", to: "train.log.2")
            try bench.move("train.log", to: "train.log.1")
        case .copytruncate, .copytruncateAndPack:
            try bench.copy("train.log", to: "train.log.1")
            try bench.empty("train.log")
            if rotation == .copytruncateAndPack { try bench.gzip("train.log.1") }
        case .remove: try bench.remove("train.log")
        case .moveAway:
            try FileManager.default.createDirectory(atPath: bench.folder + "/old", withIntermediateDirectories: true)
            try bench.move("train.log", to: "../old/train.log")
        }
        // Longer than what was there, so that its size tells nothing.
        try bench.append(Log.quiet(40, lines: 40) + Log.crash(50, "1.03"), to: "train.log")
        let outcome = try bench.sweep()
        var expected: Set = ["1.01", "1.02", "1.03"]
        if rotation == .remove { expected.remove("1.02") }
        if rotation == .renameTwice { expected.insert("1.05") }
        #expect(Set(bench.crashes) == expected)
        #expect(bench.crashes.count == expected.count)
        #expect(outcome.unreadable.isEmpty)
        #expect(try bench.sweep().newBytes == 0)
        #expect(bench.crashes.count == expected.count)
    }

    @Test("read a log once while a copy of it is being made", arguments: [0.3, 1.0])
    func copying(_ share: Double) throws {
        let bench = try Bench()
        let text = Log.quiet(1) + Log.crash(2, "1.01") + Log.quiet(9) + Log.crash(12, "1.02")
        try bench.append(text, to: "train.log")
        try bench.append(String(text.prefix(Int(Double(text.count) * share))), to: "train.log.1")
        try bench.sweep()
        #expect(bench.crashes == ["1.01", "1.02"])
        // The copy is whole and lacks what was written after it was made; then the log is emptied.
        try bench.append(Log.crash(20, "1.03"), to: "train.log")
        try bench.sweep()
        try bench.remove("train.log.1")
        try bench.append(text, to: "train.log.1")
        try bench.empty("train.log")
        try bench.sweep()
        #expect(bench.crashes == ["1.01", "1.02", "1.03"])
        #expect(try bench.sweep().newBytes == 0)
    }

    /// Between two looks of one sweep at the same log, which no sleep would hit.
    @Test(
        "take no copy for a new log whose original went away since the files were listed",
        arguments: ["emptied", "emptied and written on", "removed", "replaced"], [true, false])
    func copiedWhileLooking(_ end: String, isKnown: Bool) throws {
        let bench = try Bench()
        let text = Log.quiet(1) + Log.crash(2, "1.01") + Log.quiet(9)
        try bench.append(text, to: "train.log")
        if isKnown { try bench.sweep() }
        try bench.append(text, to: "train.log.1")
        let state = try SweepStateFile(path: bench.folder + "/state/sweep.json", patience: 0).read()
        let files = try ["train.log", "train.log.1"].map { name in
            try ContentMatcher.File(
                path: bench.path(name), facts: #require(FileFacts(path: bench.path(name))))
        }
        switch end {
        case "emptied": try bench.empty("train.log")
        case "emptied and written on":
            try bench.empty("train.log")
            try bench.append(Log.quiet(20), to: "train.log")
        case "replaced":
            try bench.append(Log.quiet(20), to: "other")
            try bench.move("other", to: "train.log")
        default: try bench.remove("train.log")
        }
        #expect(!ContentMatcher.match(files, to: state.cursors).contains { $0 == .new && isKnown })
        try bench.sweep()
        try bench.sweep()
        #expect(bench.crashes == ["1.01"])
    }

    @Test("tell nothing of what was there when it was to be skipped, and everything of what comes after")
    func skipped() throws {
        let bench = try Bench()
        try bench.append(Log.crash(1, "1.01"), to: "train.log")
        try bench.append(Log.crash(2, "1.02"), to: "old.log")
        try bench.gzip("old.log")
        #expect(try bench.sweep(skipping: true).newBytes > 500)
        #expect(bench.crashes.isEmpty)
        #expect(try bench.sweep().newBytes == 0)
        try bench.append(Log.quiet(9) + Log.crash(20, "1.03"), to: "train.log")
        try bench.append(Log.crash(30, "1.04"), to: "new.log")
        try bench.sweep()
        #expect(Set(bench.crashes) == ["1.03", "1.04"])
        #expect(bench.ledger.first { $0.root.source.hasSuffix("train.log") }?.root.line == 18)
    }

    @Test(
        "tell of a crash of the next attempt, though the one before ended in a line without a time",
        arguments: [false, true])
    func nextAttempt(_ skipping: Bool) throws {
        let bench = try Bench()
        func attempt(at hour: Int, minute: Int) -> String {
            (0..<20).map {
                "2026-03-01 \(hour):\(minute + $0 / 10):\(10 + $0 % 10) INFO trainer: step \($0)/100 loss 2.31\n"
            }
            .joined()
        }
        let traceback = "Traceback (most recent call last):\n  File \"/w/train.py\", line 12, in step\n    x[key]\n"
        try bench.append(attempt(at: 10, minute: 10) + traceback + "KeyError: 'labels'\n", to: "train.log")
        try bench.sweep(skipping: skipping)
        #expect(bench.ledger.count == (skipping ? 0 : 1))
        try bench.move("train.log", to: "train.log.1")
        try bench.append(attempt(at: 10, minute: 43) + Log.end("1.02"), to: "train.log")
        #expect(try bench.sweep().incidents.map { "\($0.category)" } == ["oom/gpu"])
        #expect(try bench.sweep().incidents.isEmpty)
    }

    @Test("read UTF-16 on from its middle", arguments: [String.Encoding.utf16LittleEndian, .utf16BigEndian])
    func wideText(_ encoding: String.Encoding) throws {
        let bench = try Bench()
        func append(_ text: String) throws {
            let old = FileManager.default.contents(atPath: bench.path("train.log")) ?? Data()
            let new = try #require((old.isEmpty ? "\u{feff}" + text : text).data(using: encoding))
            try (old + new).write(to: URL(filePath: bench.path("train.log")))
            try bench.age("train.log", seconds: 60)
        }
        try append(Log.quiet(1) + Log.crash(2, "1.01"))
        try bench.sweep()
        #expect(bench.crashes == ["1.01"])
        try append(Log.quiet(9, lines: 4000) + Log.crash(20, "1.02"))
        try bench.sweep()
        #expect(bench.crashes == ["1.01", "1.02"])
        #expect(try bench.sweep().newBytes == 0)
    }

    @Test("read little more than what is new of many files")
    func cost() throws {
        let bench = try Bench()
        for file in 0..<40 {
            try bench.append((0..<40).map { Log.quiet(file * 50 + $0, lines: 60) }.joined(), to: "train\(file).log")
        }
        try bench.sweep()
        for file in 0..<40 { try bench.append(Log.quiet(file * 50 + 45, lines: 2), to: "train\(file).log") }
        let counted = bench.scannedBytes
        let outcome = try bench.sweep()
        #expect(outcome.inputs.count == 40 && outcome.newBytes < 10_000)
        #expect(bench.scannedBytes - counted <= outcome.newBytes + 40 * 17 * 1024)
        let idle = bench.scannedBytes
        #expect(try bench.sweep().newBytes == 0)
        #expect(bench.scannedBytes == idle)
    }

    @Test("wait for the end of a line and of a traceback that is being written")
    func halfWritten() throws {
        let bench = try Bench()
        let begin = Log.quiet(1) + Log.begin(2)
        try bench.append(begin + "  File \"/w/tr", to: "train.log", isFresh: true)
        let first = try bench.sweep()
        #expect(first.incidents.isEmpty)
        try bench.append("ain.py\", line 20, in run\n" + Log.end("1.01"), to: "train.log")
        #expect(try bench.sweep().incidents.count == 1)
        #expect(bench.crashes == ["1.01"])
        #expect(bench.ledger.first?.root.excerpt.first?.text.hasPrefix("Traceback") == true)
        #expect(bench.ledger.first?.root.line == 11)
    }

    @Test("take a last line without its end when nothing is written any more")
    func withoutNewline() throws {
        let bench = try Bench()
        try bench.append(String((Log.quiet(1) + Log.begin(2) + Log.end("1.01")).dropLast()), to: "train.log")
        #expect(try bench.sweep().incidents.count == 1)
        try bench.append("\n" + Log.quiet(9) + Log.crash(12, "1.02"), to: "train.log")
        try bench.sweep()
        #expect(bench.crashes == ["1.01", "1.02"])
        #expect(bench.ledger.map(\.root.line) == [10, 20])
    }

    @Test("tell of an incident once that goes on in the next sweep")
    func continued() throws {
        let bench = try Bench()
        try bench.append(Log.quiet(1) + Log.crash(2, "1.01"), to: "train.log")
        let first = try bench.sweep()
        try bench.append(
            """
            2026-03-01 02:31:10 ERROR launcher: worker failed
            torch.distributed.elastic.multiprocessing.errors.ChildFailedError:
            [rank1]: torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 1.01 GiB. GPU 1 has a total capacity of 79.15 GiB of which 1.01 GiB is free.

            """, to: "train.log")
        let second = try bench.sweep()
        #expect(second.newBytes > 0)
        #expect(second.incidents.isEmpty)
        #expect(second.continued == Set(first.incidents.map(\.id)))
        #expect(bench.ledger.count == 1)
    }

    @Test("forget nothing and repeat nothing when the ledger fails", arguments: [Bench.Failure.before, .after])
    func interrupted(_ failure: Bench.Failure) throws {
        let bench = try Bench()
        try bench.append(Log.quiet(1) + Log.crash(2, "1.01"), to: "train.log")
        bench.failure = failure
        #expect(throws: Bench.Full.self) { try bench.sweep() }
        bench.failure = nil
        // Meanwhile it is rotated and goes on, and another root might be chosen.
        try bench.copy("train.log", to: "train.log.1")
        try bench.empty("train.log")
        try bench.append("[rank1]: more of the same\n", to: "train.log.1")
        let outcome = try bench.sweep()
        #expect(bench.crashes == ["1.01"])
        #expect(outcome.untold.count == (failure == .after ? 1 : 0))
        #expect(try bench.sweep().untold.isEmpty)
        #expect(bench.crashes == ["1.01"])
    }

    @Test("take a file for a new one that has the number of a removed one")
    func reusedInode() throws {
        let bench = try Bench()
        try bench.append(Log.quiet(1) + Log.crash(2, "1.01"), to: "train.log")
        try bench.sweep()
        // The same inode, other content of the same length: the strongest form.
        let other = Log.quiet(5) + Log.crash(6, "1.09")
        try bench.empty("train.log")
        try bench.append(other, to: "train.log")
        try bench.sweep()
        #expect(bench.crashes == ["1.01", "1.09"])
    }

    @Test("read on when clocks go back and forth", arguments: [-34_560_000.0, 34_560_000.0])
    func clocks(_ jump: Double) throws {
        let bench = try Bench()
        try bench.append(Log.quiet(1) + Log.crash(2, "1.01"), to: "train.log")
        try bench.sweep()
        bench.now += jump
        try bench.append(Log.quiet(9) + Log.crash(12, "1.02"), to: "train.log")
        try bench.sweep()
        bench.now -= jump
        try bench.append(Log.quiet(19) + Log.crash(22, "1.03"), to: "train.log")
        try bench.sweep()
        #expect(bench.crashes == ["1.01", "1.02", "1.03"])
    }

    @Test("say what may have been lost with a log that is gone")
    func lost() throws {
        let bench = try Bench()
        try bench.append(Log.quiet(1), to: "train.log")
        try bench.append(Log.quiet(1), to: "other.log")
        try bench.sweep()
        try bench.remove("train.log")
        #expect(try bench.sweep().notes.isEmpty)
        let notes = try bench.sweep().notes
        #expect(notes.count == 1)
        #expect(notes.first?.contains("train.log was removed or emptied") == true)
        #expect(try bench.sweep().notes.isEmpty)
    }

    @Test("tell of each of several alike failures, whatever was told when the last one was still being written")
    func alike() throws {
        let bench = try Bench()
        try bench.append(Log.quiet(1) + Log.crash(2, "1.01"), to: "train.log")
        try bench.sweep()
        try bench.append(Log.quiet(11) + Log.crash(12, "1.02"), to: "train.log", isFresh: true)
        let second = try bench.sweep()
        #expect(second.waiting == 1 && second.incidents.isEmpty)
        try bench.append(Log.quiet(21) + Log.crash(22, "1.03"), to: "train.log")
        try bench.sweep()
        #expect(bench.crashes == ["1.01", "1.02", "1.03"])
    }

    @Test("judge what the machine says with the run that it hit, once")
    func machine() throws {
        let bench = try Bench()
        bench.sources = [
            .init(paths: [bench.path("a"), bench.path("b")]),
            .init(paths: [bench.folder + "/logs/kern.log*"], isMachine: true, labels: ["host": "gpu-a12"]),
        ]
        for run in ["a", "b"] {
            try FileManager.default.createDirectory(atPath: bench.path(run), withIntermediateDirectories: true)
            try bench.append(Log.quiet(1), to: run + "/train.log")
        }
        try bench.sweep()
        try bench.append(
            "2026-03-01T02:30:20.000000+00:00 gpu-a12 kernel: [ 100.000000] NVRM: Xid (PCI:0000:3b:00): 79, pid=4711, GPU has fallen off the bus.\n",
            to: "kern.log")
        try bench.sweep()
        #expect(bench.ledger.count == 1)
        #expect(bench.ledger.first?.root.rule.contains("xid") == true)
        try bench.append("2026-03-01 02:30:21 CUDA error: unspecified launch failure\n", to: "a/train.log")
        try bench.sweep()
        #expect(bench.ledger.filter { $0.root.source.hasSuffix("kern.log") }.count == 1)
    }
}
