/// Rates from the counters of devices that come and go: what each said before, by the hash of its name.
private struct CounterMemory {
    private var entries: [(name: UInt64, values: (Int, Int, Int, Int))]
    private let capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
        entries = []
        entries.reserveCapacity(capacity)
    }

    /// What was remembered, which is replaced; nil for a device that is new, or one too many.
    mutating func exchange(_ name: UInt64, _ values: (Int, Int, Int, Int)) -> (Int, Int, Int, Int)? {
        for index in entries.indices where entries[index].name == name {
            let before = entries[index].values
            entries[index].values = values
            return before
        }
        if entries.count < capacity { entries.append((name, values)) }
        return nil
    }
}

/// `/proc/diskstats`: what whole disks read and wrote, and how busy they were.
final class DiskProbe {
    private let file: ProcFile
    private let partitions: PathBuffer
    private let prefix: Int
    private var memory = CounterMemory(capacity: 64)
    /// Which names are whole disks, by hash: `/sys/block` is asked once for each.
    private var known: [(name: UInt64, isDisk: Bool)] = []

    init(root: String) {
        file = ProcFile(root + "/proc/diskstats")
        partitions = PathBuffer()
        partitions.append(root + "/sys/block/")
        prefix = partitions.count
        known.reserveCapacity(256)
    }

    func sample(into line: JSONLine, scratch: Scratch, elapsed: Double) {
        guard let text = file.read(into: scratch), var cursor = TextCursor(text) else { return }
        let start = line.place
        var isEmpty = true
        line.array("disks") {
            while !cursor.isAtEnd {
                cursor.skip(2)
                let name = cursor.word()
                _ = cursor.integer()
                _ = cursor.integer()
                let read = cursor.integer() ?? 0
                _ = cursor.integer()
                _ = cursor.integer()
                _ = cursor.integer()
                let written = cursor.integer() ?? 0
                _ = cursor.integer()
                _ = cursor.integer()
                let busy = cursor.integer() ?? 0
                cursor.skipLine()
                guard !name.isEmpty, isDisk(name),
                    let before = memory.exchange(name.stableHash, (read, written, busy, 0)),
                    elapsed > 0, read > before.0 || written > before.1 || busy > before.2
                else { continue }
                isEmpty = false
                line.object {
                    line.field("name", name)
                    // A sector is 512 bytes here, whatever the disk's own size (Documentation/block/stat.rst).
                    line.field("read", Double(max(0, read - before.0)) * 512 / elapsed, digits: 0)
                    line.field("write", Double(max(0, written - before.1)) * 512 / elapsed, digits: 0)
                    line.field("busy", min(100, Double(max(0, busy - before.2)) / elapsed / 10), digits: 1)
                }
            }
        }
        if isEmpty { line.rewind(to: start) }
    }

    private func isDisk(_ name: UnsafeRawBufferPointer) -> Bool {
        if name.starts(with: "loop") || name.starts(with: "ram") || name.starts(with: "zram") { return false }
        let hash = name.stableHash
        for entry in known where entry.name == hash { return entry.isDisk }
        partitions.cut(to: prefix)
        partitions.append(name)
        let isDisk = FileStatus.exists(partitions.start)
        if known.count < 256 { known.append((hash, isDisk)) }
        return isDisk
    }
}

/// `/proc/net/dev`: traffic, errors and drops.
final class NetworkProbe {
    private let file: ProcFile
    private var memory = CounterMemory(capacity: 64)

    init(root: String) {
        // Not /proc/net, which is a link to the reading thread's own.
        file = ProcFile(root + "/proc/self/net/dev")
    }

    func sample(into line: JSONLine, scratch: Scratch, elapsed: Double) {
        guard let text = file.read(into: scratch), var cursor = TextCursor(text) else { return }
        cursor.skipLine()
        cursor.skipLine()
        let start = line.place
        var isEmpty = true
        line.array("networks") {
            while !cursor.isAtEnd {
                cursor.skipSpaces()
                let name = cursor.upTo { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "\n") }
                _ = cursor.take(":")
                func next() -> Int { min(cursor.integer() ?? 0, 1 << 60) }
                let received = next()
                _ = next()
                var errors = next()
                var dropped = next()
                for _ in 0..<4 { _ = next() }
                let sent = next()
                _ = next()
                errors += next()
                dropped += next()
                cursor.skipLine()
                guard !name.isEmpty, !name.equals("lo"),
                    let before = memory.exchange(name.stableHash, (received, sent, errors, dropped)),
                    elapsed > 0, received > before.0 || sent > before.1 || errors > before.2 || dropped > before.3
                else { continue }
                isEmpty = false
                line.object {
                    line.field("name", name)
                    line.field("received", Double(max(0, received - before.0)) / elapsed, digits: 0)
                    line.field("sent", Double(max(0, sent - before.1)) / elapsed, digits: 0)
                    line.field("errors", max(0, errors - before.2))
                    line.field("dropped", max(0, dropped - before.3))
                }
            }
        }
        if isEmpty { line.rewind(to: start) }
    }
}
