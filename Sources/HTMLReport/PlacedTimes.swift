import CrashModel
import Foundation
import Reporting

/// When each line of an incident was written, as near as that is known.
struct PlacedTimes {
    /// Of the cause; what others are told from.
    let root: Date?
    private let isStated: Bool

    init(_ incident: ReportedIncident) {
        guard let root = incident.root else {
            self.root = nil
            isStated = false
            return
        }
        isStated = root.time != nil
        self.root = root.time ?? Self.within(root, near: incident.firstSeen)
    }

    /// Of a line that states no time the lines around it tell only from when to when: then it is the moment of those
    /// that is nearest to the cause. Nil where not even that is known.
    func of(_ item: ReportedEvidence) -> Date? {
        if item.part == .root { return root }
        return item.time ?? Self.within(item, near: root)
    }

    /// How long before or after the cause a line was written that states its time: `+9 s`; `about +9 s` where the
    /// cause's own line states none. Nil where it says nothing.
    func offset(_ item: ReportedEvidence) -> String? {
        guard let time = item.time, item.part != .root else { return nil }
        return offset(time)
    }

    /// The same of a moment.
    func offset(_ time: Date) -> String? {
        guard let root else { return nil }
        let seconds = time.timeIntervalSince(root)
        if abs(seconds) < 0.05 { return nil }
        return (isStated ? "" : "about ") + Offset.words(seconds)
    }

    private static func within(_ item: ReportedEvidence, near: Date?) -> Date? {
        guard let near else { return item.timeFrom ?? item.timeTo }
        if let from = item.timeFrom, near < from { return from }
        if let to = item.timeTo, near > to { return to }
        return item.timeFrom == nil && item.timeTo == nil ? nil : near
    }
}
