public import Foundation

/// Which crashes of a ledger are wanted. Of each kind any may fit; of different kinds all must.
public struct CrashFilter: Sendable, Hashable, Codable {
    /// Those that happened then or later.
    public var since: Date?
    /// Those that happened before then, or then.
    public var until: Date?
    /// `oom`, `oom/gpu`, `oom/*`.
    public var categories: [String]
    /// In any case of letters. A name without a dot also stands for what begins with it and a dot.
    public var hosts: [String]
    /// Fingerprints or beginnings of them.
    public var fingerprints: [String]

    public init(
        since: Date? = nil, until: Date? = nil, categories: [String] = [], hosts: [String] = [],
        fingerprints: [String] = []
    ) {
        self.since = since
        self.until = until
        self.categories = categories
        self.hosts = hosts
        self.fingerprints = fingerprints
    }

    /// Whether it keeps everything.
    public var isEmpty: Bool { self == CrashFilter() }

    /// - Parameter occurredAt: When the crash happened, else when it was found.
    public func keeps(category: Category, host: String?, fingerprint: String, occurredAt: Date) -> Bool {
        if let since, occurredAt < since { return false }
        if let until, occurredAt > until { return false }
        if !categories.isEmpty, !categories.contains(where: { $0 == category.family || category.matches($0) }) {
            return false
        }
        if !hosts.isEmpty, !hosts.contains(where: { Self.names($0, host) }) { return false }
        return fingerprints.isEmpty || fingerprints.contains { !$0.isEmpty && fingerprint.hasPrefix($0) }
    }

    private static func names(_ wanted: String, _ host: String?) -> Bool {
        guard let host = host?.lowercased() else { return false }
        let wanted = wanted.lowercased()
        return host == wanted || (!wanted.isEmpty && !wanted.contains(".") && host.hasPrefix(wanted + "."))
    }
}
