import CrashModel
import Foundation
import Rules

/// Divides evidence into episodes: what lies close enough in time to belong to one failure.
struct Episodes {
    /// A collective's timeout is 10 to 30 minutes, and a scheduler's clean-up comes after it.
    static let longestGap: Double = 90 * 60

    /// What happens after the last step belongs together, however long it takes: a frozen job is ended by its time
    /// limit hours later.
    static let stallSlack: Double = 15 * 60

    /// - Parameter lastStep: when training advanced for the last time, as far as known.
    static func divide(_ evidence: [Evidence], lastStep: Date? = nil) -> [[Evidence]] {
        var parent = Array(evidence.indices)
        func find(_ index: Int) -> Int {
            var index = index
            while parent[index] != index {
                parent[index] = parent[parent[index]]
                index = parent[index]
            }
            return index
        }
        for a in evidence.indices {
            for b in evidence.indices.dropFirst(a + 1) where find(a) != find(b) {
                if areClose(evidence[a], evidence[b]) || areAfter(lastStep, evidence[a], evidence[b]) {
                    parent[find(b)] = find(a)
                }
            }
        }
        // What nobody can place in time belongs to the last of the episodes, or it would glue all of them together. Of
        // a kernel's log that only counts from boot, its end does.
        let last = evidence.indices.filter { evidence[$0].date != nil && !evidence[$0].isInferred }
            .max { (evidence[$0].date ?? .distantPast) < (evidence[$1].date ?? .distantPast) }
        let loose = evidence.indices.filter {
            evidence[$0].isInferred || (evidence[$0].date == nil && isLast(evidence[$0], of: evidence))
        }
        if let home = last ?? loose.first {
            for index in loose where find(home) != find(index) { parent[find(index)] = find(home) }
        }
        var groups: [Int: [Evidence]] = [:]
        for index in evidence.indices { groups[find(index), default: []].append(evidence[index]) }
        return groups.sorted { $0.key < $1.key }.map(\.value)
    }

    static func areAfter(_ lastStep: Date?, _ a: Evidence, _ b: Evidence) -> Bool {
        guard let start = lastStep?.addingTimeInterval(-stallSlack), let first = a.date, let second = b.date else {
            return false
        }
        return first >= start && second >= start
    }

    private static func areClose(_ a: Evidence, _ b: Evidence) -> Bool {
        if let seconds = a.seconds(until: b) { return abs(seconds) <= longestGap }
        if let sinceBoot = a.finding.time.sinceBoot, let other = b.finding.time.sinceBoot,
            a.sourceIndex == b.sourceIndex
        {
            return abs(sinceBoot - other) <= longestGap
        }
        return false
    }

    /// Whether nothing of the same source is known to come after it.
    private static func isLast(_ piece: Evidence, of evidence: [Evidence]) -> Bool {
        guard let seconds = piece.finding.time.sinceBoot else { return true }
        return evidence.allSatisfy {
            $0.sourceIndex != piece.sourceIndex || ($0.finding.time.sinceBoot ?? 0) <= seconds
        }
    }
}
