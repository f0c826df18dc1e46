import CrashModel
import Foundation
import Logs
import Scanning

/// What was read of one file, what it held, and where the next sweep goes on.
struct PartScan: Sendable {
    var file: SweptFile
    var scan: SourceScan
    /// The line with which what no sweep has told of begins; beyond the end where nothing is new.
    var firstNewLine: Int
    /// The line with which what waits for the next sweep begins.
    var heldLine: Int?
    /// As it is to be remembered once everything is told.
    var cursor: ContentCursor
    /// The cursor that it goes on from, by its index in the state.
    var cursorIndex: Int?
    /// Bytes that were new.
    var newBytes: Int
    /// Read with less before it than diagnosis would want.
    var isGlance = false

    /// Whether a glance saw what is worth reading again with all that belongs to it.
    var isWorthMore: Bool { isGlance && !(scan.findings.isEmpty && scan.unfinishedBlocks.isEmpty) }

    /// Whether all that it holds was told of or skipped before, and another file of the run shows training advance long
    /// after its last line. An undated end of a traceback may else have been written at any time since.
    func isPast(of parts: [PartScan]) -> Bool {
        guard !cursor.claims.isEmpty || cursor.skippedLines != nil, let end = scan.lastTime, scan.dump == nil,
            scan.findings.allSatisfy({ $0.finding.lastLine < firstNewLine })
        else { return false }
        return parts.contains { other in
            other.file.path != file.path && other.newBytes > 0
                && other.scan.progress.marks.contains {
                    $0.line >= other.firstNewLine
                        && $0.time.date.map { $0.timeIntervalSince(end) > Self.restart } ?? false
                }
        }
    }

    /// Seconds after which training that advances is another attempt, and not a log that was flushed late.
    static let restart = 300.0

    func isNew(_ lines: ClosedRange<Int>) -> Bool { lines.upperBound >= firstNewLine }
    func isHeld(_ lines: ClosedRange<Int>) -> Bool { heldLine.map { lines.upperBound >= $0 } ?? false }
}

/// Reads what is new of a file, with as much before it as diagnosis needs.
struct PartReader: Sendable {
    /// Bytes before the new ones that are read again where something was found: the last steps of training, and the lines
    /// around a failure.
    static let context = 128 * 1024
    /// Bytes before the new ones that are always read again: most of what is new is healthy, and needs no more.
    static let glance = 16 * 1024
    /// The most that is read again to find the beginning of a failure that goes on.
    static let longestContext = 4 << 20
    /// A failure within so many lines of the end of a file that is being written is not at its end.
    static let linesAfterFailure = 40
    /// A traceback that began so many lines before the end is given up on.
    static let longestBlock = 400
    /// Nothing is held back for longer, in seconds, however fast a log is written.
    static let longestHold = 60.0

    let scanner: any SourceScanner
    let now: Date
    let settle: Double

    enum Failure: Error {
        /// It was rotated, emptied or removed while it was read: the next sweep finds it again.
        case moved
        case unreadable(String)
    }

    /// How much of a file is read.
    enum Extent {
        /// What is new, with little before it.
        case glance
        /// What is new, with what diagnosis needs before it.
        case whole
        /// For what else the run says; nothing of it is new.
        case context
        /// Only to remember it as read.
        case nothing
    }

    func read(
        _ file: SweptFile, _ cursor: ContentCursor?, index: Int?, _ extent: Extent
    ) throws(Failure) -> PartScan {
        guard let log = OpenLog(file.path) else {
            if errno == ENOENT { throw .moved }
            throw .unreadable(String(cString: strerror(errno)))
        }
        guard let facts = log.facts, facts.identity == file.facts.identity else { throw .moved }
        var next = cursor ?? ContentCursor(path: file.path, facts: facts, readAt: now)
        next.path = file.path
        next.facts = facts
        next.isCompressed = log.isCompressed
        next.isInterrupted = false
        next.missingSince = nil
        var part = PartScan(
            file: file, scan: SourceScan(InputReport(source: file.path)), firstNewLine: .max, cursor: next,
            cursorIndex: index, newBytes: 0)
        if file.input.isFlightRecorderDump {
            if extent != .nothing { part.scan = scanner.scan(file.input) }
            part.cursor.isDump = true
            return part
        }
        if let cursor {
            // Looked at again: since it was matched it may have been emptied.
            switch log.likeness(to: cursor) {
            case .other: throw .moved
            case .beginning: return part
            case .continuation: break
            }
        }
        if log.isCompressed {
            readWhole(log, &part, from: cursor, extent)
        } else {
            try read(log, &part, from: cursor, extent)
        }
        if part.scan.input.kind == .unknown {
            part.scan.input.kind = part.cursor.kind
        } else {
            part.cursor.kind = part.scan.input.kind
        }
        return part
    }

