import CrashModel
import Dumps
import Foundation
import Rules
import Scanning

/// Names the rank that did not come to a collective, from what the ranks dumped of themselves.
///
/// PyTorch's flight recorder writes each rank's last collectives when one hangs; py-spy and faulthandler print where a
/// process stands. One dump tells little: it takes those of several ranks to see who is missing.
struct AbsentRank {
    let scans: [SourceScan]
    let evidence: [Evidence]

    /// Where the dumps point, and in which words.
    struct Place {
        var sourceIndex: Int
        var line: Int
        var text: String
        var date: Date?
        var rank: Int?
        var captures: [String: String]
    }

    func find() -> Place? {
        guard let place = fromRecorders() ?? fromStacks() else { return nil }
        return isOutlived(place) ? nil : place
    }

    /// Dumps stay in the folder: of a run that went on or ended well, or of one long before.
    private func isOutlived(_ place: Place) -> Bool {
        if scans.contains(where: { $0.input.kind == .training && !$0.successLines.isEmpty }) { return true }
        guard let date = place.date else { return false }
        let goesOn = scans.contains { $0.progress.advances(since: date) >= FateJudge.advancesOfOthers }
        return goesOn || RunEnd.date(scans).map { $0 > date + Episodes.longestGap } ?? false
    }

    // MARK: - Flight recorders

    private func fromRecorders() -> Place? {
        let dumped = scans.indices.filter { scans[$0].dump != nil }
        let comparison = CollectiveComparison(dumped.compactMap { scans[$0].dump })
        guard dumped.count >= 2, let stall = comparison.root else { return nil }
        let guilty = stall.missing.first ?? stall.absent.first ?? stall.variants.dropFirst().first?.ranks.first
        // Of several attempts the last one dumped last.
        let source = dumped.last { guilty != nil && scans[$0].dump?.rank == guilty } ?? dumped.last
        guard let source else { return nil }
        var captures = ["summary": stall.summary, "operation": stall.operation, "group": stall.group.label]
        captures["sequence"] = String(stall.sequence)
        if let guilty { captures["rank"] = String(guilty) }
        return Place(
            sourceIndex: source, line: 1, text: ([stall.summary] + stall.details).joined(separator: "; "),
            date: stall.created.map { Date(timeIntervalSince1970: Double($0) / 1e9) }, rank: guilty,
            captures: captures)
    }

    // MARK: - Stacks

    /// Fewer stacks are no crowd to stand out from.
    private static let fewestStacks = 3

    private func fromStacks() -> Place? {
        var dumps: [(name: String, dump: StackDump, evidence: Evidence)] = []
        for piece in evidence where piece.rule.id == Self.stackRule && piece.fate == .live {
            guard let dump = StackDump(lines: piece.scanned.block.map(\.text)), !dump.isChild else { continue }
            let rank = piece.finding.origin.rank ?? scans[piece.sourceIndex].origin.rank
            let name = rank.map { "rank \($0)" } ?? dump.pid.map { "pid \($0)" } ?? piece.finding.source
            if !dumps.contains(where: { $0.name == name }) { dumps.append((name, dump, piece)) }
        }
        let comparison = StackComparison(dumps.map { ($0.name, $0.dump) })
        guard dumps.count >= Self.fewestStacks, let majority = comparison.majority, let waits = majority.waitsIn,
            comparison.others.count == 1, let name = comparison.others.first?.names.first,
            comparison.others.first?.names.count == 1, let odd = dumps.first(where: { $0.name == name })
        else { return nil }
        let rank = odd.evidence.finding.origin.rank ?? scans[odd.evidence.sourceIndex].origin.rank
        var captures = ["summary": comparison.summary, "operation": waits]
        if let rank { captures["rank"] = String(rank) }
        return Place(
            sourceIndex: odd.evidence.sourceIndex, line: odd.evidence.finding.line, text: odd.evidence.finding.text,
            date: odd.evidence.date, rank: rank, captures: captures)
    }

    /// The rule that collects the lines of a stack dump.
    static let stackRule = "hang.stack-dump"
}
