import CrashModel
import Foundation
import Recording
import TestSupport
import Testing

private let megabyte = 1e6
private let gigabyte = 1e9

/// A made-up course of memory: what is used, in bytes, at a second.
private struct Course {
    var rate = 1.0
    var value: (Double, inout Seeded) -> Double

    /// Feeds a trend and gives the moments at which it says something.
    func alarms(seconds: Double, limit: Double?, seed: UInt64) -> [(time: Double, growth: MemoryGrowth)] {
        var random = Seeded(seed)
        var trend = MemoryTrend()
        var alarms: [(Double, MemoryGrowth)] = []
        for index in 0..<Int(seconds * rate) {
            let time = Double(index) / rate
            trend.add(Int(max(0, value(time, &random))), at: 5000.25 + time)
            if let growth = trend.growth(limit: limit.map { Int($0) }) { alarms.append((time, growth)) }
        }
        return alarms
    }
}

private func noise(_ size: Double, _ random: inout Seeded) -> Double { Double.random(in: -size...size, using: &random) }

/// Rises evenly by twice the height within a period, then falls at once.
private func sawtooth(_ time: Double, height: Double, period: Double) -> Double {
    height * (2 * (time / period).truncatingRemainder(dividingBy: 1) - 1)
}

@Suite struct MemoryTrendTests {
    @Test(
        "A runaway allocation is seen within 3.5 s", arguments: [1.0, 2.0, 10.0],
        [300 * megabyte, 500 * megabyte, 2 * gigabyte])
    func runaway(rate: Double, speed: Double) throws {
        for seed in 0..<UInt64(10 * caseFactor) {
            let onset = 400 + Double(seed % 30) * 0.37
            let course = Course(rate: rate) { time, random in
                20 * gigabyte + max(0, time - onset) * speed + noise(5 * megabyte, &random)
            }
            let limit = 20 * gigabyte + 20 * speed
            let alarms = course.alarms(seconds: onset + 15, limit: limit, seed: seed)
            let first = try #require(alarms.first)
            #expect(first.time >= onset && first.time <= onset + 4.5, "seed \(seed): \(first.time - onset) s")
            // Before the process had a second for it there is nothing to see: a sample comes up to a period late.
            #expect(first.time - onset <= 3.5 + 1 / rate)
            let growth = first.growth
            #expect(abs(growth.bytesPerSecond / speed - 1) < 0.3)
            #expect(growth.low <= growth.bytesPerSecond && growth.bytesPerSecond <= growth.high)
            let left = try #require(growth.secondsToLimit)
            #expect(abs(left - (20 - (first.time - onset))) < 5)
            #expect(growth.quality == .sure && growth.span < 5)
        }
    }

    @Test(
        "A leak of 1 MB/s on a sawtooth of 2 GB up and down is seen within 12 minutes, and not taken for anything faster"
    )
    func leak() throws {
        for seed in 0..<UInt64(4 * caseFactor) {
            let course = Course { time, random in
                20 * gigabyte + max(0, time - 1800) * megabyte + sawtooth(time, height: 2 * gigabyte, period: 60)
                    + noise(20 * megabyte, &random)
            }
            let all = course.alarms(seconds: 1800 + 900, limit: 28 * gigabyte, seed: seed)
            // The first rise of the sawtooth, with nothing before it, cannot be told from a leak.
            let alarms = all.filter { $0.time > 60 || $0.growth.quality == .sure }
            let first = try #require(alarms.first)
            #expect(first.time > 1800 && first.time < 1800 + 720, "seed \(seed): after \(first.time - 1800) s")
            for alarm in alarms {
                #expect(alarm.growth.bytesPerSecond < 2 * megabyte && alarm.growth.bytesPerSecond > megabyte / 2)
            }
        }
    }

