public import Foundation

/// What the machine looked like around an incident.
public struct ResourceContext: Sendable, Hashable, Codable {
    public enum Origin: String, Sendable, Codable {
        /// The kernel's own out-of-memory report, written at the moment of the kill.
        case kernelReport = "kernel-oom-report"
        /// This machine as it is now; the incident was before.
        case snapshotAfter = "snapshot-after-the-fact"
    }

    public var origin: Origin
    /// When it was taken.
    public var takenAt: Date?
    public var memory: MemorySample?
    /// Share of the last 10 s in which some task waited, by resource (PSI), in percent.
    public var pressure: [String: Double]
    public var filesystems: [FilesystemSample]
    /// Largest resident set first.
    public var processes: [ProcessSample]
    /// How many processes the source lists; ``processes`` holds the largest.
    public var processCount: Int

    public init(
        origin: Origin, takenAt: Date? = nil, memory: MemorySample? = nil, pressure: [String: Double] = [:],
        filesystems: [FilesystemSample] = [], processes: [ProcessSample] = [], processCount: Int = 0
    ) {
        self.origin = origin
        self.takenAt = takenAt
        self.memory = memory
        self.pressure = pressure
        self.filesystems = filesystems
        self.processes = processes
        self.processCount = processCount
    }

    enum CodingKeys: String, CodingKey {
        case origin, memory, pressure, filesystems, processes
        case takenAt = "taken_at"
        case processCount = "process_count"
    }
}

/// Memory of a machine or of a cgroup, in bytes.
public struct MemorySample: Sendable, Hashable, Codable {
    public var total: Int?
    public var available: Int?
    public var free: Int?
    public var swapTotal: Int?
    public var swapFree: Int?
    public var shared: Int?
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
        case total, available, free, shared, limit, usage
        case swapTotal = "swap_total"
        case swapFree = "swap_free"
    }
}

/// Space of one filesystem, in bytes.
public struct FilesystemSample: Sendable, Hashable, Codable {
    public var path: String
    public var total: Int
    public var available: Int

    public init(path: String, total: Int, available: Int) {
        self.path = path
        self.total = total
        self.available = available
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

    public init(pid: Int, name: String, resident: Int, swapped: Int? = nil, victim: Bool = false) {
        self.pid = pid
        self.name = name
        self.resident = resident
        self.swapped = swapped
        self.victim = victim
    }
}
