/// How bad a rule's line is by itself. A `warning` never makes an incident; it is shown beside one.
public enum Severity: String, Sendable, Codable, CaseIterable, Comparable {
    case warning, error, fatal

    public static func < (a: Severity, b: Severity) -> Bool { a.weight < b.weight }

    private var weight: Int {
        switch self {
        case .warning: 0
        case .error: 1
        case .fatal: 2
        }
    }
}

/// What part a line plays in a failure.
public enum Role: String, Sendable, Codable, CaseIterable {
    /// Can be the first cause.
    case root
    /// Normally follows from something else; stands as the root only when nothing else is found.
    case consequence
    /// Another source's word about a cause.
    case confirmation
    /// Noise after the fact; never an incident alone.
    case teardown
    /// Looks bad and means nothing: silences its line.
    case noise
}

/// What to do with the run.
public enum Verdict: String, Sendable, Codable, CaseIterable {
    /// Transient: the same command may work.
    case restart
    /// It fails the same way until something is changed.
    case changeFirst = "change-first"
    /// Drain this GPU or node.
    case replaceHardware = "replace-hardware"
    /// No crash.
    case nothing
}

/// What became of the run after the failure was logged.
public enum Outcome: String, Sendable, Codable, CaseIterable {
    /// The run ended there.
    case terminal
    /// The same operation succeeded later.
    case recovered
    /// Training advanced afterwards.
    case progressed
    /// The logs do not tell.
    case unresolved
}

/// What to do about an incident, and why.
public struct Advice: Hashable, Sendable, Codable {
    /// What to do, as one sentence.
    public var action: String
    /// Why it helps.
    public var reason: String
    /// A command or setting. Whatever came from a log is shell-quoted in it.
    public var command: String?

    public init(action: String, reason: String, command: String? = nil) {
        self.action = action
        self.reason = reason
        self.command = command
    }

    enum CodingKeys: String, CodingKey {
        case action = "do"
        case reason = "why"
        case command = "run"
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(action, forKey: .action)
        try container.encode(reason, forKey: .reason)
        try container.encode(command, forKey: .command)
    }
}
