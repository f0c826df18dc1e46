public import CrashModel
public import Foundation

/// One line of what `scan --follow --format json` writes; docs/json.md has the contract.
public struct LiveEvent: Encodable {
    public static let schema = "faultline.follow/1"

    public var schema = LiveEvent.schema
    /// `crash`, `changed`, `went-on` or `end`.
    public var event: String
    /// When it was told.
    public var at: Date
    /// What changed: `root`, `ended`, `repeated`, `grew` or `part`.
    public var how: String?
    /// The line by which it grew.
    public var by: Finding?
    /// The id under which the incident was told before.
    public var was: String?
    /// Why the run is taken to have gone on.
    public var because: String?
    public var seenBefore: PastSightings?
    public var incident: Incident?
    /// At the end: crashes after which nothing shows that the run went on, and bytes read.
    public var crashes: Int?
    public var bytes: Int?

    enum CodingKeys: String, CodingKey {
        case schema, event, at, how, by, was, because, incident, crashes, bytes
        case seenBefore = "seen_before"
    }

    public init(_ event: String, at: Date) {
        self.event = event
        self.at = at
    }

    /// On one line, with a newline at the end, spelled as ``JSONReport`` does.
    public func line() -> String {
        let encoder = JSONReport.encoder
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return JSONReport.escaped(String(decoding: try encoder.encode(self), as: UTF8.self)) + "\n"
        } catch {
            return
                "{\"event\":\"\(event)\",\"problem\":\"it could not be written as JSON\",\"schema\":\"\(Self.schema)\"}\n"
        }
    }
}
