/// All GPUs of a machine, and whether their driver answers.
public struct GPUsSample: Sendable, Hashable, Codable {
    public enum Status: String, Sendable, Codable {
        case ok
        /// A call into the driver has not come back.
        case notAnswering = "not-answering"
        /// The driver answers with an error.
        case failing
    }

    public var status: Status
    /// `nvidia 550.54.15` or `amdgpu`.
    public var driver: String?
    /// What the driver said, or which call hangs.
    public var problem: String?
    /// For how many seconds it has not answered.
    public var silent: Double?
    /// In the driver's order. Without those that could not be asked, whose numbers are missing.
    public var gpus: [GPUSample]

    public init(
        status: Status, driver: String? = nil, problem: String? = nil, silent: Double? = nil, gpus: [GPUSample] = []
    ) {
        self.status = status
        self.driver = driver
        self.problem = problem
        self.silent = silent
        self.gpus = gpus
    }
}

/// One GPU. Sizes in bytes; nil is what the device or the driver does not tell.
public struct GPUSample: Sendable, Hashable, Codable {
    public var index: Int
    public var name: String?
    public var uuid: String?
    /// `0000:3b:00.0`, as the kernel writes it.
    public var bus: String?
    public var memoryTotal: Int?
    public var memoryUsed: Int?
    /// Share of the time in which a kernel ran.
    public var utilization: Double?
    /// Degrees Celsius.
    public var temperature: Double?
    /// Watts.
    public var power: Double?
    public var powerLimit: Double?
    /// MHz.
    public var smClock: Double?
    public var memoryClock: Double?
    /// Why the clocks are below what they could be, in NVML's words: `hw-thermal-slowdown`, `sw-power-cap`. Without
    /// `gpu-idle`.
    public var throttle: [String]?
    /// Since the driver was loaded.
    public var eccCorrected: Int?
    public var eccUncorrected: Int?
    public var remappedRows: Int?
    /// A remapping waits for a reset of the GPU; one failed.
    public var remapPending: Bool?
    public var remapFailed: Bool?
    public var pcieReplays: Int?
    /// Xid events since the sample before.
    public var xids: [Int]?
    public var mig: Bool?
    public var instances: [GPUInstanceSample]?
    public var processes: [GPUProcessSample]?
    /// What the driver said instead of numbers: `GPU is lost`.
    public var problem: String?

    public init(index: Int) {
        self.index = index
    }

    enum CodingKeys: String, CodingKey {
        case index, name, uuid, bus, utilization, temperature, power, throttle, xids, mig, instances, processes, problem
        case memoryTotal = "memory_total"
        case memoryUsed = "memory_used"
        case powerLimit = "power_limit"
        case smClock = "sm_clock"
        case memoryClock = "memory_clock"
        case eccCorrected = "ecc_corrected"
        case eccUncorrected = "ecc_uncorrected"
        case remappedRows = "remapped_rows"
        case remapPending = "remap_pending"
        case remapFailed = "remap_failed"
        case pcieReplays = "pcie_replays"
    }
}

/// A MIG device.
public struct GPUInstanceSample: Sendable, Hashable, Codable {
    public var uuid: String?
    public var memoryTotal: Int?
    public var memoryUsed: Int?

    public init(uuid: String? = nil, memoryTotal: Int? = nil, memoryUsed: Int? = nil) {
        self.uuid = uuid
        self.memoryTotal = memoryTotal
        self.memoryUsed = memoryUsed
    }

    enum CodingKeys: String, CodingKey {
        case uuid
        case memoryTotal = "memory_total"
        case memoryUsed = "memory_used"
    }
}

/// A process on a GPU.
public struct GPUProcessSample: Sendable, Hashable, Codable {
    public var pid: Int
    /// Nil where the driver does not tell (Windows, some containers).
    public var memory: Int?
    /// No such process lives any more, though the GPU still holds its memory. Only told where pids can be compared.
    public var gone: Bool?

    public init(pid: Int, memory: Int? = nil, gone: Bool? = nil) {
        self.pid = pid
        self.memory = memory
        self.gone = gone
    }
}
