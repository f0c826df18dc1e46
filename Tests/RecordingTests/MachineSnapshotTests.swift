import CrashModel
import Foundation
import Recording
import Testing

/// A folder that stands for `/`, removed afterwards.
final class FakeRoot {
    let path = NSTemporaryDirectory() + "faultline-root-\(UUID().uuidString)"

    init(_ files: [String: String]) throws {
        for (name, text) in files {
            let file = path + "/" + name
            try FileManager.default.createDirectory(
                atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

let now = Date(timeIntervalSince1970: 1_772_000_000)

@Suite struct MachineSnapshotTests {
    static func process(_ name: String, resident: Int, swap: Int = 0) -> String {
        "Name:\t\(name)\nUmask:\t0022\nState:\tS (sleeping)\nVmRSS:\t  \(resident) kB\nVmSwap:\t  \(swap) kB\nThreads:\t1\n"
    }

    @Test("Memory, pressure and the largest processes are read from a /proc")
    func whole() throws {
        let root = try FakeRoot([
            "proc/meminfo":
                "MemTotal:       24684092 kB\nMemFree:        21572052 kB\nMemAvailable:   23772520 kB\nShmem:  8 kB\n"
                + "SwapTotal:             1024 kB\nSwapFree:              512 kB\nHugePages_Total:       0\n",
            "proc/pressure/memory":
                "some avg10=12.34 avg60=1.00 avg300=0.10 total=99\nfull avg10=9.00 avg60=0.00 avg300=0.00 total=0\n",
            "proc/pressure/io": "some avg10=0.50 avg60=0.00 avg300=0.00 total=0\n",
            "proc/10/status": Self.process("small", resident: 100), "proc/10/statm": "50 25 1 1 0 1 0\n",
            "proc/10/comm": "small\n",
            "proc/20/status": Self.process("big", resident: 90000, swap: 7), "proc/20/statm": "50000 22500 1 1 0 1 0\n",
            "proc/20/comm": "big one\n",
            "proc/30/status": Self.process("middle", resident: 500), "proc/30/statm": "500 125 1 1 0 1 0\n",
            "proc/2/status": "Name:\tkthreadd\nState:\tS\n", "proc/2/statm": "0 0 0 0 0 0 0\n",
            "proc/self/status": Self.process("not a pid", resident: 1),
        ])
        let context = MachineSnapshot(root: root.path).take(now: now, filesystemsOf: [], topProcesses: 2)
        #expect(context.origin == .snapshotAfter && context.takenAt == now)
        #expect(
            context.memory
                == MemorySample(
                    total: 24_684_092 * 1024, available: 23_772_520 * 1024, free: 21_572_052 * 1024,
                    swapTotal: 1024 * 1024, swapFree: 512 * 1024, shared: 8 * 1024))
        #expect(context.pressure == ["memory": 12.34, "io": 0.5])
        #expect(
            context.processes == [
                ProcessSample(pid: 20, name: "big one", resident: 90000 * 1024, swapped: 7 * 1024),
                ProcessSample(pid: 30, name: "middle", resident: 500 * 1024, swapped: 0),
            ])
        #expect(context.processCount == 4)
    }

    @Test("An empty tree gives an empty snapshot")
    func empty() {
        let context = MachineSnapshot(root: "/nonexistent-\(UUID().uuidString)").take(
            now: now, filesystemsOf: ["/nowhere/x"])
        #expect(context == ResourceContext(origin: .snapshotAfter, takenAt: now))
    }

    @Test("A process without statm, or that has gone, is survived")
    func partial() throws {
        let root = try FakeRoot([
            "proc/10/status": Self.process("a", resident: 5), "proc/11/statm": "9 9 9\n",
            "proc/12/status": Self.process("c", resident: 7), "proc/12/statm": "1 1\n",
        ])
        let context = MachineSnapshot(root: root.path).take(now: now, filesystemsOf: [])
        #expect(context.processes.map(\.pid) == [12, 10])
        #expect(context.processCount == 3)
    }

    @Test(
        "Senseless numbers are left out",
        arguments: [
            "", "MemTotal: many kB\n", "MemTotal: -5 kB\n", "MemTotal: 99999999999999999999 kB\n",
            "MemTotal: 9223372036854775807 kB\n", "MemTotal 5\n", "\u{0}\u{1}",
        ])
    func senseless(meminfo: String) throws {
        let root = try FakeRoot(["proc/meminfo": meminfo, "proc/pressure/cpu": "some avg10=nan\n"])
        let context = MachineSnapshot(root: root.path).take(now: now, filesystemsOf: [])
        #expect(context.memory == nil && context.pressure.isEmpty)
    }

    @Test("A strange process name is kept as it is, invalid UTF-8 repaired")
    func strangeName() throws {
        let root = try FakeRoot(["proc/10/status": Self.process("x", resident: 5)])
        try Data([0x1b, 0x5b, 0xff, 0x0a]).write(to: URL(fileURLWithPath: root.path + "/proc/10/comm"))
        let context = MachineSnapshot(root: root.path).take(now: now, filesystemsOf: [])
        #expect(context.processes.map(\.name) == ["\u{1b}[\u{fffd}"])
    }

    @Test("Paths on one filesystem give one sample")
    func filesystems() throws {
        let root = try FakeRoot(["a/x": "1", "b/y": "2"])
        let context = MachineSnapshot(root: root.path).take(
            now: now, filesystemsOf: [root.path + "/a", root.path + "/b/y", root.path + "/missing"])
        #expect(context.filesystems.map(\.path) == [root.path + "/a"])
        let sample = try #require(context.filesystems.first)
        #expect(sample.total > 0 && sample.available <= sample.total)
    }

    @Test("This machine can be looked at")
    func thisMachine() {
        let context = MachineSnapshot().take(now: now, filesystemsOf: ["/"])
        #expect((context.memory?.total ?? 0) > 0)
        #expect(context.filesystems.count == 1)
        #if os(Linux)
            #expect(!context.processes.isEmpty && context.processes.count <= 8)
            #expect(context.processes == context.processes.sorted { $0.resident > $1.resident })
        #endif
    }
}
