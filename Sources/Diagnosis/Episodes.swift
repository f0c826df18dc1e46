import CrashModel
import Rules

/// Divides evidence into episodes: what lies close enough in time to belong to one failure.
struct Episodes {
    /// A collective's timeout is 10 to 30 minutes, and a scheduler's clean-up comes after it.
    static let longestGap: Double = 90 * 60

    static func divide(_ evidence: [Evidence]) -> [[Evidence]] {
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
                if areClose(evidence[a], evidence[b]) { parent[find(b)] = find(a) }
            }
        }
        var groups: [Int: [Evidence]] = [:]
        for index in evidence.indices { groups[find(index), default: []].append(evidence[index]) }
        return groups.sorted { $0.key < $1.key }.map(\.value)
    }

    private static func areClose(_ a: Evidence, _ b: Evidence) -> Bool {
        if case .inferred = a.rule.shape { return true }
        if case .inferred = b.rule.shape { return true }
        if let seconds = a.seconds(until: b) { return abs(seconds) <= longestGap }
        if let sinceBoot = a.finding.time.sinceBoot, let other = b.finding.time.sinceBoot,
            a.sourceIndex == b.sourceIndex
        {
            return abs(sinceBoot - other) <= longestGap
        }
        return true
    }
}
