extension Incident {
    /// The machines that its lines name: where it happened, or else every one that is told of.
    public var hosts: Set<String> {
        if let host { return [host] }
        return Set(([root] + consequences + confirmations).compactMap(\.origin.host))
    }

    /// Whether it can have happened on the machine of this name. The domain, and the case of letters, say nothing.
    public func canBe(on machine: String) -> Bool {
        hosts.isEmpty || hosts.contains { Self.short($0) == Self.short(machine) }
    }

    private static func short(_ host: String) -> Substring {
        host.lowercased().prefix { $0 != "." }
    }
}
