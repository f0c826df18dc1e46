import CrashModel
import Foundation
import Rules
import Scanning

/// Finds the rank that failed first where all ranks tell of one and the same failure.
///
/// In a collective everyone waits for everyone, so that the ranks that complain are those that are well. What gives the
/// guilty one away is that it differs: it stands in another operation, it is behind, or it was killed and complains of
/// nothing. The same idea, spatial patterns, finds faulty nodes in L4 (FSE 2025).
struct FirstToFail {
    let causality: Causality

    /// Seconds after the first complaint within which the one who caused it may speak: clocks differ, buffers wait.
    static let latest: Double = 300
    /// Fewer ranks are no crowd to stand out from.
    static let crowd = 3

    func mark(_ evidence: [Evidence]) -> [Evidence] {
        var marked = evidence
        let live = evidence.filter { $0.fate == .live && $0.canBeRoot }
        let waiting = live.filter { $0.category.description == "hang/collective" }
        let ranks = Set(waiting.compactMap(\.finding.origin.rank))
        if ranks.count >= Self.crowd, let odd = oddOne(among: waiting) {
            marked[odd.index].standsOut = odd.reason
        } else if let lone = loneFailure(live) {
            marked[lone].standsOut = "it is the only rank that failed by itself; the others lost their peer"
        } else if ranks.count >= Self.crowd - 1, let killed = killedOne(live, waiting: ranks) {
            marked[killed].standsOut =
                "it is the only rank that ended without reporting a timeout; the others waited for it"
        }
        return marked
    }

    // MARK: - Alone

    /// The failure of a rank that broke by itself, where several others only say that they lost someone.
    private func loneFailure(_ live: [Evidence]) -> Int? {
        let complaints = live.filter { causality.followsFromLostRank($0.category) }
        let losers = Set(complaints.compactMap(\.finding.origin.rank))
        let own = live.filter { piece in
            piece.rule.role != .confirmation && !piece.scanned.isKernel && piece.finding.origin.rank != nil
                && !causality.followsFromLostRank(piece.category)
        }
        let chained = Set(own.map(\.index))
        let first = own.filter { !($0.chainedFrom.map(chained.contains) ?? false) }
        guard let rank = own.first?.finding.origin.rank, own.allSatisfy({ $0.finding.origin.rank == rank }),
            losers.subtracting([rank]).count >= Self.crowd - 1
        else { return nil }
        // Which of several pieces of one rank explains the others is for the laws to say.
        guard first.count == 1, let lone = first.first else { return nil }
        // What comes long after the others gave up is another matter.
        let stamps = complaints.filter { $0.finding.origin.rank != rank }.compactMap(\.finding.time.date)
        if let date = lone.date, let complaint = stamps.min(), date > complaint + Self.latest { return nil }
        return lone.index
    }

    // MARK: - Another operation

    private struct Stand: Hashable {
        var number: Int
        var operation: String
        var elements: String
    }

    private func oddOne(among waiting: [Evidence]) -> (index: Int, reason: String)? {
        var stands: [Int: (stand: Stand, index: Int)] = [:]
        for piece in waiting {
            guard let rank = piece.finding.origin.rank, let number = piece.finding.captures["seq"].flatMap({ Int($0) }),
                let operation = piece.finding.captures["op"], stands[rank] == nil
            else { continue }
            let elements = piece.finding.captures["numel"] ?? ""
            stands[rank] = (Stand(number: number, operation: operation, elements: elements), piece.index)
        }
        guard stands.count >= Self.crowd else { return nil }
        let groups = Dictionary(grouping: stands, by: \.value.stand)
        guard let most = groups.max(by: { $0.value.count < $1.value.count }), most.value.count * 3 >= stands.count * 2
        else { return nil }
        let others = groups.filter { $0.key != most.key }
        guard others.count == 1, let odd = others.first, odd.value.count == 1, let only = odd.value.first else {
            return nil
        }
        if odd.key.number < most.key.number {
            return (
                only.value.index,
                "rank \(only.key) had come to collective \(odd.key.number), the others to \(most.key.number)"
            )
        }
        guard odd.key.number == most.key.number else { return nil }
        let (its, theirs) =
            odd.key.operation != most.key.operation
            ? (odd.key.operation, most.key.operation)
            : ("\(odd.key.operation) of \(odd.key.elements)", "one of \(most.key.elements)")
        return (
            only.value.index,
            "rank \(only.key) stood in \(its) where \(most.value.count) other ranks stood in \(theirs)"
        )
    }

    // MARK: - Killed

    /// A rank whose process ended by a signal, and that is not among those that waited.
    private func killedOne(_ evidence: [Evidence], waiting: Set<Int>) -> Int? {
        let ended = evidence.filter { piece in
            piece.fate == .live && piece.rule.role == .consequence && piece.finding.origin.rank != nil
                && ["signal/killed", "signal/segfault", "signal/bus", "signal/illegal-instruction"].contains(
                    piece.category.description)
        }
        let silent = Dictionary(grouping: ended) { $0.finding.origin.rank }.filter { rank, _ in
            rank.map { !waiting.contains($0) } ?? false
        }
        guard silent.count == 1, let pieces = silent.first?.value else { return nil }
        return pieces.min { $0.isBefore($1) }?.index
    }
}
