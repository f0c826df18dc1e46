import CrashModel
import Foundation
import Testing

@testable import Sweeping

@Suite("Sweeps of pstore")
struct PstoreTests {
    private let bench: Bench
    private var pstore: String { bench.folder + "/pstore" }
    private var moved: String { bench.folder + "/moved" }

    init() throws {
        bench = try Bench()
        try FileManager.default.createDirectory(atPath: pstore, withIntermediateDirectories: true)
        bench.sources = [.init(feed: .pstore([pstore, moved]))]
        bench.now = Log.start + 86_400
    }

    private func put(_ name: String, _ text: String, below folder: String? = nil) throws {
        let path = (folder ?? pstore) + "/" + name
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.modificationDate: Log.start + 7200], ofItemAtPath: path)
    }

    /// A panic in three parts of EFI variables, of which the first holds what was said last.
    private let parts = [
        (
            "dmesg-efi-177232680003001",
            """
            Panic#1 Part3
            <6>[   10.000000] nvidia: loading out-of-tree module taints kernel.
            <3>[  100.500000] NVRM: Xid (PCI:0000:3b:00): 79, pid=4711, GPU has fallen off the bus.

            """
        ),
        (
            "dmesg-efi-177232680002001",
            """
            Panic#1 Part2
            <0>[  101.000000] Kernel panic - not syncing: Fatal exception in interrupt
            <4>[  101.000100] CPU: 3 PID: 812 Comm: python Tainted: P           OE      6.8.0 #1

            """
        ),
        (
            "dmesg-efi-177232680001001",
            """
            Panic#1 Part1
            <4>[  101.000200] Call Trace:
            <4>[  101.000300]  panic+0x35c/0x380
            <0>[  101.100000] Kernel Offset: 0x1a000000 from 0xffffffff81000000

            """
        ),
    ]

    private var kept: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: bench.folder + "/state/sweep.d").sorted()
        }
    }

    @Test("put the parts of a crash together, and date it by its records' numbers")
    func joined() throws {
        for (name, text) in parts { try put(name, text) }
        let outcome = try bench.sweep()
        #expect(outcome.unreadable.isEmpty && outcome.notes.isEmpty)
        #expect(outcome.incidents.count == 1)
        #expect(try kept.count == 1)
        let file = try bench.folder + "/state/sweep.d/" + #require(kept.first)
        let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 8 && lines[7].contains("Panic#1 Part1"))
        #expect(lines[0].contains("loading out-of-tree") && lines[6].contains("Kernel Offset"))
        // 2026-03-01T01:00:00Z is in the numbers; the last line was said then.
        #expect(lines[6].contains("\"__REALTIME_TIMESTAMP\":\"1772326800000000\""))
        #expect(lines[0].contains("\"__REALTIME_TIMESTAMP\":\"17723267089"))
        #expect(bench.ledger.first?.root.time.date.map { abs($0.timeIntervalSince1970 - 1_772_326_800) < 2 } == true)
    }

    @Test("tell of a crash once, also when systemd-pstore has moved it")
    func once() throws {
        for (name, text) in parts { try put(name, text) }
        #expect(try bench.sweep().incidents.count == 1)
        #expect(try bench.sweep().newBytes == 0)
        for (name, text) in parts {
            try put(name, text, below: moved + "/177232680")
            try FileManager.default.removeItem(atPath: pstore + "/" + name)
        }
        try put("dmesg.txt", parts.map(\.1).joined(), below: moved + "/177232680")
        let outcome = try bench.sweep()
        #expect(outcome.incidents.isEmpty && outcome.newBytes == 0)
        try FileManager.default.removeItem(atPath: moved)
        #expect(try bench.sweep().newBytes == 0)
        #expect(bench.ledger.count == 1)
        #expect(try kept.count == 1)
    }

    @Test("keep crashes apart, whichever firmware kept them")
    func several() throws {
        for (name, text) in parts { try put(name, text) }
        try put(
            "dmesg-erst-\(1_772_330_400 << 32)",
            "Panic#2 Part1\n<0>[ 5000.0] Kernel panic - not syncing: hung_task: blocked tasks\n")
        try put(
            "dmesg-ramoops-0", "Panic#1 Part1\n<0>[ 77.100000] Kernel panic - not syncing: softlockup: hung tasks\n")
        try put("dmesg-ramoops-1.enc.z", "\u{1}\u{2}")
        try put("console-ramoops-0", "[ 77.100000] Kernel panic - not syncing: softlockup: hung tasks\n")
        let outcome = try bench.sweep()
        #expect(try kept.count == 3)
        #expect(bench.ledger.count >= 1)
        #expect(outcome.notes.contains { $0.contains(".enc.z is compressed") })
        let text = try kept.map { try String(contentsOfFile: bench.folder + "/state/sweep.d/" + $0, encoding: .utf8) }
            .joined()
        #expect(text.contains("\"1772330400000000\""))
        #expect(text.contains("\"\(Int(Log.start.timeIntervalSince1970) + 7200)000000\""))
    }

    @Test("say that there is none")
    func none() throws {
        bench.sources = [.init(feed: .pstore([bench.folder + "/nothing"]))]
        #expect(try bench.sweep().notes.first?.hasPrefix("there is no pstore: nothing at") == true)
    }

    @Test(
        "bear damaged records",
        arguments: [
            "", "\n\n", "Panic#", "Panic#1 Part", "Panic#99999999999999999999 Part1\n<0>[x] y", "<", "<9999>[",
            "[1.2.3] a", "[999999999999999999999.0] b",
        ])
    func damaged(_ text: String) throws {
        try put("dmesg-efi-1", text)
        try put("dmesg-", text)
        let outcome = try bench.sweep()
        // That the firmware kept something is news by itself.
        #expect(outcome.incidents.isEmpty || text.hasPrefix("Panic#9"))
        #expect(outcome.unreadable.isEmpty)
    }

    @Test(
        "read lines as the kernel writes them",
        arguments: [
            ("<4>[  101.000200] Call Trace:", 4, 101.0002, "Call Trace:"), ("[ 7.5][ T12] a", 6, 7.5, "[ T12] a"),
            ("no bracket", 6, nil, "no bracket"), ("<30>[1.0]x", 30, 1.0, "x"), ("<x>[1.0] y", 6, nil, "<x>[1.0] y"),
            ("[drm] z", 6, nil, "[drm] z"),
        ] as [(String, Int, Double?, String)])
    func lines(_ text: String, _ priority: Int, _ seconds: Double?, _ said: String) {
        let line = KernelLine(Array(text.utf8))
        #expect(line.priority == priority && line.seconds == seconds)
        #expect(String(decoding: line.text, as: UTF8.self) == said)
    }
}
