/// What kind of failure something is: a family that a person asks for first, and a kind within it, as in `oom/host`.
///
/// `unknown` stands alone. The kinds of `exception` are open: the exception's type name.
public struct Category: Hashable, Sendable, Codable, CustomStringConvertible, Comparable {
    public let family: String
    public let kind: String?

    public init(family: String, kind: String?) {
        self.family = family
        self.kind = kind
    }

    /// Reads `family/kind`. Whether the pair is one that Faultline knows is a separate question: ``isKnown``.
    public init(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1)
        family = parts.first.map(String.init) ?? "unknown"
        kind = parts.count > 1 ? String(parts[1]) : nil
    }

    public static let unknown = Category(family: "unknown", kind: nil)

    public var description: String { kind.map { "\(family)/\($0)" } ?? family }

    /// Whether the family exists and has this kind. Any kind of `exception` counts.
    public var isKnown: Bool {
        guard let kinds = Self.taxonomy[family] else { return false }
        guard let kind else { return kinds.isEmpty }
        return family == "exception" ? !kind.isEmpty : kinds.contains(kind)
    }

    /// Whether `pattern` names this category: `oom/gpu`, `oom/*` or `*`.
    public func matches(_ pattern: String) -> Bool {
        if pattern == "*" || pattern == description { return true }
        return pattern.hasSuffix("/*") && pattern.dropLast(2) == family
    }

    public init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    public static func < (a: Category, b: Category) -> Bool { a.description < b.description }

    /// Every family with its kinds. `docs/rules.md` explains each.
    public static let taxonomy: [String: [String]] = [
        "oom": ["host", "cgroup", "userspace", "gpu"],
        "cuda": ["illegal-access", "device-assert", "launch", "library", "setup"],
        "hang": ["collective", "task", "lockup", "silent"],
        "orphan": ["process", "gpu-memory", "port", "shared-memory"],
        "gpu": ["fallen-off", "ecc", "nvlink", "thermal-power", "xid"],
        "collective": ["transport", "rendezvous", "peer-lost"],
        "worker": ["dataloader", "child"],
        "signal": ["segfault", "bus", "abort", "illegal-instruction", "killed"],
        "exception": ["{type}"],
        "storage": ["full", "quota", "io-error", "stale", "permission", "missing"],
        "network": ["refused", "reset", "timeout", "dns"],
        "checkpoint": ["corrupt", "mismatch", "save-failed"],
        "divergence": ["nan", "overflow", "spike"],
        "preemption": ["time-limit", "preempted", "cancelled", "node-failure", "evicted"],
        "kernel": ["panic", "oops", "machine-check", "pcie", "filesystem"],
        "environment": ["import", "library", "version"],
        "unknown": [],
    ]
}
