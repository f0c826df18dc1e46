import CrashModel
import Foundation
import Logs

/// Takes from the journal what is new in it.
struct JournalFeed {
    /// The most that one sweep takes: bytes, and seconds of waiting for journalctl. The next one goes on from there.
    struct Limits {
        var bytes = 64 << 20
        var seconds = 60.0
        /// Bytes of a file in which entries are kept.
        var kept = 16 << 20
    }

    let query: JournalQuery
    /// How far back the first sweep looks, in seconds.
    let first: Double
    let now: Date
    var limits = Limits()

    /// What became of the entries.
    private struct Taking {
        var entries = 0
        var last: Date?
        var tooLong = 0
        var noEntry = 0
    }

    func fetch(into spool: FeedSpool, _ result: inout FedSources) throws(FeedProblem) {
        let known = spool.lastEntry()
        var start = JournalQuery.Start.since(now - first)
        // What was taken from the kernel's ring has a cursor of its own kind.
        if let known { start = KernelCursor(known.cursor) == nil ? .cursor(known.cursor) : .since(known.date ?? now) }
        let program: JournalProgram
        do {
            program = try JournalProgram(query, from: start)
        } catch {
            throw FeedProblem(error.message)
        }
        var taking = Taking()
        let isGivenUp: Bool
        do {
            isGivenUp = try take(from: program, into: spool, known, &taking, &result)
        } catch {
            _ = program.finish(isGivenUp: true)
            throw error
        }
        let ending = program.finish(isGivenUp: isGivenUp)
        say(known, taking, isGivenUp, ending, &result)
        if let problem = ending.problem { throw FeedProblem("journalctl: \(problem)") }
        if isGivenUp, taking.entries == 0 {
            throw FeedProblem("journalctl gave nothing within \(Int(limits.seconds)) seconds")
        }
        if taking.entries == 0, known != nil, case .cursor = start {
            throw FeedProblem(
                "the journal shows neither the entry where the last sweep stopped nor any after it: it was emptied, or may "
                    + "not be read. \(Self.permission)")
        }
        if taking.entries == 0, known == nil, let warning = ending.warning {
            throw FeedProblem("journalctl: \(warning)")
        }
    }

    static let permission = "Members of the group systemd-journal may read it, and root."

    private func take(
        from program: JournalProgram, into spool: FeedSpool, _ known: JournalEntry?, _ taking: inout Taking,
        _ result: inout FedSources
    ) throws(FeedProblem) -> Bool {
        var writer = try FeedSpool.Writer(spool)
        let deadline = ContinuousClock.now + .seconds(limits.seconds)
        var lines = BoundedLines(longest: FeedSpool.longestLine)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 * 1024, alignment: 16)
        defer { buffer.deallocate() }
        var isGivenUp = false
        reading: while true {
            switch program.read(into: buffer, until: deadline) {
            case .end: break reading
            case .timeout:
                isGivenUp = true
                break reading
            case .bytes(let count):
                for line in lines.feed(UnsafeRawBufferPointer(rebasing: buffer[..<count])) {
                    try take(line, known, into: &writer, &taking, &result)
                    // Only between entries: what was taken has to end with one that can be gone on from.
                    if writer.bytes >= limits.bytes {
                        isGivenUp = true
                        break reading
                    }
                }
            }
        }
        taking.tooLong = lines.dropped
        try writer.finish(written: taking.last, now: now)
        return isGivenUp
    }

    private func take(
        _ line: [UInt8], _ known: JournalEntry?, into writer: inout FeedSpool.Writer, _ taking: inout Taking,
        _ result: inout FedSources
    ) throws(FeedProblem) {
        guard let entry = JournalEntry(line) else {
            // "-- No entries --"
            if !line.starts(with: Array("-- ".utf8)) { taking.noEntry += 1 }
            return
        }
        taking.entries += 1
        if let known, KernelCursor(known.cursor) != nil {
            if let before = known.realtime, let time = entry.realtime, time <= before { return }
        } else if let known, taking.entries == 1 {
            if JournalEntry.areSame(entry.cursor, known.cursor) { return }
            result.notes.append(
                "\(query.description) no longer holds the entry where the last sweep stopped"
                    + "\(known.date.map { " (\($0.iso8601))" } ?? ""): what was written between that and "
                    + "\(entry.date?.iso8601 ?? "the next entry") may not have been read")
        }
        taking.last = entry.date ?? taking.last
        try writer.append(line)
    }

    private func say(
        _ known: JournalEntry?, _ taking: Taking, _ isGivenUp: Bool, _ ending: JournalProgram.Ending,
        _ result: inout FedSources
    ) {
        if known == nil, taking.entries > 0 {
            result.notes.append(
                "\(query.description) is read for the first time: from \((now - first).iso8601) on, and nothing older")
        }
        if isGivenUp, taking.entries > 0 {
            result.notes.append(
                "\(query.description) holds more than one sweep reads: it was read up to "
                    + "\(taking.last?.iso8601 ?? "its first entries"), and the next sweep goes on there")
        }
        if taking.tooLong > 0 {
            result.notes.append(
                "\(query.description): \(taking.tooLong) entries of more than \(FeedSpool.longestLine) bytes were passed over"
            )
        }
        if taking.noEntry > 0 {
            result.notes.append("\(query.description): \(taking.noEntry) lines were no entries, and were passed over")
        }
        if ending.problem == nil, taking.entries > 0, let warning = ending.warning {
            result.notes.append("journalctl said of \(query.description): \(warning)")
        }
    }
}

/// Cuts a stream of bytes into lines and drops those beyond a length.
struct BoundedLines {
    private let longest: Int
    private var pending: [UInt8] = []
    private var isDropping = false
    private(set) var dropped = 0

    init(longest: Int) {
        self.longest = longest
    }

    /// The lines that end in `bytes`, without their newlines.
    mutating func feed(_ bytes: UnsafeRawBufferPointer) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: 0x0a)
            let piece = bytes[start..<(end ?? bytes.count)]
            if pending.count + piece.count > longest {
                pending.removeAll()
                isDropping = true
            }
            if !isDropping { pending += piece }
            guard let end else { break }
            if isDropping {
                dropped += 1
            } else if !pending.isEmpty {
                lines.append(pending)
            }
            pending.removeAll(keepingCapacity: true)
            isDropping = false
            start = end + 1
        }
        return lines
    }
}
