public import CrashModel
public import Foundation

/// One line of a recording. docs/recording.md describes the format.
public enum RecordingLine: Sendable, Hashable {
    case header(RecordingHeader)
    case mark(RecordingMark)
    case sample(MachineSample)
}

/// The first line of every segment: which machine, which boot, and what is recorded.
public struct RecordingHeader: Sendable, Hashable, Codable {
    /// `faultline.recording/1`.
    public var schema: String
    public var time: Date
    public var uptime: Double
    public var host: String
    /// The kernel's `boot_id`: new with every boot.
    public var boot: String?
    /// The kernel's release.
    public var kernel: String?
    public var cpus: Int?
    /// Of the recorder.
    public var pid: Int
    public var version: String
    /// Seconds between two samples.
    public var interval: Double
    /// What this machine, or the recorder's rights, do not let it see, in words.
    public var missing: [String]

    public static let currentSchema = "faultline.recording/1"

    public init(
        time: Date, uptime: Double, host: String, boot: String? = nil, kernel: String? = nil, cpus: Int? = nil,
        pid: Int, version: String, interval: Double, missing: [String] = []
    ) {
        schema = Self.currentSchema
        self.time = time
        self.uptime = uptime
        self.host = host
        self.boot = boot
        self.kernel = kernel
        self.cpus = cpus
        self.pid = pid
        self.version = version
        self.interval = interval
        self.missing = missing
    }

    enum CodingKeys: String, CodingKey {
        case schema, host, boot, kernel, cpus, pid, version, interval, missing
        case time = "t"
        case uptime = "up"
    }
}

/// What the recorder says about itself.
public struct RecordingMark: Sendable, Hashable, Codable {
    public enum Kind: String, Sendable, Codable {
        /// Samples were taken and could not be written: ``RecordingMark/lost`` of them.
        case gap
        /// The clock was set: ``RecordingMark/shift`` seconds forward.
        case clock
        /// The recorder was told to stop.
        case stop
    }

    public var mark: Kind
    public var time: Date
    public var uptime: Double
    public var lost: Int?
    public var shift: Double?
    public var why: String?

    public init(
        _ mark: Kind, time: Date, uptime: Double, lost: Int? = nil, shift: Double? = nil, why: String? = nil
    ) {
        self.mark = mark
        self.time = time
        self.uptime = uptime
        self.lost = lost
        self.shift = shift
        self.why = why
    }

    enum CodingKeys: String, CodingKey {
        case mark, lost, shift, why
        case time = "t"
        case uptime = "up"
    }
}
