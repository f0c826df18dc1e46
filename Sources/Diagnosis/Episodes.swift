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
    /// - Parameter end: the last time that any log of the run states: what cannot be placed belongs there.
    static func divide(_ evidence: [Evidence], lastStep: Date? = nil, end: Date? = nil) -> [[Evidence]] {
        var parent = Array(evidence.indices)
        func find(_ index: Int) -> Int {
            var index = index
            while parent[index] != index {
                parent[index] = parent[parent[index]]
                index = parent[index]
            }
            return index
        }
        func join(_ a: Int, _ b: Int) {
            if find(a) != find(b) { parent[find(b)] = find(a) }
        }
        // In the order of their beginnings, each is close to one before it or to none.
        let dated = evidence.indices.filter { evidence[$0].date != nil && !evidence[$0].isInferred }
            .sorted { (evidence[$0].date ?? .distantPast, $0) < (evidence[$1].date ?? .distantPast, $1) }
        var latest: (index: Int, end: Date)?
        for index in dated {
            guard let span = evidence[index].span else { continue }
            if let latest, span.lowerBound <= latest.end + longestGap || isAfter(lastStep, evidence[latest.index]) {
                join(latest.index, index)
            }
            if latest.map({ span.upperBound > $0.end }) ?? true { latest = (index, span.upperBound) }
        }
        // A kernel's log that only counts from boot has a time of its own.
        let booted = Dictionary(
            grouping: evidence.indices.filter { evidence[$0].date == nil }, by: { evidence[$0].sourceIndex })
        for indices in booted.values {
            let counted = indices.compactMap { index in evidence[index].finding.time.sinceBoot.map { (index, $0) } }
                .sorted { ($0.1, $0.0) < ($1.1, $1.0) }
            for (earlier, later) in zip(counted, counted.dropFirst()) where later.1 - earlier.1 <= longestGap {
                join(earlier.0, later.0)
            }
        }
        // What nobody can place in time belongs to the last of the episodes, or it would glue all of them together. Of
        // a kernel's log that only counts from boot, its end does.
        let last = evidence.indices.filter { evidence[$0].date != nil && !evidence[$0].isInferred }
            .max { (evidence[$0].date ?? .distantPast) < (evidence[$1].date ?? .distantPast) }
        let loose = evidence.indices.filter {
            evidence[$0].isInferred || (evidence[$0].date == nil && isLast(evidence[$0], of: evidence))
        }
        let isOld = last.flatMap { evidence[$0].span?.upperBound }.flatMap { date in
            end.map { date < $0 - longestGap }
        }
        let isStalled = last.flatMap { last in lastStep.flatMap { step in evidence[last].date.map { $0 >= step } } }
        let home = isOld == true && isStalled != true ? loose.first : last ?? loose.first
        if let home {
            for index in loose where find(home) != find(index) { parent[find(index)] = find(home) }
        }
        var groups: [Int: [Evidence]] = [:]
        for index in evidence.indices { groups[find(index), default: []].append(evidence[index]) }
        return groups.sorted { $0.key < $1.key }.map(\.value)
    }

    /// Whether the run stood still when this happened, and whatever comes later belongs to it.
    private static func isAfter(_ lastStep: Date?, _ piece: Evidence) -> Bool {
        guard let start = lastStep?.addingTimeInterval(-stallSlack), let date = piece.date else { return false }
        return date >= start
    }

    static func areAfter(_ lastStep: Date?, _ a: Evidence, _ b: Evidence) -> Bool {
        isAfter(lastStep, a) && isAfter(lastStep, b)
    }

    /// Whether nothing of the same source is known to come after it.
    private static func isLast(_ piece: Evidence, of evidence: [Evidence]) -> Bool {
        guard let seconds = piece.finding.time.sinceBoot else { return true }
        return evidence.allSatisfy {
            $0.sourceIndex != piece.sourceIndex || ($0.finding.time.sinceBoot ?? 0) <= seconds
        }
    }
}
