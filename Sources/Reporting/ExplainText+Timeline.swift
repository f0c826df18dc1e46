import CrashModel
import Foundation

extension ExplainText {
    /// How many entries are told; the cause always is.
    static let mostEntries = 100

    /// A row for each entry: the time, what it is to the failure, and below it the place and the line.
    func tellTimeline(_ timeline: [TimelineEntry], on page: inout TextPage) {
        if timeline.isEmpty { return }
        page.heading("What happened, in order")
        let clock = timeline.allSatisfy { $0.time != nil } ? 8 : Self.unknownTime.count
        var day: String?
        var left = 0
        for (index, entry) in timeline.enumerated() {
            if index >= Self.mostEntries, entry.part != .root {
                left += 1
                continue
            }
            tellLeft(&left, on: &page)
            if let time = entry.time, case let date = "\(moment.day(time)) \(moment.zone(time))", date != day {
                page.paragraph([.words(date)], indent: 2, tone: .heading)
                day = date
            }
            tell(entry, clock: clock, on: &page)
        }
        tellLeft(&left, on: &page)
    }

    private func tell(_ entry: TimelineEntry, clock: Int, on page: inout TextPage) {
        let isRoot = entry.part == .root
        let tone: TextStyle.Tone? = entry.part == .teardown ? .faint : nil
        let time = Self.column(entry.time.map(moment.clock) ?? Self.unknownTime, clock)
        let title = entry.title.isEmpty ? entry.rule ?? entry.text : entry.title
        page.paragraph(
            [.words(entry.count > 1 ? "\(title) ×\(Amount.count(entry.count))" : title)], indent: 2,
            lead: time + Self.column(entry.part.word, Self.partColumns), tone: isRoot ? .heading : tone,
            leadTone: isRoot ? .alarm : .faint, most: 3)
        let indent = 2 + time.count
        page.paragraph([.place(entry.source, entry.line)], indent: indent, tone: .place)
        let text = entry.text.trimmingCharacters(in: .whitespacesAndNewlines)
        if text != title { page.quote(text, indent: indent + 2, most: isRoot ? 3 : 1) }
    }

    private func tellLeft(_ left: inout Int, on page: inout TextPage) {
        if left > 0 { page.paragraph([.words("… \(Amount.of(left, "more line"))")], indent: 2, tone: .faint) }
        left = 0
    }

    private static let unknownTime = "time unknown"
    private static let partColumns = TimelineEntry.Part.allCases.map(\.word.count).max() ?? 0

    /// Filled up to its width, and the space to the next column.
    private static func column(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count) + 2)
    }
}

extension TimelineEntry.Part {
    /// What the line is to the failure, short enough for a column.
    fileprivate var word: String {
        switch self {
        case .checkpoint: "checkpoint"
        case .progress: "last step"
        case .root: "CAUSE"
        case .consequence: "followed"
        case .confirmation: "confirmed"
        case .teardown: "noise"
        }
    }
}
