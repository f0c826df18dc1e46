/// Memory of a machine or of a cgroup, in bytes.
public struct MemorySample: Sendable, Hashable, Codable {
    public var total: Int?
    public var available: Int?
    public var free: Int?
    public var swapTotal: Int?
    public var swapFree: Int?
    /// Shared memory and tmpfs, `/dev/shm` among them.
    public var shared: Int?
    /// The page cache.
    public var cached: Int?
    /// Memory of processes that no file backs.
    public var anonymous: Int?
    /// Waiting to be written to a disk, and being written.
    public var dirty: Int?
    public var writeback: Int?
    /// The kernel's own objects.
    public var slab: Int?
    /// Memory that holds compressed swap.
    public var zswap: Int?
    /// Memory reserved for huge pages, and what of it is unused.
    public var hugeTotal: Int?
    public var hugeFree: Int?
    /// The limit of the cgroup that overflowed, and what it used.
    public var limit: Int?
    public var usage: Int?

    public init(
        total: Int? = nil, available: Int? = nil, free: Int? = nil, swapTotal: Int? = nil, swapFree: Int? = nil,
        shared: Int? = nil, limit: Int? = nil, usage: Int? = nil
    ) {
        self.total = total
        self.available = available
        self.free = free
        self.swapTotal = swapTotal
        self.swapFree = swapFree
        self.shared = shared
        self.limit = limit
        self.usage = usage
    }

    enum CodingKeys: String, CodingKey {
        case total, available, free, shared, cached, anonymous, dirty, writeback, slab, zswap, limit, usage
        case swapTotal = "swap_total"
        case swapFree = "swap_free"
        case hugeTotal = "huge_total"
        case hugeFree = "huge_free"
    }
}

/// Space of one filesystem, in bytes.
public struct FilesystemSample: Sendable, Hashable, Codable {
    public var path: String
    public var total: Int
    public var available: Int
    /// Inodes in all and free; nil where the filesystem has no such limit.
    public var inodes: Int?
    public var freeInodes: Int?
    /// For how many seconds it has not answered; the other numbers are then of before.
    public var silent: Double?

    public init(
        path: String, total: Int, available: Int, inodes: Int? = nil, freeInodes: Int? = nil, silent: Double? = nil
    ) {
        self.path = path
        self.total = total
        self.available = available
        self.inodes = inodes
        self.freeInodes = freeInodes
        self.silent = silent
    }

    enum CodingKeys: String, CodingKey {
        case path, total, available, inodes, silent
        case freeInodes = "free_inodes"
    }
}

/// One process; sizes in bytes.
public struct ProcessSample: Sendable, Hashable, Codable {
    public var pid: Int
    public var name: String
    public var resident: Int
    public var swapped: Int?
    /// The one that was killed.
    public var victim: Bool
    /// Seconds after boot at which it started: with the pid, it names one process for ever.
    public var started: Double?
    public var parent: Int?
    /// The kernel's letter: R, S, D, Z, T.
    public var state: String?
    public var threads: Int?
    /// How fast ``resident`` grew in the last seconds, in bytes per second; below 0 it shrank.
    public var growth: Double?
    /// On all GPUs together.
    public var gpuMemory: Int?
    /// The memory cgroup it is in, where that is recorded.
    public var cgroup: String?

    public init(
        pid: Int, name: String, resident: Int, swapped: Int? = nil, victim: Bool = false, started: Double? = nil,
        parent: Int? = nil, state: String? = nil, threads: Int? = nil, growth: Double? = nil, gpuMemory: Int? = nil,
        cgroup: String? = nil
    ) {
        self.pid = pid
        self.name = name
        self.resident = resident
        self.swapped = swapped
        self.victim = victim
        self.started = started
        self.parent = parent
        self.state = state
        self.threads = threads
        self.growth = growth
        self.gpuMemory = gpuMemory
        self.cgroup = cgroup
    }

    enum CodingKeys: String, CodingKey {
        case pid, name, resident, swapped, victim, started, parent, state, threads, growth, cgroup
        case gpuMemory = "gpu_memory"
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        pid = try container.decode(Int.self, forKey: .pid)
        name = try container.decode(String.self, forKey: .name)
        resident = try container.decode(Int.self, forKey: .resident)
        swapped = try container.decodeIfPresent(Int.self, forKey: .swapped)
        // A recording does not write it: it cannot know yet.
        victim = try container.decodeIfPresent(Bool.self, forKey: .victim) ?? false
        started = try container.decodeIfPresent(Double.self, forKey: .started)
        parent = try container.decodeIfPresent(Int.self, forKey: .parent)
        state = try container.decodeIfPresent(String.self, forKey: .state)
        threads = try container.decodeIfPresent(Int.self, forKey: .threads)
        growth = try container.decodeIfPresent(Double.self, forKey: .growth)
        gpuMemory = try container.decodeIfPresent(Int.self, forKey: .gpuMemory)
        cgroup = try container.decodeIfPresent(String.self, forKey: .cgroup)
    }
}
