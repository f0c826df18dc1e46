import Gzip

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The folder of segments: which there are, how much they take, and the lock that keeps a second recorder out.
///
/// Used by one thread. docs/recording.md describes the files.
final class SegmentFolder {
    private let path: String
    private var folder: Int32
    private var lock: Int32
    /// Bytes that all segments may take.
    private let keep: Int
    /// Finished segments, oldest first.
    private var finished: [Segment] = []
    private var number = 1

    private(set) var current: Int32 = -1
    private(set) var currentSize = 0
    private var currentName = ""

    struct Segment {
        var name: String
        var size: Int

        var isCompressed: Bool { name.hasSuffix(".gz") }
    }

    private static let part = ".part"

    /// Makes the folder where it is missing, and locks it.
    init(path: String, keep: Int) throws(RecorderError) {
        self.path = path
        self.keep = keep
        (folder, lock) = try Self.enter(path)
        readNames()
    }

    /// Makes the folder where it is missing, opens and locks it.
    private static func enter(_ path: String) throws(RecorderError) -> (folder: Int32, lock: Int32) {
        guard makeFolders(path) else { throw .folder(path, errno) }
        let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw .folder(path, errno) }
        let lock = openat(folder, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard lock >= 0 else {
            let code = errno
            close(folder)
            throw .folder(path, code)
        }
        guard take(lock) else {
            let owner = readPid(lock)
            close(lock)
            close(folder)
            throw .locked(path, by: owner)
        }
        let pid = "\(getpid())\n"
        ftruncate(lock, 0)
        _ = pid.withCString { pwrite(lock, $0, strlen($0), 0) }
        return (folder, lock)
    }

    /// Whether somebody deleted the file that is written: what is appended to it now is never seen again.
    var isDeleted: Bool {
        var status = stat()
        return current >= 0 && fstat(current, &status) == 0 && status.st_nlink == 0
    }

    /// Begins anew where the files were deleted, perhaps with their folder.
    func startOver() throws(RecorderError) {
        for descriptor in [current, lock, folder] where descriptor >= 0 { close(descriptor) }
        (current, currentSize) = (-1, 0)
        (folder, lock) = (-1, -1)
        (folder, lock) = try Self.enter(path)
        finished = []
        readNames()
    }

    deinit {
        for descriptor in [current, lock, folder] where descriptor >= 0 { close(descriptor) }
    }

    /// Whoever asks for the state of the recorder holds the lock for an instant.
    private static func take(_ lock: Int32) -> Bool {
        for _ in 0..<5 {
            if flock(lock, LOCK_EX | LOCK_NB) == 0 { return true }
            usleep(50_000)
        }
        return false
    }

