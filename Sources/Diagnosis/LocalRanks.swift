import CrashModel
import Logs
import Scanning

/// Makes ranks of the world of those that count on one machine only, where the logs say how, and drops the others: local
/// rank 3 of three machines is three processes.
enum LocalRanks {
    /// A rank from here on is hardly one of a single machine.
    private static let usual = 8

    static func resolve(_ scans: [SourceScan]) -> [SourceScan] {
        let own = scans.indices.filter { speaksLocally(scans[$0]) }
        if own.isEmpty { return scans }
        let isOneMachine = isOneMachine(scans, own)
        var resolved = scans
        for index in own {
            func world(_ origin: LineOrigin) -> Int? {
                guard origin.isRankLocal, let local = origin.rank else { return origin.rank }
                return scans[index].nodeRanks.rank(ofLocal: local) ?? (isOneMachine ? local : nil)
            }
            resolved[index].origin.rank = world(scans[index].origin)
            resolved[index].origin.isRankLocal = false
            for at in scans[index].findings.indices where scans[index].findings[at].finding.origin.isRankLocal {
                let rank = world(scans[index].findings[at].finding.origin)
                resolved[index].findings[at].finding.origin.rank = rank
                resolved[index].findings[at].finding.origin.isRankLocal = false
                if let rank, scans[index].findings[at].finding.captures["local_rank"] != nil {
                    resolved[index].findings[at].finding.captures["rank"] = String(rank)
                    resolved[index].findings[at].finding.captures["local_rank"] = nil
                }
            }
        }
        return resolved
    }

    private static func speaksLocally(_ scan: SourceScan) -> Bool {
        scan.origin.isRankLocal || scan.findings.contains { $0.finding.origin.isRankLocal }
    }

    /// Whether nothing shows that more than one machine took part.
    private static func isOneMachine(_ scans: [SourceScan], _ own: [Int]) -> Bool {
        let streams = SiblingStreams(scans)
        // Of a launcher's folders, `…/attempt_0/3/stderr.log`, one for each machine; of other logs each is one's own.
        let folders = Set(own.filter { scans[$0].origin.isRankLocal }.map { folder(scans[$0].input.source) })
        let launchers = own.filter { !scans[$0].origin.isRankLocal && streams.output(of: $0).map(own.contains) != true }
        if folders.count > 1 || launchers.count > 1 { return false }
        if scans.contains(where: \.nodeRanks.isOfManyMachines) { return false }
        if own.contains(where: { RankInPath.isOfSeveral(scans[$0].input.source) }) { return false }
        let findings = scans.filter { $0.input.kind == .training }.flatMap(\.findings).map(\.finding)
        let hosts = Set(findings.compactMap { $0.origin.host?.lowercased().prefix { $0 != "." } })
        if hosts.count > 1 { return false }
        let local = findings.filter(\.origin.isRankLocal).compactMap(\.origin.rank).max() ?? 0
        let world =
            (findings.filter { !$0.origin.isRankLocal }.compactMap(\.origin.rank)
            + scans.filter { !$0.origin.isRankLocal }.compactMap(\.origin.rank)).max() ?? 0
        return world < max(usual, local + 1)
    }

    private static func folder(_ source: String) -> Substring {
        source.firstRange(of: "/attempt_").map { source[..<$0.lowerBound] } ?? source[...].prefix { $0 != "/" }
    }
}
