public import Foundation

/// What one sweep leaves for the next.
public struct SweepState: Sendable, Hashable, Codable {
    public static let schema = "faultline.sweep/1"

    public var schema = SweepState.schema
    public var sweptAt: Date?
    public var cursors: [ContentCursor] = []
    /// Incidents on their way into the ledger and to whoever reads the report. A sweep that was killed meanwhile leaves
    /// them here, and the next one asks the ledger which of them it has.
    public var pending: [PendingIncident] = []

    public init() {}

    /// Contents that no file holds any more are forgotten after this long, in seconds.
    static let remembered = 30 * 86_400.0
    /// The most of them.
    static let mostMissing = 20_000

    /// Gives up the lines that were claimed for incidents which the ledger never got. The others still wait to be told.
    mutating func settle(recorded: Set<String>) {
        let lost = Set(pending.map(\.id)).subtracting(recorded)
        pending.removeAll { lost.contains($0.id) }
        guard !lost.isEmpty else { return }
        for index in cursors.indices { cursors[index].claims.removeAll { lost.contains($0.incident) } }
    }

    /// Forgets contents that have been gone for long. A clock that was set wrong forgets nothing but those.
    mutating func forget(now: Date) {
        cursors.removeAll { cursor in
            cursor.missingSince.map { cursor.verified == 0 || now.timeIntervalSince($0) > Self.remembered } ?? false
        }
        let missing = cursors.compactMap(\.missingSince).sorted()
        guard missing.count > Self.mostMissing else { return }
        let limit = missing[missing.count - Self.mostMissing]
        cursors.removeAll { $0.missingSince.map { $0 < limit } ?? false }
    }
}

/// An incident on its way into the ledger. The lines that it takes are claimed already.
public struct PendingIncident: Sendable, Hashable, Codable {
    public var id: String
    public var title: String
}
