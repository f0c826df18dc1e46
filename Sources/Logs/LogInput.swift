public import CrashModel
public import Foundation

/// One input: a file, standard input, or bytes in memory (tests).
public struct LogInput: Sendable {
    public enum Location: Sendable {
        case file(String)
        case standardInput
        case memory([UInt8])
    }

    /// As the user typed it, with the relative path below a folder; `-` for standard input.
    public var source: String
    public var location: Location
    /// When it was last written: the upper bound for times that state no year or no date.
    public var modified: Date?
    /// What the path says about the writer: rank, pid, host.
    public var origin: LineOrigin
    /// What a rank's flight recorder wrote when a collective hung, and no lines.
    public var isFlightRecorderDump = false

    public init(
        source: String, location: Location, modified: Date? = nil, origin: LineOrigin = LineOrigin()
    ) {
        self.source = source
        self.location = location
        self.modified = modified
        self.origin = origin
    }

    /// The same input under another path, which says anew who wrote it.
    public func renamed(_ source: String) -> LogInput {
        var input = self
        input.source = source
        input.origin = RankInPath.origin(of: source)
        return input
    }
}
