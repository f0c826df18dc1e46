public import CrashModel
public import Foundation

/// All incidents of one fingerprint.
public struct HistoryGroup: Sendable, Hashable {
    public let fingerprint: String
    /// Newest first, never empty.
    public let records: [LedgerHeadline]
    public let first: Date
    public let last: Date
    /// `seen 4 times in 14 days, last 2 days ago`
    public let summary: String
    /// The group as reports tell it.
    public let entry: HistoryEntry

    public var count: Int { records.count }

    init?(_ records: [LedgerHeadline], fix: ResolutionRecord? = nil, now: Date) {
        let sorted = records.sorted { ($1.occurredAt, $0.id) < ($0.occurredAt, $1.id) }
        guard let newest = sorted.first, let oldest = sorted.last else { return nil }
        let sightings = PastSightings(
            count: sorted.count, first: oldest.occurredAt, last: newest.occurredAt, fix: fix?.fix,
            fixedAt: fix?.recordedAt)
        fingerprint = newest.fingerprint
        self.records = sorted
        first = oldest.occurredAt
        last = newest.occurredAt
        summary = ["seen \(sightings.frequency)", sightings.lastAge(now: now).map { "last \($0)" }]
            .compactMap(\.self).joined(separator: ", ")
        entry = HistoryEntry(
            fingerprint: newest.fingerprint, newestID: newest.id, title: newest.title, category: newest.category,
            verdict: newest.verdict,
            host: newest.host, place: SourceName.of(newest.source, line: newest.line), sightings: sightings)
    }
}
