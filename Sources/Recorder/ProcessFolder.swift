import CSystemCalls

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// `/proc`: which processes there are, and what `/proc/PID/stat` and `status` say.
final class ProcessFolder {
    private let folder: Int32
    private let scratch: Scratch
    private let path = PathBuffer(capacity: 64)
    private let pids: UnsafeMutableBufferPointer<Int32>
    private let pageSize: Int

    /// Nil where there is no `/proc`.
    init?(root: String, scratch: Scratch, pageSize: Int) {
        let path = CPath(root + "/proc")
        folder = open(path.start, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return nil }
        self.scratch = scratch
        self.pageSize = pageSize
        pids = .allocate(capacity: ProcessTable.capacity)
        pids.initialize(repeating: 0)
    }

    deinit {
        if folder >= 0 { close(folder) }
        pids.deallocate()
    }

    /// All pids, in the folder's order.
    func list() -> UnsafeMutableBufferPointer<Int32> {
        var count = 0
        #if os(Linux)
            // Rewound, since an open folder is read on from where it was left.
            lseek(folder, 0, SEEK_SET)
            while true {
                let got = faultline_getdents64(folder, scratch.base, scratch.capacity)
                guard got > 0 else { break }
                var offset = 0
                while offset < got {
                    let entry = scratch.base + offset
                    // linux_dirent64: d_ino 8, d_off 8, d_reclen 2, d_type 1, d_name.
                    let length = Int(entry.load(fromByteOffset: 16, as: UInt16.self))
                    guard length > 19 else { break }
                    let name = UnsafeRawBufferPointer(start: entry + 19, count: length - 19)
                    if let pid = Self.pid(name), count < pids.count {
                        pids[count] = pid
                        count += 1
                    }
                    offset += length
                }
            }
        #endif
        return UnsafeMutableBufferPointer(rebasing: pids[..<count])
    }

    private static func pid(_ name: UnsafeRawBufferPointer) -> Int32? {
        var value: Int32 = 0
        for byte in name {
            if byte == 0 { return value > 0 ? value : nil }
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9"), value < 100_000_000 else { return nil }
            value = value * 10 + Int32(byte - UInt8(ascii: "0"))
        }
        return nil
    }

    /// Reads `/proc/PID/stat` into the entry; false when the process is gone or may not be seen.
    func look(at entry: inout ProcessEntry, now: Double) -> Bool {
        path.clear()
        path.append(pid: entry.pid)
        path.append("/stat")
        guard let text = scratch.fill(fromFile: path.start, in: folder, atOnce: true), var cursor = TextCursor(text)
        else { return false }
        _ = cursor.upTo { $0 == UInt8(ascii: "(") }
        guard cursor.take("("), let name = cursor.skipPastLast(UInt8(ascii: ")")) else { return false }
        entry.setName(name)
        entry.state = cursor.word().first ?? 0
        let parent = Int32(clamping: cursor.integer() ?? 0)
        entry.group = Int32(clamping: cursor.integer() ?? 0)
        entry.session = Int32(clamping: cursor.integer() ?? 0)
        cursor.skip(13)
        // 20 num_threads, 21 itrealvalue, 22 starttime, 23 vsize, 24 rss (proc(5)).
        entry.threads = Int32(clamping: cursor.integer() ?? 0)
        cursor.skip(1)
        let start = cursor.integer() ?? 0
        cursor.skip(1)
        let pages = max(0, cursor.integer() ?? 0)
        entry.notice(parent: parent, start: start, pages: pages, pageSize: pageSize, now: now)
        return true
    }

    /// Bytes of the process that are in swap; nil when it cannot be told.
    func swapped(_ pid: Int32) -> Int? {
        path.clear()
        path.append(pid: pid)
        path.append("/status")
        guard let text = scratch.fill(fromFile: path.start, in: folder), var cursor = TextCursor(text) else {
            return nil
        }
        while !cursor.isAtEnd {
            if cursor.take("VmSwap:") { return cursor.integer()?.clampedProduct(1024) }
            cursor.skipLine()
        }
        return nil
    }

    /// `/proc/PID/cgroup`, in the scratch memory.
    func cgroups(of pid: Int32) -> UnsafeRawBufferPointer? {
        path.clear()
        path.append(pid: pid)
        path.append("/cgroup")
        return scratch.fill(fromFile: path.start, in: folder)
    }
}

extension ProcessEntry {
    /// Below this age a new parent is how daemons start, not an accident.
    private static let settledSeconds = 10.0
    /// How fast the rate forgets, in seconds.
    private static let growthMemory = 3.0

    mutating func setName(_ text: UnsafeRawBufferPointer) {
        let length = min(text.count, 16)
        name = (0, 0)
        withUnsafeMutableBytes(of: &name) { $0.copyBytes(from: text.prefix(length)) }
        nameLength = UInt8(length)
    }

    mutating func notice(parent newParent: Int32, start newStart: Int, pages: Int, pageSize: Int, now: Double) {
        if start != newStart || lookedAt == 0 {
            // Another process under the same pid.
            if lookedAt != 0 { seenSince = now }
            start = newStart
            growth = 0
            formerParent = 0
            isOrphan = false
        } else {
            let elapsed = now - lookedAt
            if elapsed > 0 {
                let rate = Double(pages - residentPages) * Double(pageSize) / elapsed
                // The first rates of a new process count in full.
                let weight = min(1, elapsed / min(Self.growthMemory, max(elapsed, now - seenSince)))
                growth += (rate - growth) * weight
            }
            // Linux gives a process another parent only when its own is gone.
            if newParent != parent, parent > 0, formerParent == 0, now - seenSince >= Self.settledSeconds {
                formerParent = parent
                isOrphan = true
            }
        }
        parent = newParent
        residentPages = pages
        lookedAt = now
    }
}
