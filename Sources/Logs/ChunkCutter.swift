/// Cuts bytes that come bit by bit into chunks of whole segments, as ``ChunkReader`` does with an input that it reads.
public struct ChunkCutter {
    private let limit: Int
    private let pieceBytes: Int
    private var decoder: UTF16Decoder?
    private var isFirst = true
    /// The one byte that came before it could be told whether this is UTF-16.
    private var firstByte: UInt8?
    /// The beginning of a segment whose end has not come yet.
    private var carry: [UInt8] = []
    private var isSkipping = false
    /// Bytes that were delivered, or passed over.
    private var position = 0
    private var lastDelivered: UInt8?
    /// The last line's rest is passed over, since it is beyond the limit.
    public private(set) var pendingNewlines = 0

    public init(limits: ReadingLimits) {
        limit = max(limits.lineBytes, 1)
        // Then only the first segment of what was gathered can be beyond the limit.
        pieceBytes = min(128 * 1024, max(limits.lineBytes, 16))
    }

    /// Bytes so far, without those of ``rest()``.
    public var bytes: Int { position }
    /// Whether a segment was begun and not ended.
    public var hasRest: Bool { !carry.isEmpty }
    /// How much of it there is.
    public var restBytes: Int { carry.count }
    /// Whether what was delivered ends inside a line.
    public var endsInsideLine: Bool { lastDelivered.map { $0 != 0x0a } ?? false }

    public mutating func append(_ bytes: UnsafeRawBufferPointer, _ body: (LogChunk) -> Void) {
        if bytes.isEmpty { return }
        if isFirst {
            if let firstByte {
                self.firstByte = nil
                isFirst = false
                let all = [firstByte] + bytes
                all.withUnsafeBytes { decoder = UTF16Decoder(mark: $0) }
                return all.withUnsafeBytes { decode($0, body) }
            }
            if bytes.count == 1, bytes[0] >= 0xfe {
                firstByte = bytes[0]
                return
            }
            isFirst = false
            decoder = UTF16Decoder(mark: bytes)
        }
        decode(bytes, body)
    }

    private mutating func decode(_ bytes: UnsafeRawBufferPointer, _ body: (LogChunk) -> Void) {
        guard let decoded = decoder?.decode(bytes) else { return cut(bytes, body) }
        decoded.withUnsafeBytes { cut($0, body) }
    }

    private mutating func cut(_ bytes: UnsafeRawBufferPointer, _ body: (LogChunk) -> Void) {
        var at = 0
        while at < bytes.count {
            let end = min(at + pieceBytes, bytes.count)
            take(UnsafeRawBufferPointer(rebasing: bytes[at..<end]), body)
            at = end
        }
    }

    private mutating func take(_ piece: UnsafeRawBufferPointer, _ body: (LogChunk) -> Void) {
        var piece = piece
        if isSkipping {
            lastDelivered = piece.last
            guard let end = Self.firstSeparator(in: piece) else {
                position += piece.count
                return
            }
            isSkipping = false
            lastDelivered = piece[end]
            if piece[end] == 0x0a { pendingNewlines += 1 }
            position += end + 1
            piece = UnsafeRawBufferPointer(rebasing: piece[(end + 1)...])
            if piece.isEmpty { return }
        }
        guard let last = piece.lastIndex(where: { $0 == 0x0a || $0 == 0x0d }) else {
            carry.append(contentsOf: piece)
            if carry.count > limit { deliverCut(consumed: carry.count, isEnded: false, body) }
            return
        }
        var start = 0
        if let first = Self.firstSeparator(in: piece), carry.count + first > limit {
            // The rest of the line is known here, and not delivered.
            carry.append(contentsOf: piece[..<first])
            deliverCut(consumed: carry.count + 1, isEnded: true, body)
            lastDelivered = piece[first]
            if piece[first] == 0x0a { pendingNewlines += 1 }
            start = first + 1
        }
        if start <= last { deliver(UnsafeRawBufferPointer(rebasing: piece[start...last]), body) }
        carry.append(contentsOf: piece[(last + 1)...])
    }

    private mutating func deliver(_ bytes: UnsafeRawBufferPointer, _ body: (LogChunk) -> Void) {
        let chunk = make(carry, bytes, isCut: false)
        position += carry.count + bytes.count
        carry.removeAll(keepingCapacity: carry.capacity < 4096)
        pendingNewlines = 0
        lastDelivered = bytes.last
        body(chunk)
    }

    private mutating func deliverCut(consumed: Int, isEnded: Bool, _ body: (LogChunk) -> Void) {
        let chunk = carry.withUnsafeBytes { make([], UnsafeRawBufferPointer(rebasing: $0[..<limit]), isCut: true) }
        position += consumed
        lastDelivered = carry.last
        carry.removeAll()
        pendingNewlines = 0
        isSkipping = !isEnded
        body(chunk)
    }

    /// What was begun, as it stands, as the last chunk of an input that ends here. It stays begun.
    public func rest() -> LogChunk? {
        carry.isEmpty ? nil : carry.withUnsafeBytes { make([], $0, isCut: false) }
    }

    private func make(_ head: [UInt8], _ bytes: UnsafeRawBufferPointer, isCut: Bool) -> LogChunk {
        // Of the size that it has, since a log that trickles makes many small ones.
        let count = head.count + bytes.count
        let pool = BufferPool(size: max(count, 1))
        let buffer = pool.take()
        buffer.copyBytes(from: head)
        UnsafeMutableRawBufferPointer(rebasing: buffer[head.count..<count]).copyBytes(from: bytes)
        return LogChunk(
            buffer, of: pool, count: count, position: position, newlinesBefore: pendingNewlines, isCut: isCut)
    }

    private static func firstSeparator(in bytes: UnsafeRawBufferPointer) -> Int? {
        bytes.firstIndex { $0 == 0x0a || $0 == 0x0d }
    }
}
