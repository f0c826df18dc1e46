import Foundation

/// A new file that gets its name only when it is whole and on the disk. Goes away where that does not happen.
struct FileReplacement: ~Copyable {
    let descriptor: Int32
    private let ledger: String
    private let target: String
    private let temporary: String
    private var buffer: [UInt8] = []
    private var isDone = false

    /// - Parameters:
    ///   - target: The name that it gets.
    ///   - ledger: The ledger that all this is about, for the errors.
    init(_ target: String, mode: mode_t = 0o600, of ledger: String) throws(LedgerError) {
        self.ledger = ledger
        self.target = target
        temporary = target + ".new-\(UInt32.random(in: 0...UInt32.max))"
        descriptor = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .beside(temporary, of: ledger, errno) }
        fchmod(descriptor, mode)
    }

    deinit {
        close(descriptor)
        if !isDone { unlink(temporary) }
    }

    mutating func write(_ bytes: some Sequence<UInt8>) throws(LedgerError) {
        buffer += bytes
        if buffer.count >= 1 << 20 { try flush() }
    }

    mutating func flush() throws(LedgerError) {
        var done = 0
        while done < buffer.count {
            let written = buffer.withUnsafeBytes { bytes in
                bytes.baseAddress.map { Foundation.write(descriptor, $0 + done, bytes.count - done) } ?? 0
            }
            if written > 0 { done += written } else if errno != EINTR { throw .beside(target, of: ledger, errno) }
        }
        buffer.removeAll(keepingCapacity: true)
    }

    /// Takes the place of whatever has the name.
    consuming func replace() throws(LedgerError) {
        try finish()
        guard rename(temporary, target) == 0 else { throw .beside(target, of: ledger, errno) }
        isDone = true
        try LedgerFile.syncFolder(of: target)
    }

    /// Takes the name if nothing has it.
    ///
    /// - Returns: whether it was free.
    mutating func takeFreeName() throws(LedgerError) -> Bool {
        try finish()
        // Unlike rename(2), link(2) never takes the place of another.
        if link(temporary, target) != 0 {
            if errno == EEXIST { return false }
            throw .beside(target, of: ledger, errno)
        }
        unlink(temporary)
        isDone = true
        try LedgerFile.syncFolder(of: target)
        return true
    }

    private mutating func finish() throws(LedgerError) {
        try flush()
        do { try LedgerFile.sync(descriptor, target) } catch { throw .beside(target, of: ledger, errno) }
    }
}

extension LedgerFile {
    /// The file behind links: to rename onto a link would replace the link.
    func realPath() -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
