import Foundation

/// Where moments stand on an axis from 0 to 1.
///
/// A crash takes seconds, and the last checkpoint may be hours before it. Long pauses are cut out, and shown as cuts;
/// between two cuts the axis is even.
struct TimeScale {
    /// A pause that was cut out.
    struct Cut {
        var at: Double
        var seconds: Double
    }

    struct Tick {
        var at: Double
        var date: Date
    }

    private struct Stretch {
        var start: Double
        var end: Double
        var from: Double
        var to: Double
    }

    private var stretches: [Stretch] = []
    private(set) var cuts: [Cut] = []

    static let mostCuts = 4
    /// A pause that is so many times as long as all that is not cut out is too long.
    private static let longest = 5.0
    /// Of the whole: what a cut takes, what the shortest stretch takes, and the margin at each end.
    private static let cutWidth = 0.045
    private static let leastWidth = 0.05
    private static let margin = 0.025

    /// - Parameter dates: Of all that is shown, in any order; at least one.
    init(_ dates: [Date]) {
        let times = Set(dates.map(\.timeIntervalSinceReferenceDate).filter(\.isFinite)).sorted()
        guard let first = times.first, let last = times.last else { return }
        let pauses = zip(times, times.dropFirst()).map { (start: $0, end: $1) }
            .sorted { ($1.end - $1.start, $0.start) < ($0.end - $0.start, $1.start) }
        var rest = last - first
        var chosen: [(start: Double, end: Double)] = []
        var left = rest
        for (index, pause) in pauses.prefix(Self.mostCuts).enumerated() {
            let length = pause.end - pause.start
            left -= length
            // Cutting is for what would press all else together: events that are evenly far apart stay so.
            if length > 20, left > 1e-3, length > Self.longest * left {
                chosen = Array(pauses.prefix(index + 1))
                rest = left
            }
        }
        chosen.sort { $0.start < $1.start }
        var bounds: [(Double, Double)] = []
        var start = first
        for pause in chosen {
            bounds.append((start, pause.start))
            start = pause.end
        }
        bounds.append((start, last))
        let fixed =
            Self.margin * 2 + Self.cutWidth * Double(chosen.count) + Self.leastWidth * Double(bounds.count)
        let free = max(0, 1 - fixed)
        let total = max(rest, 1e-9)
        var at = Self.margin
        for (index, bound) in bounds.enumerated() {
            let share = rest > 0 ? (bound.1 - bound.0) / total : 1 / Double(bounds.count)
            let width = Self.leastWidth + free * share
            stretches.append(Stretch(start: bound.0, end: bound.1, from: at, to: at + width))
            at += width
            if index < chosen.count {
                cuts.append(Cut(at: at + Self.cutWidth / 2, seconds: chosen[index].end - chosen[index].start))
                at += Self.cutWidth
            }
        }
    }

    /// 0 to 1; within a cut its middle.
    func position(_ date: Date) -> Double {
        let time = date.timeIntervalSinceReferenceDate
        guard let first = stretches.first, let last = stretches.last else { return 0.5 }
        if time <= first.start { return first.end > first.start ? first.from : (first.from + first.to) / 2 }
        for stretch in stretches where time <= stretch.end {
            if time < stretch.start { return stretch.from }
            let length = stretch.end - stretch.start
            if length <= 0 { return (stretch.from + stretch.to) / 2 }
            return stretch.from + (stretch.to - stretch.from) * (time - stretch.start) / length
        }
        return last.to
    }

    private static let steps: [Double] = [
        1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172_800, 604_800,
    ]

    /// Labelled moments, no closer than the labels are wide.
    func ticks(apart: Double = 0.13) -> [Tick] {
        var ticks: [Tick] = []
        func add(_ time: Double, at: Double) {
            if let last = ticks.last, at - last.at < apart { return }
            ticks.append(Tick(at: at, date: Date(timeIntervalSinceReferenceDate: time)))
        }
        for stretch in stretches {
            let length = stretch.end - stretch.start
            let width = stretch.to - stretch.from
            if length < 1 {
                add(stretch.start, at: (stretch.from + stretch.to) / 2)
                continue
            }
            let step = Self.steps.first { $0 / length * width >= apart } ?? length
            add(stretch.start, at: stretch.from)
            var time = (stretch.start / step).rounded(.up) * step
            // Counted, so that nothing that a log states makes it run for ever.
            for _ in 0..<32 where time <= stretch.end {
                add(time, at: stretch.from + width * (time - stretch.start) / length)
                time += step
            }
        }
        return ticks
    }
}
