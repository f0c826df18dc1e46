import Foundation
import Logs
import Scanning
import Sweeping

/// A file held open: whatever becomes of its name, the bytes are the same file's.
final class OpenContent {
    /// Bytes read at a time.
    static let stride = 1 << 20
    private static let checked = ContentMark.checkBytes

    let log: OpenLog
    let identity: FileIdentity
    var source: FollowedSource
    private(set) var position: Int
    /// The last size that was seen, in bytes.
    private(set) var size: Int
    /// By which a copy of it is known.
    private(set) var mark = ContentMark()
    /// What stands before the position: where something else does, the file was emptied and written anew.
    private var check: [UInt8] = [] {
        didSet { if !check.isEmpty { mark.note(check, before: position) } }
    }
    /// Since when more waits than is good, and whether that was said.
    var behindSince: Double?
    var isBehindTold = false

    init(_ log: consuming OpenLog, facts: FileFacts, source: FollowedSource, position: Int) {
        self.log = log
        identity = facts.identity
        size = facts.size
        self.source = source
        self.position = position
        noteCheck()
    }

    private func noteCheck() {
        check = log.bytes(max(0, position - Self.checked)..<position)
        if mark.head.count < ContentMark.headBytes {
            mark.note(head: log.bytes(0..<min(ContentMark.headBytes, position)))
        }
    }

    /// Bytes that are there and were not read.
    var waiting: Int { max(0, size - position) }

    /// The same when the file was last looked at.
    private(set) var hadWaiting = 0

    /// Whether what was read is not there any more.
    func isEmptied() -> Bool {
        hadWaiting = waiting
        size = max(log.facts?.size ?? size, 0)
        if size < position { return true }
        return !check.isEmpty && log.bytes(position - check.count..<position) != check
    }

    /// Reads on, at most `budget` bytes. Returns how many.
    func read(budget: Int, now: Double) -> Int {
        var total = 0
        while total < budget {
            let bytes = log.bytes(position..<position + Self.stride)
            if bytes.isEmpty { break }
            source.append(bytes, modified: log.facts?.modifiedAt, now: now)
            position += bytes.count
            total += bytes.count
            if bytes.count < Self.stride { break }
        }
        size = max(log.facts?.size ?? size, position)
        if total > 0 { noteCheck() }
        return total
    }

    /// Reads what stands before `end`.
    func readContext(to end: Int, now: Double) {
        while position < end {
            let bytes = log.bytes(position..<min(end, position + Self.stride))
            if bytes.isEmpty { break }
            source.append(bytes, modified: log.facts?.modifiedAt, now: now)
            position += bytes.count
        }
        noteCheck()
    }

    /// The file's present name, where the system tells it and it still has one.
    var presentPath: String? {
        #if os(Linux)
            let link = "/proc/self/fd/\(log.descriptor)"
            guard let path = try? FileManager.default.destinationOfSymbolicLink(atPath: link) else { return nil }
            return FileFacts(path: path)?.identity == identity ? path : nil
        #else
            return nil
        #endif
    }
}

/// A name that is followed, whatever file has it.
final class FollowedFile {
    let path: String
    var content: OpenContent?
    /// It was said that there is nothing under the name.
    var isMissingTold = false
    /// It was said that it cannot be opened, with this reason.
    var problem: String?

    init(_ path: String) {
        self.path = path
    }
}
