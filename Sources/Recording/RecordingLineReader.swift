import Gzip
import Foundation
import Gzip

/// Cuts the bytes of a segment into lines, in fixed memory.
struct RecordingLineReader: ~Copyable {
    enum Ending {
        case newline
        /// The file ends without one.
        case endOfFile
        /// Longer than ``RecordingLineReader/longest``; the bytes are its beginning.
        case tooLong
    }

    /// Bytes of the longest line that is read. A sample has some 4 KB.
    static let longest = 1 << 20

    private var bytes: GzipReader
    private let buffer: UnsafeMutableRawBufferPointer

    init(_ bytes: consuming GzipReader) {
        self.bytes = bytes
        buffer = .allocate(byteCount: Self.longest + (1 << 16), alignment: 16)
    }

    deinit { buffer.deallocate() }

    /// Hands every line to `body`, without its newline, with its number from 1. Ends when `body` says false.
    ///
    /// - Returns: What kept it from reading to the end, if something did, and in which line.
    ///
    /// - Parameter step: How many bytes to read at a time: few, where only the first line is wanted.
    mutating func forEach(
        step: Int = 1 << 16, _ body: (UnsafeRawBufferPointer, Int, Ending) throws -> Bool
    ) rethrows -> (problem: GzipError, line: Int)? {
        var filled = 0
        var line = 1
        var isSkipping = false
        while true {
            let got: Int
            var problem: GzipError?
            do throws(GzipError) {
                got = try bytes.read(
                    into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<min(buffer.count, filled + step)]))
            } catch {
                problem = error
                got = 0
            }
            let searched = filled
            filled += got
            var start = 0
            var from = searched
            while from < filled, let newline = Self.newline(in: buffer, from: from, to: filled) {
                if isSkipping {
                    isSkipping = false
                } else {
                    let text = UnsafeRawBufferPointer(rebasing: buffer[start..<newline])
                    guard try body(text, line, text.count > Self.longest ? .tooLong : .newline) else { return nil }
                }
                line += 1
                start = newline + 1
                from = start
            }
            if got == 0 {
                if start < filled, !isSkipping {
                    _ = try body(UnsafeRawBufferPointer(rebasing: buffer[start..<filled]), line, .endOfFile)
                }
                return problem.map { ($0, line) }
            }
            if isSkipping {
                filled = 0
            } else if start > 0 {
                buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[start..<filled]))
                filled -= start
            } else if filled == buffer.count {
                guard try body(UnsafeRawBufferPointer(rebasing: buffer[..<256]), line, .tooLong) else { return nil }
                isSkipping = true
                filled = 0
            }
        }
    }

    private static func newline(in buffer: UnsafeMutableRawBufferPointer, from: Int, to: Int) -> Int? {
        guard let base = buffer.baseAddress, let found = memchr(base + from, 0x0a, to - from) else { return nil }
        return UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }
}
