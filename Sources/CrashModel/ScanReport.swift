/// What a log says about itself: which kind of program wrote it.
public enum LogKind: String, Sendable, Codable, CaseIterable {
    case training, kernel, scheduler, container, unknown
}

/// One input of a scan, and whether all of it could be read.
public struct InputReport: Sendable, Hashable, Codable {
    public var source: String
    public var kind: LogKind
    /// Bytes read, after decompression.
    public var bytes: Int
    public var lines: Int
    /// False when part of the input was not read; ``problem`` says why.
    public var complete: Bool
    public var problem: String?

    public init(
        source: String, kind: LogKind = .unknown, bytes: Int = 0, lines: Int = 0, complete: Bool = true,
        problem: String? = nil
    ) {
        self.source = source
        self.kind = kind
        self.bytes = bytes
        self.lines = lines
        self.complete = complete
        self.problem = problem
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(source, forKey: .source)
        try container.encode(kind, forKey: .kind)
        try container.encode(bytes, forKey: .bytes)
        try container.encode(lines, forKey: .lines)
        try container.encode(complete, forKey: .complete)
        try container.encode(problem, forKey: .problem)
    }
}

/// Something that a scan passed over on purpose: hidden and binary files.
public struct SkippedInput: Sendable, Hashable, Codable {
    public var source: String
    public var reason: String

    public init(source: String, reason: String) {
        self.source = source
        self.reason = reason
    }
}

/// Everything that one scan found.
public struct ScanReport: Sendable {
    public static let schema = "faultline.scan/1"

    public var inputs: [InputReport]
    public var skipped: [SkippedInput]
    /// What a person should read first comes first.
    public var incidents: [Incident]
    /// What the ledger knew of each incident's fingerprint before this scan, by fingerprint.
    public var seenBefore: [String: PastSightings]
    /// Where no rule knows what happened: the lines that stand out, best first.
    public var telling: [TellingLine]
    /// Things the reader must know that belong to no single input.
    public var notes: [String]
    /// The program that made the report, such as `0.1.0`; `nil` when it is not known.
    public var version: String?
    /// The rules that it was made with; `nil` when they are not known.
    public var rules: RulesVersion?

    public init(
        inputs: [InputReport], skipped: [SkippedInput] = [], incidents: [Incident],
        seenBefore: [String: PastSightings] = [:], telling: [TellingLine] = [], notes: [String] = [],
        version: String? = nil, rules: RulesVersion? = nil
    ) {
        self.inputs = inputs
        self.skipped = skipped
        self.incidents = incidents
        self.seenBefore = seenBefore
        self.telling = telling
        self.notes = notes
        self.version = version
        self.rules = rules
    }

    /// Whether a crash was found whose cause a rule names. Exit codes and signals only say that something ended.
    public var isExplained: Bool {
        incidents.contains { incident in
            incident.isCrash && !["unknown", "worker/child", "signal/killed"].contains(incident.category.description)
        }
    }

    public var isComplete: Bool { inputs.allSatisfy(\.complete) }
}
