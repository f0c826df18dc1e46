public import CrashModel
public import Foundation

/// What an append did with each incident.
public struct AppendResult: Sendable, Hashable {
    /// Ids that were written, in order.
    public var added: [String]
    /// Ids that the ledger knew already.
    public var known: [String]

    public init(added: [String] = [], known: [String] = []) {
        self.added = added
        self.known = known
    }
}

/// The lasting record of crashes: a JSON-lines file, one object a line, appended to and never rewritten.
///
/// Several processes may append at once, and ledgers of several machines merge by concatenation.
public struct Ledger: Sendable {
    public let path: String

    /// - Parameter path: The file; it and its folders are made by the first append, for their owner only.
    public init(path: String) {
        self.path = path
    }

    /// `$XDG_STATE_HOME/faultline/ledger.jsonl`, else `~/.local/state/faultline/ledger.jsonl`.
    ///
    /// A relative `XDG_STATE_HOME` is ignored, as the XDG base directory specification asks.
    public static func defaultPath(environment: [String: String]) -> String {
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") {
            return state + "/faultline/ledger.jsonl"
        }
        let home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? NSHomeDirectory()
        return home + "/.local/state/faultline/ledger.jsonl"
    }

    /// Everything in the ledger; a missing file is an empty one. Torn and foreign lines are reported, the rest is kept.
    public func read() throws(LedgerError) -> LedgerContents {
        guard let file = try LedgerFile.forReading(path) else { return LedgerContents() }
        return LedgerContents(try file.readAll())
    }

    /// Writes the incidents whose id is not there yet: the same crash scanned twice is one incident.
    ///
    /// What stood before the error is kept when it throws: records are written one by one, each whole.
    public func append(_ incidents: [Incident], scannedAt: Date) throws(LedgerError) -> AppendResult {
        let records = incidents.map { incident in
            Entry(id: incident.id) { try? LedgerCoding.encoder.encode(LedgerRecord(incident, recordedAt: scannedAt)) }
        }
        return try append(records)
    }

    /// Writes down what fixed an incident. The same words about the same incident are written once.
    public func append(_ resolution: ResolutionRecord) throws(LedgerError) -> AppendResult {
        try append([Entry(id: resolution.id) { try? LedgerCoding.encoder.encode(resolution) }])
    }

    private struct Entry {
        var id: String
        var json: () -> Data?
    }

    private func append(_ entries: [Entry]) throws(LedgerError) -> AppendResult {
        var result = AppendResult()
        if entries.isEmpty { return result }
        let file = try LedgerFile.forAppending(path)
        let before = try file.readAll()
        let contents = LedgerContents(before)
        var ids = Set(contents.incidents.map(\.id) + contents.resolutions.map(\.id))
        // A torn last line must not swallow the next record.
        var needsNewline = before.last.map { $0 != UInt8(ascii: "\n") } ?? false
        for entry in entries {
            guard ids.insert(entry.id).inserted else {
                result.known.append(entry.id)
                continue
            }
            guard let json = entry.json() else { throw .unencodable(path, id: entry.id) }
            try file.append((needsNewline ? [UInt8(ascii: "\n")] : []) + json + [UInt8(ascii: "\n")])
            needsNewline = false
            result.added.append(entry.id)
        }
        if !result.added.isEmpty { try file.sync() }
        return result
    }
}
