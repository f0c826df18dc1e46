public import Foundation

/// Findings that belong to one failure.
public struct Incident: Sendable, Hashable {
    /// From the content, so that the same crash read twice is one incident.
    public var id: String
    /// The same failure tomorrow has the same fingerprint.
    public var fingerprint: String
    public var title: String
    public var category: Category
    public var severity: Severity
    public var outcome: Outcome
    public var verdict: Verdict
    /// 0 to 1; ``because`` says where it comes from.
    public var confidence: Double
    public var because: [String]
    public var firstSeen: Date?
    public var lastSeen: Date?
    public var host: String?
    public var ranks: [Int]
    /// The earliest best-supported cause.
    public var root: Finding
    public var consequences: [Finding]
    public var confirmations: [Finding]
    /// Noise after the fact, kept out of the story but not out of the record.
    public var teardown: [Finding]
    /// Of what was survived: how many more of the same rule were.
    public var alike = 0
    public var advice: [Advice]
    /// The last training progress before the failure.
    public var lastProgress: ProgressMark?
    /// The first of the log that ``lastProgress`` stands in, if it is before that; where several runs wrote into one log,
    /// the first of all.
    public var firstProgress: ProgressMark?
    /// Where the state of the training was last saved whole before the failure.
    public var lastCheckpoint: CheckpointMark?
    /// What training has to be done again.
    public var lost: LostWork?
    /// Training steps per second before the failure.
    public var stepsPerSecond: Double?
    /// Other causes that were considered, the next best first, with what speaks against each.
    public var runnersUp: [RunnerUp] = []
    public var context: ResourceContext?

    public init(
        id: String = "", fingerprint: String, title: String, category: Category, severity: Severity, outcome: Outcome,
        verdict: Verdict, confidence: Double, because: [String], firstSeen: Date? = nil, lastSeen: Date? = nil,
        host: String? = nil, ranks: [Int] = [], root: Finding, consequences: [Finding] = [],
        confirmations: [Finding] = [], teardown: [Finding] = [], advice: [Advice] = [],
        lastProgress: ProgressMark? = nil, context: ResourceContext? = nil
    ) {
        self.id = id
        self.fingerprint = fingerprint
        self.title = title
        self.category = category
        self.severity = severity
        self.outcome = outcome
        self.verdict = verdict
        self.confidence = confidence
        self.because = because
        self.firstSeen = firstSeen
        self.lastSeen = lastSeen
        self.host = host
        self.ranks = ranks
        self.root = root
        self.consequences = consequences
        self.confirmations = confirmations
        self.teardown = teardown
        self.advice = advice
        self.lastProgress = lastProgress
        self.context = context
    }

    /// Whether a person has to act: the run ended there, or nothing shows that it went on.
    public var isCrash: Bool { outcome == .terminal || outcome == .unresolved }
}

/// A finding that could have been the cause, and why another was chosen.
public struct RunnerUp: Sendable, Hashable {
    public var finding: Finding
    /// Why it is not the root, as a sentence without its subject: `came 12 s after the root`.
    public var reason: String

    public init(finding: Finding, reason: String) {
        self.finding = finding
        self.reason = reason
    }
}

/// A line that shows that the state of the training was saved.
public struct CheckpointMark: Sendable, Hashable, Codable {
    public var source: String
    public var line: Int
    public var text: String
    /// Where it was saved, when the line says so; as the log spells it.
    public var path: String?
    public var step: Int?
    public var epoch: Int?
    public var time: Date?

    public init(
        source: String, line: Int, text: String, path: String? = nil, step: Int? = nil, epoch: Int? = nil,
        time: Date? = nil
    ) {
        self.source = source
        self.line = line
        self.text = text
        self.path = path
        self.step = step
        self.epoch = epoch
        self.time = time
    }
}

/// Training between the last checkpoint, or the beginning where there was none, and the failure.
public struct LostWork: Sendable, Hashable, Codable {
    public var steps: Int?
    public var seconds: Double?

    public init(steps: Int? = nil, seconds: Double? = nil) {
        self.steps = steps
        self.seconds = seconds
    }
}

/// A line that shows that training advanced.
public struct ProgressMark: Sendable, Hashable, Codable {
    public var source: String
    public var line: Int
    public var text: String
    /// The step, iteration or batch that the line states.
    public var step: Int?
    public var epoch: Int?
    public var time: Date?

    public init(source: String, line: Int, text: String, step: Int? = nil, epoch: Int? = nil, time: Date? = nil) {
        self.source = source
        self.line = line
        self.text = text
        self.step = step
        self.epoch = epoch
        self.time = time
    }
}
