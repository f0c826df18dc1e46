public import CrashModel
public import Foundation

/// One incident as the ledger keeps it: enough to recognise it, tell of it, explain it and count it, not all its lines.
public struct LedgerRecord: Sendable, Hashable, Codable {
    public static let schema = "faultline.ledger/1"

    public var schema = LedgerRecord.schema
    public var record = "incident"
    /// From the incident's content; the same crash scanned twice has the same.
    public var id: String
    public var fingerprint: String
    public var category: CrashModel.Category
    public var title: String
    public var severity: Severity
    public var verdict: Verdict
    public var outcome: Outcome
    /// 0 to 1.
    public var confidence: Double
    public var host: String?
    public var ranks: [Int]
    public var firstSeen: Date?
    public var lastSeen: Date?
    /// When the scan that found it ran.
    public var recordedAt: Date
    public var root: Root
    public var advice: [Advice]
    public var lastProgress: ProgressMark?
    /// From here to ``runnersUp``: missing in the records of the first versions.
    public var lastCheckpoint: CheckpointMark?
    /// Where the log of ``lastProgress`` begins to tell of progress.
    public var firstProgress: ProgressMark?
    public var lost: LostWork?
    public var because: [String]?
    /// What happened, in the order of time; at most ``timelineLimit`` entries.
    public var timeline: [TimelineEntry]?
    public var runnersUp: [Rival]?
    public var context: ResourceContext?

    /// The line that says why.
    public struct Root: Sendable, Hashable, Codable {
        public var rule: String
        /// The path as it was given to the scan.
        public var source: String
        public var line: Int
        /// At most ``LedgerRecord/textLimit`` bytes.
        public var text: String
        public var captures: [String: String]

        public init(rule: String, source: String, line: Int, text: String, captures: [String: String] = [:]) {
            self.rule = rule
            self.source = source
            self.line = line
            self.text = text
            self.captures = captures
        }
    }

    /// The most bytes of log text that one field keeps.
    public static let textLimit = 500
    /// The most entries of the timeline.
    public static let timelineLimit = 40
    /// The most processes that a record's context keeps.
    static let processLimit = 16
    /// The most curves of a recorded window: a ledger holds hundreds of records.
    static let seriesLimit = 6

    public init(_ incident: Incident, recordedAt: Date) {
        id = incident.id
        fingerprint = incident.fingerprint
        category = incident.category
        title = Self.bounded(incident.title)
        severity = incident.severity
        verdict = incident.verdict
        outcome = incident.outcome
        confidence = incident.confidence
        host = incident.host
        ranks = incident.ranks
        firstSeen = incident.firstSeen
        lastSeen = incident.lastSeen
        self.recordedAt = recordedAt
        root = Root(
            rule: incident.root.rule, source: incident.root.source, line: incident.root.line,
            text: Self.bounded(incident.root.text), captures: incident.root.captures.mapValues(Self.bounded))
        advice = incident.advice
        lastProgress = incident.lastProgress
        if let mark = incident.lastProgress { lastProgress?.text = Self.bounded(mark.text) }
        firstProgress = incident.firstProgress
        if let mark = incident.firstProgress { firstProgress?.text = Self.bounded(mark.text) }
        lastCheckpoint = incident.lastCheckpoint
        if let mark = incident.lastCheckpoint { lastCheckpoint?.text = Self.bounded(mark.text) }
        lost = incident.lost
        because = incident.because
        timeline = Self.timeline(of: incident)
        runnersUp = incident.runnersUp.map { rival in
            Rival(
                rule: rival.finding.rule, category: rival.finding.category, source: rival.finding.source,
                line: rival.finding.line, text: Self.bounded(rival.finding.text), reason: rival.reason)
        }
        context = incident.context
        if let processes = context?.processes { context?.processes = Array(processes.prefix(Self.processLimit)) }
        if let series = context?.window?.series { context?.window?.series = Array(series.prefix(Self.seriesLimit)) }
    }

    /// When it happened: the log's own time, else when it was found.
    public var occurredAt: Date { firstSeen ?? recordedAt }

    /// An id made of content.
    static func hash(of parts: [String]) -> String {
        var hash = StableHash()
        for part in parts { hash.combine(part) }
        return hash.hex
    }

    /// Cuts at a character's border, with an ellipsis inside the limit.
    static func bounded(_ text: String) -> String {
        guard text.utf8.count > textLimit else { return text }
        var end = text.utf8.index(text.startIndex, offsetBy: textLimit - "…".utf8.count)
        while end > text.startIndex, end.samePosition(in: text.unicodeScalars) == nil {
            text.utf8.formIndex(before: &end)
        }
        return text[..<end] + "…"
    }

    enum CodingKeys: String, CodingKey {
        case schema, record, id, fingerprint, category, title, severity, verdict, outcome, confidence, host, ranks
        case root, advice, context, lost, because, timeline
        case firstSeen = "first_seen"
        case lastSeen = "last_seen"
        case recordedAt = "recorded_at"
        case lastProgress = "last_progress"
        case firstProgress = "first_progress"
        case lastCheckpoint = "last_checkpoint"
        case runnersUp = "runners_up"
    }
}
