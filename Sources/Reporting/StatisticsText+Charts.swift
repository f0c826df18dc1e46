import CrashModel
import Foundation

/// The small charts of the page.
extension StatisticsText {
    private var blocks: [Character] { RecordingText(style: style, isUnicode: isUnicode).blocks }

    /// A column for each day, or for as many days as fit none too wide a chart.
    func drawDays(_ statistics: CrashStatistics, on page: inout TextPage) {
        guard let first = statistics.days.first, let last = statistics.days.last, first.number < last.number else {
            return
        }
        let span = last.number - first.number + 1
        let columns = width - 4
        let daysPerColumn = (span + columns - 1) / columns
        var counts = [Int](repeating: 0, count: (span + daysPerColumn - 1) / daysPerColumn)
        for day in statistics.days {
            let column = (day.number - first.number) / daysPerColumn
            if counts.indices.contains(column) { counts[column] += day.crashes }
        }
        let most = counts.max() ?? 0
        let unit = daysPerColumn == 1 ? "day" : "\(Amount.count(daysPerColumn)) days"
        page.heading("Crashes in each \(unit), \(Amount.count(most)) at the most")
        page.row(String(counts.map { block($0, of: most) }), indent: 2)
        let between = counts.count - first.day.count - last.day.count
        page.row(
            between > 0 ? first.day + String(repeating: " ", count: between) + last.day : "\(first.day) to \(last.day)",
            indent: 2, tone: .faint)
    }

    /// Nothing where nothing was: one crash has to be seen.
    private func block(_ count: Int, of most: Int) -> Character {
        guard count > 0, most > 0 else { return " " }
        let top = blocks.count - 1
        // One crash a day is no full column, unless it never was more.
        return blocks[most == 1 ? top / 2 : Int(Double(count) / Double(most) * Double(top))]
    }

    func drawFamilies(_ statistics: CrashStatistics, on page: inout TextPage) {
        guard let most = statistics.families.first?.crashes, most > 0 else { return }
        page.heading("By family")
        let label = 14
        let room = min(34, width - label - 24)
        let full: Character = isUnicode ? "█" : "#"
        for family in statistics.families.prefix(Self.mostFamilies) {
            let bar = max(1, Int((Double(family.crashes) / Double(most) * Double(room)).rounded()))
            let name = SafeText.line(family.family, limit: label - 1)
            let percent = family.share * 100
            let share = percent < 0.95 ? "<1 %" : "\(Int(percent.rounded())) %"
            let count = Amount.count(family.crashes)
            page.row(
                RecordingText.padded(name, label)
                    + RecordingText.padded(String(repeating: full, count: bar), room + 1)
                    + String(repeating: " ", count: max(0, 8 - count.count)) + count
                    + String(repeating: " ", count: max(1, 7 - share.count)) + share,
                indent: 2)
        }
        let rest = statistics.families.count - Self.mostFamilies
        if rest > 0 { page.row("and \(Amount.count(rest)) more", indent: 2) }
    }
}
