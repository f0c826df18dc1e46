import CrashModel
import Foundation
import Reporting

/// When each line of an incident was written, as near as that is known.
struct PlacedTimes {
    /// Of the cause; what others are told from.
    let root: Date?

    init(_ incident: ReportedIncident) {
        guard let root = incident.root else {
            self.root = nil
            return
        }
        self.root = root.time ?? Self.within(root, near: incident.firstSeen)
    }

    /// Of a line that states no time the lines around it tell only from when to when: then it is the moment of those
    /// that is nearest to the cause. Nil where not even that is known.
    func of(_ item: ReportedEvidence) -> Date? {
        if item.part == .root { return root }
        return item.time ?? Self.within(item, near: root)
    }

    /// Seconds after the cause, where both state a time.
    func offset(_ item: ReportedEvidence) -> Double? {
        guard let root, let time = item.time, item.part != .root else { return nil }
        return time.timeIntervalSince(root)
    }

    private static func within(_ item: ReportedEvidence, near: Date?) -> Date? {
        guard let near else { return item.timeFrom ?? item.timeTo }
        if let from = item.timeFrom, near < from { return from }
        if let to = item.timeTo, near > to { return to }
        return item.timeFrom == nil && item.timeTo == nil ? nil : near
    }
}
