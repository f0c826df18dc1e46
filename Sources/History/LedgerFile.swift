import CrashModel
import Foundation
import Gzip

/// The open, locked file under a ledger. Unlocked and closed when it goes out of scope.
struct LedgerFile: ~Copyable {
    let descriptor: Int32
    let path: String
    /// Whether others are kept out; false on a filesystem without locks.
    let isLocked: Bool

    /// How long to wait for another process, in seconds.
    static let patience = 10

    enum Purpose {
        case reading, appending
        /// Another file will take its place.
        case replacing
    }

    /// Opens for reading; nil when there is no such file.
    static func forReading(_ path: String) throws(LedgerError) -> LedgerFile? {
        try opened(path, .reading)
    }

    /// Opens for appending, readable by its owner only. Makes the file and its folders where they are missing.
    static func forAppending(_ path: String) throws(LedgerError) -> LedgerFile {
        try makeParentFolders(of: path)
        guard let file = try opened(path, .appending) else { throw .unwritable(path, ENOENT) }
        if try file.isCompressed() { throw .compressed(path) }
        return file
    }

    /// Opens a file of which the name will be given to another; nil when there is none.
    static func forReplacing(_ path: String) throws(LedgerError) -> LedgerFile? {
        guard let file = try opened(path, .replacing) else { return nil }
        guard file.isLocked else { throw .unlockable(path) }
        if try file.isCompressed() { throw .compressed(path) }
        return file
    }

    private static func opened(_ path: String, _ purpose: Purpose) throws(LedgerError) -> LedgerFile? {
        // Without O_NONBLOCK, opening a pipe would wait for a writer.
        var flags = O_CLOEXEC | O_NONBLOCK
        switch purpose {
        case .reading: flags |= O_RDONLY
        case .appending: flags |= O_RDWR | O_APPEND | O_CREAT
        case .replacing: flags |= O_RDWR
        }
        let most = 100
        for _ in 0..<most {
            let descriptor = open(path, flags, 0o600)
            if descriptor < 0 {
                let code = errno
                if code == ENOENT, purpose != .appending { return nil }
                if purpose == .reading { throw .unreadable(path, code) }
                if code == EISDIR || code == ENXIO { throw .notAFile(path) }
                throw .unwritable(path, code)
            }
            let file = try LedgerFile(taking: descriptor, path: path, purpose == .reading ? LOCK_SH : LOCK_EX)
            // While it waited for the lock, a repair may have given the name to another file.
            if try file.hasItsName() { return file }
        }
        throw .busy(path, seconds: Self.patience)
    }

    private init(taking descriptor: Int32, path: String, _ operation: Int32) throws(LedgerError) {
        do throws(LedgerError) {
            try Self.requireRegular(descriptor, path)
            isLocked = try Self.lock(descriptor, path, operation)
        } catch {
            close(descriptor)
            throw error
        }
        self.descriptor = descriptor
        self.path = path
    }

    deinit {
        close(descriptor)
    }

    /// Whether the path still leads to this file.
    func hasItsName() throws(LedgerError) -> Bool {
        var (own, named) = (stat(), stat())
        guard fstat(descriptor, &own) == 0 else { throw .unreadable(path, errno) }
        return stat(path, &named) == 0 && own.st_ino == named.st_ino && own.st_dev == named.st_dev
    }

    /// What tells this file from one that takes its name later.
    func identity() throws(LedgerError) -> FileIdentity {
        var info = stat()
        guard fstat(descriptor, &info) == 0 else { throw .unreadable(path, errno) }
        return FileIdentity(device: UInt64(truncatingIfNeeded: info.st_dev), inode: UInt64(info.st_ino))
    }

    /// Bytes.
    func size() throws(LedgerError) -> Int {
        var info = stat()
        guard fstat(descriptor, &info) == 0 else { throw .unreadable(path, errno) }
        return Int(info.st_size)
    }

    func mode() -> mode_t {
        var info = stat()
        return fstat(descriptor, &info) == 0 ? info.st_mode & 0o777 : 0o600
    }

