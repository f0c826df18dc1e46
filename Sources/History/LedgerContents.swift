public import CrashModel
public import Foundation

/// What stands in a ledger.
public struct LedgerContents: Sendable {
    /// In the order of the file; of two records with one id (ledgers merged by concatenation) the first.
    public var incidents: [LedgerRecord]
    /// What fixed some of them, in the order of the file.
    public var resolutions: [ResolutionRecord]
    /// Records of types and versions that this Faultline does not know.
    public var opaque: [OpaqueRecord]
    public var damaged: [DamagedLine]

    public init(
        incidents: [LedgerRecord] = [], resolutions: [ResolutionRecord] = [], opaque: [OpaqueRecord] = [],
        damaged: [DamagedLine] = []
    ) {
        self.resolutions = resolutions
        self.incidents = incidents
        self.opaque = opaque
        self.damaged = damaged
    }

    /// How often a fingerprint stands here, beside the incidents named; nil when it does not.
    ///
    /// A scan names the incidents that it just found, so that reading the same crash again is not "seen before".
    public func sightings(ofFingerprint fingerprint: String, excludingIDs: Set<String> = []) -> PastSightings? {
        let times = incidents.filter { $0.fingerprint == fingerprint && !excludingIDs.contains($0.id) }.map(
            \.occurredAt)
        if times.isEmpty { return nil }
        let fix = resolution(ofFingerprint: fingerprint)
        return PastSightings(
            count: times.count, first: times.min(), last: times.max(), fix: fix?.fix, fixedAt: fix?.recordedAt)
    }

    /// What fixed such a failure the last time that somebody said so.
    public func resolution(ofFingerprint fingerprint: String) -> ResolutionRecord? {
        resolutions.filter { $0.fingerprint == fingerprint }.max { $0.recordedAt < $1.recordedAt }
    }

    /// What a list needs of it.
    public var overview: LedgerOverview {
        LedgerOverview(
            incidents: incidents.map(LedgerHeadline.init), resolutions: resolutions, opaqueCount: opaque.count,
            damaged: damaged)
    }

    /// The incidents whose id begins so; `last` stands for the one recorded last, and a fingerprint for the newest that
    /// has it.
    public func incidents(withID prefix: String) -> [LedgerRecord] {
        let ids = Set(overview.incidents(withID: prefix).map(\.id))
        return incidents.filter { ids.contains($0.id) }
    }

    /// The incidents by fingerprint, the one that struck last first.
    public func groups(now: Date) -> [HistoryGroup] { overview.groups(now: now) }
}
