public import Foundation

/// What a machine looked like in one moment: one line of a recording.
///
/// Sizes are in bytes, rates in bytes per second, shares in percent (0 to 100), each over ``interval``. What the
/// machine does not tell is nil or missing, never zero. docs/recording.md describes the file.
public struct MachineSample: Sendable, Hashable, Codable {
    /// By the machine's clock, which may jump.
    public var time: Date
    /// Seconds since the machine booted, which never jump and go on in sleep (`CLOCK_BOOTTIME`).
    public var uptime: Double
    /// Seconds since the sample before; nil for the first.
    public var interval: Double?
    public var memory: MemorySample?
    /// By resource: `memory`, `cpu`, `io`. Empty where the kernel has no PSI.
    public var pressure: [String: PressureSample]
    public var paging: PagingSample?
    public var cpu: CPUSample?
    public var cgroups: [CgroupSample]
    /// Only in the samples that looked.
    public var filesystems: [FilesystemSample]
    public var disks: [DiskSample]
    public var networks: [NetworkSample]
    public var processes: ProcessesSample?
    /// Nil where no driver of a GPU was found.
    public var gpu: GPUsSample?

    public init(
        time: Date, uptime: Double, interval: Double? = nil, memory: MemorySample? = nil,
        pressure: [String: PressureSample] = [:], paging: PagingSample? = nil, cpu: CPUSample? = nil,
        cgroups: [CgroupSample] = [], filesystems: [FilesystemSample] = [], disks: [DiskSample] = [],
        networks: [NetworkSample] = [], processes: ProcessesSample? = nil, gpu: GPUsSample? = nil
    ) {
        self.time = time
        self.uptime = uptime
        self.interval = interval
        self.memory = memory
        self.pressure = pressure
        self.paging = paging
        self.cpu = cpu
        self.cgroups = cgroups
        self.filesystems = filesystems
        self.disks = disks
        self.networks = networks
        self.processes = processes
        self.gpu = gpu
    }

    enum CodingKeys: String, CodingKey {
        case time = "t"
        case uptime = "up"
        case interval = "dt"
        case memory, pressure, paging, cpu, cgroups, filesystems, disks, networks, processes, gpu
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        time = try container.decode(Date.self, forKey: .time)
        uptime = try container.decode(Double.self, forKey: .uptime)
        interval = try container.decodeIfPresent(Double.self, forKey: .interval)
        memory = try container.decodeIfPresent(MemorySample.self, forKey: .memory)
        pressure = try container.decodeIfPresent([String: PressureSample].self, forKey: .pressure) ?? [:]
        paging = try container.decodeIfPresent(PagingSample.self, forKey: .paging)
        cpu = try container.decodeIfPresent(CPUSample.self, forKey: .cpu)
        cgroups = try container.decodeIfPresent([CgroupSample].self, forKey: .cgroups) ?? []
        filesystems = try container.decodeIfPresent([FilesystemSample].self, forKey: .filesystems) ?? []
        disks = try container.decodeIfPresent([DiskSample].self, forKey: .disks) ?? []
        networks = try container.decodeIfPresent([NetworkSample].self, forKey: .networks) ?? []
        processes = try container.decodeIfPresent(ProcessesSample.self, forKey: .processes)
        gpu = try container.decodeIfPresent(GPUsSample.self, forKey: .gpu)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(time, forKey: .time)
        try container.encode(uptime, forKey: .uptime)
        try container.encodeIfPresent(interval, forKey: .interval)
        try container.encodeIfPresent(memory, forKey: .memory)
        if !pressure.isEmpty { try container.encode(pressure, forKey: .pressure) }
        try container.encodeIfPresent(paging, forKey: .paging)
        try container.encodeIfPresent(cpu, forKey: .cpu)
        if !cgroups.isEmpty { try container.encode(cgroups, forKey: .cgroups) }
        if !filesystems.isEmpty { try container.encode(filesystems, forKey: .filesystems) }
        if !disks.isEmpty { try container.encode(disks, forKey: .disks) }
        if !networks.isEmpty { try container.encode(networks, forKey: .networks) }
        try container.encodeIfPresent(processes, forKey: .processes)
        try container.encodeIfPresent(gpu, forKey: .gpu)
    }
}

/// Share of the time in which tasks waited for a resource (PSI), in percent.
public struct PressureSample: Sendable, Hashable, Codable {
    /// In which at least one task waited.
    public var some: Double
    /// In which all tasks waited at once; nil where the kernel does not tell (cpu before Linux 5.13).
    public var full: Double?

    public init(some: Double, full: Double? = nil) {
        self.some = some
        self.full = full
    }
}

