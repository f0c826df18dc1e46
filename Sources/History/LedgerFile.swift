import Foundation

/// The open, locked file under a ledger. Unlocked and closed when it goes out of scope.
struct LedgerFile: ~Copyable {
    private let descriptor: Int32
    private let path: String

    /// How long to wait for another process, in seconds.
    static let patience = 10

    /// Opens for reading; nil when there is no such file.
    static func forReading(_ path: String) throws(LedgerError) -> LedgerFile? {
        // Without O_NONBLOCK, opening a pipe would wait for a writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        if descriptor < 0 {
            let code = errno
            if code == ENOENT { return nil }
            throw .unreadable(path, code)
        }
        let file = LedgerFile(descriptor: descriptor, path: path)
        try file.requireRegular()
        try file.lock(LOCK_SH)
        return file
    }

    /// Opens for appending, readable by its owner only. Makes the file and its folders where they are missing.
    static func forAppending(_ path: String) throws(LedgerError) -> LedgerFile {
        try makeParentFolders(of: path)
        let descriptor = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0o600)
        if descriptor < 0 {
            let code = errno
            if code == EISDIR || code == ENXIO { throw .notAFile(path) }
            throw .unwritable(path, code)
        }
        let file = LedgerFile(descriptor: descriptor, path: path)
        try file.requireRegular()
        try file.lock(LOCK_EX)
        return file
    }

    private init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit {
        close(descriptor)
    }

    /// Everything in the file, from its beginning.
    func readAll() throws(LedgerError) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            // pread leaves the file's own position alone, so reading twice gives the same.
            let got = buffer.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, off_t(bytes.count)) }
            if got > 0 {
                bytes += buffer[..<got]
            } else if got == 0 {
                return bytes
            } else if errno != EINTR {
                throw .unreadable(path, errno)
            }
        }
    }

    /// Appends with one write(2), so that two writers never mix inside a record, even where locks do nothing.
    func append(_ bytes: [UInt8]) throws(LedgerError) {
        while true {
            let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if written == bytes.count { return }
            if written < 0, errno == EINTR { continue }
            // Part of a record is a torn line; the next append starts on a fresh one. It happens on a full disk.
            throw .unwritable(path, written < 0 ? errno : ENOSPC)
        }
    }

    /// Waits until the records are on the disk: the machine that just crashed may do so again.
    func sync() throws(LedgerError) {
        guard fsync(descriptor) != 0, errno != EINVAL, errno != EROFS else { return }
        throw .unwritable(path, errno)
    }

    private func requireRegular() throws(LedgerError) {
        var info = stat()
        guard fstat(descriptor, &info) == 0 else { throw .unreadable(path, errno) }
        guard info.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path) }
    }

    private func lock(_ operation: Int32) throws(LedgerError) {
        let pause: UInt32 = 20_000
        for _ in 0..<(Self.patience * 1_000_000 / Int(pause)) {
            if flock(descriptor, operation | LOCK_NB) == 0 { return }
            switch errno {
            case EWOULDBLOCK, EINTR: usleep(pause)
            // Some network file systems have no locks. One write(2) per record still keeps records whole.
            default: return
            }
        }
        throw .busy(path, seconds: Self.patience)
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
