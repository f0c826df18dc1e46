public import Foundation

/// How often a fingerprint stands in the ledger already.
public struct PastSightings: Sendable, Hashable, Codable {
    public var count: Int
    public var first: Date?
    public var last: Date?

    public init(count: Int, first: Date?, last: Date?) {
        self.count = count
        self.first = first
        self.last = last
    }
}
