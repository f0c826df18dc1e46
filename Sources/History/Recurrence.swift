public import CrashModel
import Foundation

extension LedgerContents {
    /// What the past changes about an incident's verdict.
    ///
    /// To start again is good advice once. Where the same failure has struck before and training came no further since,
    /// the same command meets the same end.
    ///
    /// - Parameter ids: the incidents of the present scan, which are no past.
    public func reconsidered(_ incident: Incident, excludingIDs ids: Set<String>) -> Incident {
        guard incident.verdict == .restart, incident.isCrash else { return incident }
        let earlier = incidents.filter { record in
            record.fingerprint == incident.fingerprint && !ids.contains(record.id)
                && (incident.firstSeen.map { record.occurredAt < $0 } ?? true)
        }.sorted { $0.occurredAt < $1.occurredAt }
        guard let last = earlier.last, let reason = Self.standstill(since: last, of: earlier, incident) else {
            return incident
        }
        var changed = incident
        changed.verdict = .changeFirst
        changed.because.append(reason)
        return changed
    }

    /// Failures without any progress stated count as a loop when there are this many before, this close together.
    private static let loop = 2
    private static let loopSeconds: Double = 24 * 3600

    private static func standstill(since last: LedgerRecord, of earlier: [LedgerRecord], _ incident: Incident)
        -> String?
    {
        switch (last.lastProgress?.step, incident.lastProgress?.step) {
        case (let before?, let now?) where now <= before:
            return
                "the same failure was met on \(last.occurredAt.iso8601.prefix(10)) at step \(before), and training came "
                + "no further since"
        case (nil, nil) where incident.lastProgress == nil && last.lastProgress == nil:
            let now = incident.firstSeen ?? last.occurredAt
            let recent = earlier.filter { now.timeIntervalSince($0.occurredAt) < loopSeconds }
            guard recent.count >= loop else { return nil }
            return "the same failure was met \(recent.count) times within a day before, each time without any progress"
        default: return nil
        }
    }
}
