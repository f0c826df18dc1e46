import CrashModel
import Foundation
import Logs

/// The place of a record in the kernel's ring, written where the journal has its cursor.
struct KernelCursor: Hashable {
    var boot: String?
    var sequence: Int

    init(boot: String?, sequence: Int) {
        self.boot = boot
        self.sequence = sequence
    }

    init?(_ text: String) {
        let parts = text.split(separator: ";")
        guard parts.count == 3, parts[0] == "kmsg", parts[1].hasPrefix("b="), parts[2].hasPrefix("n="),
            let sequence = Int(parts[2].dropFirst(2)), sequence >= 0
        else { return nil }
        self.sequence = sequence
        boot = parts[1].count > 2 ? String(parts[1].dropFirst(2)) : nil
    }

    var text: String { "kmsg;b=\(boot ?? "");n=\(sequence)" }
}

/// The running kernel and this machine's clock, as a sweep asks them.
struct KernelAccess: Sendable {
    /// Calls back with what the device gives until it is told `false`, or says why it cannot be read.
    var read: @Sendable (_ body: (KernelDevice.Reading) -> Bool) -> FeedProblem?
    var boot: @Sendable () -> String?
    /// When the machine was started: microseconds since 1970.
    var bootTime: @Sendable () -> Int
    /// Whether the journal knows what earlier boots said.
    var hasPersistentJournal: @Sendable () -> Bool
    var host: @Sendable () -> String?
    /// What the journal is asked through.
    var journalProgram = "journalctl"

    static let running = KernelAccess(
        read: { body in
            guard var device = KernelDevice() else {
                switch errno {
                case EACCES, EPERM:
                    return FeedProblem(
                        "permission denied: /dev/kmsg. Reading the kernel's ring takes root, or CAP_SYSLOG where "
                            + "kernel.dmesg_restrict is 1.")
                case let code: return FeedProblem("/dev/kmsg cannot be opened: \(String(cString: strerror(code)))")
                }
            }
            while true {
                let reading = device.next()
                if reading == .end || !body(reading) { return nil }
            }
        },
        boot: { KernelDevice.boot() }, bootTime: { KernelDevice.bootTime() },
        hasPersistentJournal: { JournalQuery.isPersistent() },
        host: {
            var name = [UInt8](repeating: 0, count: 256)
            let isKnown = name.withUnsafeMutableBytes { bytes in
                bytes.withMemoryRebound(to: CChar.self) { text in
                    text.baseAddress.map { gethostname($0, 255) == 0 } ?? false
                }
            }
            let bytes = name.prefix { $0 != 0 }
            return isKnown && !bytes.isEmpty ? String(decoding: bytes, as: UTF8.self) : nil
        })
}

/// Takes from the kernel's ring what is new in it.
struct KernelFeed {
    /// More than any ring holds.
    private static let mostBytes = 64 << 20
    private static let mostOverwritten = 100_000

    let access: KernelAccess
    let now: Date

    func fetch(into spool: FeedSpool, _ result: inout FedSources) throws(FeedProblem) {
        let known = spool.lastEntry()
        let boot = access.boot()
        let isSameBoot = known.map { known in
            KernelCursor(known.cursor).map { $0.boot == boot } ?? (known.boot == boot)
        }
        let last = isSameBoot == true ? known.flatMap { KernelCursor($0.cursor)?.sequence } : nil
        var records: [KernelRecord] = []
        var bytes = 0
        var lost = 0
        var overwritten = 0
        var expected = last.map { $0 + 1 } ?? (isSameBoot == false ? 0 : nil)
        let problem = access.read { reading in
            switch reading {
            case .end: return false
            case .overwritten:
                overwritten += 1
                return overwritten < Self.mostOverwritten
            case .record(let text):
                bytes += text.count
                guard let record = KernelRecord(text) else { return bytes < Self.mostBytes }
                // The numbers say how many are missing.
                if let expected, record.sequence > expected { lost += record.sequence - expected }
                expected = max(expected ?? 0, record.sequence + 1)
                let isKnown = last.map { record.sequence <= $0 } ?? false
                // What was read of this boot before came from the journal.
                let isOld = isSameBoot == true && last == nil && record.micros <= known?.sourceMonotonic ?? -1
                if !isKnown, !isOld { records.append(record) }
                return bytes < Self.mostBytes
            }
        }
        if let problem { throw problem }
        if bytes == 0 {
            throw FeedProblem("/dev/kmsg gives no records: in a container the kernel's ring is often hidden")
        }
        try keep(records, boot, in: spool)
        say(lost, isSameBoot, known, &result)
    }

    private func keep(_ records: [KernelRecord], _ boot: String?, in spool: FeedSpool) throws(FeedProblem) {
        guard !records.isEmpty else { return }
        let start = access.bootTime()
        let host = access.host()
        var writer = try FeedSpool.Writer(spool)
        var written: Date?
        for record in KernelRecord.joined(records) {
            let (time, overflow) = start.addingReportingOverflow(record.micros)
            let realtime = overflow || start <= 0 ? nil : time
            try writer.append(
                JournalEntry.line(
                    .init(
                        cursor: KernelCursor(boot: boot, sequence: record.sequence).text, boot: boot, host: host,
                        realtime: realtime, monotonic: record.micros, priority: record.priority, message: record.text)))
            written = realtime.map { Date(timeIntervalSince1970: Double($0) / 1e6) } ?? written
        }
        try writer.finish(written: written, now: now)
    }

    private func say(_ lost: Int, _ isSameBoot: Bool?, _ known: JournalEntry?, _ result: inout FedSources) {
        if isSameBoot == false {
            result.notes.append(
                "the machine was restarted since the last sweep: what its kernel said after "
                    + "\(known?.date?.iso8601 ?? "that") and before the restart was not read. 'pstore: true' reads what a "
                    + "panic left; a journal in /var/log/journal keeps all of it")
        }
        if lost > 0 {
            result.notes.append(
                "\(lost) records of the kernel's ring were overwritten before they were read: sweep more often, or start "
                    + "the kernel with a larger log_buf_len")
        }
    }
}
