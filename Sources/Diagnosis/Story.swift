import CrashModel
import Rules
import Scanning

/// One failure told from its evidence: the root, and what belongs to it.
struct Story {
    var root: Evidence
    var consequences: [Evidence]
    var confirmations: [Evidence]
    var teardown: [Evidence]
    /// Other causes that the same evidence would allow.
    var rivals: Int
    /// Whether the training's own log takes part.
    var touchesRun: Bool
    var tier: Int

    /// The stories of one episode, the best-supported first.
    static func tell(_ evidence: [Evidence], causality: Causality, scans: [SourceScan]) -> [Story] {
        // Hundreds of ranks say the same thing. The first to say it stands for all while causes are sought.
        let repeats = Dictionary(grouping: evidence, by: RepeatKey.init)
        let episode = repeats.values.compactMap { $0.min { $0.isBefore($1) } }.sorted { $0.index < $1.index }
        let graph = CauseGraph(episode, causality: causality)
        var remaining = Set(episode.indices)
        var stories: [Story] = []
        let teller = Teller(episode: episode, graph: graph, causality: causality, scans: scans)
        while let root = teller.pickRoot(from: remaining) {
            var members = graph.effects(of: root).intersection(remaining)
            members.formUnion(teller.followers(of: root, in: remaining))
            members.remove(root)
            remaining.subtract(members)
            remaining.remove(root)
            let rivals = remaining.filter { teller.isCandidate($0, in: remaining) }.count
            let own = ([root] + members).flatMap { repeats[RepeatKey(episode[$0])] ?? [] }
                .filter { $0.index != episode[root].index }
            stories.append(teller.story(root: root, members: own, rivals: rivals))
        }
        return stories
    }

    /// Which of two stories a person should read first.
    func isMoreTelling(than other: Story) -> Bool {
        if touchesRun != other.touchesRun { return touchesRun }
        if root.rule.role == .root, other.root.rule.role != .root { return true }
        if root.rule.role != .root, other.root.rule.role == .root { return false }
        if root.rule.severity != other.root.rule.severity { return root.rule.severity > other.root.rule.severity }
        if tier != other.tier { return tier < other.tier }
        return root.isBefore(other.root)
    }
}

/// What makes two findings say the same: failures that stay on their machine are kept apart by host and process.
private struct RepeatKey: Hashable {
    var rule: String
    var category: Category
    var host: String?
    var subject: String?
    var chained: Int?

    init(_ evidence: Evidence) {
        rule = evidence.rule.id
        category = evidence.category
        chained = evidence.chainedFrom
        if ["kernel", "oom", "gpu", "storage"].contains(category.family) {
            host = evidence.finding.origin.host
            subject = evidence.finding.captures["pid"] ?? evidence.finding.captures["pci"]
        }
    }
}

/// Picks roots and followers within one episode.
private struct Teller {
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
        return (unexplained.isEmpty ? able : unexplained).min { isBetterRoot($0, $1) }
    }

    func isCandidate(_ index: Int, in remaining: Set<Int>) -> Bool {
        episode[index].canBeRoot && graph.causes[index].allSatisfy { !remaining.contains($0) }
    }

    private func isBetterRoot(_ a: Int, _ b: Int) -> Bool {
        let first = episode[a]
        let second = episode[b]
        let roles = (rank(of: first.rule.role), rank(of: second.rule.role))
        if roles.0 != roles.1 { return roles.0 < roles.1 }
        let touches = (touchesRun(a), touchesRun(b))
        if touches.0 != touches.1 { return touches.0 }
        // Among effects whose cause is missing, the first is closest to it.
        if first.rule.role != .root, first.isGeneric == second.isGeneric { return first.isBefore(second) }
        let tiers = (causality.tier(of: first.category), causality.tier(of: second.category))
        if tiers.0 != tiers.1 { return tiers.0 < tiers.1 }
        return first.isBefore(second)
    }

    private func rank(of role: Role) -> Int {
        switch role {
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
            touchesRun: touchesRun(root), tier: causality.tier(of: cause.category))
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
