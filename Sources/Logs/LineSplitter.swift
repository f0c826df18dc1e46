import Foundation

/// A piece of a line: up to its newline or up to a carriage return inside it.
public struct LogSegment: Sendable {
    /// 1-based number of the physical line.
    public var number: Int
    /// Bytes before the physical line.
    public var offset: Int
    /// Bytes before the segment itself.
    public var position: Int
    public var bytes: [UInt8]
    /// Longer than the limit, and cut there.
    public var truncated: Bool

    public init(number: Int, offset: Int, position: Int, bytes: [UInt8], truncated: Bool = false) {
        self.number = number
        self.offset = offset
        self.position = position
        self.bytes = bytes
        self.truncated = truncated
    }
}

/// Cuts a stream of bytes into lines, and lines at lone carriage returns, within bounded memory.
struct LineSplitter {
    private let limit: Int
    private var pending: [UInt8] = []
    private var cut = false
    private var position = 0
    private var lineStart = 0
    private var segmentStart = 0
    private var line: Int
    private var endedWithNewline = true
    private(set) var truncatedLines = 0
    private(set) var firstTruncated: Int?

    init(limit: Int, linesBefore: Int = 0) {
        line = linesBefore + 1
        self.limit = max(limit, 1)
    }

    /// Physical lines seen so far, the unfinished last one among them.
    var lines: Int { endedWithNewline ? line - 1 : line }
    var bytes: Int { position }

    mutating func feed(_ chunk: UnsafeRawBufferPointer, _ body: (LogSegment) -> Void) {
        guard let base = chunk.baseAddress else { return }
        var start = 0
        while start < chunk.count {
            let rest = chunk.count - start
            let newline = memchr(base + start, 0x0a, rest).map { UnsafeRawPointer($0) - base }
            let lineEnd = newline ?? chunk.count
            while start < lineEnd {
                let carriage = memchr(base + start, 0x0d, lineEnd - start).map { UnsafeRawPointer($0) - base }
                let end = carriage ?? lineEnd
                if pending.isEmpty { segmentStart = position + start }
                append(UnsafeRawBufferPointer(rebasing: chunk[start..<end]))
                if carriage != nil { emit(body) }
                start = carriage.map { $0 + 1 } ?? lineEnd
            }
            endedWithNewline = newline != nil
            guard newline != nil else { break }
            emit(body)
            start = lineEnd + 1
            line += 1
            lineStart = position + start
        }
        position += chunk.count
    }

    mutating func finish(_ body: (LogSegment) -> Void) { emit(body) }

    private mutating func append(_ bytes: UnsafeRawBufferPointer) {
        let room = limit - pending.count
        if bytes.count > room { cut = true }
        if room > 0 { pending.append(contentsOf: bytes.prefix(room)) }
    }

    private mutating func emit(_ body: (LogSegment) -> Void) {
        guard !pending.isEmpty else { return }
        if cut {
            truncatedLines += 1
            firstTruncated = firstTruncated ?? line
        }
        body(LogSegment(number: line, offset: lineStart, position: segmentStart, bytes: pending, truncated: cut))
        pending.removeAll(keepingCapacity: true)
        cut = false
    }
}
