import CrashModel
import Foundation
import Testing

@testable import Sweeping

/// Logs as launchers and container runtimes lay them out.
@Suite("Sweeps of containers' and launchers' logs")
struct RunLayoutTests {
    private let bench: Bench

    init() throws {
        bench = try Bench()
    }

    private func folder(_ name: String) throws {
        try FileManager.default.createDirectory(atPath: bench.path(name), withIntermediateDirectories: true)
    }

    // MARK: - Containers

    private static let oom =
        "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 1.01 GiB. GPU 0 has a total capacity of 79.15 GiB of which 1.01 GiB is free."

    enum Runtime: CaseIterable {
        case kubelet, docker

        /// A line in one piece or in several, a record each.
        func records(_ pieces: [String], minute: Int) -> [String] {
            pieces.enumerated().map { index, piece in
                let time = "2026-03-01T02:\(minute < 10 ? "0" : "")\(minute):00.00000000\(index)Z"
                let isWhole = index == pieces.count - 1
                switch self {
                case .kubelet: return "\(time) stderr \(isWhole ? "F" : "P") \(piece)\n"
                case .docker:
                    return #"{"log":"\#(piece)\#(isWhole ? #"\n"# : "")","stream":"stderr","time":"\#(time)"}"# + "\n"
                }
            }
        }
    }

