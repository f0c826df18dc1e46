/// One number over time, with its lowest and highest value in each of at most ``most`` stretches.
struct RecordingSeriesBuckets: Sendable {
    static let most = 1024

    private var lows: [Float] = []
    private var highs: [Float] = []
    private(set) var low = Double.infinity
    private(set) var high = -Double.infinity
    private(set) var first = Double.nan
    private(set) var last = Double.nan

    var isEmpty: Bool { lows.isEmpty }

    mutating func add(_ value: Double, slot: Int) {
        guard value.isFinite, slot >= 0, slot < Self.most else { return }
        if isEmpty { first = value }
        last = value
        low = min(low, value)
        high = max(high, value)
        while lows.count <= slot {
            lows.append(.nan)
            highs.append(.nan)
        }
        let number = Float(value)
        lows[slot] = lows[slot].isNaN ? number : min(lows[slot], number)
        highs[slot] = highs[slot].isNaN ? number : max(highs[slot], number)
    }

    /// Makes one stretch of each two.
    mutating func fold() {
        lows = Self.folded(lows) { min($0, $1) }
        highs = Self.folded(highs) { max($0, $1) }
    }

    private static func folded(_ values: [Float], _ join: (Float, Float) -> Float) -> [Float] {
        stride(from: 0, to: values.count, by: 2).map { index in
            guard index + 1 < values.count, !values[index + 1].isNaN else { return values[index] }
            return values[index].isNaN ? values[index + 1] : join(values[index], values[index + 1])
        }
    }

    /// The lowest or the highest value in some slots; nil where there is none.
    func extreme(_ slots: Range<Int>, isLow: Bool) -> Double? {
        var found: Float?
        for slot in slots.clamped(to: 0..<lows.count) {
            let value = isLow ? lows[slot] : highs[slot]
            if value.isNaN { continue }
            found = found.map { isLow ? min($0, value) : max($0, value) } ?? value
        }
        return found.map(Double.init)
    }
}
