public import CrashModel
public import Foundation

/// What stands in a ledger.
public struct LedgerContents: Sendable {
    /// In the order of the file; of two records with one id (ledgers merged by concatenation) the first.
    public var incidents: [LedgerRecord]
    /// Records of types and versions that this Faultline does not know.
    public var opaque: [OpaqueRecord]
    public var damaged: [DamagedLine]

    public init(incidents: [LedgerRecord] = [], opaque: [OpaqueRecord] = [], damaged: [DamagedLine] = []) {
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
        return times.isEmpty ? nil : PastSightings(count: times.count, first: times.min(), last: times.max())
    }

    /// The incidents by fingerprint, the one that struck last first.
    public func groups(now: Date) -> [HistoryGroup] {
        Dictionary(grouping: incidents, by: \.fingerprint).values
            .compactMap { HistoryGroup($0, now: now) }
            .sorted { ($1.last, $0.fingerprint) < ($0.last, $1.fingerprint) }
    }
}
