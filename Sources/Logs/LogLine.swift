public import CrashModel

/// One line of an input, or one carriage-return segment of it, after cleaning.
public struct LogLine: Sendable {
    /// 1-based number of the physical line; all segments of a line share it.
    public var number: Int
    /// The physical line with which it ends: a later one where a container runtime cut it in pieces.
    public var lastNumber: Int
    /// Bytes before the physical line in the decompressed source.
    public var offset: Int
    /// Bytes before the line itself, or before its segment: where `offset` counts to the physical line's start.
    public var position: Int
    /// The line without escape sequences and control bytes; invalid UTF-8 is kept. Of a container or journal record
    /// it is the text inside the record.
    public var text: [UInt8]
    /// ``text`` after the transport's prefixes: times, hosts, launcher tags. Program tags and levels stay.
    public var message: [UInt8]
    /// The time that the prefix or the record states.
    public var stated: StatedTime?
    /// Who wrote it, by its prefixes; the input's own origin where they are silent.
    public var origin: LineOrigin
    /// Whether it is shaped as a kernel record: a `kernel:` tag, a `[seconds]` bracket at its start, facility kern.
    public var isKernel: Bool
    /// Longer than the limit, and cut there.
    public var truncated: Bool
    /// Came through syslog or the journal.
    public var isSyslog = false
    /// Came wrapped in a container runtime's record.
    public var isRecord = false

    public init(
        number: Int, offset: Int, position: Int? = nil, text: [UInt8], message: [UInt8]? = nil,
        stated: StatedTime? = nil,
        origin: LineOrigin = LineOrigin(), isKernel: Bool = false, truncated: Bool = false
    ) {
        self.number = number
        lastNumber = number
        self.offset = offset
        self.position = position ?? offset
        self.text = text
        self.message = message ?? text
        self.stated = stated
        self.origin = origin
        self.isKernel = isKernel
        self.truncated = truncated
    }
}
