public import Foundation

/// One incident told in full for the one who asks why: what happened in which order, why this is the root and not
/// another, and which rules spoke.
public struct IncidentAccount: Sendable, Hashable {
    public var id: String
    public var fingerprint: String
    public var title: String
    public var category: Category
    public var verdict: Verdict
    public var outcome: Outcome
    /// 0 to 1; ``because`` says where it comes from.
    public var confidence: Double
    public var because: [String]
    public var host: String?
    public var ranks: [Int]
    /// Everything that belongs to it, in the order of time as far as that is known.
    public var timeline: [TimelineEntry]
    /// Other causes that were considered, the next best first.
    public var rivals: [Rival]
    /// The rules that spoke, each once, the root's first.
    public var rules: [RuleNote]
    public var advice: [Advice]
    public var lastProgress: ProgressMark?
    public var lastCheckpoint: CheckpointMark?
    public var lost: LostWork?
    /// What the ledger knows of the same failure before this one.
    public var past: PastSightings?

    public init(
        id: String, fingerprint: String, title: String, category: Category, verdict: Verdict, outcome: Outcome,
        confidence: Double, because: [String], host: String? = nil, ranks: [Int] = [], timeline: [TimelineEntry],
        rivals: [Rival] = [], rules: [RuleNote] = [], advice: [Advice] = [], lastProgress: ProgressMark? = nil,
        lastCheckpoint: CheckpointMark? = nil, lost: LostWork? = nil, past: PastSightings? = nil
    ) {
        self.id = id
        self.fingerprint = fingerprint
        self.title = title
        self.category = category
        self.verdict = verdict
        self.outcome = outcome
        self.confidence = confidence
        self.because = because
        self.host = host
        self.ranks = ranks
        self.timeline = timeline
        self.rivals = rivals
        self.rules = rules
        self.advice = advice
        self.lastProgress = lastProgress
        self.lastCheckpoint = lastCheckpoint
        self.lost = lost
        self.past = past
    }
}

/// One line of an incident's story, as the ledger keeps it.
public struct TimelineEntry: Sendable, Hashable, Codable {
    /// What part a line plays.
    public enum Part: String, Sendable, Codable, CaseIterable {
        case checkpoint, progress, root, consequence, confirmation, teardown
    }

    public var part: Part
    /// `nil` for progress and checkpoints.
    public var rule: String?
    public var title: String
    public var source: String
    public var line: Int
    public var time: Date?
    /// Set where the line states no time, and ``time`` was taken from the lines around it.
    public var isTimeInferred: Bool?
    /// The line without colour and transport prefixes; never shown without escaping.
    public var text: String
    /// How many lines like it.
    public var count: Int
    /// The ranks that said it, that of ``line`` first; nil where none are known, and in records of older versions.
    public var ranks: [Int]?
    /// When each of ``ranks`` said it first; nil where a line states no time, or there are too many.
    public var rankTimes: [Date]?

    enum CodingKeys: String, CodingKey {
        case part, rule, title, source, line, time, text, count, ranks
        case rankTimes = "rank_times"
        case isTimeInferred = "time_inferred"
    }

    public init(
        part: Part, rule: String? = nil, title: String, source: String, line: Int, time: Date? = nil, text: String,
        count: Int = 1, ranks: [Int]? = nil, rankTimes: [Date]? = nil, isTimeInferred: Bool? = nil
    ) {
        self.isTimeInferred = isTimeInferred
        self.ranks = ranks
        self.rankTimes = rankTimes
        self.part = part
        self.rule = rule
        self.title = title
        self.source = source
        self.line = line
        self.time = time
        self.text = text
        self.count = count
    }
}

/// A cause that was considered and rejected, as the ledger keeps it.
public struct Rival: Sendable, Hashable, Codable {
    public var rule: String
    public var category: Category
    public var source: String
    public var line: Int
    public var text: String
    /// Why it is not the root, as a sentence without its subject.
    public var reason: String

    public init(rule: String, category: Category, source: String, line: Int, text: String, reason: String) {
        self.rule = rule
        self.category = category
        self.source = source
        self.line = line
        self.text = text
        self.reason = reason
    }
}

/// What a rule says, for one who has never seen it.
public struct RuleNote: Sendable, Hashable {
    public var id: String
    public var title: String
    public var category: String
    public var role: Role
    /// The pack that it stands in.
    public var pack: String
    public var references: [String]

    public init(id: String, title: String, category: String, role: Role, pack: String, references: [String]) {
        self.id = id
        self.title = title
        self.category = category
        self.role = role
        self.pack = pack
        self.references = references
    }
}
