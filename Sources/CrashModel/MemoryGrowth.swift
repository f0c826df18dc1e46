/// That memory grows, how fast, and what that rests on.
public struct MemoryGrowth: Sendable, Hashable, Codable {
    public enum Quality: String, Sendable, Codable {
        /// It grew evenly as far back as it was watched, which is not long: it may be the first rise of an ordinary up and
        /// down, or data being loaded.
        case likely
        /// It grew evenly and beyond all that was seen before, over a time long enough to have seen ups and downs.
        case sure
    }

    /// The rate, and the bounds in which most pairs of moments lie.
    public var bytesPerSecond: Double
    public var low: Double
    public var high: Double
    /// Over how many seconds it was seen.
    public var span: Double
    /// When the peaks reach the limit at this rate; nil where no limit is known.
    public var secondsToLimit: Double?
    public var quality: Quality

    public init(
        bytesPerSecond: Double, low: Double, high: Double, span: Double, secondsToLimit: Double? = nil,
        quality: Quality
    ) {
        self.bytesPerSecond = bytesPerSecond
        self.low = low
        self.high = high
        self.span = span
        self.secondsToLimit = secondsToLimit
        self.quality = quality
    }

    enum CodingKeys: String, CodingKey {
        case low, high, span, quality
        case bytesPerSecond = "bytes_per_second"
        case secondsToLimit = "seconds_to_limit"
    }
}
