/// One thread of a stack dump.
public struct StackThread: Equatable, Sendable {
    /// As stated: a number of the system's or a pointer; empty when the tool names the only thread none.
    public let id: String
    public let name: String?
    /// py-spy's `idle`, `active`, `active+gil`; `nil` from `faulthandler`.
    public let state: String?
    /// Innermost first.
    public internal(set) var frames: [CodePlace] = []

    /// The innermost frame outside installed libraries, PyTorch and Python's own; or else outside the last two.
    public var place: CodePlace? { frames.first(where: \.isUsers) ?? frames.first(where: \.isCaller) }
}
