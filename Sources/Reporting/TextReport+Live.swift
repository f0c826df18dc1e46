public import CrashModel
public import Foundation

extension TextReport {
    /// One incident as it is told while its log is still written: in full, below a line with the time at which it was told.
    public func live(_ incident: Incident, seen: PastSightings?, at date: Date) -> String {
        var page = TextPage(style: style, width: width)
        page.heading("── \(moment.clock(date)) \(SourceName.of(incident.root.source))", .caution)
        page.paragraph([.words(incident.verdictSentence)], tone: .alarm)
        page.gap()
        tell(incident, seen: seen, telling: nil, on: &page)
        page.gap()
        page.paragraph([.words("incident \(incident.id)")], tone: .faint)
        return page.text + "\n"
    }

    /// What became of one that was told, in one paragraph.
    public func live(_ words: String, _ incident: Incident, at date: Date) -> String {
        var page = TextPage(style: style, width: width)
        page.paragraph(
            [
                .words("── \(moment.clock(date)) \(words): \(incident.headline)"),
                // The bracket and the comma belong to the place: between two pieces there is a space.
                .place("(" + Place.of(incident.root.source, incident.root.line) + ","),
                .words("incident \(incident.id))"),
            ], tone: .caution)
        return page.text
    }
}
