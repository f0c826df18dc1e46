/// Why a sweep cannot be made.
///
/// The description names files as they were given; whoever prints it escapes it, as with every path.
public struct SweepError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What went wrong. Open, so that a new kind breaks nobody.
    public struct Kind: Hashable, Sendable {
        let name: String

        /// The configuration is missing, or something in it is wrong.
        public static let configuration = Kind(name: "configuration")
        /// Another sweep runs.
        public static let busy = Kind(name: "busy")
        /// What the last sweep remembered cannot be read or written.
        public static let state = Kind(name: "state")
    }

    public let kind: Kind
    public let description: String

    public init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
