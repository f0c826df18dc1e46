public import CrashModel
public import Foundation
import Reporting

/// One crash, as others are told of it: short, and with nothing in it that may not leave the machine.
public struct Notice: Sendable, Hashable, Codable {
    /// The incident's.
    public var id: String
    public var fingerprint: String
    public var title: String
    public var category: CrashModel.Category
    public var severity: Severity
    public var outcome: Outcome
    public var verdict: Verdict
    /// 0 to 1.
    public var confidence: Double
    public var firstSeen: Date?
    public var lastSeen: Date?
    public var host: String?
    public var ranks: [Int]
    /// As the configuration labels the source, or the log names it.
    public var job: String?
    public var cause: Cause
    /// Failures that followed from the cause.
    public var consequences: Int
    public var advice: [Advice]
    /// How often the same failure stood in the ledger before.
    public var before: PastSightings?

    /// The line that names the cause.
    public struct Cause: Sendable, Hashable, Codable {
        public var rule: String
        public var source: String
        public var line: Int
        /// Untrusted.
        public var text: String

        public init(rule: String, source: String, line: Int, text: String) {
            self.rule = rule
            self.source = source
            self.line = line
            self.text = text
        }
    }

    public init(
        id: String, fingerprint: String, title: String, category: CrashModel.Category, severity: Severity,
        outcome: Outcome, verdict: Verdict, confidence: Double, firstSeen: Date?, lastSeen: Date?, host: String?,
        ranks: [Int], job: String?, cause: Cause, consequences: Int, advice: [Advice], before: PastSightings?
    ) {
        self.id = id
        self.fingerprint = fingerprint
        self.title = title
        self.category = category
        self.severity = severity
        self.outcome = outcome
        self.verdict = verdict
        self.confidence = confidence
        self.firstSeen = firstSeen
        self.lastSeen = lastSeen
        self.host = host
        self.ranks = ranks
        self.job = job
        self.cause = cause
        self.consequences = consequences
        self.advice = advice
        self.before = before
    }

    public init(_ incident: Incident, before: PastSightings?) {
        self.init(
            id: incident.id, fingerprint: incident.fingerprint, title: incident.title, category: incident.category,
            severity: incident.severity, outcome: incident.outcome, verdict: incident.verdict,
            confidence: incident.confidence, firstSeen: incident.firstSeen, lastSeen: incident.lastSeen,
            host: incident.host ?? incident.root.origin.host,
            ranks: incident.ranks.isEmpty ? incident.root.origin.rank.map { [$0] } ?? [] : incident.ranks,
            job: incident.root.captures["job"],
            cause: Cause(
                rule: incident.root.rule, source: incident.root.source, line: incident.root.line,
                text: incident.root.text),
            consequences: incident.consequences.count, advice: incident.advice, before: before)
    }

    /// The most characters of the cause's line, of a title and what is like it, and of a path.
    private static let longestText = 400
    private static let longestWords = 200
    private static let longestPath = 300
    private static let mostAdvice = 3
    private static let mostRanks = 4096

    /// Cut to sensible lengths, harmless to look at, with every text passed through `redact`.
    ///
    /// - Parameter redact: Takes out what may not leave the machine, such as tokens in a log line. Before it is cut: half
    ///   a token is not recognised.
    func prepared(redact: (String) -> String) -> Notice {
        func cut(_ text: String, _ most: Int = Self.longestWords) -> String {
            SafeText.line(redact(text), limit: most)
        }
        var notice = self
        notice.title = cut(title)
        // The name of an exception is the log's.
        notice.category = CrashModel.Category(family: category.family, kind: category.kind.map { cut($0) })
        notice.host = host.map { cut($0) }
        notice.ranks = Array(ranks.prefix(Self.mostRanks))
        notice.job = job.map { cut($0) }
        notice.cause.source = cut(cause.source, Self.longestPath)
        notice.cause.text = cut(cause.text, Self.longestText)
        notice.advice = advice.prefix(Self.mostAdvice).map {
            Advice(
                action: cut($0.action, Self.longestText), reason: cut($0.reason, Self.longestText),
                command: $0.command.map { cut($0, Self.longestText) })
        }
        notice.before?.fix = before?.fix.map { cut($0) }
        if !confidence.isFinite { notice.confidence = 0 }
        return notice
    }
}
