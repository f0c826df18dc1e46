/// The bytes of an input as they are read: decompressed, and not yet cut into lines.
public struct ContentReader: Sendable {
    private let input: LogInput

    public init(_ input: LogInput) {
        self.input = input
    }

    /// Whether an open file is a compressed one, by its first bytes.
    public static func isCompressed(_ descriptor: Int32) -> Bool { Compression(of: descriptor) != nil }

    /// Calls `body` with the bytes in order until it has seen enough, and says so with `false`.
    ///
    /// - Returns: why not all could be read, in words, or `nil`.
    public func forEachChunk(_ body: (UnsafeRawBufferPointer) -> Bool) -> String? {
        do {
            var stream = try ByteStream(input.location, name: input.source)
            defer { stream.close() }
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: ByteStream.chunkSize, alignment: 64)
            defer { buffer.deallocate() }
            while true {
                let count = try stream.read(into: buffer)
                if count == 0 || !body(UnsafeRawBufferPointer(rebasing: buffer[..<count])) { return nil }
            }
        } catch {
            return error.message
        }
    }
}
