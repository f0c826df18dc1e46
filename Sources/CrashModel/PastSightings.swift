public import Foundation

/// How often a fingerprint stands in the ledger already.
public struct PastSightings: Sendable, Hashable, Codable {
    public var count: Int
    public var first: Date?
    public var last: Date?
    /// What a person said fixed it the last time, and when.
    public var fix: String?
    public var fixedAt: Date?

    enum CodingKeys: String, CodingKey {
        case count, first, last, fix
        case fixedAt = "fixed_at"
    }

    public init(count: Int, first: Date?, last: Date?, fix: String? = nil, fixedAt: Date? = nil) {
        self.fix = fix
        self.fixedAt = fixedAt
        self.count = count
        self.first = first
        self.last = last
    }
}
