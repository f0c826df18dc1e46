import CrashModel
import Foundation
import Synchronization
import Testing

@testable import Logs
@testable import Sweeping

/// A kernel's ring that is written by hand.
private final class Ring: Sendable {
    struct Content {
        var records: [KernelDevice.Reading] = []
        var boot = String(repeating: "1", count: 32)
        var problem: FeedProblem?
        var hasJournal = false
    }

    let content = Mutex(Content())

    var access: KernelAccess {
        KernelAccess(
            read: { [self] body in
                let now = content.withLock { $0 }
                if let problem = now.problem { return problem }
                for record in now.records where !body(record) { break }
                return nil
            },
            boot: { [self] in content.withLock { $0.boot } },
            bootTime: { Int(Log.start.timeIntervalSince1970) * 1_000_000 },
            hasPersistentJournal: { [self] in content.withLock { $0.hasJournal } }, host: { "gpu-a12" })
    }

    func say(_ sequence: Int, _ text: String, seconds: Double, flag: String = "-", priority: Int = 6) {
        let record = "\(priority),\(sequence),\(Int(seconds * 1e6)),\(flag);\(text)\n"
        content.withLock { $0.records.append(.record(Array(record.utf8))) }
    }

    func change(_ body: @Sendable (inout Content) -> Void) { content.withLock { body(&$0) } }
}

@Suite("Sweeps of the kernel's ring")
struct KernelFeedTests {
    private let bench: Bench
    private let ring = Ring()
    private let xid = "NVRM: Xid (PCI:0000:3b:00): 79, pid=4711, GPU has fallen off the bus."

    init() throws {
        bench = try Bench()
        bench.sources = [.init(feed: .kernel(first: 86_400))]
        bench.access = ring.access
        bench.now = Log.start + 86_400
    }

    private var spool: [String] {
        let text = try? String(contentsOfFile: bench.folder + "/state/sweep.d/kernel.jsonl", encoding: .utf8)
        return text?.split(separator: "\n").map(String.init) ?? []
    }

    @Test("tell what it says once, with the time and the host")
    func once() throws {
        ring.say(0, "Linux version 6.8.0", seconds: 0)
        ring.say(1, xid + "\n SUBSYSTEM=pci\n DEVICE=+pci:0000:3b:00.0", seconds: 100, priority: 3)
        let first = try bench.sweep()
        #expect(first.incidents.count == 1 && first.notes.isEmpty && first.unreadable.isEmpty)
        #expect(first.incidents.first?.host == "gpu-a12")
        #expect(first.incidents.first?.firstSeen == Log.start + 100)
        #expect(try bench.sweep().newBytes == 0)
        ring.say(2, "NVRM: Xid (PCI:0000:5e:00): 79, pid=4712, GPU has fallen off the bus.", seconds: 50_000)
        #expect(try bench.sweep().incidents.count == 1)
        #expect(spool.count == 3)
    }

    @Test("count the records that were overwritten before they were read")
    func overwritten() throws {
        ring.say(900, "usb 1-4: connected", seconds: 10)
        // What was overwritten before the first sweep ever is nobody's loss to count.
        #expect(try bench.sweep().notes.isEmpty)
        ring.change { $0.records = [.overwritten] }
        ring.say(951, xid, seconds: 100)
        ring.change { $0.records.append(.overwritten) }
        ring.say(954, "usb 1-4: gone", seconds: 101)
        let outcome = try bench.sweep()
        #expect(outcome.notes.count == 1)
        #expect(outcome.notes.first?.hasPrefix("52 records of the kernel's ring were overwritten") == true)
        #expect(outcome.incidents.count == 1)
        #expect(try bench.sweep().notes.isEmpty)
    }

    @Test("begin anew after a restart, and say that the end of the boot before is missing")
    func restarted() throws {
        ring.say(0, "Linux version 6.8.0", seconds: 0)
        ring.say(500, "usb 1-4: connected", seconds: 100)
        try bench.sweep()
        ring.change {
            $0.boot = String(repeating: "2", count: 32)
            $0.records = []
        }
        ring.say(0, "Linux version 6.8.0", seconds: 0)
        ring.say(1, xid, seconds: 7)
        let outcome = try bench.sweep()
        #expect(outcome.incidents.count == 1)
        #expect(outcome.notes.count == 1)
        #expect(outcome.notes.first?.contains("restarted since the last sweep") == true)
        #expect(outcome.notes.first?.contains("2026-03-01T00:01:40") == true)
        #expect(spool.count == 4)
        #expect(try bench.sweep().notes.isEmpty)
    }

