public import CrashModel

/// A sample, and where it is recorded.
public struct PlacedSample: Sendable, Hashable {
    public var sample: MachineSample
    public var source: String
    public var line: Int
    public var boot: String?

    public init(_ sample: MachineSample, source: String, line: Int, boot: String? = nil) {
        self.sample = sample
        self.source = source
        self.line = line
        self.boot = boot
    }
}
