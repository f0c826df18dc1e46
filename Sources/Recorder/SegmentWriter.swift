import CSystemCalls

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What every segment begins with.
struct HeaderFacts: Sendable {
    var host: String
    var boot: String?
    var kernel: String?
    var cpus: Int
    var version: String
    var interval: Double
    var missing: [String]
}

/// Takes samples from the ring and brings them to the disk, on a thread that may wait for it.
final class SegmentWriter: @unchecked Sendable {  // All but the lock's flags is used by its own thread only.
    private let folder: SegmentFolder
    private let ring: LineRing
    private let facts: HeaderFacts
    private let complain: @Sendable (String) -> Void
    private let batch: UnsafeMutableRawBufferPointer
    private let line = JSONLine(capacity: 16 << 10)
    private let segmentSize: Int
    /// A machine that is short of memory all day must not push the day before out of the folder.
    private let mostPlain: Int

    private let lock = ThreadLock()
    private var isCalm = true
    private var wantsNewSegment = false
    private var isDone = false

    private var openedAt = 0.0
    private var syncedAt = 0.0
    private var tidiedAt = 0.0
    private var isDirty = false
    /// What the last attempt to write came to, said once.
    private var problem: Int32 = 0

    /// A power cut loses at most this much, in seconds.
    private static let syncEvery = 5.0
    private static let segmentSeconds = 3600.0
    private static let retryEvery = 2.0
    private static let tidyEvery = 30.0

    init(
        folder: SegmentFolder, ring: LineRing, facts: HeaderFacts, keep: Int,
        complain: @escaping @Sendable (String) -> Void
    ) {
        self.folder = folder
        self.ring = ring
        self.facts = facts
        self.complain = complain
        segmentSize = min(4 << 20, max(64 << 10, keep / 8))
        mostPlain = keep / 4
        batch = .allocate(byteCount: 256 << 10, alignment: 64)
        batch.initializeMemory(as: UInt8.self, repeating: 0)
    }

    deinit { batch.deallocate() }

    /// While the machine is short of memory nothing is compressed, unless plain segments take a quarter of the folder.
    func setCalm(_ calm: Bool) { lock.locked { isCalm = calm } }

    /// Has the next lines begin a segment. Whoever looks for a time goes by the first line of each, so a clock that was
    /// set must begin one.
    func beginSegment() { lock.locked { wantsNewSegment = true } }

    /// False where the machine has no thread left.
    func start() -> Bool {
        Thread.start(stackSize: 256 << 10) { [self] in
            #if os(Linux)
                // Compressing may take a moment; training goes first.
                _ = faultline_nice_this_thread(15)
            #endif
            run()
            lock.locked { isDone = true }
            lock.signal()
        }
    }

    /// Waits until everything is on disk, or for as long as a service manager has patience.
    func finish(within seconds: Double) -> Bool {
        ring.close()
        lock.wait(seconds: seconds) { isDone }
        return lock.locked { isDone }
    }

    private func run() {
        while true {
            let taken = ring.take(into: batch, waiting: 1)
            let wantsNew = lock.locked {
                defer { wantsNewSegment = false }
                return wantsNewSegment
            }
            if wantsNew { folder.finishSegment() }
            if taken.lost > 0 {
                line.clear()
                writeGap(taken.lost, why: "the disk did not take them in time")
                write(line.bytes)
            }
            if taken.count > 0 { write(UnsafeRawBufferPointer(rebasing: batch[..<taken.count])) }
            let now = Moment.secondsSinceBoot()
            if isDirty, now - syncedAt >= Self.syncEvery || taken.isLast { sync(now) }
            if taken.isLast {
                folder.finishSegment()
                return
            }
            rotate(now)
        }
    }

    private func sync(_ now: Double) {
        let code = folder.sync()
        if code != 0 { report(code) }
        isDirty = false
        syncedAt = now
        if folder.isDeleted { startOver() }
    }

    private func startOver() {
        do {
            try folder.startOver()
            complain("the recording was deleted. It begins anew; what was written before is lost.")
        } catch {
            complain("the recording was deleted, and cannot begin anew: \(error)")
        }
    }