/// What `/proc/vmstat` counted since the sample before.
public struct PagingSample: Sendable, Hashable, Codable {
    /// Processes that the kernel killed for memory, in any cgroup (Linux 4.13).
    public var oomKills: Int?
    /// Pages that had to be read from a disk.
    public var majorFaults: Int?
    /// Bytes.
    public var swapIn: Int?
    /// Bytes.
    public var swapOut: Int?

    public init(oomKills: Int? = nil, majorFaults: Int? = nil, swapIn: Int? = nil, swapOut: Int? = nil) {
        self.oomKills = oomKills
        self.majorFaults = majorFaults
        self.swapIn = swapIn
        self.swapOut = swapOut
    }

    enum CodingKeys: String, CodingKey {
        case oomKills = "oom_kills"
        case majorFaults = "major_faults"
        case swapIn = "swap_in"
        case swapOut = "swap_out"
    }
}

/// What all CPUs did, in percent of all of them.
public struct CPUSample: Sendable, Hashable, Codable {
    public var user: Double?
    public var system: Double?
    /// Idle while a disk was waited for.
    public var iowait: Double?
    public var idle: Double?
    /// Taken by other machines of the same host.
    public var steal: Double?
    /// Load average of one minute.
    public var load: Double?

    public init(
        user: Double? = nil, system: Double? = nil, iowait: Double? = nil, idle: Double? = nil, steal: Double? = nil,
        load: Double? = nil
    ) {
        self.user = user
        self.system = system
        self.iowait = iowait
        self.idle = idle
        self.steal = steal
        self.load = load
    }
}

/// A control group, v2 or v1.
public struct CgroupSample: Sendable, Hashable, Codable {
    /// As in `/proc/PID/cgroup`: `/system.slice/slurmstepd.scope/job_4711`.
    public var path: String
    public var current: Int?
    /// The limit; nil where there is none.
    public var max: Int?
    public var high: Int?
    public var swap: Int?
    /// How often the limit could not be kept, since the sample before (`memory.events`: `oom`).
    public var ooms: Int?
    /// How many of its processes were killed for it, since the sample before.
    public var oomKills: Int?
    public var pids: Int?
    public var pidsMax: Int?
    /// Share of the interval in which its CPU quota was used up.
    public var throttled: Double?

    public init(
        path: String, current: Int? = nil, max: Int? = nil, high: Int? = nil, swap: Int? = nil, ooms: Int? = nil,
        oomKills: Int? = nil, pids: Int? = nil, pidsMax: Int? = nil, throttled: Double? = nil
    ) {
        self.path = path
        self.current = current
        self.max = max
        self.high = high
        self.swap = swap
        self.ooms = ooms
        self.oomKills = oomKills
        self.pids = pids
        self.pidsMax = pidsMax
        self.throttled = throttled
    }

    enum CodingKeys: String, CodingKey {
        case path, current, max, high, swap, ooms, pids, throttled
        case oomKills = "oom_kills"
        case pidsMax = "pids_max"
    }
}

/// One disk.
public struct DiskSample: Sendable, Hashable, Codable {
    public var name: String
    /// Bytes per second.
    public var read: Double
    /// Bytes per second.
    public var write: Double
    /// Share of the interval in which it had something to do.
    public var busy: Double

    public init(name: String, read: Double, write: Double, busy: Double) {
        self.name = name
        self.read = read
        self.write = write
        self.busy = busy
    }
}

/// One network interface.
public struct NetworkSample: Sendable, Hashable, Codable {
    public var name: String
    /// Bytes per second.
    public var received: Double
    /// Bytes per second.
    public var sent: Double
    /// Packets with errors and packets dropped, both ways, since the sample before.
    public var errors: Int
    public var dropped: Int

    public init(name: String, received: Double, sent: Double, errors: Int = 0, dropped: Int = 0) {
        self.name = name
        self.received = received
        self.sent = sent
        self.errors = errors
        self.dropped = dropped
    }
}

/// The processes of a machine, of which the largest and the fastest growing are listed.
public struct ProcessesSample: Sendable, Hashable, Codable {
    public var count: Int
    public var zombies: Int?
    /// Largest resident set first.
    public var top: [ProcessSample]
    public var orphans: [OrphanSample]?

    public init(count: Int, zombies: Int? = nil, top: [ProcessSample] = [], orphans: [OrphanSample]? = nil) {
        self.count = count
        self.zombies = zombies
        self.top = top
        self.orphans = orphans
    }
}

/// A process that its parent left behind.
public struct OrphanSample: Sendable, Hashable, Codable {
    public var pid: Int
    public var name: String
    public var resident: Int
    /// Who started it, when that was seen.
    public var formerParent: Int?

    public init(pid: Int, name: String, resident: Int, formerParent: Int? = nil) {
        self.pid = pid
        self.name = name
        self.resident = resident
        self.formerParent = formerParent
    }

    enum CodingKeys: String, CodingKey {
        case pid, name, resident
        case formerParent = "former_parent"
    }
}
