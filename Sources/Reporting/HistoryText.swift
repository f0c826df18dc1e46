public import CrashModel
public import Foundation

/// The ledger as text: one paragraph for each fingerprint.
public struct HistoryText: Sendable {
    let style: TextStyle
    let width: Int
    let moment: Moment

    public init(style: TextStyle, width: Int = 80, timeZone: TimeZone = .current) {
        self.style = style
        self.width = width
        moment = Moment(timeZone: timeZone)
    }

    /// The entries in the order given, with a newline at the end.
    ///
    /// - Parameters:
    ///   - now: For "2 days ago".
    ///   - damagedLines: How many lines of the ledger could not be read; said when there are any.
    ///   - unknownRecords: How many records a newer Faultline wrote; said when there are any.
    public func render(_ entries: [HistoryEntry], now: Date, damagedLines: Int = 0, unknownRecords: Int = 0) -> String {
        var page = TextPage(style: style, width: width)
        if entries.isEmpty { page.paragraph([.words("The ledger holds no crash.")]) }
        for entry in entries {
            page.gap()
            tell(entry, now: now, on: &page)
        }
        if damagedLines > 0 {
            page.heading(
                "\(Amount.of(damagedLines, "line")) of the ledger could not be read and \(damagedLines == 1 ? "is" : "are") "
                    + "left out here.", .caution)
        }
        if unknownRecords > 0 {
            page.heading(
                "\(Amount.of(unknownRecords, "record")) of a newer Faultline \(unknownRecords == 1 ? "is" : "are") not "
                    + "shown.", .faint)
        }
        return page.text
    }

    private func tell(_ entry: HistoryEntry, now: Date, on page: inout TextPage) {
        page.paragraph([.words(entry.title)], tone: .heading)
        var seen = "seen \(entry.sightings.frequency)"
        if let last = entry.last {
            seen += entry.count > 1 ? ", last" : ","
            seen += " \(moment.stamp(last))"
            if let age = entry.sightings.lastAge(now: now) { seen += " (\(age))" }
        }
        if let host = entry.host { seen += " on \(host)" }
        page.paragraph([.words(seen)], indent: 2)
        page.paragraph([.words("\(entry.category) - \(entry.verdict.advice.lowercasedFirst)")], indent: 2)
        page.paragraph([.place(entry.place)], indent: 2, tone: .place)
        if let fix = entry.sightings.fix(moment) {
            page.paragraph(fix, indent: 2, lead: "fixed by: ", most: TextPage.mostFixLines)
        }
        let id = entry.newestID.isEmpty ? "" : "id \(entry.newestID), "
        page.paragraph([.words("\(id)fingerprint \(entry.fingerprint)")], indent: 2, tone: .faint)
    }
}

extension String {
    fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
