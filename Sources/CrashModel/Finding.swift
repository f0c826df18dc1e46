/// One rule matched at one place.
public struct Finding: Sendable, Hashable {
    /// The id of the rule, such as `gpu.xid.79`.
    public var rule: String
    public var title: String
    public var category: Category
    public var severity: Severity
    public var role: Role
    /// Where the line stands: the path as it was given, or `-` for standard input.
    public var source: String
    /// 1-based line number: one more than the newlines before it.
    public var line: Int
    /// Bytes before the line in its (decompressed) source.
    public var offset: Int
    public var time: LogTime
    /// Who wrote it, as far as the line or the file's place says.
    public var origin: LineOrigin
    /// The line without colour and transport prefixes; never shown without escaping.
    public var text: String
    /// The lines of a block (traceback, kernel report) with their line numbers, thinned when long.
    public var excerpt: [ExcerptLine]
    /// The named groups of the rule's pattern.
    public var captures: [String: String]
    /// How many lines matched the same rule in a row here; this one is the first.
    public var count: Int
    /// The line number of the last of those.
    public var lastLine: Int

    public init(
        rule: String, title: String, category: Category, severity: Severity, role: Role, source: String, line: Int,
        offset: Int, time: LogTime = .unknown, origin: LineOrigin = LineOrigin(), text: String,
        excerpt: [ExcerptLine] = [], captures: [String: String] = [:], count: Int = 1, lastLine: Int? = nil
    ) {
        self.rule = rule
        self.title = title
        self.category = category
        self.severity = severity
        self.role = role
        self.source = source
        self.line = line
        self.offset = offset
        self.time = time
        self.origin = origin
        self.text = text
        self.excerpt = excerpt
        self.captures = captures
        self.count = count
        self.lastLine = lastLine ?? line
    }
}

/// One line of a finding's excerpt.
public struct ExcerptLine: Sendable, Hashable, Codable {
    public var line: Int
    public var text: String

    public init(line: Int, text: String) {
        self.line = line
        self.text = text
    }
}

/// Who wrote a line: what its prefixes and its file's place say.
public struct LineOrigin: Sendable, Hashable {
    public var host: String?
    /// Global rank of the process, as `[rank3]:` says; one of its machine's own count where ``isRankLocal``.
    public var rank: Int?
    /// Whether ``rank`` counts from the first process of the machine, as `[default3]:` and `local_rank: 3` do. Other
    /// machines have the same.
    public var isRankLocal = false
    public var pid: Int?
    /// Index of the GPU on its host.
    public var gpu: Int?
    /// A label that tells one interleaved writer from another: `rank3`, `RayActor pid=812`.
    public var stream: String?

    public init(
        host: String? = nil, rank: Int? = nil, isRankLocal: Bool = false, pid: Int? = nil, gpu: Int? = nil,
        stream: String? = nil
    ) {
        self.host = host
        self.rank = rank
        self.isRankLocal = isRankLocal
        self.pid = pid
        self.gpu = gpu
        self.stream = stream
    }
}
