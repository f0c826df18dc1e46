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

    init(_ bytes: [UInt8]) {
        self.init()
        var known: Set<String> = []
        for line in LedgerLine.parse(bytes) {
            switch line {
            case .incident(let record): if known.insert(record.id).inserted { incidents.append(record) }
            case .resolution(let record): if known.insert(record.id).inserted { resolutions.append(record) }
            case .opaque(let record): opaque.append(record)
            case .damaged(let line): damaged.append(line)
            }
        }
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

    /// The incidents whose id begins so; `last` stands for the one recorded last, and a fingerprint for the newest that
    /// has it.
    public func incidents(withID prefix: String) -> [LedgerRecord] {
        if prefix == "last" { return incidents.last.map { [$0] } ?? [] }
        if prefix.isEmpty { return [] }
        let found = incidents.filter { $0.id.hasPrefix(prefix) }
        if !found.isEmpty { return found }
        return incidents.filter { $0.fingerprint == prefix }.max { $0.occurredAt < $1.occurredAt }.map { [$0] } ?? []
    }

    /// The incidents by fingerprint, the one that struck last first.
    public func groups(now: Date) -> [HistoryGroup] {
        Dictionary(grouping: incidents, by: \.fingerprint).values
            .compactMap {
                HistoryGroup($0, fix: $0.first.flatMap { resolution(ofFingerprint: $0.fingerprint) }, now: now)
            }
            .sorted { ($1.last, $0.fingerprint) < ($0.last, $1.fingerprint) }
    }
}