    /// A stretch of the file; shorter at its end.
    func bytes(_ range: Range<Int>) throws(LedgerError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: range.count)
        var filled = 0
        while filled < bytes.count {
            let got = bytes.withUnsafeMutableBytes {
                pread(
                    descriptor, $0.baseAddress.map { $0 + filled }, $0.count - filled, off_t(range.lowerBound + filled))
            }
            if got == 0 { break }
            if got > 0 { filled += got } else if errno != EINTR { throw .unreadable(path, errno) }
        }
        return Array(bytes[..<filled])
    }

    /// Whether it is one of those that `history rotate` writes.
    func isCompressed() throws(LedgerError) -> Bool { try bytes(0..<2) == [0x1f, 0x8b] }

    /// Appends with one write(2), so that two writers never mix inside a record, even where locks do nothing.
    ///
    /// What a full disk takes of it is taken back again.
    func append(_ bytes: [UInt8], at size: Int) throws(LedgerError) {
        while true {
            let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if written == bytes.count { return }
            if written < 0, errno == EINTR { continue }
            let code = written < 0 ? errno : ENOSPC
            cutBack(to: size, appended: max(0, written))
            throw .unwritable(path, code)
        }
    }

    /// Takes back what this writer appended and cannot vouch for. Where that fails, the next writer begins on a fresh
    /// line.
    func cutBack(to size: Int, appended: Int) {
        guard isLocked, appended > 0, (try? self.size()) == size + appended else { return }
        while ftruncate(descriptor, off_t(size)) != 0, errno == EINTR {}
    }

    /// Waits until the records are on the disk: the machine that just crashed may do so again.
    func sync() throws(LedgerError) { try Self.sync(descriptor, path) }

    static func sync(_ descriptor: Int32, _ path: String) throws(LedgerError) {
        while fsync(descriptor) != 0 {
            switch errno {
            case EINTR: continue
            // What has no disk behind it.
            case EINVAL, EROFS, ENOTSUP: return
            case let code: throw .unwritable(path, code)
            }
        }
    }

    /// Waits until the name of a file is on the disk.
    static func syncFolder(of path: String) throws(LedgerError) {
        let folder = PathParts(path).folder
        let descriptor = open(folder.isEmpty ? "." : folder, O_RDONLY | O_CLOEXEC | O_DIRECTORY)
        // Not every folder that can be written can be read.
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        try sync(descriptor, path)
    }

    private static func requireRegular(_ descriptor: Int32, _ path: String) throws(LedgerError) {
        var info = stat()
        guard fstat(descriptor, &info) == 0 else { throw .unreadable(path, errno) }
        guard info.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path) }
    }

    /// False where there are no locks.
    private static func lock(_ descriptor: Int32, _ path: String, _ operation: Int32) throws(LedgerError) -> Bool {
        let pause: UInt32 = 5_000
        let deadline = Date().addingTimeInterval(Double(patience))
        repeat {
            if flock(descriptor, operation | LOCK_NB) == 0 { return true }
            switch errno {
            // Not the same pause for all, or some would never be first.
            case EWOULDBLOCK, EINTR: usleep(UInt32.random(in: 500...pause))
            // Some network file systems have no locks. One write(2) per record still keeps records whole.
            default: return false
            }
        } while Date() < deadline
        throw .busy(path, seconds: patience)
    }

    private static func makeParentFolders(of path: String) throws(LedgerError) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: true).dropLast()
        var folder = path.hasPrefix("/") ? "" : "."
        for part in parts {
            folder += "/" + part
            // 0700 is what the XDG base directory specification asks for.
            if mkdir(folder, 0o700) == 0 { continue }
            let code = errno
            var info = stat()
            if stat(folder, &info) == 0, info.st_mode & S_IFMT == S_IFDIR { continue }
            throw .folder(folder, for: path, code)
        }
    }
}

/// Tells one file from another, whatever their names.
struct FileIdentity: Hashable {
    var device: UInt64
    var inode: UInt64
}
