public import CrashModel
public import Foundation

/// Appends to a ledger again and again without reading all of it each time.
///
/// Each call opens, locks and syncs the file by itself, so that others may append, repair and rotate in between.
public struct LedgerWriter: Sendable {
    private let path: String
    /// Which file was read, and how far.
    private var identity: FileIdentity?
    private var readTo = 0
    private var sealed: Set<String> = []
    /// Where the records without a checksum stand: only a look at all their fields tells whether they can be read.
    private var unsealed: [String: Range<Int>] = [:]

    public init(_ ledger: Ledger) { path = ledger.path }

    /// Writes the incidents whose id is not there yet. Those that it names are on the disk when it returns.
    ///
    /// What stood before the error is kept when it throws: records are written one by one, each whole.
    public mutating func append(_ incidents: [Incident], scannedAt: Date) throws(LedgerError) -> AppendResult {
        try append(
            incidents.map { incident in
                Entry(id: incident.id) {
                    try? LedgerCoding.encoder.encode(LedgerRecord(incident, recordedAt: scannedAt))
                }
            })
    }

    /// Writes down what fixed an incident. The same words about the same incident are written once.
    public mutating func append(_ resolution: ResolutionRecord) throws(LedgerError) -> AppendResult {
        try append([Entry(id: resolution.id) { try? LedgerCoding.encoder.encode(resolution) }])
    }

    private struct Entry {
        var id: String
        var json: () -> Data?
    }

    private mutating func append(_ entries: [Entry]) throws(LedgerError) -> AppendResult {
        var result = AppendResult()
        if entries.isEmpty { return result }
        let file = try LedgerFile.forAppending(path)
        try catchUp(file)
        let before = try file.size()
        var size = before
        // A torn last line must not swallow the next record.
        let last = try file.bytes(max(0, size - 1)..<size)
        var needsNewline = size > 0 && last != [UInt8(ascii: "\n")]
        var added: Set<String> = []
        for entry in entries {
            let isKnown = try isKnown(entry.id, file)
            if isKnown || added.contains(entry.id) {
                result.known.append(entry.id)
                continue
            }
            guard let json = entry.json() else { throw .unencodable(path, id: entry.id) }
            let line = (needsNewline ? [UInt8(ascii: "\n")] : []) + LedgerSum.sealed(json) + [UInt8(ascii: "\n")]
            do throws(LedgerError) {
                try file.append(line, at: size)
            } catch {
                // What stands before it is whole, and is to last.
                try? file.sync()
                throw error
            }
            size += line.count
            needsNewline = false
            added.insert(entry.id)
            result.added.append(entry.id)
        }
        do throws(LedgerError) {
            // Also what was known: another writer may have been killed before its own.
            try file.sync()
            if before == 0 { try LedgerFile.syncFolder(of: path) }
        } catch {
            // The kernel forgets what it could not write, and the next reader would take it for kept.
            file.cutBack(to: before, appended: size - before)
            throw error
        }
        return result
    }

    private func isKnown(_ id: String, _ file: borrowing LedgerFile) throws(LedgerError) -> Bool {
        if sealed.contains(id) { return true }
        guard let place = unsealed[id] else { return false }
        let bytes = try file.bytes(place)
        return bytes.withUnsafeBytes { text in
            var judge = LineJudge()
            switch judge.judge(text) {
            case .incident: return (try? judge.incident(text).get()) != nil
            case .resolution: return (try? judge.resolution(text).get()) != nil
            default: return false
            }
        }
    }

    /// Learns the ids that others have written since.
    private mutating func catchUp(_ file: borrowing LedgerFile) throws(LedgerError) {
        let current = try file.identity()
        let size = try file.size()
        if identity != current || size < readTo {
            (identity, readTo) = (current, 0)
            sealed.removeAll()
            unsealed.removeAll()
        }
        var judge = LineJudge()
        _ = try file.forEachLine(from: readTo) { line throws(LedgerError) in
            let text = line.bare
            // A line that is not ended may yet be taken for another.
            if line.isEnded { readTo = line.start + line.whole.count + 1 }
            switch judge.judge(text) {
            case .incident, .resolution:
                guard let id = judge.outline.string("id") else { return }
                if judge.sum == .matches {
                    sealed.insert(id)
                } else if unsealed[id] == nil {
                    unsealed[id] = line.start..<line.start + text.count
                }
            default: return
            }
        }
    }
}
