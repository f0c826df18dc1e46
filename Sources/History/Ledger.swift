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

    /// Everything in the ledger; a missing file is an empty one. Torn, altered and foreign lines are reported, the rest
    /// is kept.
    ///
    /// - Parameters:
    ///   - fingerprints: Read only what is of these failures, which is a hundred times faster. Of the other lines only
    ///     the checksum is looked at or, where there is none, the spelling.
    ///   - archives: Read what `history rotate` moved away as well.
    public func read(
        fingerprints: Set<String>? = nil, archives: Bool = false
    ) throws(LedgerError) -> LedgerContents {
        var reading = LedgerReading(fingerprints)
        for path in paths(archives: archives) {
            guard let file = try LedgerFile.forReading(path) else { continue }
            try reading.read(file)
        }
        return reading.contents
    }

    /// What a list needs, without the rest.
    public func overview(archives: Bool = false) throws(LedgerError) -> LedgerOverview {
        var reading = OverviewReading()
        for path in paths(archives: archives) {
            guard let file = try LedgerFile.forReading(path) else { continue }
            try reading.read(file)
        }
        return reading.overview
    }

    /// What `history rotate` moved away, the youngest first.
    public var archives: [Ledger] { LedgerArchive.paths(of: path).map(Ledger.init(path:)) }

    /// The ledger first, so that of two records with one id the ledger's counts.
    private func paths(archives: Bool) -> [String] {
        archives ? [path] + LedgerArchive.paths(of: path) : [path]
    }

    /// Writes the incidents whose id is not there yet: the same crash scanned twice is one incident.
    ///
    /// What stood before the error is kept when it throws: records are written one by one, each whole.
    public func append(_ incidents: [Incident], scannedAt: Date) throws(LedgerError) -> AppendResult {
        var writer = LedgerWriter(self)
        return try writer.append(incidents, scannedAt: scannedAt)
    }

    /// Writes down what fixed an incident. The same words about the same incident are written once.
    public func append(_ resolution: ResolutionRecord) throws(LedgerError) -> AppendResult {
        var writer = LedgerWriter(self)
        return try writer.append(resolution)
    }
}
