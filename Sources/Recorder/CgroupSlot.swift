#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// One cgroup that is followed, with its files kept open.
final class CgroupSlot {
    private let path = PathBuffer()
    private(set) var hash: UInt64 = 0
    private(set) var isUsed = false
    private(set) var isNew = false
    /// Whether whoever was in the cgroup that had this slot before has been told.
    var isAnnounced = false
    /// Whether the last search found that it matters.
    var isWanted = false

    private var current: Int32 = -1
    private var swap: Int32 = -1
    private var events: Int32 = -1
    private var limit: Int32 = -1
    private var high: Int32 = -1
    private var pids: Int32 = -1
    private var pidsMax: Int32 = -1
    private var cpu: Int32 = -1

    private var max: Int?
    private var highValue: Int?
    private var pidsMaxValue: Int?
    private var ooms: Int?
    private var kills: Int?
    /// Microseconds.
    private var throttled: Int?

    /// As in `/proc/PID/cgroup`.
    var name: UnsafeRawBufferPointer { path.bytes }

    var hasLimit: Bool { max != nil }

    deinit { close() }

    /// Starts to follow a cgroup; false when it has no memory file.
    func open(_ name: UnsafeRawBufferPointer, _ layout: CgroupLayout) -> Bool {
        close()
        func file(_ file: StaticString) -> Int32 {
            openat(AT_FDCWD, layout.file(name, file), O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        }
        let isTwo = layout.version == .two
        current = file(isTwo ? "memory.current" : "memory.usage_in_bytes")
        guard current >= 0 else { return false }
        swap = isTwo ? file("memory.swap.current") : -1
        events = file(isTwo ? "memory.events" : "memory.oom_control")
        limit = file(isTwo ? "memory.max" : "memory.limit_in_bytes")
        high = isTwo ? file("memory.high") : -1
        pids = isTwo ? file("pids.current") : -1
        pidsMax = isTwo ? file("pids.max") : -1
        cpu = isTwo ? file("cpu.stat") : -1
        path.clear()
        path.append(name)
        hash = name.stableHash
        isUsed = true
        isNew = true
        isAnnounced = false
        max = layout.hasLimit(name) ? 0 : nil
        return true
    }

    func close() {
        for descriptor in (0..<8).lazy.map({ self.descriptor($0) }) where descriptor >= 0 { Self.shut(descriptor) }
        (current, swap, events, limit) = (-1, -1, -1, -1)
        (high, pids, pidsMax, cpu) = (-1, -1, -1, -1)
        (max, highValue, pidsMaxValue, ooms, kills, throttled) = (nil, nil, nil, nil, nil, nil)
        isUsed = false
    }

    private func descriptor(_ place: Int) -> Int32 {
        switch place {
        case 0: current
        case 1: swap
        case 2: events
        case 3: limit
        case 4: high
        case 5: pids
        case 6: pidsMax
        default: cpu
        }
    }

    private static func shut(_ descriptor: Int32) {
        #if canImport(Glibc)
            Glibc.close(descriptor)
        #elseif canImport(Musl)
            Musl.close(descriptor)
        #elseif canImport(Darwin)
            Darwin.close(descriptor)
        #endif
    }

    /// Writes one object; false when the cgroup is gone, and is followed no more.
    func write(
        into line: JSONLine, _ version: CgroupLayout.Version, scratch: Scratch, elapsed: Double, readsLimits: Bool
    ) -> Bool {
        guard let used = number(current, scratch) else {
            close()
            return false
        }
        if readsLimits {
            max = limit(limit, scratch)
            highValue = limit(high, scratch)
            pidsMaxValue = limit(pidsMax, scratch)
        }
        isNew = false
        line.object {
            line.field("path", path.bytes)
            line.field("current", used)
            line.field("max", max)
            line.field("high", highValue)
            line.field("swap", number(swap, scratch))
            writeEvents(into: line, scratch)
            line.field("pids", number(pids, scratch))
            line.field("pids_max", pidsMaxValue)
            if let now = counter(cpu, "throttled_usec", scratch) {
                if let throttled, elapsed > 0 {
                    line.field("throttled", min(100, Double(now &- throttled) / elapsed / 10_000), digits: 1)
                }
                throttled = now
            }
        }
        return true
    }

    /// Version 2 has `oom` and `oom_kill` in `memory.events`, version 1 `oom_kill` in `memory.oom_control` (Linux 4.13).
    private func writeEvents(into line: JSONLine, _ scratch: Scratch) {
        if let now = counter(events, "oom", scratch) {
            if let ooms { line.field("ooms", Swift.max(0, now - ooms)) }
            ooms = now
        }
        if let now = counter(events, "oom_kill", scratch) {
            if let kills { line.field("oom_kills", Swift.max(0, now - kills)) }
            kills = now
        }
    }

    private func number(_ descriptor: Int32, _ scratch: Scratch) -> Int? {
        guard descriptor >= 0, let text = scratch.fill(from: descriptor), var cursor = TextCursor(text) else {
            return nil
        }
        return cursor.integer()
    }

    private func limit(_ descriptor: Int32, _ scratch: Scratch) -> Int? {
        guard descriptor >= 0, let text = scratch.fill(from: descriptor), var cursor = TextCursor(text) else {
            return nil
        }
        return CgroupLayout.limit(&cursor)
    }

    /// The number after a word at the beginning of a line.
    private func counter(_ descriptor: Int32, _ name: StaticString, _ scratch: Scratch) -> Int? {
        guard descriptor >= 0, let text = scratch.fill(from: descriptor), var cursor = TextCursor(text) else {
            return nil
        }
        while !cursor.isAtEnd {
            if cursor.word().equals(name) { return cursor.integer() }
            cursor.skipLine()
        }
        return nil
    }
}
