public import CrashModel
public import Foundation

/// How far one content was read. A content is what was written into a log, whatever the file is called, copied or packed
/// into later; see docs/sweep.md.
public struct ContentCursor: Sendable, Hashable, Codable {
    /// Where it was seen last.
    public var path: String
    public var facts: FileFacts
    public var isCompressed = false
    /// A flight recorder's dump, which has no lines and is read whole whenever it changes.
    public var isDump = false
    /// Bytes of the content that are done with, decompressed.
    public var position = 0
    /// Newlines among those.
    public var lines = 0
    /// Of the first bytes.
    public var head = Fingerprint(bytes: 0, hash: 0)
    /// Of what stands before some places, ascending; the last is as far as the content was ever looked at, at least
    /// ``position``. The others tell a copy that was made before more was written.
    public var checks: [ContentCheck] = []
    /// What wrote it, by all that was read so far.
    public var kind = LogKind.unknown
    /// Bytes before the first finding of a failure that may still go on, and until when it may.
    public var openFrom: Int?
    public var openUntil: Date?
    /// Since when a failure at the end waits to be written to its end.
    public var heldSince: Date?
    /// Lines that are part of incidents told before, oldest first.
    public var claims: [ClaimedLines] = []
    /// What began in so many first lines was to be skipped.
    public var skippedLines: Int?
    /// Since when no file holds the content any more.
    public var missingSince: Date?
    /// Whether it was said that what came after was not read.
    public var isLossTold = false
    /// When something of it was read.
    public var readAt: Date
    /// A sweep was about to tell of it, and did not come to remember that it had.
    public var isInterrupted = false

    /// The most claims that are remembered.
    static let mostClaims = 512

    init(path: String, facts: FileFacts, readAt: Date) {
        self.path = path
        self.facts = facts
        self.readAt = readAt
    }

    /// As far as the content was ever looked at, in bytes; 0 when nothing of it is known.
    var verified: Int { checks.last?.at ?? 0 }

    static let mostChecks = 6

    /// Remembers what stands before `at`, in place of what an older content had there.
    mutating func check(_ tail: Fingerprint, at: Int) {
        checks.removeAll { $0.at >= at }
        if at > 0 { checks.append(ContentCheck(at: at, tail: tail)) }
        if checks.count > Self.mostChecks { checks.removeFirst(checks.count - Self.mostChecks) }
    }

    /// Whether there is nothing to read while the file is as it was.
    var isDone: Bool { !isInterrupted && (isDump || isCompressed || position >= facts.size) }

    /// Takes lines for an incident.
    mutating func claim(_ lines: ClosedRange<Int>, for incident: String) {
        let claim = ClaimedLines(incident: incident, first: lines.lowerBound, last: lines.upperBound)
        if !claims.contains(claim) { claims.append(claim) }
        if claims.count > Self.mostClaims { claims.removeFirst(claims.count - Self.mostClaims) }
    }

    /// The incident that has taken one of the lines.
    func incident(claiming lines: ClosedRange<Int>) -> String? {
        claims.last { $0.first <= lines.upperBound && $0.last >= lines.lowerBound }?.incident
    }
}

/// What stands before a place in a content.
public struct ContentCheck: Sendable, Hashable, Codable {
    /// Bytes of the content before the place.
    public var at: Int
    public var tail: Fingerprint
}

/// Lines of a content that are part of an incident.
public struct ClaimedLines: Sendable, Hashable, Codable {
    public var incident: String
    public var first: Int
    public var last: Int
}
