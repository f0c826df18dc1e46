import Foundation

/// The records of several ledgers as one: each id once, in the order of time.
///
/// The same whatever the order of the ledgers, and the same again when it is merged with any of them.
public struct LedgerMerge: Sendable {
    /// Damaged lines that were passed over, with the file that they stand in.
    public private(set) var damaged: [(path: String, line: DamagedLine)] = []
    private var kept: [String: Line] = [:]

    public init() {}

    /// One line as it stood, and what ranks it.
    private struct Line {
        var time: Date
        var id: String
        var bytes: [UInt8]
        /// How many members it has beside its checksum, how long it is without it, whether it has one.
        var members: Int
        var length: Int
        var isSealed: Bool

        /// Whether this one is to stay of two with one id. For every two lines that differ, one is.
        func isFuller(than other: Line) -> Bool {
            if members != other.members { return members > other.members }
            if length != other.length { return length > other.length }
            if isSealed != other.isSealed { return isSealed }
            return bytes.lexicographicallyPrecedes(other.bytes)
        }
    }

    public mutating func add(_ ledger: Ledger) throws(LedgerError) {
        guard let file = try LedgerFile.forReading(ledger.path) else { throw .missing(ledger.path) }
        try add(file)
    }

    fileprivate mutating func add(_ file: borrowing LedgerFile) throws(LedgerError) {
        let path = file.path
        var judge = LineJudge()
        let stop = try file.forEachLine { line throws(LedgerError) in take(line, path, &judge) }
        if let stop { damaged.append((path, DamagedLine(line: 0, kind: .torn, reason: stop))) }
    }

    /// The lines in their order, each with its LF.
    public var lines: some Sequence<[UInt8]> {
        kept.values.sorted { ($0.time, $0.id, $0.bytes.count) < ($1.time, $1.id, $1.bytes.count) }.lazy.map {
            $0.bytes + [UInt8(ascii: "\n")]
        }
    }

    public var count: Int { kept.count }

    private mutating func take(_ line: LedgerText, _ path: String, _ judge: inout LineJudge) {
        let text = line.bare
        let entry = judge.entry(text)
        let body = LedgerSum.body(of: text) ?? UnsafeRawBufferPointer(rebasing: text.dropLast())
        var made = Line(
            time: .distantFuture, id: "", bytes: Array(text),
            members: judge.outline.members.count - (judge.sum == .none ? 0 : 1), length: body.count,
            isSealed: judge.sum != .none)
        let key: String
        switch entry {
        case .empty: return
        case .damaged(let kind, let reason):
            return damaged.append((path, DamagedLine(line: line.number, kind: kind, reason: reason)))
        case .incident(let record):
            (made.time, made.id, key) = (record.occurredAt, record.id, "i" + record.id)
        case .resolution(let record):
            (made.time, made.id, key) = (record.recordedAt, record.id, "r" + record.id)
        case .opaque:
            // Nobody knows what its id stands for, so only the same words are the same record.
            made.time = judge.outline.date("first_seen") ?? judge.outline.date("recorded_at") ?? .distantFuture
            made.id = judge.outline.string("id") ?? ""
            key = "o" + String(decoding: body, as: UTF8.self)
        }
        if let other = kept[key], !made.isFuller(than: other) { return }
        kept[key] = made
    }
}

extension Ledger {
    /// Takes in the records of other ledgers. What stands in this one takes part like them.
    ///
    /// - Returns: what was merged, with the damaged lines of the others that were passed over.
    public func merge(_ others: [Ledger]) throws(LedgerError) -> LedgerMerge {
        var merge = LedgerMerge()
        // Makes it where it is missing.
        do { _ = try LedgerFile.forAppending(path) }
        guard let file = try LedgerFile.forReplacing(path) else { throw .missing(path) }
        try merge.add(file)
        guard merge.damaged.isEmpty else { throw .damaged(path, lines: merge.damaged.count) }
        let own = try file.identity()
        for other in others {
            var info = stat()
            // Itself: it is locked, and was read already.
            if stat(other.path, &info) == 0,
                own == FileIdentity(device: UInt64(truncatingIfNeeded: info.st_dev), inode: UInt64(info.st_ino))
            {
                continue
            }
            try merge.add(other)
        }
        var made = try FileReplacement(file.realPath(), mode: file.mode(), of: path)
        for line in merge.lines { try made.write(line) }
        try made.replace()
        return merge
    }
}