    /// A compressed file is not written on: it is read once, from its beginning.
    private func readWhole(
        _ log: borrowing OpenLog, _ part: inout PartScan, from cursor: ContentCursor?, _ extent: Extent
    ) {
        let content = log.decompressed()
        let position = cursor?.position ?? 0
        part.newBytes = max(0, content.total - position)
        if part.newBytes > 0, extent != .nothing {
            var input = part.file.input
            input.location = log.input(start: 0).location
            part.scan = scanner.scan(input)
            part.firstNewLine = (cursor?.lines ?? 0) + 1
        } else if let problem = content.problem {
            part.scan.input.complete = false
            part.scan.input.problem = problem
        }
        part.cursor.position = max(position, content.total)
        part.cursor.lines = max(part.cursor.lines, part.scan.input.lines)
        part.cursor.head = Fingerprint(of: content.head)
        part.cursor.check(Fingerprint(of: content.tail), at: content.total)
        part.cursor.heldSince = nil
        part.cursor.readAt = now
    }

    private func read(
        _ log: borrowing OpenLog, _ part: inout PartScan, from cursor: ContentCursor?, _ extent: Extent
    ) throws(Failure) {
        let position = cursor?.position ?? 0
        let linesBefore = cursor?.lines ?? 0
        let size = part.cursor.facts.size
        // A clock that was set back makes files look as if they came from the future; those are not waited for.
        let isQuiet = abs(now.timeIntervalSince1970 - part.cursor.facts.modifiedSeconds) >= settle
        let end = extent == .context ? position : isQuiet ? size : log.endOfLastLine(in: position..<size) ?? position
        part.newBytes = end - position
        // UTF-16 says what it is in its first bytes.
        let wanted = log.isUTF16 ? 0 : contextStart(of: cursor, position)
        // What goes on from a failure is not glanced at.
        part.isGlance =
            extent == .glance && !log.isUTF16 && wanted < position - Self.glance && cursor?.heldSince == nil
            && !isOpen(cursor)
        let start = log.startOfLine(from: part.isGlance ? position - Self.glance : wanted, before: position)
        if start >= end { return }
        let head = log.fingerprint(0..<min(Fingerprint.longest, end))
        let tail = log.fingerprint(max(0, end - Fingerprint.longest)..<end)
        guard let head, let tail else { throw .moved }

        if extent == .nothing {
            let lines = log.newlines(in: position..<end)
            part.cursor.head = head
            part.cursor.check(tail, at: end)
            part.cursor.position = end
            part.cursor.lines += lines
            part.cursor.skippedLines = part.cursor.lines
            part.cursor.readAt = now
            return
        }
        var input = part.file.input
        input.location = log.input(start: start, end: end).location
        input.linesBefore = linesBefore - log.newlines(in: start..<position)
        part.scan = scanner.scan(input)
        for index in part.scan.findings.indices { part.scan.findings[index].finding.offset += start }

        // What was emptied and written anew meanwhile is no part of anything.
        guard log.isUTF16 || part.scan.input.bytes == end - start, log.fingerprint(0..<head.bytes) == head,
            log.fingerprint(end - tail.bytes..<end) == tail
        else { throw .moved }
        if extent == .context { return }
        part.firstNewLine = linesBefore + 1
        part.cursor.head = head
        part.cursor.check(tail, at: end)
        part.cursor.readAt = now
        let lines = linesBefore + log.newlines(in: position..<end)
        part.heldLine = isQuiet ? nil : heldLine(part.scan, lines: lines, after: linesBefore, cursor)
        if let held = part.heldLine {
            part.cursor.position = log.startOfLine(back: lines - (held - 1), from: end, notBefore: position)
            part.cursor.lines = held - 1
            part.cursor.heldSince = cursor?.heldSince ?? now
        } else {
            part.cursor.position = end
            part.cursor.lines = lines
            part.cursor.heldSince = nil
        }
    }

    private func contextStart(of cursor: ContentCursor?, _ position: Int) -> Int {
        var start = position - Self.context
        if let open = cursor?.openFrom, isOpen(cursor) { start = min(start, open) }
        return max(start, position - Self.longestContext, 0)
    }

    func isOpen(_ cursor: ContentCursor?) -> Bool {
        guard let until = cursor?.openUntil else { return false }
        // By a clock that was set back it would stay open for years.
        return now < until && until.timeIntervalSince(now) <= 2 * Sweeper.openFor
    }

    /// Where what is still being written begins: an open traceback, or a failure at the very end.
    private func heldLine(_ scan: SourceScan, lines: Int, after old: Int, _ cursor: ContentCursor?) -> Int? {
        if let since = cursor?.heldSince, abs(now.timeIntervalSince(since)) > max(Self.longestHold, settle) {
            return nil
        }
        let blocks = scan.unfinishedBlocks.map(\.line).filter { $0 > lines - Self.longestBlock }
        let failures = scan.findings.filter { $0.finding.lastLine > lines - Self.linesAfterFailure }
            .map { min($0.firstLine, $0.finding.line) }
        guard let first = (blocks + failures).min() else { return nil }
        return max(first, old + 1) <= lines ? max(first, old + 1) : nil
    }
}
