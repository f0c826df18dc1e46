import Foundation
import Logs

/// A file held open while a part of it is read: whatever happens to its name meanwhile, the bytes are the same file's.
package struct OpenLog: ~Copyable {
    package let descriptor: Int32
    let path: String
    package let isCompressed: Bool

    /// Bytes read at a time when looking for newlines.
    private static let stride = 128 * 1024

    /// `nil` with `errno` set when it cannot be opened.
    package init?(_ path: String) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        self.descriptor = descriptor
        self.path = path
        isCompressed = ContentReader.isCompressed(descriptor)
    }

    deinit { close(descriptor) }

    /// As they are now.
    package var facts: FileFacts? { FileFacts(descriptor: descriptor) }

    /// The bytes of a stretch, fewer where the file ends before.
    package func bytes(_ range: Range<Int>) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: max(range.count, 0))
        var count = 0
        while count < bytes.count {
            let start = count
            let got = bytes.withUnsafeMutableBytes {
                pread(descriptor, $0.baseAddress.map { $0 + start }, $0.count - start, off_t(range.lowerBound + start))
            }
            if got < 0, errno == EINTR { continue }
            if got <= 0 { break }
            count += got
        }
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    var isUTF16: Bool {
        let mark = bytes(0..<2)
        return mark == [0xff, 0xfe] || mark == [0xfe, 0xff]
    }

    // MARK: - Which content it is

    /// How a file's content stands to one that was read before.
    enum Likeness {
        case other
        /// The same, and perhaps more.
        case continuation
        /// The same and less: a copy that was made before the rest was written.
        case beginning
    }

    func likeness(to cursor: ContentCursor) -> Likeness {
        if cursor.verified == 0 { return .continuation }
        if isCompressed { return decompressed(checking: cursor).likeness }
        guard let size = facts?.size, size >= cursor.head.bytes,
            fingerprint(0..<cursor.head.bytes) == cursor.head
        else { return .other }
        guard let check = cursor.checks.last(where: { $0.at <= size }),
            fingerprint(check.at - check.tail.bytes..<check.at) == check.tail
        else { return .other }
        return check.at == cursor.verified ? .continuation : .beginning
    }

    /// `nil` when the file does not reach so far.
    func fingerprint(_ range: Range<Int>) -> Fingerprint? {
        guard range.lowerBound >= 0 else { return nil }
        let bytes = bytes(range)
        return bytes.count == range.count ? Fingerprint(of: bytes) : nil
    }

    /// The first bytes of what the file holds, decompressed.
    func head() -> [UInt8] {
        guard isCompressed else { return bytes(0..<Fingerprint.longest) }
        var head: [UInt8] = []
        _ = ContentReader(input(start: 0)).forEachChunk { chunk in
            head += chunk.prefix(Fingerprint.longest - head.count)
            return head.count < Fingerprint.longest
        }
        return head
    }

    /// What a whole compressed file holds.
    struct Decompressed {
        var total = 0
        var head: [UInt8] = []
        var tail: [UInt8] = []
        var likeness = Likeness.other
        var problem: String?
    }

    /// Reads a compressed file to its end, which is done once for each.
    func decompressed(checking cursor: ContentCursor? = nil) -> Decompressed {
        var result = Decompressed()
        var checks = (cursor?.checks ?? [])[...]
        var isOther = false
        result.problem = ContentReader(input(start: 0)).forEachChunk { chunk in
            var rest = chunk[...]
            while !rest.isEmpty {
                // Stops at each check, to look at what came before.
                let piece = rest.prefix(checks.first.map { $0.at - result.total } ?? rest.count)
                rest = rest.dropFirst(piece.count)
                result.total += piece.count
                result.head += piece.prefix(max(0, Fingerprint.longest - result.head.count))
                result.tail += piece.suffix(Fingerprint.longest)
                if result.tail.count > Fingerprint.longest {
                    result.tail.removeFirst(result.tail.count - Fingerprint.longest)
                }
                guard let cursor, let check = checks.first, result.total == check.at else { continue }
                checks.removeFirst()
                isOther =
                    Fingerprint(of: result.tail.suffix(check.tail.bytes)) != check.tail
                    || Fingerprint(of: result.head.prefix(cursor.head.bytes)) != cursor.head
                if isOther { return false }
                result.likeness = checks.isEmpty ? .continuation : .beginning
            }
            return true
        }
        if isOther { result.likeness = .other }
        return result
    }

    func input(start: Int, end: Int? = nil) -> LogInput {
        LogInput(source: path, location: .part(FilePart(descriptor: descriptor, start: start, end: end)))
    }

    // MARK: - Lines

    /// Where the last line that is whole ends, in a stretch.
    func endOfLastLine(in range: Range<Int>) -> Int? {
        var end = range.upperBound
        while end > range.lowerBound {
            let start = max(range.lowerBound, end - Self.stride)
            if let index = bytes(start..<end).lastIndex(of: 0x0a) { return start + index + 1 }
            end = start
        }
        return nil
    }

    /// Where the last whole line ends before `size`; what is too long for a line begins anywhere.
    package func endOfLines(_ size: Int) -> Int {
        endOfLastLine(in: max(0, size - 8 * Self.stride)..<size) ?? (size > 8 * Self.stride ? size : 0)
    }

    /// Where the first line begins that begins at `offset` or after it, before `limit`.
    package func startOfLine(from offset: Int, before limit: Int) -> Int {
        if offset <= 0 { return 0 }
        var start = offset - 1
        while start < limit {
            let piece = bytes(start..<min(start + Self.stride, limit))
            if piece.isEmpty { return limit }
            if let index = piece.firstIndex(of: 0x0a) { return start + index + 1 }
            start += piece.count
        }
        return limit
    }

    package func newlines(in range: Range<Int>) -> Int {
        var start = range.lowerBound
        var count = 0
        while start < range.upperBound {
            let piece = bytes(start..<min(start + Self.stride, range.upperBound))
            if piece.isEmpty { break }
            count += piece.withUnsafeBytes { Self.newlines(in: $0) }
            start += piece.count
        }
        return count
    }

    private static func newlines(in bytes: UnsafeRawBufferPointer) -> Int {
        guard let base = bytes.baseAddress else { return 0 }
        var at = 0
        var count = 0
        while at < bytes.count, let found = memchr(base + at, 0x0a, bytes.count - at) {
            count += 1
            at = UnsafeRawPointer(found) - base + 1
        }
        return count
    }

    /// Where the line begins that has `newlines` newlines between its start and `end`.
    func startOfLine(back newlines: Int, from end: Int, notBefore limit: Int) -> Int {
        var left = newlines
        var upper = end
        while upper > limit {
            let start = max(limit, upper - Self.stride)
            let piece = bytes(start..<upper)
            for index in piece.indices.reversed() where piece[index] == 0x0a {
                if left == 0 { return start + index + 1 }
                left -= 1
            }
            upper = start
        }
        return limit
    }
}
