public import CrashModel

/// Which rules a report was made with.
public struct ReportedRules: Sendable, Hashable, Codable {
    /// Of all that the rules say; `faultline --version` prints that of the built-in ones.
    public var hash: String
    public var count: Int
    /// How many of them are from packs of the user's own.
    public var own: Int
    /// By name.
    public var packs: [Pack]

    public struct Pack: Sendable, Hashable, Codable {
        public var name: String
        /// Rules that are in force: one that another pack replaced counts there.
        public var count: Int
        /// How many of them are from packs of the user's own.
        public var own: Int

        public init(name: String, count: Int, own: Int) {
            self.name = name
            self.count = count
            self.own = own
        }
    }

    public init(_ version: RulesVersion, packs: [Pack]) {
        hash = version.hash
        count = version.count
        own = version.own
        self.packs = packs.sorted { $0.name < $1.name }
    }
}
