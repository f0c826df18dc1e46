import Foundation

/// Reads an input in chunks of whole segments, in memory that does not grow with it.
public struct ChunkReader: ~Copyable {
    private let limit: Int
    private let chunkBytes: Int
    private let pool: BufferPool
    private var source: DecodedStream
    /// The beginning of a segment whose end was not yet read.
    private var carry: [UInt8] = []
    private var isSkipping = false
    private var hasEnded = false
    /// Bytes of the input that were read and delivered, or passed over.
    private var position = 0
    private var lastByte: UInt8?

    /// Newlines behind the last chunk that no chunk holds.
    public private(set) var pendingNewlines = 0
    /// Why the input could not be read to its end.
    public var problem: String? { source.problem }
    /// Bytes of the input so far, after decompression.
    public var bytes: Int { position + carry.count }
    /// Whether the input so far ends inside a line.
    public var endsInsideLine: Bool { lastByte.map { $0 != 0x0a } ?? false }

    public init(_ input: LogInput, limits: ReadingLimits, chunkBytes: Int) {
        limit = max(limits.lineBytes, 1)
        // A segment beyond the limit then can only be the first of a chunk.
        self.chunkBytes = min(max(chunkBytes, 16), max(limits.lineBytes, 16))
        pool = BufferPool(size: limit + 2 * self.chunkBytes)
        source = DecodedStream(input)
    }

    /// The next chunk, or `nil` at the end.
    public mutating func next() -> LogChunk? {
        if hasEnded, carry.isEmpty { return nil }
        let buffer = pool.take()
        var count = carry.count
        buffer.copyBytes(from: carry)
        carry.removeAll(keepingCapacity: true)
        var searched = 0
        while true {
            // What trickles in by the byte is gathered: a chunk takes a whole buffer, however little it holds.
            if !isSkipping, count >= chunkBytes / 2 || hasEnded {
                if let end = lastSeparator(in: buffer, searched..<count) {
                    return deliver(buffer, upTo: end, of: count)
                }
                searched = count
            }
            if !isSkipping, count > limit { return cut(buffer, count) }
            let room = UnsafeMutableRawBufferPointer(rebasing: buffer[count..<(count + chunkBytes)])
            let got = hasEnded ? 0 : source.read(into: room)
            if got == 0 {
                hasEnded = true
                guard count > 0 else {
                    pool.give(buffer)
                    return nil
                }
                return make(buffer, count: count)
            }
            lastByte = room[got - 1]
            if isSkipping {
                count = skip(buffer, got)
            } else {
                count += got
            }
        }
    }

    /// Drops what was just read up to the end of the line that is being passed over. Returns how much is left.
    private mutating func skip(_ buffer: UnsafeMutableRawBufferPointer, _ got: Int) -> Int {
        guard let end = firstSeparator(in: buffer, 0..<got) else {
            position += got
            return 0
        }
        isSkipping = false
        if buffer[end] == 0x0a { pendingNewlines += 1 }
        position += end + 1
        let rest = got - end - 1
        if rest > 0, let base = buffer.baseAddress { memmove(base, base + end + 1, rest) }
        return rest
    }

    private mutating func deliver(_ buffer: UnsafeMutableRawBufferPointer, upTo end: Int, of count: Int) -> LogChunk {
        // Only a segment that began in an earlier read can be beyond the limit.
        if end > limit, let first = firstSeparator(in: buffer, 0..<count), first > limit {
            carry.append(contentsOf: buffer[(first + 1)..<count])
            let chunk = make(buffer, count: limit, consumed: first + 1, isCut: true)
            if buffer[first] == 0x0a { pendingNewlines += 1 }
            return chunk
        }
        carry.append(contentsOf: buffer[(end + 1)..<count])
        return make(buffer, count: end + 1)
    }

    private mutating func cut(_ buffer: UnsafeMutableRawBufferPointer, _ count: Int) -> LogChunk {
        isSkipping = true
        return make(buffer, count: limit, consumed: count, isCut: true)
    }

    private mutating func make(
        _ buffer: UnsafeMutableRawBufferPointer, count: Int, consumed: Int? = nil, isCut: Bool = false
    ) -> LogChunk {
        let chunk = LogChunk(
            buffer, of: pool, count: count, position: position, newlinesBefore: pendingNewlines, isCut: isCut)
        pendingNewlines = 0
        position += consumed ?? count
        return chunk
    }

    private func firstSeparator(in buffer: UnsafeMutableRawBufferPointer, _ range: Range<Int>) -> Int? {
        guard let base = buffer.baseAddress, !range.isEmpty else { return nil }
        let newline = memchr(base + range.lowerBound, 0x0a, range.count).map { UnsafeMutableRawPointer($0) - base }
        let before = (newline ?? range.upperBound) - range.lowerBound
        let carriage = memchr(base + range.lowerBound, 0x0d, before).map { UnsafeMutableRawPointer($0) - base }
        return carriage ?? newline
    }

    private func lastSeparator(in buffer: UnsafeMutableRawBufferPointer, _ range: Range<Int>) -> Int? {
        var index = range.upperBound
        while index > range.lowerBound {
            index -= 1
            if buffer[index] == 0x0a || buffer[index] == 0x0d { return index }
        }
        return nil
    }
}

/// The bytes of an input after decompression, with UTF-16 made UTF-8.
private struct DecodedStream: ~Copyable {
    private var stream: ByteStream?
    private var decoder: UTF16Decoder?
    private var isFirst = true
    private var decoded: [UInt8] = []
    private var delivered = 0
    private(set) var problem: String?

    init(_ input: LogInput) {
        do {
            stream = try ByteStream(input.location, name: input.source)
        } catch {
            problem = error.message
        }
    }

    /// Fills `buffer` as far as it can; 0 at the end, or when something is in the way.
    mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        while true {
            if delivered < decoded.count {
                let count = min(buffer.count, decoded.count - delivered)
                buffer.copyBytes(from: decoded[delivered..<(delivered + count)])
                delivered += count
                return count
            }
            guard let count = readRaw(into: buffer), count > 0 else { return 0 }
            let chunk = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            if isFirst { decoder = UTF16Decoder(mark: chunk) }
            isFirst = false
            guard decoder != nil else { return count }
            decoded = decoder?.decode(chunk) ?? []
            delivered = 0
        }
    }

    private mutating func readRaw(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
        do {
            return try stream?.read(into: buffer)
        } catch {
            problem = error.message
            stream?.close()
            stream = nil
            return nil
        }
    }

    deinit {
        var stream = stream
        stream?.close()
    }
}
