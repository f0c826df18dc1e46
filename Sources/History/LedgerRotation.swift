import CrashModel
public import Foundation
import Gzip

/// What `history rotate` did.
public struct LedgerRotation: Sendable, Hashable {
    /// How many records were moved, and how many are left.
    public var moved: Int
    public var kept: Int
    /// Where they are now; nil when nothing had to be moved.
    public var file: String?
    /// Of the ledger afterwards, in bytes.
    public var size: Int
}

extension Ledger {
    /// Which records are to be moved away.
    public enum RotationRule: Sendable, Hashable {
        /// Those of before.
        case before(Date)
        /// The oldest, until the rest takes at most so many bytes.
        case keep(bytes: Int)
    }

    /// Moves old records into `ledger-20260301T120000Z.jsonl.gz` beside the ledger. Nothing is lost: the archive is read
    /// back and compared before the ledger gets shorter, and ``read(fingerprints:archives:)`` reads it on request.
    ///
    /// Resolutions are small and are what the next report tells, so they stay, unless nothing else is left to move.
    /// Damaged lines stay too.
    public func rotate(_ rule: RotationRule, now: Date) throws(LedgerError) -> LedgerRotation {
        guard let file = try LedgerFile.forReplacing(path) else { throw .missing(path) }
        let size = try file.size()
        let (movable, records) = try Self.movable(file)
        let leaving = Self.leaving(movable, rule, size: size)
        if leaving.isEmpty { return LedgerRotation(moved: 0, kept: records, file: nil, size: size) }

        let place = file.realPath()
        var kept = try FileReplacement(place, mode: file.mode(), of: path)
        var moved = try FileReplacement(place + ".moving", of: path)
        var (movedBytes, movedSum): (Int, UInt32) = (0, 0)
        _ = try file.forEachLine { line throws(LedgerError) in
            if leaving.contains(line.number) {
                let bytes = Array(line.whole) + [UInt8(ascii: "\n")]
                movedBytes += bytes.count
                movedSum = bytes.withUnsafeBytes { CRC32.of($0, after: movedSum) }
                try moved.write(bytes)
            } else {
                try kept.write(line.whole)
                if line.isEnded { try kept.write(CollectionOfOne(UInt8(ascii: "\n"))) }
            }
        }
        try moved.flush()
        let name = try archive(moved.descriptor, beside: place, bytes: movedBytes, sum: movedSum, now: now)
        try kept.flush()
        var info = stat()
        fstat(kept.descriptor, &info)
        try kept.replace()
        return LedgerRotation(
            moved: leaving.count, kept: records - leaving.count, file: name, size: Int(info.st_size))
    }

    private struct Movable {
        var number: Int
        var bytes: Int
        var time: Date
        var isResolution: Bool
    }

    private static func movable(_ file: borrowing LedgerFile) throws(LedgerError) -> ([Movable], records: Int) {
        var judge = LineJudge()
        var lines: [Movable] = []
        var records = 0
        _ = try file.forEachLine { line throws(LedgerError) in
            let isResolution: Bool
            switch judge.judge(line.bare) {
            case .empty, .damaged: return
            case .resolution: isResolution = true
            case .incident, .opaque: isResolution = false
            }
            records += 1
            guard let time = judge.outline.date("first_seen") ?? judge.outline.date("recorded_at") else { return }
            lines.append(
                Movable(number: line.number, bytes: line.whole.count + 1, time: time, isResolution: isResolution))
        }
        return (lines, records)
    }

    private static func leaving(_ lines: [Movable], _ rule: RotationRule, size: Int) -> Set<Int> {
        switch rule {
        case .before(let date): return Set(lines.filter { !$0.isResolution && $0.time < date }.map(\.number))
        case .keep(let bytes):
            var (left, leaving) = (size, Set<Int>())
            let order = lines.sorted {
                $0.isResolution != $1.isResolution
                    ? $1.isResolution : ($0.time, $0.number) < ($1.time, $1.number)
            }
            for line in order {
                if left <= bytes { break }
                left -= line.bytes
                leaving.insert(line.number)
            }
            return leaving
        }
    }

    /// Compresses what stands in `source`, and reads it back before it gets its name.
    private func archive(
        _ source: Int32, beside place: String, bytes: Int, sum: UInt32, now: Date
    ) throws(LedgerError) -> String {
        let folder = PathParts(place).folder
        let stem = LedgerArchive.stem(of: place) + "-" + LedgerArchive.stamp(now)
        var number = 0
        while true {
            number += 1
            let name = PathParts.path(
                of: stem + (number == 1 ? "" : "-\(number)") + LedgerArchive.suffix, in: folder)
            var target = try FileReplacement(name, of: path)
            lseek(source, 0, SEEK_SET)
            do throws(GzipError) {
                try GzipWriter.compress(from: source, to: target.descriptor)
                // What is not there to the last byte is not taken from the ledger.
                if try Self.reread(target.descriptor) != (bytes, sum) { throw .system("it reads back otherwise", EIO) }
            } catch {
                throw .beside(name, of: path, error.code ?? EIO)
            }
            if try target.takeFreeName() { return name }
        }
    }

    /// Length and checksum of what a compressed file holds.
    private static func reread(_ descriptor: Int32) throws(GzipError) -> (Int, UInt32) {
        lseek(descriptor, 0, SEEK_SET)
        var reader = try GzipReader(descriptor: fcntl(descriptor, F_DUPFD_CLOEXEC, 0), isGzip: true)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 8)
        defer { buffer.deallocate() }
        var (bytes, sum): (Int, UInt32) = (0, 0)
        while true {
            let got = try reader.read(into: buffer)
            if got == 0 { return (bytes, sum) }
            bytes += got
            sum = CRC32.of(UnsafeRawBufferPointer(rebasing: buffer[..<got]), after: sum)
        }
    }
}
