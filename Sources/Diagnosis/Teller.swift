import CrashModel
import Foundation
import Rules
import Scanning

/// Picks roots and followers within one episode.
struct Teller {
    let episode: [Evidence]
    let graph: CauseGraph
    let causality: Causality
    let scans: [SourceScan]
    /// For each piece of evidence, whether it stands in the run's own logs or explains something that does.
    private let touching: [Bool]

    init(episode: [Evidence], graph: CauseGraph, causality: Causality, scans: [SourceScan]) {
        self.episode = episode
        self.graph = graph
        self.causality = causality
        self.scans = scans
        let isRun = episode.map { scans[$0.sourceIndex].input.kind != .kernel && !$0.scanned.isKernel }
        touching = episode.indices.map { index in isRun[index] || graph.effects(of: index).contains { isRun[$0] } }
    }

    func pickRoot(from remaining: Set<Int>) -> Int? {
        let able = remaining.filter { episode[$0].canBeRoot }
        let unexplained = able.filter { isCandidate($0, in: remaining) }
        // In a fixed order: where times overlap, "before" is no strict order, and a set's own order is a lottery.
        return (unexplained.isEmpty ? able : unexplained).sorted().min { isBetterRoot($0, $1) }
    }

    func isCandidate(_ index: Int, in remaining: Set<Int>) -> Bool {
        episode[index].canBeRoot && graph.causes[index].allSatisfy { !remaining.contains($0) }
    }

    private func isBetterRoot(_ a: Int, _ b: Int) -> Bool { compare(a, b).firstWins }

    /// What decides between two possible roots.
    enum Criterion {
        case role, touchesRun, tier, order
    }

    func compare(_ a: Int, _ b: Int) -> (firstWins: Bool, by: Criterion) {
        let first = episode[a]
        let second = episode[b]
        let roles = (rank(of: first), rank(of: second))
        if roles.0 != roles.1 { return (roles.0 < roles.1, .role) }
        let touches = (touchesRun(a), touchesRun(b))
        if touches.0 != touches.1 { return (touches.0, .touchesRun) }
        // Among effects whose cause is missing, the first is closest to it.
        if !first.isRootByNature, first.isGeneric == second.isGeneric { return (first.isBefore(second), .order) }
        let tiers = (causality.tier(of: first.category), causality.tier(of: second.category))
        if tiers.0 != tiers.1 { return (tiers.0 < tiers.1, .tier) }
        return (first.isBefore(second), .order)
    }

    private func rank(of evidence: Evidence) -> Int {
        if evidence.standsOut != nil { return 0 }
        return switch evidence.rule.role {
        case .root: 0
        case .consequence: 1
        case .confirmation: 2
        case .teardown, .noise: 3
        }
    }

    private func touchesRun(_ index: Int) -> Bool { touching[index] }

    /// What comes after the root, is no stronger kind of cause, and stands close by: it followed, even where no law says how.
    func followers(of root: Int, in remaining: Set<Int>) -> Set<Int> {
        let cause = episode[root]
        let tier = causality.tier(of: cause.category)
        return remaining.filter { index in
            let other = episode[index]
            guard index != root else { return false }
            if other.rule.role == .teardown || other.rule.severity == .warning { return true }
            if other.rule.role == .confirmation, other.category.family == cause.category.family { return true }
            return cause.isBefore(other) && isClose(cause, other)
                && (causality.tier(of: other.category) >= tier || other.rule.role != .root || other.isGeneric)
        }
    }

    /// Whether nearness alone makes it likely that the second belongs to the first.
    private func isClose(_ cause: Evidence, _ other: Evidence) -> Bool {
        if cause.sourceIndex == other.sourceIndex { return true }
        if let seconds = cause.seconds(until: other) { return seconds <= 300 }
        return other.rule.role != .root || other.isGeneric
    }

    func story(root: Int, members: [Evidence], rivals: Int) -> Story {
        let cause = episode[root]
        let sorted = members.sorted { $0.index < $1.index }.sorted { $0.isBefore($1) }
        let confirmations = sorted.filter { isConfirmation($0, of: cause) }
        let confirmed = Set(confirmations.map(\.index))
        let others = sorted.filter { !confirmed.contains($0.index) }
        return Story(
            root: cause,
            consequences: others.filter { $0.rule.role != .teardown && $0.rule.severity != .warning },
            confirmations: confirmations, teardown: others.filter { $0.rule.role == .teardown }, rivals: rivals,
            runnersUp: [],
            touchesRun: touchesRun(root), isAtEndOfRun: isAtEndOfRun([cause] + members),
            tier: causality.tier(of: cause.category))
    }

    private func isAtEndOfRun(_ members: [Evidence]) -> Bool {
        guard let end = RunEnd.date(scans) else { return true }
        if members.contains(where: { isOfRun($0.sourceIndex, end: end) }) { return true }
        let spans = members.compactMap(\.span)
        return spans.isEmpty || spans.contains { $0.upperBound > end - Episodes.longestGap }
    }

    /// Whether a source is a log of the run itself, and not one of a machine or a scheduler, or an older piece of one.
    private func isOfRun(_ sourceIndex: Int, end: Date) -> Bool {
        let scan = scans[sourceIndex]
        let name = scan.input.source
        let isRotated = scans.contains { $0.input.source != name && name.hasPrefix($0.input.source) }
        let isOld = scan.lastTime.map { $0 < end - Episodes.longestGap } ?? false
        return scan.input.kind == .training && !isRotated && !isOld
    }

    /// Another source that says the same, or a rule made to confirm.
    private func isConfirmation(_ evidence: Evidence, of cause: Evidence) -> Bool {
        if evidence.rule.role == .confirmation { return true }
        return evidence.sourceIndex != cause.sourceIndex && evidence.category.family == cause.category.family
            && evidence.rule.role == .root && evidence.finding.text != cause.finding.text
            && sharesSubject(evidence.finding, cause.finding)
    }

    private func sharesSubject(_ a: Finding, _ b: Finding) -> Bool {
        if let pid = a.origin.pid, pid == b.origin.pid { return true }
        if let pci = a.captures["pci"], pci == b.captures["pci"] { return true }
        return a.category.family == "oom" && a.category.kind != "gpu"
    }
}
