/// Why a message cannot be kept, or not be sent now.
///
/// The description holds no secret, and names files as they were given; whoever prints it escapes it.
public struct NotifyError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) {
        self.description = description
    }
}
