internal import CZlib

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Why a gzip file could not be written or read to its end.
public struct GzipError: Error, Hashable, Sendable, CustomStringConvertible {
    /// An `errno`; nil where the bytes are wrong.
    public let code: Int32?
    public let description: String

    /// What a system call said.
    public static func system(_ what: String, _ code: Int32) -> GzipError {
        GzipError(code: code, description: "\(what): \(String(cString: strerror(code)))")
    }
}

/// Compresses what one descriptor gives into another, in fixed memory.
public enum GzipWriter {
    /// Reads `source` from where it stands to its end and writes a gzip file to `target`.
    ///
    /// What was written before an error stays there: write into a file that gets its name only afterwards.
    ///
    /// - Parameter level: 1 (fast) to 9 (small).
    public static func compress(from source: Int32, to target: Int32, level: Int32 = 6) throws(GzipError) {
        let size = 1 << 16
        let buffers = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 2 * size)
        defer { buffers.deallocate() }
        guard let input = buffers.baseAddress else { return }
        let output = input + size

        var stream = z_stream()
        // 15 bits of window, and 16 for a gzip header rather than zlib's own.
        let made = deflateInit2_(
            &stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        guard made == Z_OK else {
            throw GzipError(code: nil, description: "zlib does not start (\(made)): is there enough memory?")
        }
        defer { deflateEnd(&stream) }

        var isAtEnd = false
        while !isAtEnd {
            let got = try Descriptor.read(source, into: UnsafeMutableRawBufferPointer(start: input, count: size))
            isAtEnd = got == 0
            stream.next_in = input
            stream.avail_in = UInt32(got)
            repeat {
                stream.next_out = output
                stream.avail_out = UInt32(size)
                deflate(&stream, isAtEnd ? Z_FINISH : Z_NO_FLUSH)
                try Descriptor.write(target, UnsafeRawBufferPointer(start: output, count: size - Int(stream.avail_out)))
            } while stream.avail_out == 0
        }
    }
}

/// The bytes of a file, opened out when it is gzip, in fixed memory.
///
/// Several gzip members one after the other are one file. What stands before a damage is given; the damage is an error
/// of the read after it.
public struct GzipReader: ~Copyable {
    private let descriptor: Int32
    private let isGzip: Bool
    private let input: UnsafeMutableBufferPointer<UInt8>
    // On the heap, because zlib keeps a pointer back to it.
    private let stream: UnsafeMutablePointer<z_stream>
    private var isAtEnd = false
    private var isInsideMember = false
    /// How many bytes may still be given.
    private var left: Int
    private let most: Int

    /// - Parameters:
    ///   - descriptor: Closed when the reader goes away.
    ///   - isGzip: Whether the bytes are compressed; else they are given as they are.
    ///   - most: How many bytes are given; more is an error, since a few kilobytes can stand for gigabytes.
    public init(descriptor: Int32, isGzip: Bool, most: Int = .max) throws(GzipError) {
        self.descriptor = descriptor
        self.most = most
        left = most
        self.isGzip = isGzip
        input = .allocate(capacity: isGzip ? 1 << 16 : 1)
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard isGzip else { return }
        let made = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        if made != Z_OK {
            throw GzipError(code: nil, description: "zlib does not start (\(made)): is there enough memory?")
        }
    }

    deinit {
        if isGzip { inflateEnd(stream) }
        stream.deallocate()
        input.deallocate()
        close(descriptor)
    }

    /// Fills the buffer as far as there is something; 0 at the end.
    public mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(GzipError) -> Int {
        let got = try next(into: buffer)
        guard got <= left else {
            throw GzipError(code: nil, description: "it holds more than \(most) bytes, which is not to be expected")
        }
        left -= got
        return got
    }

    private mutating func next(into buffer: UnsafeMutableRawBufferPointer) throws(GzipError) -> Int {
        guard isGzip else { return try Descriptor.read(descriptor, into: buffer) }
        guard !isAtEnd, buffer.count > 0, let start = buffer.bindMemory(to: UInt8.self).baseAddress else { return 0 }
        let room = min(buffer.count, 1 << 30)
        stream.pointee.next_out = start
        stream.pointee.avail_out = UInt32(room)
        while stream.pointee.avail_out > 0 {
            if stream.pointee.avail_in == 0 {
                let got = try Descriptor.read(descriptor, into: UnsafeMutableRawBufferPointer(input))
                if got == 0 {
                    if isInsideMember, stream.pointee.avail_out == UInt32(room) {
                        isAtEnd = true
                        throw GzipError(code: nil, description: "the compressed file ends in the middle")
                    }
                    isAtEnd = !isInsideMember
                    break
                }
                stream.pointee.next_in = input.baseAddress
                stream.pointee.avail_in = UInt32(got)
            }
            isInsideMember = true
            switch inflate(stream, Z_NO_FLUSH) {
            case Z_OK, Z_BUF_ERROR: continue
            case Z_STREAM_END:
                isInsideMember = false
                inflateReset(stream)
            case let code:
                // What came before it is given first; the next read meets the damage again.
                if stream.pointee.avail_out < UInt32(room) { return room - Int(stream.pointee.avail_out) }
                isAtEnd = true
                throw GzipError(code: nil, description: "the compressed file is damaged (zlib says \(code))")
            }
        }
        return room - Int(stream.pointee.avail_out)
    }
}

/// `read(2)` and `write(2)` until they are done.
private enum Descriptor {
    /// Bytes read; 0 at the end.
    static func read(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) throws(GzipError) -> Int {
        while true {
            let got = readBytes(descriptor, buffer.baseAddress, buffer.count)
            if got >= 0 { return got }
            if errno != EINTR { throw .system("it cannot be read", errno) }
        }
    }

    static func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) throws(GzipError) {
        var rest = bytes
        while rest.count > 0 {
            let written = writeBytes(descriptor, rest.baseAddress, rest.count)
            if written > 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest[written...])
            } else if written < 0, errno != EINTR {
                throw .system("it cannot be written", errno)
            }
        }
    }
}

// Inside ``Descriptor`` the C functions' names are its own.
private func readBytes(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(descriptor, buffer, count)
}

private func writeBytes(_ descriptor: Int32, _ buffer: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, buffer, count)
}