    @Test(
        "join a line that a runtime cut, wherever a sweep falls",
        arguments: Runtime.allCases, [(20, false), (20, true), (60, false), (60, true)])
    func cut(_ runtime: Runtime, _ place: (at: Int, isFresh: Bool)) throws {
        let start = (0..<5).flatMap { runtime.records(["INFO shard \($0) is loaded"], minute: $0) }
        let pieces = [String(Self.oom.prefix(place.at)), String(Self.oom.dropFirst(place.at))]
        let crash = runtime.records(pieces, minute: 30)
        try bench.append(start.joined() + crash[0], to: "0.log", isFresh: place.isFresh)
        try bench.sweep()
        try bench.append(crash[1], to: "0.log")
        try bench.sweep()
        try bench.append(runtime.records(["INFO bye"], minute: 31).joined(), to: "0.log")
        try bench.sweep()
        #expect(bench.ledger.count == 1)
        #expect(bench.ledger.first?.root.line == 6)
        #expect(try bench.sweep().newBytes == 0)
        // As one scan of the whole tells it.
        let other = try Bench()
        try other.append((start + crash).joined() + runtime.records(["INFO bye"], minute: 31).joined(), to: "0.log")
        try other.sweep()
        #expect(other.ledger.map(\.root.line) == [6])
        // Where the first piece alone was told of, its text is what was told.
        if place.at == 20 { #expect(bench.ledger.map(\.id) == other.ledger.map(\.id)) }
    }

    // MARK: - Launchers

    @Test("tell each Slurm job's output apart, and a job's once")
    func slurm() throws {
        bench.sources = [.init(paths: [bench.path("slurm-*.out")], together: .file)]
        try bench.append(Log.quiet(1) + Log.crash(2, "1.01"), to: "slurm-4711.out")
        try bench.append(Log.quiet(1) + Log.crash(2, "1.02"), to: "slurm-4712_3.out")
        try bench.append(Log.quiet(1), to: "slurm-4713.out")
        try bench.append(Log.crash(2, "1.09"), to: "notes.txt")
        #expect(try bench.sweep().incidents.count == 2)
        #expect(Set(bench.crashes) == ["1.01", "1.02"])
        try bench.append(
            "slurmstepd: error: *** JOB 4713 ON gpu-a12 CANCELLED AT 2026-03-01T04:00:00 DUE TO TIME LIMIT ***\n",
            to: "slurm-4713.out")
        #expect(try bench.sweep().incidents.map(\.root.source) == [bench.path("slurm-4713.out")])
        #expect(try bench.sweep().newBytes == 0)
    }

    @Test("read a torchrun folder, and an error.json that is put there later")
    func torchrun() throws {
        for rank in 0..<2 {
            try folder("job_x7/attempt_0/\(rank)")
            try bench.append(Log.quiet(1), to: "job_x7/attempt_0/\(rank)/stdout.log")
            try bench.append("", to: "job_x7/attempt_0/\(rank)/stderr.log")
        }
        #expect(try bench.sweep().incidents.isEmpty)
        let error =
            #"{"message": {"message": "OutOfMemoryError: CUDA out of memory.", "extraInfo": {"py_callstack": "Traceback (most recent call last):\n  File \"/w/train.py\", line 12, in step\n    loss.backward()\ntorch.OutOfMemoryError: CUDA out of memory. Tried to allocate 1.01 GiB. GPU 0 has a total capacity of 79.15 GiB of which 1.01 GiB is free.\n", "timestamp": "1772332200"}}}"#
        // As torch writes it: to another name first.
        try bench.append(error, to: "job_x7/attempt_0/1/.error.json.tmp")
        try bench.move("job_x7/attempt_0/1/.error.json.tmp", to: "job_x7/attempt_0/1/error.json")
        let outcome = try bench.sweep()
        #expect(outcome.incidents.count == 1)
        #expect(outcome.incidents.first?.root.source == bench.path("job_x7/attempt_0/1/error.json"))
        #expect(outcome.incidents.first?.root.origin.rank == 1)
        // The same said in the rank's own log is no other crash.
        try bench.append(Log.end("1.01"), to: "job_x7/attempt_0/1/stderr.log")
        try bench.sweep()
        #expect(bench.ledger.count == 1)
        #expect(try bench.sweep().newBytes == 0)
    }

    @Test("read a Ray session once, though a link leads to it too", arguments: ["*", "session_*", "session_latest"])
    func ray(_ pattern: String) throws {
        let session = "session_2026-03-01_01-00-00_000000_4711"
        try folder(session + "/logs")
        try FileManager.default.createSymbolicLink(
            atPath: bench.path("session_latest"), withDestinationPath: bench.path(session))
        bench.sources = [.init(paths: [bench.path(pattern)])]
        let worker = session + "/logs/worker-0a1b-01000000-4711.err"
        try bench.append(Log.quiet(1) + Log.crash(2, "1.01"), to: worker)
        try bench.append(Log.quiet(1), to: session + "/logs/raylet.out")
        let outcome = try bench.sweep()
        #expect(outcome.incidents.count == 1 && outcome.files == 2)
        #expect(try bench.sweep().newBytes == 0)
        // The link moves on to the next session; the old one is still there.
        let next = "session_2026-03-02_01-00-00_000000_4712"
        try folder(next + "/logs")
        try bench.remove("session_latest")
        try FileManager.default.createSymbolicLink(
            atPath: bench.path("session_latest"), withDestinationPath: bench.path(next))
        try bench.append(Log.quiet(30) + Log.crash(32, "1.02"), to: next + "/logs/worker-0c1d-02000000-812.err")
        try bench.sweep()
        #expect(bench.crashes == ["1.01", "1.02"])
        #expect(try bench.sweep().newBytes == 0)
    }

    @Test("read a serial console's capture, and a kernel's log that kdump kept")
    func console() throws {
        bench.sources = [.init(paths: [bench.path("*"), bench.path("crash/*/vmcore-dmesg.txt")], isMachine: true)]
        try bench.append(
            "\u{1b}[0;32m  OK  \u{1b}[0m] Started trainer.\r\r\n[    1.000000] nvidia: module loaded\r\n"
                + "[  100.500000] \u{1b}[1;31mNVRM: Xid (PCI:0000:3b:00): 79, pid=4711, GPU has fallen off the bus.\u{1b}[0m\r\n",
            to: "ttyS0.log")
        try folder("crash/127.0.0.1-2026-03-01-04:00:00")
        try bench.append(
            "[    1.000000] Linux version 6.8.0\n[ 5000.000000] Kernel panic - not syncing: hung_task: blocked tasks\n",
            to: "crash/127.0.0.1-2026-03-01-04:00:00/vmcore-dmesg.txt")
        let outcome = try bench.sweep()
        let told = Set(outcome.incidents.flatMap { [$0.root] + $0.consequences + $0.confirmations }.map(\.source))
        #expect(told == [bench.path("ttyS0.log"), bench.path("crash/127.0.0.1-2026-03-01-04:00:00/vmcore-dmesg.txt")])
        #expect(try bench.sweep().newBytes == 0)
    }
}
