#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The samples that are not on disk yet, between the thread that takes them and the one that writes them.
///
/// A disk that stalls must not stop the recorder; it is part of what is to be recorded. When it stalls for longer than
/// the ring holds, the oldest samples are given up and counted.
final class LineRing: @unchecked Sendable {  // Everything is behind the lock.
    private let base: UnsafeMutablePointer<UInt8>
    private let capacity: Int
    private let lock = ThreadLock()
    /// Where the oldest line begins, and how many bytes are taken.
    private var start = 0
    private var used = 0
    private var lines = 0
    private var lost = 0
    private var isClosed = false

    init(capacity: Int) {
        self.capacity = capacity
        base = .allocate(capacity: capacity)
        base.initialize(repeating: 0, count: capacity)
    }

    deinit { base.deallocate() }

    /// The memory, to be kept from being swapped.
    var memory: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: capacity) }

    /// Adds one line with its end; what is older makes room.
    func push(_ line: UnsafeRawBufferPointer) {
        lock.locked {
            guard line.count <= capacity else {
                lost += 1
                return
            }
            while capacity - used < line.count { dropOldest() }
            copyIn(line)
            lines += 1
        }
        lock.signal()
    }

    /// Counts samples that never became a line.
    func countLost() { lock.locked { lost += 1 } }

    func close() {
        lock.locked { isClosed = true }
        lock.signal()
    }

    /// Waits for as long as `seconds`; true when there will be no more.
    func waitUntilClosed(seconds: Double) -> Bool {
        lock.wait(seconds: seconds) { isClosed }
        return lock.locked { isClosed }
    }

    struct Batch {
        var count: Int
        /// Lines given up before these.
        var lost: Int
        /// There is no more, and there will be none.
        var isLast: Bool
    }

    /// Moves whole lines out, after waiting for one for as long as `seconds`.
    func take(into buffer: UnsafeMutableRawBufferPointer, waiting seconds: Double) -> Batch {
        lock.wait(seconds: seconds) { used > 0 || isClosed }
        return lock.locked {
            var batch = Batch(count: 0, lost: lost, isLast: false)
            lost = 0
            while lines > 0 {
                let length = oldestLength()
                guard batch.count + length <= buffer.count else { break }
                copyOut(length, into: buffer.baseAddress.map { $0 + batch.count })
                batch.count += length
                lines -= 1
            }
            batch.isLast = isClosed && lines == 0
            return batch
        }
    }

    /// Counts lines as lost again, which were taken and could not be written.
    func giveUp(_ count: Int) { lock.locked { lost += count } }

    // MARK: - With the lock held

    private func copyIn(_ line: UnsafeRawBufferPointer) {
        guard let source = line.baseAddress else { return }
        let end = (start + used) % capacity
        let first = min(line.count, capacity - end)
        memcpy(base + end, source, first)
        if first < line.count { memcpy(base, source + first, line.count - first) }
        used += line.count
    }

    private func copyOut(_ length: Int, into target: UnsafeMutableRawPointer?) {
        if let target {
            let first = min(length, capacity - start)
            memcpy(target, base + start, first)
            if first < length { memcpy(target + first, base, length - first) }
        }
        start = (start + length) % capacity
        used -= length
    }

    /// Up to and with the newline.
    private func oldestLength() -> Int {
        let first = min(used, capacity - start)
        if let found = memchr(base + start, 0x0a, first) {
            return UnsafeRawPointer(found) - UnsafeRawPointer(base + start) + 1
        }
        guard let found = memchr(base, 0x0a, used - first) else { return used }
        return first + (UnsafeRawPointer(found) - UnsafeRawPointer(base)) + 1
    }

    private func dropOldest() {
        copyOut(oldestLength(), into: nil)
        lines -= 1
        lost += 1
    }
}
