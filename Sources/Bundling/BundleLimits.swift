/// How large a bundle may be, written or read. What would not be read again is not written.
public struct BundleLimits: Sendable, Hashable {
    /// Bytes of the file. GitHub takes 25 MB in an issue, most mail servers as much.
    public var packed = 24 << 20
    /// Bytes of all files in it together.
    public var content = 64 << 20
    /// Bytes of one.
    public var file = 32 << 20
    /// Bytes of the report as JSON, which takes many times as much to understand.
    public var report = 16 << 20
    public var manifest = 1 << 20
    /// Folders among them, which who packs a bundle again may add.
    public var entries = 400

    public init() {}

    public static let standard = BundleLimits()
}
