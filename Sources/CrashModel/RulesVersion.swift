/// Which rules a report was made with.
///
/// Rule packs carry no number that somebody would have to raise: what they say is their version.
public struct RulesVersion: Sendable, Hashable, Codable, CustomStringConvertible {
    /// Eight hexadecimal digits of all that the rules, landmarks and laws say, and in which order, whatever files and
    /// lines they stand in.
    public var hash: String
    public var count: Int
    /// How many of them are from packs of the user's own.
    public var own: Int

    public init(hash: String, count: Int, own: Int = 0) {
        self.hash = hash
        self.count = count
        self.own = own
    }

    public var description: String { "rules \(hash): \(count) rules" }
}
