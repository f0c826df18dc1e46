import Foundation
import Logs

/// Finds out which content each file holds: one that was read before, wherever it stood then, or a new one.
struct ContentMatcher {
    enum Match: Hashable {
        /// Nothing was written since, and all was read.
        case unchanged(Int)
        /// The content of a cursor, with more behind it or in another file than before.
        case continued(Int)
        case new
        /// The same as another file so far: a copy on its way to take its place.
        case copy(of: String)
        /// It may have been a copy: what it would be one of was emptied, moved or removed since the files were listed. The
        /// next sweep knows.
        case unsettled
        /// It went away or cannot be opened; `nil` when that is nothing to tell.
        case unreadable(String?)
    }

    struct File {
        var path: String
        var facts: FileFacts
    }

    private let cursors: [ContentCursor]
    private let files: [File]
    private var matches: [Match?]
    private var taken: Set<Int> = []

    static func match(_ files: [File], to cursors: [ContentCursor]) -> [Match] {
        var matcher = ContentMatcher(cursors: cursors, files: files)
        matcher.matchByIdentity()
        matcher.matchByContent()
        matcher.setCopiesAside()
        return matcher.matches.map { $0 ?? .new }
    }

    private init(cursors: [ContentCursor], files: [File]) {
        self.cursors = cursors
        self.files = files
        matches = Array(repeating: nil, count: files.count)
    }

    /// A file that was not touched, or written on, or renamed. Its number may also be another file's by now, or it was
    /// emptied and written anew, which its content tells.
    private mutating func matchByIdentity() {
        var byIdentity: [FileIdentity: [Int]] = [:]
        for (index, cursor) in cursors.enumerated() { byIdentity[cursor.facts.identity, default: []].append(index) }
        for (number, file) in files.enumerated() {
            let candidates = (byIdentity[file.facts.identity] ?? []).filter { cursors[$0].missingSince == nil }
            if let same = candidates.first(where: { cursors[$0].facts == file.facts && cursors[$0].isDone }) {
                take(same, for: number, .unchanged(same))
                continue
            }
            guard !candidates.isEmpty else { continue }
            guard let log = OpenLog(file.path) else {
                matches[number] = unreadable(file.path)
                continue
            }
            let best = candidates.sorted { cursors[$0].verified > cursors[$1].verified }
            if let found = best.first(where: { isSameFile(log, $0) }) { take(found, for: number, .continued(found)) }
        }
    }

    /// A file in place that became shorter was emptied, however it begins now.
    private func isSameFile(_ log: borrowing OpenLog, _ index: Int) -> Bool {
        let cursor = cursors[index]
        if cursor.isDump { return log.facts?.identity == cursor.facts.identity }
        return log.isCompressed == cursor.isCompressed && log.likeness(to: cursor) == .continuation
    }

    /// Contents whose file is gone are looked for in files that nobody knows: copied, packed, moved, or come back.
    private mutating func matchByContent() {
        var byHead: [Fingerprint: [Int]] = [:]
        for (index, cursor) in cursors.enumerated()
        where !taken.contains(index) && cursor.verified > 0 && !cursor.isDump {
            byHead[cursor.head, default: []].append(index)
        }
        guard !byHead.isEmpty else { return }
        let lengths = Set(byHead.keys.map(\.bytes)).sorted()
        for (number, file) in files.enumerated() where matches[number] == nil && file.facts.size > 0 {
            guard let log = OpenLog(file.path) else {
                matches[number] = unreadable(file.path)
                continue
            }
            let candidates = Self.fingerprints(of: log.head(), lengths).flatMap { byHead[$0] ?? [] }
                .filter { !taken.contains($0) }
                .sorted { order($0, file.path) > order($1, file.path) }
            // Of two that begin alike, the one of the same name, and the one that was read further.
            var beginning: Int?
            for candidate in candidates {
                let likeness = log.likeness(to: cursors[candidate])
                if likeness == .continuation {
                    take(candidate, for: number, .continued(candidate))
                    break
                }
                if likeness == .beginning, order(candidate, file.path).0 == 1 { beginning = beginning ?? candidate }
            }
            if matches[number] == nil, let beginning { take(beginning, for: number, .continued(beginning)) }
        }
    }

    private func order(_ index: Int, _ path: String) -> (Int, Int) {
        (FileFamily.key(of: cursors[index].path) == FileFamily.key(of: path) ? 1 : 0, cursors[index].verified)
    }

    /// The fingerprints of the beginnings that have these lengths, which ascend.
    private static func fingerprints(of head: [UInt8], _ lengths: [Int]) -> [Fingerprint] {
        var hash = ByteHash()
        var done = 0
        var all: [Fingerprint] = []
        for length in lengths where length <= head.count {
            hash.mix(head[done..<length])
            done = length
            all.append(Fingerprint(bytes: length, hash: hash.value))
        }
        return all
    }

    /// While a log is being copied or packed, two files hold the same. The one that is read is the one read before, or
    /// the one with the shorter name.
    private mutating func setCopiesAside() {
        let families = Dictionary(grouping: files.indices.filter { files[$0].facts.size > 0 }) {
            FileFamily.key(of: files[$0].path)
        }
        for members in families.values where members.count > 1 {
            var unknown = members.filter { matches[$0] == nil }
            guard !unknown.isEmpty else { continue }
            unknown.sort { (files[$0].path.utf8.count, files[$0].path) < (files[$1].path.utf8.count, files[$1].path) }
            var held = members.filter { matches[$0] != nil }
            for number in unknown {
                guard let log = OpenLog(files[number].path) else {
                    matches[number] = unreadable(files[number].path)
                    continue
                }
                if let original = held.first(where: { isCopy(log, of: files[$0]) }) {
                    matches[number] = .copy(of: files[original].path)
                } else if held.contains(where: hasLostContent) {
                    matches[number] = .unsettled
                } else {
                    held.append(number)
                }
            }
        }
    }

    /// Whether all that a file holds is the beginning of what another holds.
    private func isCopy(_ log: borrowing OpenLog, of file: File) -> Bool {
        guard let original = OpenLog(file.path), let size = log.facts?.size else { return false }
        if original.isCompressed { return false }
        if log.isCompressed {
            let content = log.decompressed()
            // What was not packed yet is nothing to read either.
            return content.head == original.bytes(0..<content.head.count)
                && content.tail == original.bytes(content.total - content.tail.count..<content.total)
        }
        let head = log.bytes(0..<Fingerprint.longest)
        let tail = max(0, size - Fingerprint.longest)..<size
        return !head.isEmpty && head == original.bytes(0..<head.count)
            && log.bytes(tail) == original.bytes(tail)
    }

    /// Whether a file no longer holds what it held when it was listed. Then a comparison with it says nothing: rotation
    /// empties or removes a log right after its copy is complete. To be asked after comparing, not before.
    private func hasLostContent(_ number: Int) -> Bool {
        let listed = files[number].facts
        guard let facts = FileFacts(path: files[number].path), facts.identity == listed.identity,
            facts.size >= listed.size
        else { return true }
        if facts == listed { return false }
        let cursor: Int
        switch matches[number] {
        case .continued(let known), .unchanged(let known): cursor = known
        default: return false
        }
        guard let log = OpenLog(files[number].path) else { return true }
        return !isSameFile(log, cursor)
    }

    private func unreadable(_ path: String) -> Match {
        errno == ENOENT ? .unreadable(nil) : .unreadable("\(path): \(String(cString: strerror(errno)))")
    }

    private mutating func take(_ cursor: Int, for file: Int, _ match: Match) {
        taken.insert(cursor)
        matches[file] = match
    }
}
