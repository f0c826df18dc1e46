#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// One process as far as it is known. A plain value without references: the table copies it every second.
struct ProcessEntry {
    var pid: Int32
    var parent: Int32 = 0
    var group: Int32 = 0
    var session: Int32 = 0
    /// Clock ticks after boot.
    var start: Int = 0
    var residentPages: Int = 0
    /// Bytes; -1 where it was not asked for.
    var swapped: Int = -1
    var threads: Int32 = 0
    /// The kernel's letter; 0 before the first look.
    var state: UInt8 = 0
    /// How many bytes of ``name`` count.
    var nameLength: UInt8 = 0
    /// `comm`, which has at most 15 bytes.
    var name: (UInt64, UInt64) = (0, 0)
    /// Bytes per second, over the last seconds.
    var growth: Double = 0
    /// When it was looked at, in seconds after boot.
    var lookedAt: Double = 0
    var seenSince: Double = 0
    /// The parent that left it behind; 0 when none did.
    var formerParent: Int32 = 0
    var isOrphan = false
    /// The cgroup that is followed and that it is in, counted from 1; 0 where that is not known.
    var cgroup: Int8 = 0
    /// Whether the last sample showed it: those are looked at every time.
    var isShown = false

    init(pid: Int32, now: Double) {
        self.pid = pid
        seenSince = now
    }
}

/// All processes, by pid, in memory that is reserved from the start and used as needed.
final class ProcessTable {
    /// Linux's own limit for pids is higher, but no machine that trains runs more.
    static let capacity = 65_536

    private var current: UnsafeMutableBufferPointer<ProcessEntry>
    private var next: UnsafeMutableBufferPointer<ProcessEntry>
    private(set) var count = 0

    init?() {
        guard let first = Self.reserve(), let second = Self.reserve() else { return nil }
        current = first
        next = second
    }

    deinit {
        munmap(current.baseAddress, Self.capacity * MemoryLayout<ProcessEntry>.stride)
        munmap(next.baseAddress, Self.capacity * MemoryLayout<ProcessEntry>.stride)
    }

    /// Only pages that are written to take memory.
    private static func reserve() -> UnsafeMutableBufferPointer<ProcessEntry>? {
        #if os(Linux)
            let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
        #else
            let flags = MAP_PRIVATE | MAP_ANON
        #endif
        let size = capacity * MemoryLayout<ProcessEntry>.stride
        guard let start = mmap(nil, size, PROT_READ | PROT_WRITE, flags, -1, 0), start != MAP_FAILED else { return nil }
        let entries = start.bindMemory(to: ProcessEntry.self, capacity: capacity)
        return UnsafeMutableBufferPointer(start: entries, count: capacity)
    }

    subscript(index: Int) -> ProcessEntry {
        get { current[index] }
        set { current[index] = newValue }
    }

    /// Takes over the pids that exist now. Those it knew keep what is known of them.
    func update(_ pids: UnsafeMutableBufferPointer<Int32>, now: Double) {
        var isSorted = true
        for index in pids.indices.dropFirst() where pids[index] < pids[index - 1] {
            isSorted = false
            break
        }
        // The kernel lists them in order; a copied folder may not.
        var pids = pids
        if !isSorted { pids.sort() }
        var old = 0
        var made = 0
        for pid in pids.prefix(Self.capacity) {
            while old < count, current[old].pid < pid { old += 1 }
            if old < count, current[old].pid == pid {
                next[made] = current[old]
            } else {
                next[made] = ProcessEntry(pid: pid, now: now)
            }
            made += 1
        }
        swap(&current, &next)
        count = made
    }

    func contains(_ pid: Int32) -> Bool { index(of: pid) != nil }

    func index(of pid: Int32) -> Int? {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if current[middle].pid < pid { low = middle + 1 } else { high = middle }
        }
        return low < count && current[low].pid == pid ? low : nil
    }
}
