public import CrashModel

/// One piece of knowledge about crashes: how its line looks, what it means, and what to do. docs/rules.md explains it.
public struct Rule: Sendable, Hashable {
    public var id: String
    /// One plain sentence; may hold `{captures}`.
    public var title: String
    /// `family/kind`; the kind may be a `{capture}`, as in `exception/{type}`.
    public var category: String
    public var severity: Severity
    /// Where such lines usually stand. Empty means anywhere.
    public var reads: Set<LogKind>
    public var shape: Shape
    /// Patterns that keep the rule from applying to a line it matches.
    public var unless: [String]
    public var role: Role
    /// Categories (`cuda/*`) and rule ids (`nccl.*`) that this cause turns into consequences, beyond the defaults.
    public var explains: [String]
    public var verdict: Verdict
    /// Which rule wins when several match one line: the highest.
    public var priority: Int
    /// A later line like this means that the failure healed.
    public var recoveredBy: [String]
    /// Tried only on lines that are looked at closely: a sample of the lines, those around findings, and the beginning
    /// and the end of a log. For what shows in every later line of its kind, as a loss that has become NaN does.
    public var sampled = false
    public var advice: [Advice]
    public var references: [String]
    public var examples: [String]
    public var counterexamples: [String]
    public var pack: String
    public var location: RuleLocation
    /// Part of the program, and not of a folder that the user named.
    public var isBuiltIn = false
    /// Literals of which every line that a `match` pattern or a block's `begin` matches holds one. `nil` when none can
    /// be vouched for, and the rule must be tried on every line.
    public var literals: [[UInt8]]?
    /// Where the rule's patterns stand.
    var patternPlaces: [String: RuleLocation] = [:]

    /// Where one of the rule's patterns stands, for messages about it.
    public func location(ofPattern pattern: String) -> RuleLocation { patternPlaces[pattern] ?? location }

    /// How the lines look.
    public enum Shape: Sendable, Hashable {
        /// One line; one of the patterns matching is enough.
        case line([String])
        case block(BlockShape)
        /// No line says it: diagnosis infers it, under this name, from what the logs do.
        case inferred(Inference)
        /// No line of a log says it: a recording of the machine does. Kinds of observations that all have to be made
        /// near the moment; the first is the one that is told of.
        case recorded([String])
    }

    /// What diagnosis can infer without a telling line.
    public enum Inference: String, Sendable, Hashable, CaseIterable {
        /// A log stops while the rest of the job lives on.
        case silence
        /// The loss jumps up and does not come back.
        case lossSpike = "loss-spike"
        /// The log ends inside a traceback or report that was never finished.
        case unfinishedBlock = "unfinished-block"
        /// Collectives time out, and one rank fell silent before: it is the one to look at.
        case silentRank = "silent-rank"
        /// Dumps of the ranks of a hung job show which of them did not come.
        case absentRank = "absent-rank"
        /// A line that no rule knows, at the end of a run that plainly died.
        case unknownEnd = "unknown-end"
    }

    /// The priority of a rule that states none. Noise beats ordinary rules, since silencing lines is its purpose.
    static func defaultPriority(for role: Role) -> Int { role == .noise ? 80 : 50 }

    /// Rules at or below this are generic: they know that something failed, not what.
    public static let genericPriority = 30
}

/// Several lines that make one finding: a traceback, a kernel report.
public struct BlockShape: Sendable, Hashable {
    public enum Anchor: String, Sendable, CaseIterable { case begin, end }

    public var begin: String
    /// The last line, which belongs to the block.
    public var until: String?
    /// Lines that belong to the block. Without it every line does, up to ``limit``.
    public var continues: String?
    /// Lines of the block that quote source code, which the other rules must not take for messages.
    public var code: String?
    /// One of these must occur.
    public var contains: [String]
    /// None of these may occur.
    public var excludes: [String]
    /// Patterns whose named groups are collected from the block's lines; the last line that has one wins.
    public var captures: [String]
    /// Lines at most.
    public var limit: Int
    /// The line that the finding points at.
    public var anchor: Anchor
}

/// Where a rule stands in its pack.
public struct RuleLocation: Sendable, Hashable, CustomStringConvertible {
    public var file: String
    public var line: Int
    public var column: Int

    public init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    public var description: String { "\(file):\(line):\(column)" }
}

/// A kind of line that says where a run stands: that training advances, that its state was saved, that it ended well;
/// or that looks telling where no rule knows better.
public struct LandmarkRule: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable {
        case progress, checkpoint, success
        /// What tells something about a failure that no rule knows.
        case telling
        /// What no report shows: keys, tokens, passwords.
        case secret
        /// What a report shows unless it is asked not to: names of people and machines.
        case name
        /// What a log states about the machine and the software on it.
        case fact

        /// Landmarks of a run, which a scan looks for.
        public static let ofRuns: Set<Kind> = [.progress, .checkpoint, .success]
    }

    public var id: String
    public var kind: Kind
    /// The named groups that are read where present: of progress `step`, `total`, `epoch`, `loss`, `speed`; of a
    /// checkpoint `path`, `step`, `epoch`; of a secret and a name `secret`, else all of the match is one; of a fact
    /// `value`.
    public var match: [String]
    public var unless: [String]
    public var examples: [String]
    public var counterexamples: [String]
    /// Of what is telling: how much. Below zero for what looks worse than it is.
    public var weight = 0
    public var location: RuleLocation
    /// Part of the program, and not of a folder that the user named.
    public var isBuiltIn = false
    /// Literals of which every line that one of ``match`` matches holds one, as those of a ``Rule``.
    public var literals: [[UInt8]]?
}
