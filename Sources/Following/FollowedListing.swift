import Foundation
import Logs
import Sweeping

/// Which files the paths name by now, and which of those are pieces of logs that were read under another name.
struct FollowedListing {
    /// Named each by itself, whether there or not.
    private(set) var named: [String] = []
    /// Folders and patterns.
    private(set) var places: [String] = []
    /// Standard input, pipes and devices.
    private(set) var streams: [String] = []
    /// Patterns that match nothing yet.
    var withoutMatch: [String] = []
    private var listedAt = -Double.infinity
    private var cost = 0.0
    /// Contents that were read under another name and let go, and how far they were read.
    private var done: [FileIdentity: (head: [UInt8], position: Int)] = [:]
    /// Contents that were emptied, by family of names: their copies are no new logs.
    private var emptied: [String: [ContentMark]] = [:]
    /// Files of folders that are not read, so that their changes mean nothing.
    var passedOver: Set<String> = []
    /// When flight recorder dumps changed last.
    var dumps: [String: FileFacts] = [:]

    /// Seconds between two listings where events tell of new names, and where none does.
    static let every = 5.0
    static let everyPolled = 1.0

    init(_ paths: [String]) {
        for path in paths {
            var status = stat()
            if path == "-" {
                streams.append(path)
            } else if stat(path, &status) == 0 {
                switch status.st_mode & S_IFMT {
                case S_IFDIR: places.append(path)
                case S_IFREG: named.append(path)
                default: streams.append(path)
                }
            } else if Glob.isPattern(path) {
                places.append(path)
            } else {
                named.append(path)
            }
        }
    }

    /// Whether only streams are followed.
    var isEmpty: Bool { named.isEmpty && places.isEmpty }

    func isDue(now: Double, isHinted: Bool, isPolled: Bool) -> Bool {
        guard !places.isEmpty else { return false }
        let least = isHinted ? 0.1 : isPolled ? Self.everyPolled : Self.every
        return now - listedAt >= max(least, 20 * cost)
    }

    mutating func note(at now: Double, seconds: Double) {
        listedAt = now
        cost = seconds
    }

    // MARK: - What was read under another name

    /// A content that is not in its file any more; a copy of it may be.
    mutating func remember(emptied mark: ContentMark, of path: String) {
        emptied[FileFamily.key(of: path), default: []].append(mark)
        if let count = emptied[FileFamily.key(of: path)]?.count, count > 16 {
            emptied[FileFamily.key(of: path)]?.removeFirst()
        }
    }

    /// A content that is not followed any more, or not yet.
    mutating func remember(_ identity: FileIdentity, head: [UInt8], position: Int) {
        // Beyond this many an old one is read again, which is better than to pass over a new one.
        if done.count > 10_000 { done.removeAll() }
        done[identity] = (head, position)
    }

    /// How a file whose name nobody knows stands to what was read.
    enum Standing: Equatable {
        case new
        /// It was read so far.
        case read(Int)
        /// It holds the same as the beginning of another, so far.
        case copy
    }

    /// - Parameter present: what is followed at present in the same family of names.
    func standing(of log: borrowing OpenLog, _ facts: FileFacts, _ path: String, present: [ContentMark]) -> Standing {
        let head = log.bytes(0..<ContentMark.headBytes)
        // A number may be used again: by a file that begins otherwise, or is shorter.
        if let old = done[facts.identity], facts.size >= old.position, head.starts(with: old.head) {
            return .read(old.position)
        }
        let marks = present + (emptied[FileFamily.key(of: path)] ?? [])
        return marks.contains { $0.fits(log, facts.size, head: head) } ? .copy : .new
    }
}

/// What tells a content from others: its first bytes, and what stands before some places in it.
struct ContentMark {
    static let headBytes = 1024
    /// Bytes that are kept before a place.
    static let checkBytes = 64
    private static let mostChecks = 32

    private(set) var head: [UInt8] = []
    private(set) var checks: [(at: Int, bytes: [UInt8])] = []

    mutating func note(head: [UInt8]) { self.head = head }

    mutating func note(_ bytes: [UInt8], before at: Int) {
        checks.append((at, bytes))
        if checks.count > Self.mostChecks { checks.removeFirst() }
    }

    /// Whether a file holds this content, or its beginning.
    func fits(_ log: borrowing OpenLog, _ size: Int, head other: [UInt8]) -> Bool {
        let common = min(head.count, other.count)
        guard common > 0, head.prefix(common) == other.prefix(common) else { return false }
        // Logs of several ranks begin alike: what they have read since must be the same, too.
        guard let check = checks.last(where: { $0.at <= size }) else { return size <= Self.headBytes }
        return log.bytes(check.at - check.bytes.count..<check.at) == check.bytes
    }
}

/// How many files may be open.
enum FileLimit {
    static func raise() {
        var limit = rlimit()
        #if os(Linux)
            let which = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
            let which = RLIMIT_NOFILE
        #endif
        guard getrlimit(which, &limit) == 0, limit.rlim_cur < limit.rlim_max else { return }
        limit.rlim_cur = min(limit.rlim_max, 65_536)
        setrlimit(which, &limit)
    }
}
