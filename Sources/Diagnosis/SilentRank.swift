import CrashModel
import Foundation
import Rules
import Scanning

/// Finds the rank whose log just stops, while all the others report that they waited for someone in vain.
///
/// It needs a log of its own for each rank. The one that says nothing is the one that was killed, froze, or lost its
/// machine; what the others say is about it.
struct SilentRank {
    let scans: [SourceScan]
    let live: [Evidence]
    let causality: Causality

    /// How long before the first complaint the log has to end.
    static let shortestSilence: Double = 60
    static let fewestComplaints = 2

    struct Place {
        var rank: Int
        var sourceIndex: Int
        var line: Int
        var text: String
        var date: Date
        /// From its last line to the first word of the others.
        var minutes: Int
    }

    func find() -> Place? {
        let able = live.filter(\.canBeRoot)
        guard able.allSatisfy({ $0.standsOut == nil && causality.followsFromLostRank($0.category) }) else { return nil }
        let complaints = able.filter { ["hang", "collective"].contains($0.category.family) }
        let complaining = Set(complaints.compactMap(rank))
        guard complaining.count >= Self.fewestComplaints,
            let first = complaints.compactMap(\.finding.time.date).min()
        else { return nil }
        let spoken = Set(live.compactMap(rank))
        let byRank = Dictionary(grouping: scans.indices.filter { scans[$0].origin.rank != nil }) {
            scans[$0].origin.rank
        }
        var silent: [Place] = []
        for case (let rank?, let sources) in byRank where !spoken.contains(rank) {
            guard let place = lastWord(of: rank, in: sources, before: first) else { continue }
            silent.append(place)
        }
        return silent.count == 1 ? silent.first : nil
    }

    private func lastWord(of rank: Int, in sources: [Int], before first: Date) -> Place? {
        guard sources.allSatisfy({ scans[$0].successLines.isEmpty }),
            let source = sources.filter({ scans[$0].lastTime != nil }).max(by: { lastTime($0) < lastTime($1) }),
            let date = scans[source].lastTime, let line = scans[source].lastDatedLine,
            first.timeIntervalSince(date) >= Self.shortestSilence
        else { return nil }
        return Place(
            rank: rank, sourceIndex: source, line: line.line, text: line.text, date: date,
            minutes: Int((first.timeIntervalSince(date) / 60).rounded()))
    }

    private func lastTime(_ source: Int) -> Date { scans[source].lastTime ?? .distantPast }

    private func rank(_ evidence: Evidence) -> Int? {
        evidence.finding.origin.rank ?? scans[evidence.sourceIndex].origin.rank
    }
}
