import Gzip
public import Foundation
import Gzip

/// One file of a recording.
public struct RecordingSegment: Sendable, Hashable {
    public var path: String
    /// Grows with every segment, whatever the clock does.
    public var number: Int
    /// By its name: the clock when its first line was written.
    public var start: Date
    public var isCompressed: Bool
    /// On the disk.
    public var bytes: Int

    /// Bytes of the largest segment that is read, opened out. A recorder begins a new one after 4 MiB.
    static let largest = 64 << 20

    /// Nil for the name of any other file.
    init?(name: String, folder: String, bytes: Int) {
        var stem = Substring(name)
        isCompressed = stem.hasSuffix(".gz")
        if isCompressed { stem = stem.dropLast(3) }
        guard stem.hasSuffix(".jsonl") else { return nil }
        stem = stem.dropLast(6)
        let parts = stem.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let start = RecordedInstant.parse(segmentName: parts[0]),
            parts[1].allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int(parts[1])
        else { return nil }
        path = folder + "/" + name
        self.number = number
        self.start = start
        self.bytes = bytes
    }

    /// All of a folder, in the order of writing.
    static func list(_ folder: String) throws(RecordingError) -> [RecordingSegment] {
        let descriptor = Foundation.open(folder, O_RDONLY | O_CLOEXEC | O_DIRECTORY)
        guard descriptor >= 0 else {
            let code = errno
            throw code == ENOENT ? .missing(folder) : .unreadable(folder, code)
        }
        close(descriptor)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        var byStem: [String: RecordingSegment] = [:]
        for name in names {
            var info = stat()
            guard stat(folder + "/" + name, &info) == 0, info.st_mode & S_IFMT == S_IFREG,
                let segment = RecordingSegment(name: name, folder: folder, bytes: Int(clamping: info.st_size))
            else { continue }
            // Both are there when the recorder was stopped between compressing and removing: the plain one is whole.
            let stem = segment.isCompressed ? String(name.dropLast(3)) : name
            if let other = byStem[stem], !other.isCompressed { continue }
            byStem[stem] = segment
        }
        return byStem.values.sorted { ($0.number, $0.start, $0.path) < ($1.number, $1.start, $1.path) }
    }

    /// Opens it; nil when it was deleted meanwhile. One that was compressed meanwhile is opened in its new form.
    func open() throws(SegmentProblem) -> GzipReader? {
        for (path, isGzip) in isCompressed ? [(path, true)] : [(path, false), (path + ".gz", true)] {
            // Without O_NONBLOCK, opening a pipe would wait for a writer.
            let descriptor = Foundation.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
            if descriptor >= 0 {
                do throws(GzipError) {
                    return try GzipReader(descriptor: descriptor, isGzip: isGzip, most: Self.largest)
                } catch {
                    throw SegmentProblem(reason: error.description)
                }
            }
            if errno != ENOENT {
                throw SegmentProblem(reason: "it cannot be read: \(String(cString: strerror(errno)))")
            }
        }
        return nil
    }
}

/// Why a segment cannot be read; the others are.
struct SegmentProblem: Error {
    let reason: String
}
