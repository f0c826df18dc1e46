/// The lowest and the highest value of each of the last stretches of time.
struct BucketRing: Sendable {
    /// Buckets that a trend is drawn from; one more is being filled, and as many again hold what was before.
    static let looked = 8
    private static let kept = 24

    let width: Double
    private var buckets: [Bucket]
    /// Of the bucket that is being filled: the time divided by the width.
    private var current = -1
    private(set) var latest = 0.0
    /// When the highest value of those that are looked at was met.
    private var peak = (value: -Double.infinity, time: 0.0)

    private struct Bucket {
        var number = -1
        var low = 0.0
        var high = 0.0
        /// Of the first value and the last.
        var since = 0.0
        var until = 0.0
    }

    init(width: Double) {
        self.width = width
        buckets = Array(repeating: Bucket(), count: Self.kept)
    }

    mutating func add(_ value: Double, at time: Double) {
        let number = Int(time / width)
        let slot = number % Self.kept
        current = number
        latest = value
        if value >= peak.value || peak.time < start { peak = (value, time) }
        now = time
        if buckets[slot].number == number {
            buckets[slot].low = min(buckets[slot].low, value)
            buckets[slot].high = max(buckets[slot].high, value)
            buckets[slot].until = time
        } else {
            buckets[slot] = Bucket(number: number, low: value, high: value, since: time, until: time)
        }
    }

    private var now = 0.0

    /// Whether the highest value was met just now. A growth that has ended is none, though the buckets still show it.
    var isAtPeak: Bool { now - peak.time <= (width < 1 ? 1.01 : width * 1.25) }

    /// The time from which ``fill(_:_:)`` takes values.
    var start: Double { Double(current - Self.looked + 1) * width }

    /// Gives the lows and highs of the last buckets, and the seconds between the first and the last of them. Nil where
    /// fewer than half of them have values, or the last was too long ago.
    ///
    /// The bucket that is being filled counts once it is half over, or in the narrowest ring at once: there every moment
    /// matters, and a bucket holds one value or a few.
    func fill(_ lows: inout BucketValues, _ highs: inout BucketValues) -> Double? {
        guard current >= 0 else { return nil }
        let isNarrow = width < 1
        for number in max(0, current - Self.looked + 1)...current {
            let bucket = buckets[number % Self.kept]
            guard bucket.number == number else { continue }
            if !isNarrow, number == current, bucket.until - Double(number) * width < width / 2 { continue }
            // Where the lows and the highs stand is not told; the middle of the bucket is wrong by less than half of it.
            let time = (bucket.since + bucket.until) / 2
            lows.add(bucket.low, at: time)
            highs.add(bucket.high, at: time)
        }
        guard lows.count >= (isNarrow ? 4 : 6) else { return nil }
        let span = lows.span
        return span >= (isNarrow ? 2.5 : width * 4) ? span : nil
    }

    /// The highest value before some time, and the time of the first.
    func highest(before time: Double) -> (high: Double, since: Double)? {
        var high: Double?
        var since = time
        for bucket in buckets where bucket.number >= 0 && bucket.until < time && bucket.number > current - Self.kept {
            high = max(high ?? bucket.high, bucket.high)
            since = min(since, bucket.since)
        }
        return high.map { ($0, since) }
    }
}

/// A few values over time, without memory of its own on the heap.
struct BucketValues {
    private(set) var count = 0
    private var times = InlineStore()
    private var values = InlineStore()

    private typealias InlineStore = SIMD8<Double>

    mutating func add(_ value: Double, at time: Double) {
        guard count < values.scalarCount else { return }
        times[count] = time
        values[count] = value
        count += 1
    }

    var last: Double { count > 0 ? values[count - 1] : 0 }
    var rise: Double { count > 0 ? values[count - 1] - values[0] : 0 }
    var span: Double { count > 0 ? times[count - 1] - times[0] : 0 }

    /// The slopes between all pairs: the middle one (Theil and Sen), and those that have a tenth beside them.
    var slope: (low: Double, middle: Double, high: Double) { slope(ofLast: count) }

    /// The same of the last few values.
    func slope(ofLast number: Int) -> (low: Double, middle: Double, high: Double) {
        withUnsafeTemporaryAllocation(of: Double.self, capacity: 28) { slopes in
            var made = 0
            let first = max(0, count - number)
            for later in first..<count {
                for earlier in first..<later where times[later] > times[earlier] {
                    let slope = (values[later] - values[earlier]) / (times[later] - times[earlier])
                    var place = made
                    while place > 0, slopes[place - 1] > slope {
                        slopes[place] = slopes[place - 1]
                        place -= 1
                    }
                    slopes[place] = slope
                    made += 1
                }
            }
            guard made > 0 else { return (0, 0, 0) }
            return (slopes[made / 10], slopes[made / 2], slopes[made - 1 - made / 10])
        }
    }

    /// Whether they rise all along, by more than they scatter, in more than one step, and still do at the end.
    var isEvenRise: Bool {
        // Less is of no interest, and lost in what any process does.
        guard count >= 4, rise > 16 * 1024 * 1024 else { return false }
        var agreeing = 0
        var steepest = 0.0
        for later in 1..<count {
            for earlier in 0..<later {
                agreeing += values[later] > values[earlier] ? 1 : values[later] < values[earlier] ? -1 : 0
            }
            steepest = max(steepest, values[later] - values[later - 1])
        }
        let pairs = count * (count - 1) / 2
        // Among 4 values all pairs, among 8 all but two. Half of the rise at once is a step.
        guard Double(agreeing) >= Double(pairs) * 0.8, steepest <= rise * 0.45 else { return false }
        let lastThird = values[count - 1] - values[count - 1 - count / 3]
        return lastThird >= rise * 0.1 && scatter <= rise * 0.2
    }

    /// How far the values lie from a line through them, on average.
    private var scatter: Double {
        let slope = slope.middle
        var offset = 0.0
        for index in 0..<count { offset += values[index] - slope * (times[index] - times[0]) }
        offset /= Double(max(1, count))
        var sum = 0.0
        for index in 0..<count { sum += abs(values[index] - slope * (times[index] - times[0]) - offset) }
        return sum / Double(max(1, count))
    }
}
