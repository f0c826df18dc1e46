public import Foundation

/// What a person says fixed an incident.
public struct ResolutionRecord: Sendable, Hashable, Codable {
    public var schema = LedgerRecord.schema
    public var record = "resolution"
    /// From its content: the same words about the same incident are one resolution.
    public var id: String
    /// The incident that was fixed.
    public var incident: String
    /// Of that incident: what helped once may help whenever the same failure comes back.
    public var fingerprint: String
    /// In the person's words.
    public var fix: String
    public var recordedAt: Date

    public init(incident: LedgerRecord, fix: String, recordedAt: Date) {
        let words = LedgerRecord.bounded(fix.trimmingCharacters(in: .whitespacesAndNewlines))
        id = LedgerRecord.hash(of: ["resolution", incident.id, words])
        self.incident = incident.id
        fingerprint = incident.fingerprint
        self.fix = words
        self.recordedAt = recordedAt
    }

    enum CodingKeys: String, CodingKey {
        case schema, record, id, incident, fingerprint, fix
        case recordedAt = "recorded_at"
    }
}
