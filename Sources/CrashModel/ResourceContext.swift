public import Foundation

/// What the machine looked like around an incident.
public struct ResourceContext: Sendable, Hashable, Codable {
    public enum Origin: String, Sendable, Codable {
        /// The kernel's own out-of-memory report, written at the moment of the kill.
        case kernelReport = "kernel-oom-report"
        /// What `faultline record` wrote down around the moment.
        case recording
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
    /// How it came to that; only a recording knows. The other fields are then of the last sample before the incident.
    public var window: RecordedWindow?

    public init(
        origin: Origin, takenAt: Date? = nil, memory: MemorySample? = nil, pressure: [String: Double] = [:],
        filesystems: [FilesystemSample] = [], processes: [ProcessSample] = [], processCount: Int = 0,
        window: RecordedWindow? = nil
    ) {
        self.origin = origin
        self.takenAt = takenAt
        self.memory = memory
        self.pressure = pressure
        self.filesystems = filesystems
        self.processes = processes
        self.processCount = processCount
        self.window = window
    }

    enum CodingKeys: String, CodingKey {
        case origin, memory, pressure, filesystems, processes, window
        case takenAt = "taken_at"
        case processCount = "process_count"
    }
}
