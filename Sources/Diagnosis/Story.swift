import CrashModel
import Foundation
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
    /// The next best causes, and why they are none.
    var runnersUp: [RunnerUp]
    /// Whether the training's own log takes part.
    var touchesRun: Bool
    /// Whether it lies near the last sign of life of the run, as far as times tell; an old failure that the logs also
    /// hold did not end it.
    var isAtEndOfRun: Bool
    var tier: Int

    /// The stories of one episode, the best-supported first.
    static func tell(
        _ evidence: [Evidence], causality: Causality, scans: [SourceScan], lastStep: Date? = nil
    ) -> [Story] {
        // Hundreds of ranks say the same thing. The first to say it stands for all while causes are sought.
        let repeats = Dictionary(grouping: evidence, by: RepeatKey.init)
        let episode = repeats.values.compactMap { $0.min { $0.isBefore($1) } }.sorted { $0.index < $1.index }
        let graph = CauseGraph(episode, causality: causality, lastStep: lastStep)
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
            var story = teller.story(root: root, members: own, rivals: rivals)
            story.runnersUp = teller.runnersUp(to: root, among: members.union(remaining))
            stories.append(story)
        }
        return stories
    }

    /// Which of two stories a person should read first.
    func isMoreTelling(than other: Story) -> Bool {
        if touchesRun != other.touchesRun { return touchesRun }
        if isAtEndOfRun != other.isAtEndOfRun { return isAtEndOfRun }
        if root.isRootByNature != other.root.isRootByNature { return root.isRootByNature }
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
    var standsOut: Bool

    init(_ evidence: Evidence) {
        rule = evidence.rule.id
        category = evidence.category
        chained = evidence.chainedFrom
        standsOut = evidence.standsOut != nil
        if ["kernel", "oom", "gpu", "storage"].contains(category.family) {
            host = evidence.finding.origin.host
            subject = evidence.finding.captures["pid"] ?? evidence.finding.captures["pci"]
        }
    }
}
