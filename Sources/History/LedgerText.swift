import Foundation
import Gzip

/// One line of a ledger, as it stands there. Its bytes stand only while it is looked at.
struct LedgerText {
    /// 1-based.
    var number: Int
    /// Where it begins, in bytes of the opened-out file.
    var start: Int
    /// Without LF.
    var whole: UnsafeRawBufferPointer
    /// Whether a LF stands behind it, as behind each but a torn one.
    var isEnded: Bool

    /// Without CR, which is forgiven.
    var bare: UnsafeRawBufferPointer {
        whole.last == 0x0d ? UnsafeRawBufferPointer(rebasing: whole.dropLast()) : whole
    }
}

extension LedgerFile {
    /// Why the rest of a compressed file could not be read.
    typealias Stop = String

    /// Gives every line to `body`, in order; the file is never held as a whole.
    ///
    /// - Parameters:
    ///   - offset: Where to begin, at the start of a line; only of a plain file.
    ///   - number: Of the first line.
    /// - Returns: nil, or why a compressed file ends before its end.
    func forEachLine(
        from offset: Int = 0, number: Int = 1, _ body: (LedgerText) throws(LedgerError) -> Void
    ) throws(LedgerError) -> Stop? {
        let isGzip = try isCompressed()
        guard lseek(descriptor, off_t(offset), SEEK_SET) >= 0 else { throw .unreadable(path, errno) }
        // The copy shares the lock, and closing it leaves the lock alone.
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw .unreadable(path, errno) }
        var reader: GzipReader
        do { reader = try GzipReader(descriptor: copy, isGzip: isGzip) } catch { throw .unreadable(path, error) }
        var cutter = LineCutter(start: offset, number: number)
        while true {
            let got: Int
            do {
                got = try cutter.fill { room throws(GzipError) in try reader.read(into: room) }
            } catch {
                guard isGzip else { throw .unreadable(path, error) }
                try cutter.rest(body)
                return error.description
            }
            if got == 0 {
                try cutter.rest(body)
                return nil
            }
            try cutter.lines(body)
        }
    }
}

/// Cuts what comes in blocks into lines.
private struct LineCutter {
    private var buffer = [UInt8](repeating: 0, count: 1 << 20)
    private var filled = 0
    /// Of what is filled, this much is known to hold no LF.
    private var searched = 0
    private var start: Int
    private var number: Int

    init(start: Int, number: Int) { (self.start, self.number) = (start, number) }

    mutating func fill(_ read: (UnsafeMutableRawBufferPointer) throws(GzipError) -> Int) throws(GzipError) -> Int {
        if filled == buffer.count { buffer += [UInt8](repeating: 0, count: buffer.count) }
        let from = filled
        let outcome: Result<Int, GzipError> = buffer.withUnsafeMutableBytes { room in
            do throws(GzipError) {
                return .success(try read(UnsafeMutableRawBufferPointer(rebasing: room[from...])))
            } catch {
                return .failure(error)
            }
        }
        let got = try outcome.get()
        filled += got
        return got
    }

    /// Gives away the whole lines and keeps what is left.
    mutating func lines(_ body: (LedgerText) throws(LedgerError) -> Void) throws(LedgerError) {
        var begin = 0
        let (filled, searched, number, start) = (filled, searched, number, start)
        var count = 0
        let outcome: Result<Void, LedgerError> = buffer.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return .success(()) }
            var from = searched
            while from < filled, let found = memchr(base + from, 0x0a, filled - from) {
                let end = UnsafeRawPointer(found) - base
                let line = LedgerText(
                    number: number + count, start: start + begin,
                    whole: UnsafeRawBufferPointer(start: base + begin, count: end - begin), isEnded: true)
                do throws(LedgerError) { try body(line) } catch { return .failure(error) }
                count += 1
                begin = end + 1
                from = begin
            }
            return .success(())
        }
        try outcome.get()
        self.number += count
        self.start += begin
        if begin > 0 {
            buffer.withUnsafeMutableBytes { bytes in
                guard let base = bytes.baseAddress else { return }
                memmove(base, base + begin, filled - begin)
            }
        }
        self.filled = filled - begin
        self.searched = self.filled
    }

    /// Gives away what no LF ended.
    mutating func rest(_ body: (LedgerText) throws(LedgerError) -> Void) throws(LedgerError) {
        guard filled > 0 else { return }
        let (filled, number, start) = (filled, number, start)
        let outcome: Result<Void, LedgerError> = buffer.withUnsafeBytes { bytes in
            let whole = UnsafeRawBufferPointer(rebasing: bytes[..<filled])
            do throws(LedgerError) {
                try body(LedgerText(number: number, start: start, whole: whole, isEnded: false))
                return .success(())
            } catch { return .failure(error) }
        }
        try outcome.get()
        self.filled = 0
    }
}
