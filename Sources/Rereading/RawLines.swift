import Foundation

/// Finds where lines of a plain file begin and end, without making lines of it.
enum RawLines {
    struct Stretch {
        var start: Int
        /// Behind its last line's LF.
        var end: Int
        var lines: ClosedRange<Int>
    }

    /// Whether a newline in the file is one of its lines': neither compressed nor UTF-16.
    static func isPlain(_ descriptor: Int32) -> Bool {
        var mark = [UInt8](repeating: 0, count: 6)
        let count = mark.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
        let others: [[UInt8]] = [
            [0x1f, 0x8b], [0xfd, 0x37, 0x7a, 0x58, 0x5a], [0x28, 0xb5, 0x2f, 0xfd], [0x42, 0x5a, 0x68], [0xff, 0xfe],
            [0xfe, 0xff],
        ]
        return !others.contains { count >= $0.count && mark.starts(with: $0) }
    }

    /// - Parameter ranges: Line numbers in order, which do not overlap. Those that the file does not have are left out.
    static func stretches(of ranges: [ClosedRange<Int>], in descriptor: Int32) -> [Stretch] {
        var walk = Walk(ranges: ranges)
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        var offset = 0
        while !walk.isDone {
            let count = buffer.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, off_t(offset)) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            buffer.withUnsafeBytes { walk.take(UnsafeRawBufferPointer(rebasing: $0[..<count]), at: offset) }
            offset += count
        }
        return walk.finished(at: offset)
    }

    private struct Walk {
        let ranges: [ClosedRange<Int>]
        private var next = 0
        /// The number of the line that the next byte is of, and where it begins.
        private var line = 1
        private var start: Int?
        private var found: [Stretch] = []

        init(ranges: [ClosedRange<Int>]) {
            self.ranges = ranges
            if ranges.first?.lowerBound == 1 { start = 0 }
        }

        var isDone: Bool { next >= ranges.count }

        mutating func take(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
            guard let base = bytes.baseAddress else { return }
            var at = 0
            while !isDone, at < bytes.count, let newline = memchr(base + at, 0x0a, bytes.count - at) {
                at = UnsafeRawPointer(newline) - base + 1
                if line == ranges[next].upperBound, let begun = start {
                    found.append(Stretch(start: begun, end: offset + at, lines: ranges[next]))
                    start = nil
                    next += 1
                }
                line += 1
                if !isDone, line == ranges[next].lowerBound { start = offset + at }
            }
        }

        /// The last range may reach beyond the end of the file.
        func finished(at end: Int) -> [Stretch] {
            guard !isDone, let start, start < end else { return found }
            return found + [Stretch(start: start, end: end, lines: ranges[next])]
        }
    }
}
