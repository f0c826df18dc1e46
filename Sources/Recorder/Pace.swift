/// How often to look: more often while memory is short, for the seconds that matter most are the last.
final class Pace {
    private let interval: Double
    private(set) var current: Double
    private(set) var isTense = false
    private var tenseUntil = 0.0
    private var lastAvailable: Int?
    private var lastTime = -Double.infinity

    /// Tasks waited for memory in this share of the interval, in percent.
    private static let tensePressure = 10.0
    /// Less than this share of the memory is available.
    private static let tenseShare = 0.10
    /// At the rate at which it falls, memory is gone in this many seconds.
    private static let tenseSeconds = 20.0
    /// A fall is measured over this many seconds at least: one allocation within a few milliseconds is no slope.
    private static let shortestFall = 0.2
    /// How long it stays tense afterwards, so that it does not flutter.
    private static let calmAfter = 10.0
    private static let quickest = 0.1

    init(interval: Double) {
        self.interval = interval
        current = interval
    }

    func update(memory: MemoryProbe, pressure: Double, now: Double) {
        let available = memory.available
        var isShort = pressure >= Self.tensePressure
        if memory.total > 0 {
            if Double(available) < Double(memory.total) * Self.tenseShare { isShort = true }
            if now - lastTime >= Self.shortestFall {
                if let lastAvailable {
                    let fall = Double(lastAvailable - available) / (now - lastTime)
                    if fall > 0, Double(available) / fall < Self.tenseSeconds { isShort = true }
                }
                lastAvailable = available
                lastTime = now
            }
        }
        if isShort { tenseUntil = now + Self.calmAfter }
        isTense = now < tenseUntil
        current = isTense ? max(min(Self.quickest, interval), interval / 4) : interval
    }
}
