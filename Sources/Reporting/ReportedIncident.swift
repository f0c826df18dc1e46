public import CrashModel
public import Foundation

/// One incident as a report tells it.
public struct ReportedIncident: Sendable, Hashable, Codable {
    public var id: String
    public var fingerprint: String
    /// Without a full stop.
    public var title: String
    public var category: CrashModel.Category
    public var verdict: Verdict
    /// `Change something before restarting: GPU 3 ran out of memory.`
    public var verdictSentence: String
    /// Whether the same command may work as it is.
    public var restartHelps: Bool
    public var outcome: Outcome
    public var outcomeWords: String
    /// 0 to 1; `nan` never.
    public var confidence: Double
    /// `almost certain (0.97)`
    public var confidenceWords: String
    public var because: [String]
    public var firstSeen: Date?
    public var lastSeen: Date?
    /// When it was written into the ledger.
    public var recordedAt: Date?
    public var host: String?
    public var ranks: [Int]
    public var pid: Int?
    public var gpu: Int?
    public var advice: [Advice]
    public var lastProgress: ProgressMark?
    public var lastCheckpoint: CheckpointMark?
    public var lost: LostWork?
    /// `340 steps, 7 minutes of training`
    public var lostWords: String?
    public var stepsPerSecond: Double?
    /// Everything that belongs to it, in the order of time as far as that is known.
    public var evidence: [ReportedEvidence]
    /// Findings of it that are not among ``evidence``, which is bounded.
    public var evidenceLeftOut: Int
    /// The lines around the evidence.
    public var excerpts: [ReportedExcerpt]
    /// Which rank failed when, the first first.
    public var rankMap: [ReportedRank]
    /// Other causes that were considered, the next best first.
    public var rivals: [Rival]
    /// The rules that spoke, the root's first.
    public var rules: [ReportedRule]
    /// The machine, with the window that was recorded around the moment.
    public var machine: ResourceContext?
    /// Earlier failures of the same fingerprint; nil where the ledger holds none or was not read.
    public var past: ReportedPast?
    /// What the logs state about machine and software.
    public var environment: [ReportedFact]
    /// Why some of it may be missing, in sentences.
    public var gaps: [String]
}

/// One line, or several alike, of an incident's story.
public struct ReportedEvidence: Sendable, Hashable, Codable {
    /// Within the report's incident: `e1`.
    public var id: String
    public var part: TimelineEntry.Part
    /// Nil for progress and checkpoints.
    public var rule: String?
    public var title: String
    public var source: String
    public var line: Int
    /// The last of those alike.
    public var lastLine: Int?
    /// As the line states it.
    public var time: Date?
    /// Of a line that states none: when it was written, by the lines around it.
    public var timeFrom: Date?
    public var timeTo: Date?
    public var host: String?
    /// Of ``line``.
    public var rank: Int?
    /// Of several lines that the ledger keeps as one: all ranks that said it; nil where each line is told.
    public var ranks: [Int]?
    public var pid: Int?
    public var gpu: Int?
    public var text: String
    /// What of ``text`` the rule matched, where that is known.
    public var matched: TextSpan?
    /// How many lines like it.
    public var count: Int
    /// The excerpt that shows it: `x1`.
    public var excerpt: String?

    public init(
        id: String, part: TimelineEntry.Part, rule: String? = nil, title: String, source: String, line: Int,
        lastLine: Int? = nil, time: Date? = nil, timeFrom: Date? = nil, timeTo: Date? = nil, host: String? = nil,
        rank: Int? = nil, pid: Int? = nil, gpu: Int? = nil, text: String, matched: TextSpan? = nil, count: Int = 1,
        excerpt: String? = nil
    ) {
        self.id = id
        self.part = part
        self.rule = rule
        self.title = title
        self.source = source
        self.line = LineNumber.clamped(line)
        self.lastLine = lastLine
        self.time = time
        self.timeFrom = timeFrom
        self.timeTo = timeTo
        self.host = host
        self.rank = rank
        self.pid = pid
        self.gpu = gpu
        self.text = text
        self.matched = matched
        self.count = count
        self.excerpt = excerpt
    }

