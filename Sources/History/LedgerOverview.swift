public import Foundation

/// What stands in a ledger, as far as a list needs it.
public struct LedgerOverview: Sendable {
    /// In the order of the file; of two records with one id the first.
    public var incidents: [LedgerHeadline]
    public var resolutions: [ResolutionRecord]
    /// How many records of types and versions that this Faultline does not know.
    public var opaqueCount: Int
    public var damaged: [DamagedLine]

    public init(
        incidents: [LedgerHeadline] = [], resolutions: [ResolutionRecord] = [], opaqueCount: Int = 0,
        damaged: [DamagedLine] = []
    ) {
        self.incidents = incidents
        self.resolutions = resolutions
        self.opaqueCount = opaqueCount
        self.damaged = damaged
    }

    /// The incidents whose id begins so; `last` stands for the one recorded last, and a fingerprint for the newest that
    /// has it.
    public func incidents(withID prefix: String) -> [LedgerHeadline] {
        if prefix == "last" { return incidents.last.map { [$0] } ?? [] }
        if prefix.isEmpty { return [] }
        let found = incidents.filter { $0.id.hasPrefix(prefix) }
        if !found.isEmpty { return found }
        return incidents.filter { $0.fingerprint == prefix }.max { $0.occurredAt < $1.occurredAt }.map { [$0] } ?? []
    }

    /// The incidents by fingerprint, the one that struck last first.
    public func groups(now: Date) -> [HistoryGroup] {
        let fixes = Dictionary(grouping: resolutions, by: \.fingerprint)
            .compactMapValues { $0.max { $0.recordedAt < $1.recordedAt } }
        return Dictionary(grouping: incidents, by: \.fingerprint)
            .compactMap { HistoryGroup($1, fix: fixes[$0], now: now) }
            .sorted { ($1.last, $0.fingerprint) < ($0.last, $1.fingerprint) }
    }
}
