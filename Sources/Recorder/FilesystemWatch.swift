#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// How full filesystems are, asked by threads of their own: a file server that does not answer must not stop the
/// recorder, and is itself worth recording.
final class FilesystemWatch {
    private let probes: [FilesystemProbe]

    /// Each has a thread, and a machine that trains has few filesystems that matter.
    static let most = 12

    init(paths: [String], everySeconds: Double) {
        probes = paths.prefix(Self.most).map { FilesystemProbe(path: $0, everySeconds: everySeconds) }
    }

    func start() { for probe in probes { probe.start() } }

    func stop() { for probe in probes { probe.stop() } }

    /// Those that answered since the last sample, and those that have not answered for a while.
    func sample(into line: JSONLine, now: Double) {
        let start = line.place
        var isEmpty = true
        line.array("filesystems") {
            for (index, probe) in probes.enumerated() {
                guard let answer = probe.news(now: now), !isSeen(answer.device, before: index) else { continue }
                isEmpty = false
                line.object {
                    line.field("path", probe.path.bytes)
                    line.field("total", answer.total)
                    line.field("available", answer.available)
                    line.field("inodes", answer.inodes > 0 ? answer.inodes : nil)
                    line.field("free_inodes", answer.inodes > 0 ? answer.freeInodes : nil)
                    if answer.silent > 0 { line.field("silent", answer.silent, digits: 1) }
                }
            }
        }
        if isEmpty { line.rewind(to: start) }
    }

    /// Several paths on one filesystem give one sample, under the first path.
    private func isSeen(_ device: UInt64, before index: Int) -> Bool {
        guard device != 0 else { return false }
        for other in 0..<index where probes[other].device == device { return true }
        return false
    }
}

/// What one filesystem said.
struct FilesystemAnswer {
    var device: UInt64 = 0
    var total = 0
    var available = 0
    var inodes = 0
    var freeInodes = 0
    /// Seconds for which it has not answered; 0 when it did.
    var silent = 0.0
}

/// One path and the thread that asks about it.
///
/// Shared by two threads, with a lock that is held for a few instructions only.
final class FilesystemProbe: @unchecked Sendable {
    let path: CPath
    private let everySeconds: Double
    private let lock: ThreadLock
    private var answer = FilesystemAnswer()
    private var isFresh = false
    /// Since when the question has been open; nil when none is.
    private var askedAt: Double?
    private var mustStop = false

    /// An answer that takes longer is not one.
    private static let patience = 5.0

    init(path: String, everySeconds: Double) {
        self.path = CPath(path)
        self.everySeconds = everySeconds
        lock = ThreadLock()
    }

    var device: UInt64 { lock.locked { answer.device } }

    func start() {
        Thread.start(stackSize: 64 << 10) { [self] in
            while lock.locked({ !mustStop }) {
                ask()
                lock.wait(seconds: everySeconds) { mustStop }
            }
        }
    }

    /// Does not wait for the thread, which may never come back.
    func stop() {
        lock.locked { mustStop = true }
        lock.signal()
    }

    /// What it said, when that is new or overdue.
    func news(now: Double) -> FilesystemAnswer? {
        lock.locked {
            if let askedAt, now - askedAt >= Self.patience {
                var answer = answer
                answer.silent = now - askedAt
                return answer
            }
            guard isFresh else { return nil }
            isFresh = false
            return answer
        }
    }

    private func ask() {
        lock.locked { askedAt = Moment.secondsSinceBoot() }
        var status = stat()
        var space = statvfs()
        let isThere = stat(path.start, &status) == 0 && statvfs(path.start, &space) == 0
        lock.locked {
            askedAt = nil
            guard isThere else { return }
            let block = Int(clamping: space.f_frsize)
            answer = FilesystemAnswer(
                device: UInt64(truncatingIfNeeded: status.st_dev),
                total: Int(clamping: space.f_blocks).clampedProduct(block),
                // f_bavail, not f_bfree: what is reserved for root is not there for a training run.
                available: Int(clamping: space.f_bavail).clampedProduct(block), inodes: Int(clamping: space.f_files),
                freeInodes: Int(clamping: space.f_favail))
            isFresh = true
        }
    }
}
