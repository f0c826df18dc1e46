import CrashModel
import Foundation

/// The single lines of the page.
extension RecordingText {
    func sparkline(
        _ series: RecordingChart.Series, ceiling: Double?, _ chart: RecordingChart, _ slots: [Range<Int>]
    ) -> String {
        let buckets = series.buckets
        let top = max(
            series.limit ?? ceiling ?? (series.unit == .percent || series.unit == .celsius ? 100 : 0), buckets.high)
        var line = ""
        var last: Double?
        for range in slots {
            let value = buckets.extreme(range, isLow: series.isBadWhenLow)
            if value == nil, isGap(chart.positions(range), chart) { last = nil }
            // What is looked at now and then stays what it was.
            last = value ?? last
            line.append(last.map { block($0, of: top) } ?? " ")
        }
        return Self.padded(line, columns)
    }

    private func block(_ value: Double, of top: Double) -> Character {
        guard top > 0, value.isFinite else { return blocks[0] }
        let share = min(max(0, value / top), 1)
        return blocks[min(blocks.count - 1, Int(share * Double(blocks.count)))]
    }

    private func isGap(_ positions: Range<Double>, _ chart: RecordingChart) -> Bool {
        chart.gaps.contains { $0.from < positions.upperBound && $0.to > positions.lowerBound && $0.to > $0.from }
    }

    /// One letter where something is missing.
    func gapRow(_ chart: RecordingChart, _ slots: [Range<Int>]) -> String {
        let letters: [Character] = slots.map { range in
            let positions = chart.positions(range)
            let met = chart.gaps.filter {
                $0.from < positions.upperBound && max($0.to, $0.from) >= positions.lowerBound
            }
            return met.map { letter($0.gap.kind) }.max { rank($0) < rank($1) } ?? " "
        }
        return Self.padded("gaps", Self.labelWidth) + " " + String(letters)
    }

    private func letter(_ kind: RecordingGap.Kind) -> Character {
        switch kind {
        case .reboot: "R"
        case .stopped: "x"
        case .lost: "L"
        case .silent: "?"
        case .clock: "C"
        }
    }

    private func rank(_ letter: Character) -> Int { ["x", "?", "L", "C", "R"].firstIndex(of: letter) ?? -1 }

    func tellGaps(_ chart: RecordingChart, on page: inout TextPage) {
        tellGaps(chart.gaps.prefix(Self.mostGaps).map(\.gap), count: chart.gapCount, on: &page)
    }

    func tellGaps(_ gaps: [RecordingGap], count: Int, on page: inout TextPage) {
        if gaps.isEmpty { return }
        page.heading("Gaps")
        for gap in gaps { page.paragraph([.words(words(gap))], indent: 2, lead: "\(letter(gap.kind)) ") }
        if count > gaps.count { page.paragraph([.words("and \(Amount.count(count - gaps.count)) more")], indent: 2) }
    }

    private func words(_ gap: RecordingGap) -> String {
        let place = "\(moment.stamp(gap.from)), for \(Amount.span(gap.seconds))"
        let why = gap.why.map { " (\($0))" } ?? ""
        switch gap.kind {
        case .reboot: return "\(place): the machine was started anew\(why)"
        case .stopped: return "\(place): no recorder ran\(why)"
        case .lost: return "\(place): \(Amount.of(gap.lost ?? 0, "sample")) could not be written\(why)"
        case .silent: return "\(place): no sample was taken; the machine slept, or had no time for the recorder"
        case .clock:
            let shift = gap.shift ?? 0
            return "\(moment.stamp(gap.from)): the clock was set \(Amount.span(abs(shift))) "
                + (shift < 0 ? "back" : "forward")
        }
    }

    func tell(_ problems: [String], on page: inout TextPage) {
        if problems.isEmpty { return }
        page.heading("Not read", .caution)
        for problem in problems.prefix(8) { page.paragraph([.words(problem)], indent: 2, lead: "- ") }
        if problems.count > 8 { page.paragraph([.words("and \(problems.count - 8) more")], indent: 2) }
    }

    /// The first and the last time above the columns.
    func axis(_ from: Date, _ to: Date, columns used: Int) -> String {
        let (first, last) = (moment.clock(from), moment.clock(to))
        let between = used - first.count - last.count
        let text = between > 0 ? first + String(repeating: " ", count: between) + last : first
        return Self.padded("", Self.labelWidth) + " " + Self.padded(text, columns)
    }

    func titles(_ texts: String...) -> String {
        texts.map { String(repeating: " ", count: max(0, Self.numberWidth - DisplayWidth.of($0))) + $0 }.joined()
    }

    static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - DisplayWidth.of(text)))
    }

    /// The end of a path, which tells more than its beginning.
    static func tail(_ path: String) -> String {
        path.count <= labelWidth ? path : "…" + path.suffix(labelWidth - 1)
    }

    /// At most seven columns: `1.2G`, `85%`, `0.3%`, `61C`, `512W`, `1023M/s`.
    static func compact(_ value: Double, _ unit: RecordedSeries.Unit) -> String {
        switch unit {
        case .bytes: return bytes(value)
        case .bytesPerSecond: return bytes(value) + "/s"
        case .percent: return digits(value) + "%"
        case .celsius: return digits(value) + "C"
        case .watts: return digits(value) + "W"
        case .count: return digits(value)
        }
    }

    private static func bytes(_ value: Double) -> String {
        guard value.isFinite else { return "?" }
        let units = ["B", "K", "M", "G", "T", "P", "E"]
        var (amount, unit) = (abs(value), 0)
        while amount >= 1023.5, unit < units.count - 1 { (amount, unit) = (amount / 1024, unit + 1) }
        return (value < 0 ? "-" : "") + (unit == 0 ? String(Int(amount)) : digits(amount)) + units[unit]
    }

    private static func digits(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e9 else { return "?" }
        return abs(value) < 9.95 ? Amount.tenths(value) : String(Int(value.rounded()))
    }
}
