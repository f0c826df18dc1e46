internal import Literals
internal import PCRE
public import Rules

/// Text without the secrets that stood in it.
public struct Redacted: Sendable, Hashable {
    /// Where a secret stood, `[redacted:KIND]` stands.
    public var text: String
    /// How many secrets of each kind were taken out.
    public var counts: [String: Int]

    public init(text: String, counts: [String: Int] = [:]) {
        self.text = text
        self.counts = counts
    }
}

/// What is taken out beside secrets.
public struct RedactionOptions: Sendable, Hashable {
    /// User names and home folders, as the `name` entries of the rule packs know them.
    public var hidesNames: Bool
    /// These machines, wherever their names stand as words.
    public var hosts: [String]

    public init(hidesNames: Bool = false, hosts: [String] = []) {
        self.hidesNames = hidesNames
        self.hosts = hosts
    }
}

/// Takes secrets out of text that other people will read.
///
/// What a secret looks like is data: the `secret` entries of `patterns/redaction.yaml` and of a user's own packs. A
/// line that could not be looked at as a whole, since a limit stopped a pattern, is not shown at all.
public struct Redactor: Sendable {
    /// What stands for a line that could not be looked at.
    public static let unchecked = "unchecked"
    /// The kind of what a person's own patterns match.
    public static let custom = "custom"
    static let host = "host"
    static let privateKey = "private-key"

    struct Kind: Sendable {
        var name: String
        var patterns: [Pattern]
    }

    /// In the order of their claims: of two that overlap the earlier gives its name.
    let kinds: [Kind]
    let filter: LiteralFilter

    /// - Parameters:
    ///   - rules: What is looked for; entries that are no `secret` and no `name` are passed over.
    ///   - patterns: A person's own, as PCRE2 reads them. A group named `secret` is what is taken out, else all of it.
    /// - Throws: ``RedactionError`` for a pattern that does not compile, or one of a person's that matches nothing at
    ///   all, and so everywhere.
    public init(
        rules: [LandmarkRule], adding patterns: [String] = [], options: RedactionOptions = RedactionOptions()
    ) throws(RedactionError) {
        var kinds: [Kind] = []
        var literals: [[[UInt8]]?] = []
        func add(_ name: String, _ sources: [String], _ known: [[UInt8]]?) throws(RedactionError) {
            var compiled: [Pattern] = []
            for source in sources {
                do throws(PatternError) { compiled.append(try Pattern(source)) } catch {
                    throw RedactionError(kind: name, reason: error.description)
                }
            }
            kinds.append(Kind(name: name, patterns: compiled))
            literals.append(known)
        }
        var matcher = Matcher()
        for source in patterns {
            try add(Self.custom, [source], RequiredLiterals.of(source))
            if let pattern = kinds.last?.patterns.first, (try? matcher.firstMatch(of: pattern, in: [])) ?? nil != nil {
                throw RedactionError(kind: Self.custom, reason: "'\(source)' matches where nothing stands")
            }
        }
        for rule in rules where rule.kind == .secret || (options.hidesNames && rule.kind == .name) {
            let name = rule.id.split(separator: ".", maxSplits: 1).last.map(String.init) ?? rule.id
            try add(name, rule.match, rule.literals)
        }
        for name in options.hosts where !name.isEmpty {
            let source = #"(?<![A-Za-z0-9-])(?i:\Q"# + name.replacing(#"\E"#, with: "") + #"\E)(?![A-Za-z0-9-])"#
            // Where too little is fixed, every line is tried.
            try add(Self.host, [source], name.utf8.count < 3 ? nil : [Array(name.utf8.map(RequiredLiterals.folded))])
        }
        self.kinds = kinds
        filter = LiteralFilter(literals)
    }

    /// The text without secrets. Of several lines each is looked at, and those of a private key are known by those
    /// around them.
    public func redact(_ text: String) -> Redacted {
        var pass = RedactionPass(self)
        let redacted = pass.redact(text)
        return Redacted(text: redacted, counts: pass.counts)
    }

    /// The value with every text in it redacted, whatever its fields are: what is added to it later is covered too.
    ///
    /// Lists of texts, or of values with texts, are taken for lines that follow one another.
    ///
    /// - Throws: what encoding and decoding throw.
    public func redact<Value: Codable>(_ value: Value) throws -> (value: Value, counts: [String: Int]) {
        var pass = RedactionPass(self)
        let redacted = try pass.redact(value)
        return (redacted, pass.counts)
    }
}

/// Why redaction cannot be done as asked.
public struct RedactionError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of secret it is about.
    public var kind: String
    public var reason: String

    public init(kind: String, reason: String) {
        self.kind = kind
        self.reason = reason
    }

    public var description: String { "the pattern for '\(kind)' cannot be used: \(reason)" }
}
