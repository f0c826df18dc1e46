/// Flight recorder dumps of several ranks, compared: which rank did not come.
public struct CollectiveComparison: Sendable {
    /// How many ranks' dumps were compared.
    public let dumpCount: Int
    /// Dumps left out, since neither they nor their names say of which rank they are, or since another dump of the
    /// same rank is younger.
    public let leftOut: [String]
    /// Ranks that groups name and of which there is no dump.
    public let absent: [Int]
    /// One for each group that is stuck; first the one that can explain the others.
    public let stalls: [CollectiveStall]

    /// What explains the hang, or `nil` when the dumps show none.
    public var root: CollectiveStall? { stalls.first }

    /// One sentence. Its names come from the dumped processes and are not cleaned.
    public var summary: String {
        if let root { return root.summary }
        guard dumpCount > 0 else { return "no flight recorder dump to compare" }
        let dumps =
            dumpCount == 1 ? "the one flight recorder dump shows" : "the \(dumpCount) flight recorder dumps show"
        let note = absent.isEmpty ? "" : "; \(RankRanges.words(absent)) left none"
        return "\(dumps) no collective that did not finish\(note)"
    }

    /// Compares the dumps of any ranks of one run.
    public init(_ dumps: [FlightRecorderDump]) {
        var byRank: [Int: FlightRecorderDump] = [:]
        var leftOut: [String] = []
        for dump in dumps {
            guard let rank = dump.rank else {
                leftOut.append(dump.name)
                continue
            }
            guard let other = byRank[rank] else {
                byRank[rank] = dump
                continue
            }
            let isYounger = (dump.entries.last?.created ?? 0) > (other.entries.last?.created ?? 0)
            byRank[rank] = isYounger ? dump : other
            leftOut.append(isYounger ? other.name : dump.name)
        }
        let groups = Self.progress(byRank)
        dumpCount = byRank.count
        self.leftOut = leftOut
        absent = Set(groups.flatMap(\.absent)).sorted()
        let stalls = groups.flatMap { [$0.stall()].compactMap { $0 } + PairStalls.of($0) }
        self.stalls = Self.sorted(stalls).map { Self.withLast($0, byRank) }
    }

    /// The groups that the dumps name, each with its members' progress. Groups made by splitting may share a name, so
    /// that the members tell them apart.
    private static func progress(_ dumps: [Int: FlightRecorderDump]) -> [GroupProgress] {
        let records = dumps.mapValues { Dictionary(grouping: $0.entries, by: \.groupName) }
        var groups: Set<ProcessGroup> = []
        for (rank, dump) in dumps {
            groups.formUnion(dump.groups)
            // Groups of which no members are known: those with a record of it.
            for (name, entries) in records[rank] ?? [:] where !dump.groups.contains(where: { $0.name == name }) {
                groups.insert(ProcessGroup(name: name, purpose: entries.last?.groupPurpose ?? "", ranks: []))
            }
        }
        let hasOneGroup = Set(records.values.flatMap(\.keys)).count == 1
        let all = dumps.keys.sorted()
        return groups.sorted { ($0.name, $0.ranks.count) < ($1.name, $1.ranks.count) }.map { group in
            // Where only one group is known, nobody is outside it.
            let members =
                !group.ranks.isEmpty ? group.ranks : all.filter { hasOneGroup || records[$0]?[group.name] != nil }
            let ranks = members.compactMap { rank in
                dumps[rank].map {
                    RankProgress(rank: rank, dump: $0, records: records[rank]?[group.name] ?? [])
                }
            }
            return GroupProgress(group: group, ranks: ranks, absent: members.filter { dumps[$0] == nil })
        }
    }

    /// First those that others cannot explain: whose missing ranks wait in no other stall. Then a rank that did not
    /// come before an operation that did not end, then the earliest.
    private static func sorted(_ stalls: [CollectiveStall]) -> [CollectiveStall] {
        let blamesRanks: Set<CollectiveStall.Kind> = [.missing, .mismatch]
        let waiting = Set(stalls.flatMap(\.waiting))
        let behindOthers = Set(stalls.filter { blamesRanks.contains($0.kind) }.flatMap(\.waiting))
        func isExplained(_ stall: CollectiveStall) -> Bool {
            switch stall.kind {
            case .mismatch: false
            case .missing: waiting.isSuperset(of: stall.missing)
            // Its kernels may stand in a queue behind those of a stuck collective.
            case .notStarted, .notFinished: !behindOthers.isDisjoint(with: stall.waiting)
            }
        }
        func order(_ at: Int) -> (Int, Int, Int, Int) {
            let kind = blamesRanks.contains(stalls[at].kind) ? 0 : 1
            return (isExplained(stalls[at]) ? 1 : 0, kind, stalls[at].created ?? .max, at)
        }
        return stalls.indices.map { ($0, order($0)) }.sorted { $0.1 < $1.1 }.map { stalls[$0.0] }
    }

    private static func withLast(_ stall: CollectiveStall, _ dumps: [Int: FlightRecorderDump]) -> CollectiveStall {
        var stall = stall
        for rank in stall.missing {
            guard let dump = dumps[rank], let record = dump.entries.last else { continue }
            let group = dump.groups.first { $0.name == record.groupName }
            stall.last[rank] = CollectiveStall.LastOperation(
                operation: record.operation, sequence: record.sequence,
                groupLabel: group?.label
                    ?? ProcessGroup(name: record.groupName, purpose: record.groupPurpose, ranks: []).label,
                state: record.state, place: record.place)
        }
        return stall
    }
}
