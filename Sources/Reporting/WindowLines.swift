package import CrashModel
import Foundation

/// What a recording says about a moment, as lines of text for both reports.
package struct WindowLines {
    let window: RecordedWindow
    let moment: Moment

    /// Sentences and curves at most: a report is read in a hurry.
    static let mostSentences = 8
    static let mostCurves = 3
    /// Columns of a curve, and of its name.
    static let width = 32
    static let nameWidth = 20

    var heading: String { "The machine around that moment, as recorded" }

    /// What stands out, in order of time.
    var sentences: [String] {
        let told = window.observations.prefix(Self.mostSentences).map(\.text)
        return told.isEmpty && window.problems.isEmpty ? ["nothing stands out"] : Array(told)
    }

    /// From when to when, of which machine, and why some of it may be missing.
    var remarks: [String] {
        let machine = window.host.map { " on \($0)" } ?? ""
        let extent =
            "Recorded\(machine), \(moment.span(window.from, window.to)): "
            + Amount.of(window.sampleCount, "sample") + "."
        return [extent] + window.problems.prefix(3).map { "Mind: \($0)." }
    }

    /// The curves that show what the sentences say, each with its name and its worst value; under them the moment.
    var curves: [String] {
        let chosen = chosen
        if chosen.isEmpty || window.times.isEmpty { return [] }
        let rows = chosen.map { series in
            let name = SafeText.cut(Self.name(of: series), to: Self.nameWidth)
            let gap = String(repeating: " ", count: max(0, Self.nameWidth - DisplayWidth.of(name)))
            return
                "\(name)\(gap)  \(Sparkline(values: columns(series), floor: Self.floor(of: series), ceiling: series.limit.flatMap { Self.isShare(series) ? $0 : nil }).text)  \(Self.extreme(of: series))"
        }
        let column = Self.column(of: window.times.lastIndex { $0 <= 0.05 } ?? 0, of: window.times.count)
        let margin = String(repeating: " ", count: Self.nameWidth + 2 + column)
        return rows + ["\(margin)^ \(moment.clock(window.moment))"]
    }

    // MARK: - Which curves

    private var chosen: [RecordedSeries] {
        let kinds = Set(window.observations.map(\.kind))
        func first(_ name: String, gpu: Int? = nil) -> RecordedSeries? {
            window.series.first { $0.name == name && (gpu == nil || $0.subject == "GPU \(gpu ?? 0)") }
        }
        // Where a limit was reached, the machine's own memory tells nothing.
        let isOfLimit = !kinds.isDisjoint(with: ["cgroup-full", "cgroup-oom-kill"])
        let memory = isOfLimit ? first("cgroup.memory") ?? first("memory.available") : first("memory.available")
        let told = window.observations.first { $0.gpu != nil }
        let shown =
            switch told?.kind {
            case "gpu-throttled", "gpu-hot", "gpu-lost": "gpu.temperature"
            case "gpu-memory-full", "gpu-memory-without-owner": "gpu.memory"
            default: "gpu.power"
            }
        let gpu = told.flatMap { first(shown, gpu: $0.gpu) }
        let isOfMemory = !kinds.isDisjoint(with: Self.ofMemory) || gpu == nil
        let all = (isOfMemory ? [memory, first("process.resident")] : []) + [gpu]
        return Array(all.compactMap(\.self).prefix(Self.mostCurves))
    }

    private static let ofMemory: Set<String> = [
        "memory-fell", "memory-exhausted", "memory-plentiful", "memory-pressure", "swap-full", "process-grew",
        "process-vanished", "cgroup-full", "cgroup-oom-kill", "oom-kill", "shared-memory-full",
    ]

    package static func name(of series: RecordedSeries) -> String {
        switch series.name {
        case "memory.available": "memory available"
        case "swap.used": "swap used"
        case "process.resident": SafeText.line(series.subject ?? "process")
        case "cgroup.memory": "memory of the group"
        case "gpu.temperature": "\(series.subject ?? "GPU") heat"
        default:
            SafeText.line(
                [series.subject, series.name.split(separator: ".").last.map(String.init)]
                    .compactMap(\.self).joined(separator: " "))
        }
    }

    /// `least 0.5 GiB`, `most 95 °C`
    private static func extreme(of series: RecordedSeries) -> String {
        let known = series.values.compactMap(\.self).filter(\.isFinite)
        let isLow = isLow(series)
        guard let value = isLow ? known.min() : known.max() else { return "" }
        return (isLow ? "least " : "most ") + amount(value, series.unit)
    }

    package static func amount(_ value: Double, _ unit: RecordedSeries.Unit) -> String {
        switch unit {
        case .bytes: Amount.bytes(Int(clamping: Int64(max(-9e18, min(9e18, value)))))
        case .bytesPerSecond: Amount.bytes(Int(clamping: Int64(max(-9e18, min(9e18, value))))) + "/s"
        case .percent: Amount.shortTenths(value) + " %"
        case .celsius: Amount.shortTenths(value) + " °C"
        case .watts: Amount.shortTenths(value) + " W"
        case .count: Amount.shortTenths(value)
        }
    }

    /// Of what there can be too little.
    private static func isLow(_ series: RecordedSeries) -> Bool {
        ["memory.available", "filesystem.free"].contains(series.name)
    }

    /// A share of a whole is drawn as one; a process is drawn by itself, or it would be a flat line.
    private static func isShare(_ series: RecordedSeries) -> Bool {
        series.unit == .percent || series.name == "cgroup.memory"
    }

    /// Nothing that is switched on is cold.
    private static func floor(of series: RecordedSeries) -> Double { series.unit == .celsius ? 20 : 0 }

    // MARK: - Columns

    /// The values by column; of those that share one, the worst.
    private func columns(_ series: RecordedSeries) -> [Double?] {
        let isLow = Self.isLow(series)
        let count = series.values.count
        var columns = [Double?](repeating: nil, count: min(Self.width, count))
        for (index, value) in series.values.enumerated() {
            guard let value, value.isFinite else { continue }
            let column = Self.column(of: index, of: count)
            columns[column] = columns[column].map { isLow ? min($0, value) : max($0, value) } ?? value
        }
        return columns
    }

    private static func column(of index: Int, of count: Int) -> Int {
        count <= width ? index : min(width - 1, index * width / count)
    }
}

/// A curve of one line: `▁▂▃▅▇`. What is not known is a space.
struct Sparkline {
    var values: [Double?]
    /// What the lowest block stands for.
    var floor: Double
    /// What the highest stands for; the highest value where none is given.
    var ceiling: Double?

    private static let blocks: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

    var text: String {
        let top = max(ceiling ?? 0, values.compactMap(\.self).filter(\.isFinite).max() ?? 0)
        return String(
            values.map { value -> Character in
                guard let value, value.isFinite else { return " " }
                let share = top > floor ? (value - floor) / (top - floor) : 0
                let step = Int((min(max(share, 0), 1) * Double(Self.blocks.count - 1)).rounded())
                return Self.blocks[step]
            })
    }
}
