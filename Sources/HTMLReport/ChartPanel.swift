import CrashModel
import Foundation
import Reporting

/// The axis of time that all curves of a window share.
struct ChartAxis {
    private let first: Double
    private let last: Double
    private let moment: Date
    private let clock: Moment

    init(_ window: RecordedWindow, moment clock: Moment) {
        let times = window.times.filter(\.isFinite)
        // The moment itself is always within.
        first = min(times.min() ?? 0, 0)
        last = max(times.max() ?? 0, 0)
        moment = window.moment
        self.clock = clock
    }

    /// Where a number of seconds after the moment stands, 0 to 1.
    func share(_ seconds: Double) -> Double {
        guard seconds.isFinite, last - first > 1e-9 else { return 0.5 }
        return min(max((seconds - first) / (last - first), 0), 1)
    }

    private static let steps: [Double] = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 86400]

    /// Round numbers of seconds before and after the moment.
    var ticks: [(share: Double, words: String)] {
        let length = last - first
        guard length > 0, let step = Self.steps.first(where: { length / $0 <= 6 }) else { return [] }
        var ticks: [(share: Double, words: String)] = []
        var time = (first / step).rounded(.up) * step
        for _ in 0..<16 where time <= last {
            ticks.append((share(time), abs(time) < step / 2 ? clock.clock(moment) : Offset.words(time)))
            time += step
        }
        return ticks
    }
}

/// Curves of one unit in one drawing.
struct ChartPanel {
    var title: String
    var series: [RecordedSeries]
    /// Of the values of each, in seconds after the moment.
    var times: [Double]
    /// What stands out and shows in these curves.
    var seen: [MachineObservation] = []
    /// When the others are told from.
    var moment: Date
    /// Curves of this kind that are not drawn.
    var left = 0

    static let mostSeries = 8
    /// Pixels.
    private static let height = 118
    private static let top = 18
    private static let bottom = 96

    /// In the order in which one asks: memory, then who held it, then the GPUs, then what waited.
    static func all(of window: RecordedWindow) -> [ChartPanel] {
        var left = window.series.filter { series in series.values.contains { $0?.isFinite == true } }
        func panel(_ title: String, _ series: [RecordedSeries], _ kinds: Set<String>) -> ChartPanel {
            let seen = window.observations.filter { kinds.contains($0.kind) || ofAll.contains($0.kind) }
            // Of many GPUs those that something is said of.
            let told = Set(seen.compactMap(\.gpu).map { "GPU \($0)" })
            let ordered =
                series.filter { $0.subject.map(told.contains) == true }
                + series.filter { $0.subject.map(told.contains) != true }
            let drawn = Set(ordered.prefix(mostSeries))
            return ChartPanel(
                title: title, series: series.filter(drawn.contains), times: window.times, seen: seen,
                moment: window.moment, left: series.count - drawn.count)
        }
        var panels: [ChartPanel] = []
        for (title, names, seen) in kinds {
            let found = left.filter { names.contains($0.name) }
            left.removeAll { names.contains($0.name) }
            if !found.isEmpty { panels.append(panel(title, found, seen)) }
        }
        // What a newer recorder knows is drawn, too.
        return panels + left.prefix(6).map { panel($0.name, [$0], []) }
    }

    /// Which curves stand together, and which observations show in them.
    private static let kinds: [(title: String, series: Set<String>, seen: Set<String>)] = [
        (
            "Memory of the machine", ["memory.available", "swap.used"],
            ["memory-fell", "memory-exhausted", "swap-full", "oom-kill", "shared-memory-full"]
        ),
        ("Memory of the control group", ["cgroup.memory"], ["cgroup-full", "cgroup-oom-kill"]),
        (
            "Memory of processes", ["process.resident"],
            ["process-grew", "process-vanished", "oom-kill", "cgroup-oom-kill", "orphan-process"]
        ),
        ("GPU memory", ["gpu.memory"], ofGPU.union(["gpu-memory-full", "gpu-memory-without-owner"])),
        ("GPU temperature", ["gpu.temperature"], ofGPU.union(["gpu-hot", "gpu-throttled"])),
        ("GPU power", ["gpu.power"], ofGPU.union(["gpu-throttled"])),
        ("GPU utilization", ["gpu.utilization"], ofGPU.union(["gpu-spinning"])),
        (
            "Pressure: share of the time in which something waited",
            ["pressure.memory", "pressure.io", "pressure.cpu"],
            ["memory-pressure", "io-pressure"]
        ),
        ("Processors busy", ["cpu"], ["cpu-throttled"]),
        ("Disk busy", ["disk.busy"], ["io-pressure"]),
        ("Free disk space", ["filesystem.free"], ["disk-full", "inodes-full", "filesystem-silent"]),
    ]
    private static let ofGPU: Set<String> = ["gpu-lost", "gpu-not-answering", "gpu-xid", "gpu-ecc"]
    private static let ofAll: Set<String> = ["recording-gap", "machine-restarted", "clock-set"]

    /// Of a GPU it is the same in all drawings.
    private static func colour(_ series: RecordedSeries, _ index: Int) -> Int {
        guard let subject = series.subject, subject.hasPrefix("GPU "), let number = Int(subject.dropFirst(4)),
            number >= 0
        else { return index % mostSeries + 1 }
        return number % mostSeries + 1
    }

    private func bands(_ axis: ChartAxis) -> [PageValues] {
        seen.prefix(12).map { item in
            let from = axis.share(item.at.timeIntervalSince(moment))
            let to = axis.share((item.until ?? item.at).timeIntervalSince(moment))
            return PageValues {
                $0.percent("x", from)
                $0.percent("width", max(to - from, 0.001))
                $0.text("words", item.text)
            }
        }
    }

