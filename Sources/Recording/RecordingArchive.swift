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
        var asked = 0
        return incidents.map { incident in
            guard incident.isCrash, asked < Self.mostIncidents, let moment = RecordedMoment(incident) else {
                return nil
            }
            asked += 1
            return context(of: incident, at: moment)
        }
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

    private func context(of incident: Incident, at moment: RecordedMoment) -> ResourceContext? {
        var other: ResourceContext?
        for volume in volumes {
            let from = moment.span.lowerBound - WindowSummary.before
            let to = moment.end + WindowSummary.after
            guard let stretch = try? volume.source.stretch(from: from, to: to),
                let summary = WindowSummary(stretch, about: moment)
            else { continue }
            var context = summary.context
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
