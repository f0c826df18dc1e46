public import CrashModel

/// Watches one amount of memory and says when it grows towards its end.
///
/// Memory goes up and down: garbage collection, batches, caches. So the amount is kept as the lowest and highest value in
/// buckets of half a second up to 17 minutes, eight of each width, and it grows only where both the lows and the highs rise
/// evenly. A growth must also lead beyond whatever was seen before, must not be one step, must not have ended, and is
/// believed no further ahead than ``reach`` times as long as it was seen.
///
/// For a machine add what is not available (`total - available`), not what is not free: the page cache fills by itself.
/// Adding takes no memory and some 20 ns; made for up to 10 values a second.
public struct MemoryTrend: Sendable {
    /// How many times as far ahead as it looked back a growth is believed.
    public static let reach = 16.0

    private var rings: [BucketRing]
    private var lastTime = -Double.infinity

    public init() {
        // The factor of 4 and the 8 buckets let every ring see the whole of two periods of the one before.
        rings = [0.5, 4, 16, 64, 256, 1024].map { BucketRing(width: $0) }
    }

    /// Takes the next value.
    ///
    /// - Parameters:
    ///   - bytes: What is used.
    ///   - uptime: Seconds on a clock that only grows; one that went back means another boot, and starts anew.
    public mutating func add(_ bytes: Int, at uptime: Double) {
        guard uptime.isFinite, uptime >= 0, uptime < 1e12 else { return }
        if uptime < lastTime { self = MemoryTrend() }
        lastTime = uptime
        let value = Double(max(0, bytes))
        for index in rings.indices { rings[index].add(value, at: uptime) }
    }

    /// The growth that ends soonest, or without a limit the one that was seen longest; nil where nothing grows for certain.
    ///
    /// - Parameter limit: How much there is, in bytes.
    public func growth(limit: Int? = nil) -> MemoryGrowth? {
        var found: MemoryGrowth?
        for index in rings.indices {
            guard let growth = growth(in: index, limit: limit) else { continue }
            if let soonest = found?.secondsToLimit, let seconds = growth.secondsToLimit, seconds >= soonest { continue }
            found = growth
        }
        return found
    }

    /// A growth of one ring, if it is one.
    private func growth(in index: Int, limit: Int?) -> MemoryGrowth? {
        var lows = BucketValues()
        var highs = BucketValues()
        guard let span = rings[index].fill(&lows, &highs), lows.isEvenRise, highs.isEvenRise else { return nil }
        let rise = min(lows.rise, highs.rise)
        guard rings[index].isAtPeak, rings[index].latest >= lows.last - rise * 0.3 else { return nil }
        let past = highest(before: rings[index].start, after: index)
        // Where it has been before it came back from. Beyond that must lie most of the rise.
        if let past, highs.last - past.high < rise / 2 { return nil }
        // What just began is slower on average than it is: only its last half counts in the ring that sees it first.
        let recent = index == 0 ? 4 : BucketRing.looked
        let (low, high) = (lows.slope(ofLast: recent), highs.slope(ofLast: recent))
        let slope = (low.middle + high.middle) / 2
        guard slope > 0 else { return nil }
        let quality: MemoryGrowth.Quality = (past?.seconds ?? 0) >= max(300, 2 * span) ? .sure : .likely
        var growth = MemoryGrowth(
            bytesPerSecond: slope, low: min(lows.slope.low, highs.slope.low),
            high: max(lows.slope.high, highs.slope.high),
            span: span, quality: quality)
        guard let limit, limit > 0 else { return quality == .sure ? growth : nil }
        let seconds = max(0, (Double(limit) - highs.last) / slope)
        guard seconds <= Self.reach * span else { return nil }
        growth.secondsToLimit = seconds
        return growth
    }

    /// The highest value of the wider rings before some time, and how far back they reach.
    private func highest(before time: Double, after index: Int) -> (high: Double, seconds: Double)? {
        var high: Double?
        var first = time
        for ring in rings[index...] {
            guard let past = ring.highest(before: time) else { continue }
            high = max(high ?? past.high, past.high)
            first = min(first, past.since)
        }
        return high.map { ($0, time - first) }
    }
}
