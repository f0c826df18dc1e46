public import CrashModel
import Foundation

/// The recordings that a diagnosis may look into, and what they say about incidents.
public struct RecordingArchive: Sendable {
    /// A recording, and how it came to be looked into.
    private struct Volume: Sendable {
        var source: any RecordedSource
        var place: String
        /// A person said that it is of the machine in question.
        var isNamed: Bool
    }

    private var volumes: [Volume] = []
    /// Incidents at most that recordings are read for; a report tells of few.
    static let mostIncidents = 8

    public init() {}

    public var isEmpty: Bool { volumes.isEmpty }

    /// - Parameters:
    ///   - place: What to call it in messages.
    ///   - isNamed: Whether a person named it. Another one counts only for what can have happened on its machine.
    public mutating func add(_ source: any RecordedSource, place: String, isNamed: Bool) {
        volumes.append(Volume(source: source, place: place, isNamed: isNamed))
    }

    /// For each incident that calls for action, what is recorded of its moment; nil for the others, and for those of
    /// which nothing is.
    public func contexts(for incidents: [Incident]) -> [ResourceContext?] {
        if volumes.isEmpty { return incidents.map { _ in nil } }
        let asked = incidents.indices.filter { incidents[$0].isCrash }.prefix(Self.mostIncidents)
        var moments: [Int: RecordedMoment] = [:]
        for index in asked { moments[index] = RecordedMoment(incidents[index]) }
        var reading = ArchiveReading(volumes.map(\.source), ranges: moments.values.map(Self.range))
        return incidents.indices.map { index in
            moments[index].flatMap { context(of: incidents[index], at: $0, from: &reading) }
        }
    }

    /// What has to be read for a window.
    private static func range(_ moment: RecordedMoment) -> ClosedRange<Date> {
        let from = moment.span.lowerBound - WindowSummary.before
        return from...max(from, moment.end + WindowSummary.after)
    }

    /// Why a recording that a person named says nothing about the first incident that calls for action.
    public func problems(for incidents: [Incident]) -> [String] {
        guard let incident = incidents.first(where: \.isCrash), incident.context?.window == nil else { return [] }
        return volumes.filter(\.isNamed).map { volume in
            guard let moment = RecordedMoment(incident) else {
                return "the recording \(volume.place) was not used: the logs do not tell when it happened"
            }
            let start = moment.span.lowerBound
            do {
                _ = try volume.source.stretch(from: start, to: start)
                return "the recording \(volume.place) holds nothing of \(start.iso8601)"
            } catch {
                return "the recording \(volume.place) could not be read: \(error)"
            }
        }
    }

    private func context(
        of incident: Incident, at moment: RecordedMoment, from reading: inout ArchiveReading
    ) -> ResourceContext? {
        var other: ResourceContext?
        for (index, volume) in volumes.enumerated() {
            guard let stretch = reading.stretch(ofVolume: index, in: Self.range(moment)),
                let summary = WindowSummary(stretch, about: moment)
            else { continue }
            var context = summary.context
            if moment.isByFileTime {
                context.window?.problems.append(
                    "the logs state no time; this is around the time at which the log was last written")
            }
            guard let host = context.window?.host, !incident.canBe(on: host) else {
                if !volume.isNamed, incident.hosts.isEmpty {
                    context.window?.problems.append("the logs name no machine, and are taken to be of this one")
                }
                return context
            }
            if volume.isNamed, other == nil {
                let meant = incident.hosts.sorted().prefix(3).joined(separator: ", ")
                context.window?.problems.insert(
                    "recorded on \(host), while the logs name \(meant); so it speaks neither for nor against the cause",
                    at: 0)
                other = context
            }
        }
        return other
    }
}

/// Reads every stretch of time once, although several incidents may lie in it.
private struct ArchiveReading {
    private let sources: [any RecordedSource]
    /// Those that overlap are one.
    private let ranges: [ClosedRange<Date>]
    private var read: [Key: RecordedStretch?] = [:]

    private struct Key: Hashable {
        var volume: Int
        var range: ClosedRange<Date>
    }

    init(_ sources: [any RecordedSource], ranges: [ClosedRange<Date>]) {
        self.sources = sources
        var joined: [ClosedRange<Date>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = joined.last, range.lowerBound <= last.upperBound {
                joined[joined.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                joined.append(range)
            }
        }
        self.ranges = joined
    }

    /// Nil when it cannot be read.
    mutating func stretch(ofVolume volume: Int, in range: ClosedRange<Date>) -> RecordedStretch? {
        let whole = ranges.first { $0.contains(range.lowerBound) } ?? range
        let key = Key(volume: volume, range: whole)
        if let known = read[key] { return known?.within(range) }
        let stretch = try? sources[volume].stretch(from: whole.lowerBound, to: whole.upperBound)
        read[key] = .some(stretch)
        return stretch?.within(range)
    }
}

extension RecordedStretch {
    fileprivate func within(_ range: ClosedRange<Date>) -> RecordedStretch {
        var part = self
        part.samples.removeAll { !range.contains($0.sample.time) }
        part.marks.removeAll { !range.contains($0.time) }
        return part
    }
}
