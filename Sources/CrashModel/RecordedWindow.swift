public import Foundation

/// What a recording holds around one moment, thinned for a report.
public struct RecordedWindow: Sendable, Hashable, Codable {
    /// The moment that it is around.
    public var moment: Date
    public var from: Date
    public var to: Date
    /// The machine that was recorded.
    public var host: String?
    /// How many samples there were before thinning.
    public var sampleCount: Int
    /// The kept samples, in seconds after ``moment``; below 0 before it.
    public var times: [Double]
    /// As many values each as there are ``times``.
    public var series: [RecordedSeries]
    /// What stands out, in order of time.
    public var observations: [MachineObservation]
    /// Gaps, torn lines, what was not recorded: why some of it may be missing.
    public var problems: [String]

    public init(
        moment: Date, from: Date, to: Date, host: String? = nil, sampleCount: Int, times: [Double] = [],
        series: [RecordedSeries] = [], observations: [MachineObservation] = [], problems: [String] = []
    ) {
        self.moment = moment
        self.from = from
        self.to = to
        self.host = host
        self.sampleCount = sampleCount
        self.times = times
        self.series = series
        self.observations = observations
        self.problems = problems
    }

    enum CodingKeys: String, CodingKey {
        case moment, from, to, host, times, series, observations, problems
        case sampleCount = "sample_count"
    }
}

/// One number over time.
public struct RecordedSeries: Sendable, Hashable, Codable {
    public enum Unit: String, Sendable, Codable {
        case bytes
        case bytesPerSecond = "bytes-per-second"
        case percent
        case celsius
        case watts
        case count
    }

    /// `memory.available`, `swap.used`, `pressure.memory`, `process.resident`, `gpu.temperature`.
    public var name: String
    public var unit: Unit
    /// Of which process, GPU, cgroup or disk: `pid 4242 (python)`, `GPU 3`.
    public var subject: String?
    /// The most there can be, such as the machine's memory.
    public var limit: Double?
    /// Nil where a sample did not say.
    public var values: [Double?]

    public init(name: String, unit: Unit, subject: String? = nil, limit: Double? = nil, values: [Double?]) {
        self.name = name
        self.unit = unit
        self.subject = subject
        self.limit = limit
        self.values = values
    }
}

/// Something that stands out in a recording.
public struct MachineObservation: Sendable, Hashable, Codable {
    /// What it is, for programs and rules: `memory-fell`, `oom-kill`, `gpu-hot`. docs/recording.md lists them.
    public var kind: String
    /// For people: `available memory fell 21 GB in 40 s`.
    public var text: String
    /// When it began, and when it was over.
    public var at: Date
    public var until: Date?
    /// Where it is recorded.
    public var source: String?
    public var line: Int?
    /// Of which process, GPU, cgroup, disk or network: `python (pid 4242)`, `/job_4711`. Nil where it is the machine, or
    /// where the recording does not show which.
    public var subject: String?
    public var pid: Int?
    public var gpu: Int?
    /// The number that stands out, in the unit of its kind.
    public var amount: Double?

    public init(
        kind: String, text: String, at: Date, until: Date? = nil, source: String? = nil, line: Int? = nil,
        subject: String? = nil, pid: Int? = nil, gpu: Int? = nil, amount: Double? = nil
    ) {
        self.kind = kind
        self.text = text
        self.at = at
        self.until = until
        self.source = source
        self.line = line
        self.subject = subject
        self.pid = pid
        self.gpu = gpu
        self.amount = amount
    }
}

extension MachineObservation {
    /// Every kind there is; docs/recording.md explains each.
    public static let kinds: Set<String> = [
        "memory-fell", "memory-exhausted", "memory-plentiful", "memory-pressure", "swap-full", "process-grew",
        "process-vanished", "orphan-process", "cgroup-full", "cgroup-oom-kill", "oom-kill", "io-pressure", "disk-full",
        "inodes-full", "filesystem-silent", "shared-memory-full", "gpu-hot", "gpu-throttled", "gpu-memory-full",
        "gpu-ecc", "gpu-xid", "gpu-not-answering", "gpu-lost", "gpu-spinning", "gpu-memory-without-owner",
        "network-errors", "cpu-throttled", "clock-set", "recording-gap", "machine-restarted",
    ]
}
