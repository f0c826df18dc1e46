public import CrashModel
public import Foundation

/// One input: a file, standard input, or bytes in memory (tests).
public struct LogInput: Sendable {
    public enum Location: Sendable {
        case file(String)
        case standardInput
        case memory([UInt8])
        case part(FilePart)
        /// Open for reading, such as another program's output; closed by who opened it.
        case descriptor(Int32)
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
    /// Newlines of the source before what is read of it, so that a part of a file has the line numbers of the whole.
    public var linesBefore = 0

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

/// A stretch of an open file, read without moving the file's own position.
public struct FilePart: Sendable, Hashable {
    /// Open for reading for as long as the part is read, and closed by who opened it.
    public var descriptor: Int32
    /// Bytes before the stretch; in a compressed file, of what it holds.
    public var start: Int
    /// The end of the stretch, or `nil` for that of the file. In a compressed file it is not looked at.
    public var end: Int?

    public init(descriptor: Int32, start: Int, end: Int? = nil) {
        self.descriptor = descriptor
        self.start = start
        self.end = end
    }
}