    /// Every rank that said it, as far as known.
    package var allRanks: [Int] { ranks ?? rank.map { [$0] } ?? [] }
}

/// Lines of one source that stand together.
public struct ReportedExcerpt: Sendable, Hashable, Codable {
    /// Within the report's incident: `x1`.
    public var id: String
    public var source: String
    /// In order; their numbers tell what was left out between them.
    public var lines: [ReportedLine]
    /// Why there is no context around the line, as a sentence; nil where there is.
    public var note: String?

    public init(id: String, source: String, lines: [ReportedLine], note: String? = nil) {
        self.id = id
        self.source = source
        self.lines = lines
        self.note = note
    }
}

/// One line of an excerpt.
public struct ReportedLine: Sendable, Hashable, Codable {
    /// 1-based.
    public var number: Int
    public var text: String
    /// Whether a rule spoke of it, and it is not only context.
    public var isEvidence: Bool
    public var matched: TextSpan?

    public init(number: Int, text: String, isEvidence: Bool = false, matched: TextSpan? = nil) {
        self.number = LineNumber.clamped(number)
        self.text = text
        self.isEvidence = isEvidence
        self.matched = matched
    }
}

/// Numbers of lines as a ledger may state them, which anybody may have written.
private enum LineNumber {
    /// One that two of can be added and subtracted.
    static func clamped(_ number: Int) -> Int { min(max(number, 0), 1 << 48) }
}

/// One rank of the run, and its first trouble.
public struct ReportedRank: Sendable, Hashable, Codable {
    public var rank: Int
    public var host: String?
    /// When its first line of the failure was written.
    public var time: Date?
    /// What that line is in the story.
    public var part: TimelineEntry.Part
    public var title: String
    /// Of ``ReportedIncident/evidence``; nil where that was left out.
    public var evidence: String?
    /// Whether it failed before all others, as far as is known.
    public var isFirst: Bool
}

/// What a rule says, for one who has never seen it.
public struct ReportedRule: Sendable, Hashable, Codable {
    public var id: String
    public var title: String
    public var category: String
    public var pack: String
    public var references: [String]

    public init(_ note: RuleNote) {
        id = note.id
        title = TitleTemplate(note.title).general
        category = note.category
        pack = note.pack
        references = note.references
    }
}

/// What the ledger knows of the same failure.
public struct ReportedPast: Sendable, Hashable, Codable {
    /// The earlier ones like it; none of those that struck later.
    public var count: Int
    public var first: Date?
    public var last: Date?
    /// What a person said fixed it the last time, and when.
    public var fix: String?
    public var fixedAt: Date?
    /// The youngest of them, the youngest first.
    public var occurrences: [Occurrence]

    public struct Occurrence: Sendable, Hashable, Codable {
        public var id: String
        public var at: Date
        public var host: String?
        public var verdict: Verdict

        public init(id: String, at: Date, host: String?, verdict: Verdict) {
            self.id = id
            self.at = at
            self.host = host
            self.verdict = verdict
        }
    }

    public init(_ past: PastSightings, occurrences: [Occurrence] = []) {
        count = past.count
        first = past.first
        last = past.last
        fix = past.fix
        fixedAt = past.fixedAt
        self.occurrences = occurrences
    }

    /// The same in the shape that scans tell it in.
    package var sightings: PastSightings {
        PastSightings(count: count, first: first, last: last, fix: fix, fixedAt: fixedAt)
    }
}

/// Something that a log states about the machine or its software.
public struct ReportedFact: Sendable, Hashable, Codable {
    /// `kernel`, `nvidia-driver`, `torch`
    public var name: String
    public var value: String
    public var source: String
    public var line: Int

    public init(name: String, value: String, source: String, line: Int) {
        self.name = name
        self.value = value
        self.source = source
        self.line = line
    }
}
