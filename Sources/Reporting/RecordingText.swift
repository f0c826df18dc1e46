public import CrashModel
public import Foundation

/// A recording as text: a small line of blocks for each number, with its lowest, highest and last value.
///
/// A column stands for some time, and shows the worst of it: the highest value, or of what runs out the lowest.
public struct RecordingText: Sendable {
    let style: TextStyle
    let width: Int
    let moment: Moment
    let blocks: [Character]
    let isUnicode: Bool

    /// - Parameter isUnicode: Whether the terminal shows block characters; see ``canShowBlocks(environment:)``.
    public init(style: TextStyle, width: Int = 80, timeZone: TimeZone = .current, isUnicode: Bool = true) {
        self.style = style
        self.width = max(72, width)
        moment = Moment(timeZone: timeZone)
        self.isUnicode = isUnicode
        blocks = Array(isUnicode ? "▁▂▃▄▅▆▇█" : "_.-=+*%#")
    }

    /// Whether the locale is UTF-8 and the terminal more than a dumb one.
    public static func canShowBlocks(environment: [String: String]) -> Bool {
        if environment["TERM"] == "dumb" { return false }
        let names = ["LC_ALL", "LC_CTYPE", "LANG"]
        let locale = names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        let lowercased = locale.lowercased()
        return lowercased.contains("utf-8") || lowercased.contains("utf8")
    }

    static let labelWidth = 20
    static let numberWidth = 8
    static let mostProcesses = 6
    static let mostGaps = 8

    var columns: Int { width - 3 - Self.labelWidth - 3 * Self.numberWidth }

    /// The page, with a newline at the end.
    ///
    /// - Parameters:
    ///   - growth: Of the machine's memory at the end of the chart.
    ///   - problems: What of the recording could not be read.
    public func render(
        _ chart: RecordingChart, host: String? = nil, growth: MemoryGrowth? = nil, problems: [String] = []
    ) -> String {
        var page = TextPage(style: style, width: width)
        guard let from = chart.from, let to = chart.to else {
            page.paragraph([.words("Nothing is recorded of that time.")])
            tell(problems, on: &page)
            return page.text
        }
        let name = host.map { $0 + ", " } ?? ""
        page.paragraph(
            [.words("\(name)\(moment.span(min(from, to), max(from, to))); \(Amount.of(chart.sampleCount, "sample"))")],
            tone: .heading)
        let slots = chart.slots(columns: columns)
        page.row(axis(from, to, columns: slots.count) + titles("min", "max", "last"), indent: 2, tone: .faint)
        if !chart.gaps.isEmpty { page.row(gapRow(chart, slots), indent: 2, tone: .caution) }
        for group in groups(of: chart) { draw(group, chart, slots, on: &page) }
        if let sentence = growth.flatMap(Self.sentence) { page.heading(sentence, .alarm) }
        tellGaps(chart, on: &page)
        for (problem, count) in chart.gpuProblems.sorted(by: { $0.key < $1.key }) {
            page.paragraph([.words("\(problem) (\(Amount.of(count, "sample")))")], lead: "- ")
        }
        tell(problems, on: &page)
        return page.text
    }

    /// `At this rate (512 MiB/s over 8 seconds) memory is full in 4 minutes.`
    public static func sentence(_ growth: MemoryGrowth) -> String? {
        guard let seconds = growth.secondsToLimit else { return nil }
        let rate = "\(compact(growth.bytesPerSecond, .bytesPerSecond)) over \(Amount.span(growth.span))"
        if seconds < 1 { return "Memory is full, and grew by \(rate)." }
        let hedge = growth.quality == .sure ? "" : " It was not watched for long: this may be data being loaded."
        return "At this rate (\(rate)) memory is full in \(Amount.span(seconds)).\(hedge)"
    }

    private func groups(of chart: RecordingChart) -> [RecordingChart.Group] {
        let gpus = Set(
            chart.series.keys.compactMap { key -> Int? in
                guard case .gpu(let index) = key.group else { return nil }
                return index
            })
        let machine: [RecordingChart.Group] =
            chart.gpu == nil && chart.process == nil ? [.pressure, .cpu, .disks, .network, .cgroups] : []
        let shown = chart.process == nil || chart.gpu != nil ? gpus.sorted().map { RecordingChart.Group.gpu($0) } : []
        return [.memory] + machine + shown + (chart.gpu == nil || chart.process != nil ? [.processes] : [])
    }

    private func draw(
        _ group: RecordingChart.Group, _ chart: RecordingChart, _ slots: [Range<Int>], on page: inout TextPage
    ) {
        var rows = chart.series.filter { $0.key.group == group && !$0.value.buckets.isEmpty }
            .sorted { ($0.value.order, $0.key.name) < ($1.value.order, $1.key.name) }
        // Cgroups far from their limit are of no interest, and idle interfaces neither.
        if group == .cgroups { rows = rows.filter { $0.value.buckets.high >= 80 } }
        if group == .network || group == .disks {
            rows = rows.filter { $0.value.isBadWhenLow || $0.value.buckets.high > 0 }
        }
        if group == .processes {
            rows = Array(rows.sorted { $0.value.buckets.high > $1.value.buckets.high }.prefix(Self.mostProcesses))
        }
        if rows.isEmpty { return }
        let ceiling = group == .processes ? rows.map(\.value.buckets.high).max() : nil
        page.row(heading(group), indent: 0, tone: .heading)
        for (key, series) in rows {
            let buckets = series.buckets
            let line = sparkline(series, ceiling: ceiling, chart, slots)
            let label = group == .cgroups ? Self.tail(SafeText.line(key.name)) : SafeText.line(key.name)
            let hasEnded = group == .processes && buckets.last == 0
            let grown = (hasEnded ? buckets.high : buckets.last) - buckets.first
            let first = group == .processes ? grown : buckets.low
            let sign = group == .processes && first > 0 ? "+" : ""
            page.row(
                Self.padded(SafeText.cut(label, to: Self.labelWidth), Self.labelWidth) + " " + line
                    + titles(
                        sign + Self.compact(first, series.unit), Self.compact(buckets.high, series.unit),
                        hasEnded ? "ended" : Self.compact(buckets.last, series.unit)),
                indent: 2)
        }
        if case .gpu(let index) = group, let reasons = chart.throttle[index] {
            let words = reasons.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
                .map { "\($0.key) in \(Self.share($0.value, of: chart.sampleCount))" }
            page.paragraph([.words("slowed down: " + words.joined(separator: ", "))], indent: 2)
        }
    }

    private func heading(_ group: RecordingChart.Group) -> String {
        switch group {
        case .memory: "Memory"
        case .pressure: "Share of time in which tasks waited for"
        case .cpu: "CPU"
        case .disks: "Disks"
        case .network: "Network"
        case .cgroups: "Control groups near their memory limit"
        case .gpu(let index): "GPU \(index)"
        case .processes:
            Self.padded("Processes by peak", Self.labelWidth + 3 + columns) + titles("grew", "peak", "last")
        }
    }

    private static func share(_ part: Int, of whole: Int) -> String {
        let percent = Double(part) / Double(max(1, whole)) * 100
        return (percent < 1 ? "less than 1 %" : "\(Int(percent.rounded())) %") + " of the samples"
    }
}
