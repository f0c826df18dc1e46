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
    /// Contents that were read and let go, by what tells them from a new file that got their number.
    private var done: [FileIdentity: [UInt8]] = [:]
    /// The first bytes of contents that were emptied or renamed, by family of names.
    private var heads: [String: [[UInt8]]] = [:]
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

    mutating func remember(head: [UInt8], of path: String) {
        guard !head.isEmpty else { return }
        heads[FileFamily.key(of: path), default: []].append(head)
        if let count = heads[FileFamily.key(of: path)]?.count, count > 16 {
            heads[FileFamily.key(of: path)]?.removeFirst()
        }
    }

    mutating func remember(_ content: OpenContent) { remember(content.identity, head: content.head) }

    mutating func remember(_ identity: FileIdentity, head: [UInt8]) {
        // Beyond this many an old one is read again, which is better than to pass over a new one.
        if done.count > 10_000 { done.removeAll() }
        done[identity] = head
    }

    func isKnown(_ identity: FileIdentity) -> Bool { done[identity] != nil }

    /// How a file whose name nobody knows stands to what was read.
    enum Standing {
        case new, known, copy
        /// Too little of it is there to tell.
        case open
    }

    /// - Parameters:
    ///   - head: its first bytes.
    ///   - present: the first bytes of what is followed at present in the same family of names.
    func standing(of identity: FileIdentity, _ path: String, head: [UInt8], present: [[UInt8]]) -> Standing {
        if let old = done[identity], !old.isEmpty, head.starts(with: old) || old.starts(with: head) { return .known }
        for other in present + (heads[FileFamily.key(of: path)] ?? []) where !other.isEmpty {
            let common = min(other.count, head.count)
            guard head.prefix(common) == other.prefix(common) else { continue }
            if head.count < min(256, other.count) { return .open }
            return .copy
        }
        return .new
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