    private static func makeFolders(_ path: String) -> Bool {
        if mkdir(path, 0o755) == 0 || errno == EEXIST { return true }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return false }
        return makeFolders(String(path[..<slash])) && (mkdir(path, 0o755) == 0 || errno == EEXIST)
    }

    private static func readPid(_ lock: Int32) -> Int? {
        var buffer = [UInt8](repeating: 0, count: 32)
        let count = pread(lock, &buffer, buffer.count, 0)
        return Int(String(decoding: buffer.prefix(max(0, count)), as: UTF8.self).prefix { $0.isNumber })
    }

    /// What an earlier recorder left, whatever ended it.
    private func readNames() {
        guard let list = opendir(path) else { return }
        defer { closedir(list) }
        var names: [String] = []
        while let entry = readdir(list) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            // What is not the recorder's own it neither counts nor deletes.
            guard let segment = Self.segmentName(name), isRegularFile(name) else { continue }
            if segment == name {
                names.append(name)
            } else {
                // A compression that was cut off; the plain segment is still there.
                unlinkat(folder, name, 0)
            }
        }
        let compressed = Set(names.filter { $0.hasSuffix(".gz") })
        for name in names.sorted(by: Self.isOlder) {
            if compressed.contains(name + ".gz") {
                // Compressed, but not yet deleted.
                unlinkat(folder, name, 0)
                continue
            }
            var status = stat()
            guard fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
            finished.append(Segment(name: name, size: Int(status.st_size)))
            if let past = Self.number(in: name) { number = max(number, past + 1) }
        }
    }

    private func isRegularFile(_ name: String) -> Bool {
        var status = stat()
        return fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// Of a segment and of what becomes of it while it is compressed; nil for any other name.
    private static func segmentName(_ name: String) -> String? {
        let plain = name.hasSuffix(".gz" + part) ? String(name.dropLast(part.count)) : name
        return number(in: plain) == nil ? nil : plain
    }

    /// More segments than can ever be written.
    private static let highest = 1 << 53

    /// `20261121T182546Z-000017.jsonl` is 17; nil for a name that no recorder gives.
    static func number(in name: String) -> Int? {
        guard let dash = name.firstIndex(of: "-"), let dot = name.firstIndex(of: "."), dash < dot else { return nil }
        guard ["jsonl", "jsonl.gz"].contains(String(name[name.index(after: dot)...])) else { return nil }
        let time = name[..<dash].utf8.map { 0x30...0x39 ~= $0 ? UInt8(ascii: "0") : $0 }
        guard time.elementsEqual("00000000T000000Z".utf8) else { return nil }
        let digits = name[name.index(after: dash)..<dot]
        guard digits.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let number = Int(digits), number < highest else {
            return nil
        }
        return number
    }

    /// By number, since the clock may have been set back between two of them.
    private static func isOlder(_ a: String, _ b: String) -> Bool {
        (number(in: a) ?? 0, a) < (number(in: b) ?? 0, b)
    }

    // MARK: - Writing

    /// Begins a new segment; returns an `errno`, or 0.
    func openSegment(at time: timespec) -> Int32 {
        let civil = CivilTime(time)
        func padded(_ value: Int, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let date = padded(civil.year, 4) + padded(civil.month, 2) + padded(civil.day, 2)
        let clock = padded(civil.hour, 2) + padded(civil.minute, 2) + padded(civil.second, 2)
        let name = "\(date)T\(clock)Z-\(padded(number, 6)).jsonl"
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC
        var descriptor = folder >= 0 ? openat(folder, name, flags, 0o644) : -1
        if descriptor < 0, folder < 0 || errno == ENOENT {
            // The folder itself was deleted.
            guard (try? startOver()) != nil else { return ENOENT }
            descriptor = openat(folder, name, flags, 0o644)
        }
        guard descriptor >= 0 else { return errno }
        number += 1
        current = descriptor
        currentName = name
        currentSize = 0
        fsync(folder)
        return 0
    }

    /// Appends; returns how many bytes were taken, or minus an `errno`.
    func append(_ bytes: UnsafeRawBufferPointer) -> Int {
        let written = write(current, bytes.baseAddress, bytes.count)
        guard written >= 0 else { return -Int(errno) }
        currentSize += written
        return written
    }

    /// Brings what was appended to the disk; returns an `errno`, or 0.
    func sync() -> Int32 {
        #if os(Linux)
            let result = fdatasync(current)
        #else
            let result = fsync(current)
        #endif
        return result == 0 ? 0 : errno
    }

    /// Ends the segment that is written.
    func finishSegment() {
        guard current >= 0 else { return }
        fsync(current)
        close(current)
        current = -1
        finished.append(Segment(name: currentName, size: currentSize))
        currentSize = 0
    }

    /// Takes the segment away that was just begun, since not even its header could be written.
    func discardSegment() {
        close(current)
        current = -1
        currentSize = 0
        unlinkat(folder, currentName, 0)
    }

    // MARK: - Bounds

    /// Deletes the oldest segments until all of them fit.
    func keepWithinBounds() {
        var total = finished.reduce(currentSize) { $0 + $1.size }
        while total > keep, let oldest = finished.first {
            unlinkat(folder, oldest.name, 0)
            total -= oldest.size
            finished.removeFirst()
        }
    }

    /// Deletes the oldest segment, for a disk that is full; false when only the newest are left.
    func giveUpOldest() -> Bool {
        guard finished.count > 1, let oldest = finished.first else { return false }
        unlinkat(folder, oldest.name, 0)
        finished.removeFirst()
        return true
    }

    /// What finished segments take that are not compressed yet, in bytes.
    var plainSize: Int { finished.lazy.filter { !$0.isCompressed }.reduce(0) { $0 + $1.size } }

    /// Compresses the oldest plain segment; false when there was none, or it could not be done now.
    func compressOne() -> Bool {
        guard let place = finished.firstIndex(where: { !$0.isCompressed }) else { return false }
        let name = finished[place].name
        let target = name + ".gz"
        let part = target + Self.part
        // Never a pipe, which would be waited for, nor what a link leads to.
        let source = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
        guard source >= 0 else {
            finished.remove(at: place)
            return false
        }
        defer { close(source) }
        let output = openat(folder, part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard output >= 0 else { return false }
        defer { close(output) }
        var status = stat()
        do {
            try GzipWriter.compress(from: source, to: output)
        } catch {
            unlinkat(folder, part, 0)
            return false
        }
        guard fsync(output) == 0, fstat(output, &status) == 0, renameat(folder, part, folder, target) == 0 else {
            unlinkat(folder, part, 0)
            return false
        }
        unlinkat(folder, name, 0)
        fsync(folder)
        finished[place] = Segment(name: target, size: Int(status.st_size))
        return true
    }
}
