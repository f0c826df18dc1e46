import CrashModel
public import Foundation

/// A report as plain text, for a mail or a file.
public struct CrashReportText: Sendable {
    let style: TextStyle
    let width: Int
    let moment: Moment

    /// - Parameter width: Columns of the page, at least 40.
    public init(style: TextStyle, width: Int = 80, timeZone: TimeZone = .gmt) {
        self.style = style
        self.width = width
        moment = Moment(timeZone: timeZone)
    }

    /// Entries of the story that are told; the rest is counted.
    static let mostEvidence = 40
    static let mostExcerpts = 6
    /// Incidents that are told in full.
    static let mostIncidents = 8

    /// The report, with a newline at the end.
    public func render(_ report: CrashReport) -> String {
        var page = TextPage(style: style, width: width)
        if report.incidents.isEmpty {
            page.paragraph([.words(report.inputs.isEmpty ? "No crash." : report.summary.noCrash)], tone: .good)
        }
        for (index, incident) in report.incidents.prefix(Self.mostIncidents).enumerated() {
            if index > 0 { page.heading(String(repeating: "-", count: 40)) }
            tell(incident, now: report.createdAt, on: &page)
        }
        if report.incidents.count > Self.mostIncidents {
            page.heading("… and \(report.incidents.count - Self.mostIncidents) more; --format json has them all.")
        }
        if !report.telling.isEmpty {
            page.heading("Lines that stand out")
            for line in report.telling {
                page.paragraph([.place(line.source, line.line)], indent: 2, tone: .place)
                page.quote(line.text, indent: 4, most: 2)
            }
        }
        if !report.survived.isEmpty {
            page.heading("Looked bad, but the run went on")
            for item in report.survived.prefix(TextReport.mostHarmless) {
                page.paragraph(
                    [.words("\(item.words); \(item.outcome.sentence),"), .place(item.source, item.line)], indent: 2,
                    lead: "- ")
            }
        }
        if let warning = report.summary.warning { page.heading(warning, .caution) }
        if !report.inputs.isEmpty { page.heading("Read: \(report.summary.extent)") }
        for input in report.summary.incomplete.prefix(InputSummary.mostListed) {
            page.paragraph([.place(SourceName.of(input.source)), .words("- " + input.reason)], indent: 2)
        }
        if !report.notes.isEmpty {
            page.heading("To know")
            for note in report.notes { page.paragraph([.words(note)], indent: 2, lead: "- ") }
        }
        page.gap()
        page.paragraph([.words(report.redactionWords)], tone: report.redaction == nil ? .caution : .faint)
        page.paragraph([.words(report.colophon(moment))], tone: .faint)
        return page.text
    }

    private func tell(_ incident: ReportedIncident, now: Date, on page: inout TextPage) {
        page.paragraph([.words(incident.verdictSentence)], tone: .alarm)
        page.gap()
        var facts: [(name: String, fact: String)] = [("when", incident.when(moment))]
        if !incident.whereabouts.isEmpty { facts.append(("where", incident.whereabouts.joined(separator: ", "))) }
        facts.append(("what", "\(incident.category); \(incident.outcomeWords)"))
        facts.append(("restart", incident.restartWords))
        if let words = incident.rankWords { facts.append(("ranks", words)) }
        facts.append(("sure", incident.confidenceWords))
        page.facts(facts)
        page.advice(incident.advice)
        page.heading("What happened, in order")
        for item in incident.evidence.prefix(Self.mostEvidence) {
            let time = item.timeWords(moment)
            page.paragraph(
                [.words("\(incident.partWords(of: item)): \(item.words)")], indent: 2, lead: time + "  ",
                tone: item.part == .root ? .alarm : nil, leadTone: .faint)
            page.paragraph([.place(item.source, item.line)], indent: 6, tone: .place)
            page.quote(item.text, indent: 8, most: item.part == .root ? 4 : 1)
        }
        let left = incident.evidence.count - min(incident.evidence.count, Self.mostEvidence) + incident.evidenceLeftOut
        if left > 0 { page.paragraph([.words("… and \(Amount.of(left, "more line"))")], indent: 2) }
        for excerpt in incident.excerpts.prefix(Self.mostExcerpts) where excerpt.lines.count > 1 {
            guard let first = excerpt.lines.first else { continue }
            page.heading("Around \(SafeText.line(Place.of(excerpt.source, first.number), limit: 200))")
            for line in excerpt.lines.prefix(40) {
                page.row("\(line.isEvidence ? ">" : " ") \(line.number)  \(line.text)", indent: 2)
            }
        }
        page.standing(
            progress: incident.lastProgress, checkpoint: incident.lastCheckpoint, lost: incident.lost,
            stepsPerSecond: incident.stepsPerSecond)
        if !incident.because.isEmpty {
            page.heading("Why this is the cause")
            for reason in incident.because { page.paragraph([.words(reason)], indent: 2, lead: "- ") }
        }
        if let window = incident.machine?.window {
            let lines = WindowLines(window: window, moment: moment)
            page.heading(lines.heading)
            for sentence in lines.sentences { page.paragraph([.words(sentence)], indent: 2, lead: "- ") }
            for curve in lines.curves { page.row(curve, indent: 2) }
        }
        if !incident.environment.isEmpty {
            page.heading("Stated in the logs")
            page.facts(incident.environment.prefix(40).map { (SafeText.line($0.name, limit: 24), $0.value) })
        }
        if let past = incident.past {
            page.gap()
            page.seen(past.sightings, now: now, moment: moment)
        }
        for gap in incident.gaps.prefix(12) { page.paragraph([.words(gap)], lead: "Mind: ", leadTone: .caution) }
        page.paragraph([.words("id \(incident.id), fingerprint \(incident.fingerprint)")], tone: .faint)
    }
}