    func values(_ axis: ChartAxis, name: String) -> PageValues {
        let range = range
        let ticks = axis.ticks
        let event = ticks.firstIndex { $0.share >= axis.share(0) - 1e-6 } ?? 0
        var page = PageValues()
        page.text("name", name)
        page.text("title", title)
        page.number("height", Self.height + 4)
        page.number("top", Self.top)
        page.number("bottom", Self.bottom)
        page.number("plotHeight", Self.bottom - Self.top)
        page.number("tickY", Self.bottom + 17)
        page.percent("event", axis.share(0))
        page.text("summary", title + ". " + series.map { words($0) }.joined(separator: "; "))
        page.list("bands", bands(axis))
        page.text("left", left > 0 ? "\(Amount.of(left, "more curve")) not drawn." : nil)
        page.list(
            "grid",
            [0, 0.5, 1].map { share in
                PageValues {
                    let y = Double(Self.bottom) - share * Double(Self.bottom - Self.top)
                    $0.text("y", Coordinate.of(y))
                    $0.text("textY", Coordinate.of(y - 4))
                    let unit = series.first?.unit ?? .count
                    $0.text(
                        "words",
                        share == 0 ? nil : WindowLines.amount(range.low + share * (range.high - range.low), unit))
                }
            })
        page.list(
            "ticks",
            ticks.enumerated().map { index, tick in
                PageValues {
                    $0.percent("x", tick.share)
                    $0.text("anchor", TimelineDrawing.textAnchor(tick.share))
                    $0.text("words", tick.words)
                    // What a narrow page leaves out; never the moment.
                    $0.flag("isMinor", (index - event) % 2 != 0)
                }
            })
        page.list(
            "curves",
            series.enumerated().map { index, series in
                PageValues {
                    $0.number("index", Self.colour(series, index))
                    $0.text("path", path(series, axis, range), limit: nil)
                    $0.text("name", WindowLines.name(of: series), limit: 60)
                    let known = series.values.compactMap(\.self).filter(\.isFinite)
                    $0.text("least", known.min().map { WindowLines.amount($0, series.unit) })
                    $0.text("most", known.max().map { WindowLines.amount($0, series.unit) })
                    $0.text("atEvent", atEvent(series).map { WindowLines.amount($0, series.unit) })
                    $0.text("last", known.last.map { WindowLines.amount($0, series.unit) })
                    let limit = Self.isLimited(series) ? series.limit : nil
                    $0.text("limit", limit.map { WindowLines.amount($0, series.unit) })
                }
            })
        if let limit = shownLimit, limit <= range.high {
            page.values(
                "limit",
                PageValues {
                    let y =
                        Double(Self.bottom) - (limit - range.low) / (range.high - range.low)
                        * Double(Self.bottom - Self.top)
                    $0.text("y", Coordinate.of(y))
                    $0.text("textY", Coordinate.of(y - 4))
                    // Beside the line of the moment, not across it.
                    let event = axis.share(0)
                    $0.percent("x", event > 0.6 ? event - 0.015 : 1)
                    $0.text("words", "limit " + WindowLines.amount(limit, series.first?.unit ?? .count))
                })
        }
        return page
    }

    /// The last value at or before the moment.
    private func atEvent(_ series: RecordedSeries) -> Double? {
        let before = zip(times, series.values).filter { $0 <= 0.05 && $1?.isFinite == true }
        return before.last?.1
    }

    private func words(_ series: RecordedSeries) -> String {
        let known = series.values.compactMap(\.self).filter(\.isFinite)
        guard let least = known.min(), let most = known.max(), let last = known.last else { return series.name }
        return "\(WindowLines.name(of: series)): least \(WindowLines.amount(least, series.unit)), "
            + "most \(WindowLines.amount(most, series.unit)), last \(WindowLines.amount(last, series.unit))"
    }

    /// Of a share it is 100, and of a process it is the machine's.
    private static func isLimited(_ series: RecordedSeries) -> Bool {
        series.unit != .percent && series.name != "process.resident"
    }

    /// A limit that is near what was used tells something; the others would flatten the curves.
    private var shownLimit: Double? {
        guard let limit = series.filter(Self.isLimited).compactMap(\.limit).filter(\.isFinite).max(),
            limit > 0
        else { return nil }
        let most = series.flatMap { $0.values.compactMap(\.self) }.filter(\.isFinite).max() ?? 0
        return most > limit * 0.6 ? limit : nil
    }

    private var range: (low: Double, high: Double) {
        let unit = series.first?.unit ?? .count
        let most = series.flatMap { $0.values.compactMap(\.self) }.filter(\.isFinite).max() ?? 1
        if unit == .percent { return (0, max(100, most)) }
        // Nothing that is switched on is cold.
        let low = unit == .celsius ? 20.0 : 0
        let high = max(most, shownLimit ?? 0)
        return (low, high > low ? low + (high - low) * 1.06 : low + 1)
    }

    /// In a box of 1000 by 100, which the page stretches.
    private func path(_ series: RecordedSeries, _ axis: ChartAxis, _ range: (low: Double, high: Double)) -> String {
        var path = ""
        var isDrawing = false
        for (time, value) in zip(times, series.values) {
            guard let value, value.isFinite, time.isFinite else {
                isDrawing = false
                continue
            }
            let x = Coordinate.of(axis.share(time) * 1000)
            let share = min(max((value - range.low) / (range.high - range.low), 0), 1)
            path += "\(isDrawing ? "L" : "M")\(x) \(Coordinate.of(100 - share * 100))"
            // A point alone shows as a dot, by the round end of its line.
            if !isDrawing { path += "h0.01" }
            isDrawing = true
        }
        return path
    }
}