    private func rotate(_ now: Double) {
        if folder.current >= 0, folder.currentSize >= segmentSize || now - openedAt >= Self.segmentSeconds {
            folder.finishSegment()
            tidiedAt = 0
        }
        guard now - tidiedAt >= Self.tidyEvery else { return }
        tidiedAt = now
        folder.keepWithinBounds()
        // Its own thread may be slow, the training must not be.
        if lock.locked({ isCalm }) || folder.plainSize > mostPlain, folder.compressOne() {
            folder.keepWithinBounds()
            tidiedAt = now - Self.tidyEvery + 1
        }
    }

    // MARK: - Writing

    /// Writes all of it, however long that takes, unless the recorder is told to stop.
    private func write(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes
        var failures = 0
        while !rest.isEmpty {
            var code = folder.current >= 0 ? 0 : begin()
            if code == 0 {
                let result = folder.append(rest)
                if result >= 0 {
                    isDirty = true
                    failures = 0
                    rest = UnsafeRawBufferPointer(rebasing: rest[result...])
                    recover()
                    continue
                }
                code = Int32(-result)
                if code == EINTR { continue }
            }
            report(code)
            failures += 1
            if code == ENOSPC || code == EDQUOT, folder.giveUpOldest() { continue }
            // A file that cannot be written any more, on a disk that may be back: a new one.
            if failures % 5 == 0, folder.current >= 0 {
                folder.finishSegment()
                rest = Self.afterLine(rest, of: bytes)
            }
            if waitToRetry() { return ring.giveUp(Self.lines(in: rest)) }
        }
    }

    /// True when the recorder has to end.
    private func waitToRetry() -> Bool {
        ring.waitUntilClosed(seconds: Self.retryEvery)
    }

    /// From the next whole line on, when a part of one was written.
    private static func afterLine(_ rest: UnsafeRawBufferPointer, of all: UnsafeRawBufferPointer)
        -> UnsafeRawBufferPointer
    {
        let done = all.count - rest.count
        if done == 0 || all[done - 1] == UInt8(ascii: "\n") { return rest }
        guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else {
            return UnsafeRawBufferPointer(rebasing: rest[..<0])
        }
        return UnsafeRawBufferPointer(rebasing: rest[(end + 1)...])
    }

    private static func lines(in bytes: UnsafeRawBufferPointer) -> Int {
        bytes.count { $0 == UInt8(ascii: "\n") }
    }

    private func report(_ code: Int32) {
        guard code != problem else { return }
        problem = code
        complain(
            "the recording cannot be written: \(String(cString: strerror(code))). The last minutes are kept in memory "
                + "and written when it can be.")
    }

    private func recover() {
        guard problem != 0 else { return }
        problem = 0
        complain("the recording is written again.")
    }

    /// Begins a segment with its header; returns an `errno`, or 0.
    private func begin() -> Int32 {
        let now = Moment.now()
        let code = folder.openSegment(at: now.wall)
        guard code == 0 else { return code }
        openedAt = now.uptime
        header(now)
        var rest = line.bytes
        while !rest.isEmpty {
            let result = folder.append(rest)
            if result < 0 {
                folder.discardSegment()
                return Int32(-result)
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[result...])
        }
        return 0
    }

    private func header(_ now: Moment) {
        line.clear()
        line.object {
            line.field("schema", "faultline.recording/1" as String)
            line.field("t", time: now.wall)
            line.field("up", now.uptime, digits: 2)
            line.field("host", facts.host)
            if let boot = facts.boot { line.field("boot", boot) }
            if let kernel = facts.kernel { line.field("kernel", kernel) }
            line.field("cpus", facts.cpus)
            line.field("pid", Int(getpid()))
            line.field("version", facts.version)
            line.field("interval", facts.interval, digits: 3)
            line.array("missing") { for reason in facts.missing { line.element(reason) } }
        }
        line.endLine()
    }

    private func writeGap(_ lost: Int, why: StaticString) {
        let now = Moment.now()
        line.object {
            line.field("mark", "gap" as String)
            line.field("t", time: now.wall)
            line.field("up", now.uptime, digits: 2)
            line.field("lost", lost)
            line.field("why", UnsafeRawBufferPointer(start: why.utf8Start, count: why.utf8CodeUnitCount))
        }
        line.endLine()
    }
}
