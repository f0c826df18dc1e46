import CrashModel
import Foundation
import Rules

/// Lets a recording confirm a cause, or make it less likely.
struct RecordedTestimony {
    let causality: Causality

    /// What one observation adds to the confidence, or takes from it, and all of them together at most.
    static let support = 0.04
    static let mostSupport = 0.1
    static let objection = 0.1
    static let mostObjection = 0.2

    func weigh(_ incident: inout Incident, by window: RecordedWindow) {
        guard RecordedFacts.judges(window, incident) else { return }
        let near = window.observations.filter { observation in
            // What the root itself is made of confirms nothing.
            let isRoot = observation.source == incident.root.source && observation.line == incident.root.line
            let begin = incident.firstSeen ?? window.moment
            return !isRoot && (observation.until ?? observation.at) >= min(begin, window.moment) - Self.longest
                && observation.at <= max(incident.lastSeen ?? begin, window.moment) + Self.longest
        }
        // Where one of a kind is of the incident's own process, the others of that kind are of others.
        let pids = incident.pids
        let owned = Set(window.observations.lazy.filter { $0.pid.map(pids.contains) == true }.map(\.kind))
        let supports = near.filter { observation in
            let isOthers = owned.contains(observation.kind) && observation.pid.map(pids.contains) != true
            return !isOthers && speaks(observation, on: incident.category, \.supports)
        }
        // A copied log's own time may be far from the moment: what is missing there proves nothing.
        let objections =
            incident.root.time.source == .fileTime
            ? [] : near.filter { speaks($0, on: incident.category, \.weakens) }
        let more = min(Self.mostSupport, Double(supports.count) * Self.support)
        let less = min(Self.mostObjection, Double(objections.count) * Self.objection)
        if supports.isEmpty, objections.isEmpty { return }
        let value = incident.confidence + more - less
        incident.confidence = min(0.99, max(0.2, (value * 100).rounded() / 100))
        incident.because += supports.prefix(3).map { "the recording agrees: \(sentence($0))" }
        incident.because += objections.prefix(2).map { "the recording speaks against it: \(sentence($0))" }
    }

    /// Seconds within which an observation has to do with an incident.
    private static let longest: Double = 120

    private func speaks(
        _ observation: MachineObservation, on category: CrashModel.Category,
        _ side: (Causality.Testimony) -> [String]
    ) -> Bool {
        causality.testimonies.contains { testimony in
            testimony.observation == observation.kind && side(testimony).contains { category.matches($0) }
        }
    }

    private func sentence(_ observation: MachineObservation) -> String {
        guard let source = observation.source, let line = observation.line else { return observation.text }
        return "\(observation.text) (\(SourceName.of(source, line: line)))"
    }
}
