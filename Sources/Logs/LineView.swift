import CrashModel

/// A line where it lies in memory, of which nothing was copied.
///
/// Most lines of a log say nothing that anybody keeps. Valid as long as the bytes are that it was made of.
public struct LineView {
    /// 1-based number of the physical line.
    public let number: Int
    /// Bytes before the physical line.
    public let offset: Int
    /// Bytes before the line itself, or before its segment.
    public let position: Int
    /// The line. Nothing had to be cleaned from it.
    public let text: UnsafeBufferPointer<UInt8>
    /// ``text`` after the transport's prefixes.
    public let message: UnsafeBufferPointer<UInt8>
    /// Whether this is one line; if not, several were glued together, and it has to be made before it can be read.
    public let isWhole: Bool
    /// The rank that wrote it, if that is known.
    public let rank: Int?
    /// The writer, where several are interleaved.
    public let stream: String?
    let prefix: Prefix
    let truncated: Bool

    init(
        number: Int, offset: Int, position: Int, text: UnsafeBufferPointer<UInt8>, prefix: Prefix, truncated: Bool,
        input: LineOrigin, isWhole: Bool
    ) {
        self.number = number
        self.offset = offset
        self.position = position
        self.text = text
        self.prefix = prefix
        self.truncated = truncated
        self.isWhole = isWhole
        rank = prefix.origin.rank ?? input.rank
        stream = prefix.origin.stream ?? input.stream
        let start = min(prefix.messageStart, text.count)
        message = UnsafeBufferPointer(rebasing: text[start...])
    }

    /// The time that the prefix states.
    public var stated: StatedTime? { prefix.stated }
    /// Whether it is shaped as a kernel record.
    public var isKernel: Bool { prefix.isKernel }
    /// Came through syslog or the journal.
    public var isSyslog: Bool { prefix.isSyslog }
}
