public import Foundation

/// One fingerprint of the ledger, told in one breath: what it is, how often, and where it struck last.
public struct HistoryEntry: Sendable, Hashable {
    public var fingerprint: String
    /// Id of the newest occurrence, for `explain` and `resolve`.
    public var newestID: String
    /// Of the newest occurrence, as the four that follow.
    public var title: String
    public var category: Category
    public var verdict: Verdict
    public var host: String?
    /// `source:line` of the root, the path as it was given to the scan.
    public var place: String
    public var sightings: PastSightings

    public init(
        fingerprint: String, newestID: String = "", title: String, category: Category, verdict: Verdict,
        host: String? = nil, place: String,
        sightings: PastSightings
    ) {
        self.fingerprint = fingerprint
        self.newestID = newestID
        self.title = title
        self.category = category
        self.verdict = verdict
        self.host = host
        self.place = place
        self.sightings = sightings
    }

    public var count: Int { sightings.count }
    public var first: Date? { sightings.first }
    public var last: Date? { sightings.last }
}
