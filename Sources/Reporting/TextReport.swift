public import CrashModel
public import Foundation

/// A scan as text for a terminal or a file: the verdict first, then why, then what to do.
public struct TextReport: Sendable {
    let style: TextStyle
    let width: Int
    let moment: Moment
    let now: Date

    /// - Parameters:
    ///   - width: Columns of the page, at least 40. Only a command that no shell could join again is wider.
    ///   - timeZone: The zone that times are told in; by default the one that logs without a zone are read in.
    ///   - now: For "2 days ago".
    public init(style: TextStyle, width: Int = 80, timeZone: TimeZone = .current, now: Date = Date()) {
        self.style = style
        self.width = width
        moment = Moment(timeZone: timeZone)
        self.now = now
    }

    /// How many further crashes are told; the rest is counted.
    static let mostFurther = 8
    /// How many incidents that did not stop the run are told.
    static let mostHarmless = 5

    /// The report, with a newline at the end.
    public func render(_ report: ScanReport) -> String {
        var page = TextPage(style: style, width: width)
        let summary = InputSummary(report)
        let crashes = report.incidents.filter(\.isCrash)
        let telling = TellingSection(report)
        if let worst = crashes.first {
            page.paragraph([.words(worst.verdictSentence)], tone: .alarm)
            if let warning = summary.warning { page.heading(warning, .caution) }
            page.gap()
            tell(worst, seen: report.seenBefore[worst.fingerprint], telling: telling, on: &page)
            tellFurther(Array(crashes.dropFirst()), seen: report.seenBefore, on: &page)
        } else {
            page.paragraph(
                [.words(summary.noCrash)], tone: summary.incomplete.isEmpty && !report.inputs.isEmpty ? .good : .caution
            )
            if let warning = summary.warning { page.heading(warning, .caution) }
            if let telling { tell(telling, on: &page) }
        }
        tellHarmless(report.incidents.filter { !$0.isCrash }, on: &page)
        tellInputs(summary, afterCrash: !crashes.isEmpty, on: &page)
        tellNotes(report.notes, on: &page)
        return page.text
    }

    private func tellFurther(_ crashes: [Incident], seen: [String: PastSightings], on page: inout TextPage) {
        if crashes.isEmpty { return }
        page.heading("Also found: \(Amount.of(crashes.count, "further failure"))")
        for (index, incident) in crashes.prefix(Self.mostFurther).enumerated() {
            page.gap()
            tellShortly(incident, number: index + 2, seen: seen[incident.fingerprint], on: &page)
        }
        if crashes.count > Self.mostFurther {
            page.gap()
            page.paragraph(
                [.words("… and \(crashes.count - Self.mostFurther) more; --format json lists them all.")], indent: 2)
        }
    }

    private func tellHarmless(_ incidents: [Incident], on page: inout TextPage) {
        if incidents.isEmpty { return }
        page.gap()
        for incident in incidents.prefix(Self.mostHarmless) {
            page.paragraph([
                .words("Looked bad, but the run went on: \(incident.harmlessWords); \(incident.outcome.sentence),"),
                .place(incident.root.source, incident.root.line),
            ])
        }
        if incidents.count > Self.mostHarmless {
            page.paragraph([.words("… and \(incidents.count - Self.mostHarmless) more of these.")])
        }
    }

    private func tellNotes(_ notes: [String], on page: inout TextPage) {
        if notes.isEmpty { return }
        page.heading("To know")
        for note in notes { page.paragraph([.words(note)], indent: 2, lead: "- ") }
    }
}
