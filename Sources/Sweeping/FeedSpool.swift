import Foundation
import Logs

/// Where what a source gives entry by entry is kept until it is read, and as the evidence to look at afterwards: a file of
/// lines beside the state, which the sweep then reads as it reads any log.
///
/// The last line says where to go on. So there is no second place to remember it in, and a sweep that was killed at any
/// moment has lost nothing and doubled nothing.
struct FeedSpool {
    /// Bytes after which a new file is begun, once all is read; after four times as many in the middle of a failure too.
    var enough = 16 << 20
    /// The longest line; journald's own are shorter unless a program insists.
    static let longestLine = 256 * 1024

    let path: String
    var olderPath: String { path + ".1" }

    init(folder: String, name: String) throws(FeedProblem) {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw FeedProblem("cannot make the folder \(folder), where what is read is kept")
        }
        path = folder + "/" + name
    }

    /// What is there to be read, the older piece first.
    var paths: [String] { [olderPath, path].filter { FileFacts(path: $0) != nil } }

    /// The last entry that was kept.
    func lastEntry() -> JournalEntry? {
        for path in [path, olderPath] {
            guard let log = OpenLog(path), let size = log.facts?.size, size > 0 else { continue }
            let tail = log.bytes(max(0, size - 2 * Self.longestLine)..<size)
            for line in tail.split(separator: 0x0a).suffix(1000).reversed() {
                if let entry = JournalEntry(Array(line)) { return entry }
            }
        }
        return nil
    }

    /// Removes what a sweep that was killed left of a line.
    func mend() throws(FeedProblem) {
        guard let log = OpenLog(path), let size = log.facts?.size, size > 0 else { return }
        let whole = log.endOfLastLine(in: 0..<size) ?? 0
        if whole < size, truncate(path, off_t(whole)) != 0 { throw problem() }
    }

    /// Begins a new file where the present one is large and was read. The older piece goes, and with it what was
    /// remembered of it.
    func rotate(_ state: inout SweepState, now: Date) {
        guard let facts = FileFacts(path: path), facts.size >= enough else { return }
        let cursor = state.cursors.first { $0.facts.identity == facts.identity && $0.missingSince == nil }
        let isOpen = cursor?.openUntil.map { now < $0 } ?? false
        let isRead = cursor.map { $0.position >= facts.size && $0.heldSince == nil } ?? false
        guard (isRead && !isOpen) || facts.size / 4 >= enough else { return }
        if let old = FileFacts(path: olderPath) { state.forget(old.identity) }
        _ = rename(path, olderPath)
    }

    /// Lines on their way into the file.
    struct Writer: ~Copyable {
        private let spool: FeedSpool
        private let descriptor: Int32
        private var pending: [UInt8] = []
        private(set) var bytes = 0

        init(_ spool: FeedSpool) throws(FeedProblem) {
            self.spool = spool
            descriptor = open(spool.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
            guard descriptor >= 0 else { throw spool.problem() }
        }

        deinit { close(descriptor) }

        mutating func append(_ line: [UInt8]) throws(FeedProblem) {
            pending += line
            pending.append(0x0a)
            bytes += line.count + 1
            if pending.count >= FeedSpool.longestLine { try flush() }
        }

        /// - Parameter written: when the last line was, which becomes the file's time: whether a failure may still go on
        ///   depends on that, not on when it was fetched.
        mutating func finish(written: Date?, now: Date) throws(FeedProblem) {
            try flush()
            guard bytes > 0 else { return }
            _ = fsync(descriptor)
            let seconds = min(written ?? now, now).timeIntervalSince1970
            guard seconds > 0, seconds < 1e11 else { return }
            let time = timespec(tv_sec: Int(seconds), tv_nsec: 0)
            _ = [time, time].withUnsafeBufferPointer { futimens(descriptor, $0.baseAddress) }
        }

        private mutating func flush() throws(FeedProblem) {
            let before = lseek(descriptor, 0, SEEK_END)
            var rest = pending[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else {
                    let problem = spool.problem()
                    _ = ftruncate(descriptor, before)
                    throw problem
                }
                rest = rest.dropFirst(count)
            }
            pending.removeAll(keepingCapacity: true)
        }
    }

    private func problem() -> FeedProblem {
        FeedProblem("cannot write \(path), where what is read is kept: \(String(cString: strerror(errno)))")
    }
}

/// Why nothing, or not all, could be had of a source.
struct FeedProblem: Error, Hashable {
    var message: String

    init(_ message: String) {
        self.message = message
    }
}

extension SweepState {
    /// Gives up what is remembered of a file that is about to be removed on purpose.
    mutating func forget(_ identity: FileIdentity) {
        cursors.removeAll { $0.facts.identity == identity }
    }
}
