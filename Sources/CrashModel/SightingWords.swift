public import Foundation

extension PastSightings {
    /// `4 times in 14 days`: how often, and over which span from the first to the last.
    public var frequency: String {
        let times = count == 1 ? "once" : count == 2 ? "twice" : "\(count) times"
        guard count > 1, let first, let last else { return times }
        return "\(times) in \(Self.span(last.timeIntervalSince(first)))"
    }

    /// `2 days ago`: how long the last one is past; nil when its time is unknown.
    public func lastAge(now: Date) -> String? {
        guard let last else { return nil }
        let seconds = now.timeIntervalSince(last)
        // Clocks of two machines never agree to the second, so a little future is the present.
        return seconds < 60 ? "just now" : "\(Self.span(seconds)) ago"
    }

    /// `14 days`, `3 hours`, `1 minute`: the largest unit that gives at least one, rounded, `1 minute` at the least.
    static func span(_ seconds: TimeInterval) -> String {
        let units: [(name: String, seconds: Double, most: Double)] = [
            ("minute", 60, 90), ("hour", 3600, 36), ("day", 86400, 120), ("month", 30.44 * 86400, 24),
            ("year", 365.25 * 86400, .infinity),
        ]
        let amount = max(0, seconds)
        for unit in units where amount / unit.seconds < unit.most {
            let number = max(1, Int((amount / unit.seconds).rounded()))
            return number == 1 ? "1 \(unit.name)" : "\(number) \(unit.name)s"
        }
        return "a long time"
    }
}
