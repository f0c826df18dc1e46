public import CrashModel
public import Foundation

/// The moment of an incident, and what in a recording can have to do with it.
public struct RecordedMoment: Sendable, Hashable {
    /// When it can have happened. A line that states no time lies somewhere between its neighbours.
    public var span: ClosedRange<Date>
    /// When its last line was written.
    public var end: Date
    /// What it was, and what followed.
    public var categories: [CrashModel.Category]
    public var pids: Set<Int>
    public var gpus: Set<Int>
    /// Only the log's own time as a file tells when, which a copy makes new.
    public var isByFileTime = false

    /// The last line of a log, such as a shell's `Killed`, is written when its process is reaped.
    static let fileTimeSlack: Double = 20

    /// A line that states no time can have been written hours later; nobody looks through all of them.
    static let widestSpan: Double = 30 * 60
    /// Nor does what a run's ranks say of it go on for ever.
    static let longestEnd: Double = 10 * 60

    public init(
        span: ClosedRange<Date>, end: Date? = nil, categories: [CrashModel.Category] = [], pids: Set<Int> = [],
        gpus: Set<Int> = []
    ) {
        let latest = min(span.upperBound, span.lowerBound + Self.widestSpan)
        self.span = span.lowerBound...latest
        self.end = min(max(end ?? latest, latest), latest + Self.longestEnd)
        self.categories = categories
        self.pids = pids
        self.gpus = gpus
    }

    /// Nil for an incident of which nobody knows when it was.
    public init?(_ incident: Incident) {
        let told = [incident.root] + incident.consequences + incident.confirmations
        // The root's own time: what followed may state none, and may then have been written earlier.
        let isByFileTime = incident.root.time.source == .fileTime
        guard
            let date = isByFileTime
                ? incident.root.time.date?.addingTimeInterval(-Self.fileTimeSlack)
                : incident.root.span?.lowerBound ?? incident.firstSeen
        else { return nil }
        // A sample shows what happened up to a second before.
        let latest =
            isByFileTime
            ? incident.root.time.date?.addingTimeInterval(2) ?? date : incident.root.span?.upperBound ?? date
        // Where a line with a time followed, the root was no later.
        let next = incident.consequences.filter { $0.time.source == .stated }.compactMap(\.time.date)
            .filter { $0 >= date }.min()
        let span = date...max(date, min(latest, next ?? latest))
        let named = told.flatMap { [$0.origin.pid, $0.captures["pid"].flatMap { Int($0) }].compactMap(\.self) }
        self.init(
            span: span, end: incident.lastSeen,
            categories: [incident.category] + incident.consequences.map(\.category),
            pids: Set(named), gpus: Set(told.compactMap(\.origin.gpu)))
        self.isByFileTime = isByFileTime
    }

    /// Whether the incident or what followed is of one of these families.
    func isOf(_ families: Set<String>) -> Bool { categories.contains { families.contains($0.family) } }
}