    @Test("What is no growth raises no alarm in an hour", arguments: 0..<9)
    func quiet(kind: Int) {
        let courses: [(name: String, course: Course)] = [
            ("noise", Course { _, random in 30 * gigabyte + noise(gigabyte, &random) }),
            ("a plateau", Course { _, _ in 30 * gigabyte }),
            ("a step", Course { time, random in (time < 900 ? 10 : 40) * gigabyte + noise(10 * megabyte, &random) }),
            (
                "a step over two seconds",
                Course { time, random in
                    10 * gigabyte + min(2, max(0, time - 900)) * 15 * gigabyte + noise(10 * megabyte, &random)
                }
            ),
            ("two steps", Course { time, _ in (time < 900 ? 10 : time < 910 ? 25 : 40) * gigabyte }),
            (
                "a sawtooth of a minute",
                Course { time, random in
                    30 * gigabyte + sawtooth(time, height: 2 * gigabyte, period: 60) + noise(20 * megabyte, &random)
                }
            ),
            (
                "a sawtooth of six seconds",
                Course(rate: 4) { time, random in
                    30 * gigabyte + sawtooth(time, height: gigabyte, period: 6) + noise(20 * megabyte, &random)
                }
            ),
            (
                "waves of ten minutes",
                Course { time, random in
                    30 * gigabyte + sin(time / 600 * 2 * .pi) * gigabyte + noise(50 * megabyte, &random)
                }
            ),
            (
                "memory given back",
                Course { time, random in max(5, 50 - time / 60) * gigabyte + noise(100 * megabyte, &random) }
            ),
        ]
        let (name, course) = courses[kind]
        for seed in 0..<UInt64(3 * caseFactor) {
            let alarms = course.alarms(seconds: 3600, limit: 64 * gigabyte, seed: seed)
            #expect(alarms.isEmpty, "\(name), seed \(seed): \(alarms.count), first \(String(describing: alarms.first))")
            let unlimited = course.alarms(seconds: 3600, limit: nil, seed: seed)
            #expect(unlimited.isEmpty, "\(name), seed \(seed), no limit: \(String(describing: unlimited.first))")
        }
    }

    @Test("Random ups and downs that lead nowhere raise an alarm in less than one second of two thousand")
    func falseAlarmRate() {
        var alarms = 0
        var seconds = 0
        for seed in 0..<UInt64(20 * caseFactor) {
            // A random walk that is pulled back to its middle, as batches of many sizes do.
            var level = 0.0
            var random = Seeded(seed &* 7919 &+ 1)
            var trend = MemoryTrend()
            for second in 0..<3600 {
                level += noise(200 * megabyte, &random) - level * 0.02
                trend.add(Int(40 * gigabyte + level), at: Double(second) + 0.1)
                alarms += trend.growth(limit: Int(64 * gigabyte)) == nil ? 0 : 1
                seconds += 1
            }
        }
        #expect(alarms * 2000 < seconds, "\(alarms) of \(seconds)")
    }

    @Test("An alarm ends within 6 s when memory stops growing")
    func ends() throws {
        let course = Course { time, random in
            20 * gigabyte + min(20, max(0, time - 100)) * gigabyte + noise(5 * megabyte, &random)
        }
        let alarms = course.alarms(seconds: 300, limit: 50 * gigabyte, seed: 1)
        #expect(try #require(alarms.first).time < 104)
        #expect(try #require(alarms.last).time <= 126)
    }

    @Test("Memory that is full has no seconds left, and the rate stays")
    func full() throws {
        let course = Course { time, _ in 10 * gigabyte + max(0, time - 60) * gigabyte }
        let last = try #require(course.alarms(seconds: 90, limit: 30 * gigabyte, seed: 1).last)
        #expect(last.growth.secondsToLimit == 0)
        #expect(abs(last.growth.bytesPerSecond - gigabyte) < gigabyte / 10)
    }

    @Test("A reboot, a hole and senseless times are survived")
    func badInput() {
        var trend = MemoryTrend()
        for (time, bytes) in [
            (0.0, 0), (.nan, 1), (.infinity, 2), (-5, 3), (1e300, 4), (10, -1), (11, Int.max), (12, Int.min), (9e11, 5),
            (1, 6), (2, 7), (3, 8), (1e6, Int.max),
        ] {
            trend.add(bytes, at: time)
            #expect(trend.growth(limit: 0) == nil)
            #expect(trend.growth(limit: .max) == nil)
        }
        // The growth of the boot before is forgotten.
        var grown = MemoryTrend()
        for second in 0..<200 { grown.add(max(0, second - 100) * 1_000_000_000, at: 1000 + Double(second)) }
        #expect(grown.growth(limit: 110_000_000_000) != nil)
        grown.add(99_000_000_000, at: 3)
        #expect(grown.growth(limit: 110_000_000_000) == nil)
    }
}
