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
    ///
    /// - Parameter moment: what struck then or later does not count: logs are read in any order.
    public func sightings(
        ofFingerprint fingerprint: String, excludingIDs: Set<String> = [], before moment: Date? = nil
    ) -> PastSightings? {
        let times = incidents.filter { record in
            record.fingerprint == fingerprint && !excludingIDs.contains(record.id)
                && (moment.map { record.occurredAt < $0 } ?? true)
        }.map(\.occurredAt)
        if times.isEmpty { return nil }
        let fix = resolution(ofFingerprint: fingerprint)
        return PastSightings(
            count: times.count, first: times.min(), last: times.max(), fix: fix?.fix, fixedAt: fix?.recordedAt)
    }

    /// What came before the incidents of a scan, by fingerprint.
    public func sightings(before present: [Incident]) -> [String: PastSightings] {
        let ids = Set(present.map(\.id))
        return Dictionary(grouping: present, by: \.fingerprint).compactMapValues { alike in
            let told = alike.contains(where: \.isCrash) ? alike.filter(\.isCrash) : alike
            return sightings(
                ofFingerprint: alike[0].fingerprint, excludingIDs: ids, before: told.compactMap(moment(of:)).min())
        }
    }

    /// When it struck; of one whose log does not say so, when it was first found.
    public func moment(of incident: Incident) -> Date? {
        incident.firstSeen ?? incidents.first { $0.id == incident.id }?.occurredAt
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
