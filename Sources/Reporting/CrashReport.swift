public import CrashModel
public import Foundation

/// All that a report shows, in whatever form: the one value that is redacted, and from which every form is made.
///
/// Texts are those of the logs, with secrets taken out and nothing else done to them: who writes them into a page has
/// to escape them.
public struct CrashReport: Sendable, Hashable, Codable {
    public static let schema = "faultline.report/1"

    /// What it was made of.
    public enum Origin: String, Sendable, Codable {
        /// What the ledger kept of incidents that were found earlier.
        case ledger
        /// Logs that were read for it.
        case logs
    }

    public var schema = CrashReport.schema
    /// Of the program.
    public var version: String
    public var createdAt: Date
    public var origin: Origin
    /// What a person should read first comes first.
    public var incidents: [ReportedIncident]
    /// What looked bad and was survived.
    public var survived: [SurvivedIncident]
    /// Where no rule knows what happened: the lines that stand out, best first.
    public var telling: [TellingLine]
    /// What was read for the report; empty where it comes from the ledger alone.
    public var inputs: [InputReport]
    public var skipped: [SkippedInput]
    /// What the reader must know that belongs to no single incident.
    public var notes: [String]
    /// What was taken out; nil where nothing was looked for.
    public var redaction: RedactionNote?
    /// Which rules it was made with; nil where that is not known.
    public var rules: ReportedRules?

    public init(
        version: String, createdAt: Date, origin: Origin, incidents: [ReportedIncident] = [],
        survived: [SurvivedIncident] = [], telling: [TellingLine] = [], inputs: [InputReport] = [],
        skipped: [SkippedInput] = [], notes: [String] = [], redaction: RedactionNote? = nil,
        rules: ReportedRules? = nil
    ) {
        self.version = version
        self.createdAt = createdAt
        self.origin = origin
        self.incidents = incidents
        self.survived = survived
        self.telling = telling
        self.inputs = inputs
        self.skipped = skipped
        self.notes = notes
        self.redaction = redaction
        self.rules = rules
    }
}

/// What was taken out of a report.
public struct RedactionNote: Sendable, Hashable, Codable {
    /// How many secrets of each kind; where one stood, `[redacted:KIND]` stands.
    public var counts: [String: Int]

    public init(counts: [String: Int]) {
        self.counts = counts
    }

    public var total: Int { counts.values.reduce(0) { min($0 + max(0, $1), 1 << 53) } }

    /// Both together, of a text that was looked through twice.
    public func adding(_ other: RedactionNote) -> RedactionNote {
        RedactionNote(counts: counts.merging(other.counts) { min($0 + $1, 1 << 53) })
    }
}

/// Something that looked bad, after which the run went on.
public struct SurvivedIncident: Sendable, Hashable, Codable {
    public var title: String
    /// How many more of the same rule were survived; nil for none.
    public var alike: Int?
    public var category: CrashModel.Category
    public var outcome: Outcome
    public var source: String
    public var line: Int
    public var time: Date?

    /// ``title``, and how often it happened besides.
    package var words: String { title + Headline.alike(alike ?? 0) }

    public init(_ incident: Incident) {
        title = incident.headline
        alike = incident.alike > 0 ? incident.alike : nil
        category = incident.category
        outcome = incident.outcome
        source = incident.root.source
        line = incident.root.line
        time = ReportedEvidence.stated(incident.root.time)
    }
}

/// Where in a text something stands, in Unicode code points.
public struct TextSpan: Sendable, Hashable, Codable {
    public var start: Int
    public var length: Int

    public init(start: Int, length: Int) {
        self.start = start
        self.length = length
    }

    /// The text before it, it, and the text after it. Of a span that does not fit the text all stands before.
    public func parts(of text: String) -> (before: String, match: String, after: String) {
        let scalars = text.unicodeScalars
        guard start >= 0, length >= 0,
            let from = scalars.index(scalars.startIndex, offsetBy: start, limitedBy: scalars.endIndex),
            let to = scalars.index(from, offsetBy: length, limitedBy: scalars.endIndex)
        else { return (text, "", "") }
        return (String(scalars[..<from]), String(scalars[from..<to]), String(scalars[to...]))
    }
}