    @Test("put pieces of a line together, as both old and new kernels mark them")
    func pieces() throws {
        ring.say(0, "NVRM: Xid (PCI:0000:3b:00): 79, ", seconds: 1)
        ring.say(1, "pid=4711, GPU has fallen off the bus.", seconds: 1, flag: "c")
        ring.say(2, "alone", seconds: 2)
        ring.say(3, "one, ", seconds: 3, flag: "c")
        ring.say(4, "two, ", seconds: 3, flag: "+")
        ring.say(5, "three", seconds: 3, flag: "+")
        ring.say(6, "other", seconds: 4, flag: "-,caller=T100")
        ring.say(9, "not of the one before, which is gone", seconds: 4, flag: "c")
        #expect(try bench.sweep().incidents.count == 1)
        #expect(spool.count == 5)
        #expect(spool[0].contains("n=1\"") && spool[0].contains("79, pid=4711, GPU has fallen off the bus.\""))
        #expect(spool[2].contains("\"one, two, three\""))
    }

    @Test(
        "take records apart",
        arguments: [
            ("6,1,2,-;plain", "plain"), (#"6,1,2,-;a\x0ab"#, "a\nb"), (#"6,1,2,-;\x1b[31mred\x5cend"#, #"[31mred\end"#),
            (#"6,1,2,-;\xe2\x82\xac"#, "€"), (#"6,1,2,-;\x4"#, #"\x4"#), (#"6,1,2,-;\"#, #"\"#),
            ("30,340,5690716,-,x=y;udevd", "udevd"), ("6,1,2,-;a;b,c", "a;b,c"),
        ])
    func records(_ text: String, _ said: String) throws {
        let record = try #require(KernelRecord(Array((text + "\n DEVICE=b8:0\n").utf8)))
        #expect(String(decoding: record.text, as: UTF8.self) == said)
    }

    @Test(
        "refuse what is no record",
        arguments: [
            "", "6", "6,1", "6,1,2", "6,1,2,", "6,1,2,-", "a,1,2,-;x", "6,99999999999999999999,2,-;x", "-1,1,1,-;",
        ])
    func noRecords(_ text: String) { #expect(KernelRecord(Array(text.utf8)) == nil) }

    @Test("live with numbers at the end of their range")
    func extremes() throws {
        ring.say(0, "a", seconds: 0)
        ring.content.withLock {
            $0.records.append(.record(Array("9999,999999999999999999,999999999999999999,-;b\n".utf8)))
            $0.records.append(.record([0xff, 0x00]))
        }
        #expect(try bench.sweep().unreadable.isEmpty)
        #expect(try bench.sweep().newBytes == 0)
    }

    @Test("say why the ring cannot be read")
    func denied() throws {
        ring.change { $0.problem = FeedProblem("permission denied: /dev/kmsg") }
        #expect(try bench.sweep().unreadable.map(\.problem) == ["permission denied: /dev/kmsg"])
        ring.change { $0.problem = nil }
        let empty = try bench.sweep()
        #expect(empty.unreadable.first?.problem?.contains("gives no records") == true)
    }

    @Test("go on in the journal when there is one, and in the ring when there is none any more")
    func changes() throws {
        let journal = try FakeJournal(below: bench.folder)
        var access = ring.access
        access.journalProgram = journal.program
        bench.access = access
        ring.say(0, "Linux version 6.8.0", seconds: 0)
        ring.say(1, xid, seconds: 100)
        try bench.sweep()
        // From now on journald keeps what the kernel says, from this boot's beginning.
        func entry(_ seconds: Double, _ text: String) -> String {
            FakeJournal.entry(
                Log.start + seconds, json: FakeJournal.json(text), number: Int(seconds), kernel: true)
        }
        try journal.add([entry(0, "Linux version 6.8.0"), entry(100, xid), entry(200, "usb 1-4: connected")])
        ring.change { $0.hasJournal = true }
        #expect(try bench.sweep().unreadable.isEmpty)
        #expect(spool.count == 3 && spool[2].contains("usb 1-4: connected"))
        #expect(try bench.sweep().newBytes == 0)
        // And is taken away again.
        ring.change { $0.hasJournal = false }
        ring.say(2, "usb 1-4: connected", seconds: 200)
        ring.say(3, "NVRM: Xid (PCI:0000:5e:00): 79, pid=4712, GPU has fallen off the bus.", seconds: 50_000)
        let last = try bench.sweep()
        #expect(last.notes.isEmpty && last.incidents.count == 1)
        #expect(spool.count == 4 && spool[3].contains("5e:00"))
        #expect(bench.ledger.count == 2)
        #expect(try bench.sweep().newBytes == 0)
    }

    @Test(
        "read this machine's ring without waiting, and nothing twice",
        .enabled(if: access("/dev/kmsg", R_OK) == 0, "needs a /dev/kmsg that may be read"))
    func running() throws {
        bench.access = .running
        bench.now = Date()
        guard !JournalQuery.isPersistent() else { return }
        let first = try bench.sweep()
        let count = spool.count
        #expect(first.unreadable.isEmpty || count == 0)
        let ledger = bench.ledger.count
        let second = try bench.sweep()
        #expect(second.incidents.isEmpty || bench.ledger.count > ledger)
        #expect(Set(spool).count == spool.count)
    }
}
