/// Sends without their receives, and receives without their sends.
enum PairStalls {
    private struct Pair: Hashable {
        let source: Int
        let destination: Int
    }

    private struct Side {
        let rank: Int
        let record: RecordedOperation
    }

    /// For each pair of ranks the oldest operation that one of them waits in.
    static func of(_ progress: GroupProgress) -> [CollectiveStall] {
        let members = progress.group.ranks
        var sends: [Pair: Side] = [:]
        var receives: [Pair: Side] = [:]
        for rank in progress.ranks {
            for record in unfinished(rank.pairs) {
                guard let peers = record.peers, let source = global(peers.source, members),
                    let destination = global(peers.destination, members)
                else { continue }
                let pair = Pair(source: source, destination: destination)
                let side = Side(rank: rank.rank, record: record)
                if rank.rank == source, sends[pair] == nil { sends[pair] = side }
                if rank.rank == destination, receives[pair] == nil { receives[pair] = side }
            }
        }
        let dumped = Set(progress.ranks.map(\.rank))
        return Set(sends.keys).union(receives.keys)
            .sorted { ($0.source, $0.destination) < ($1.source, $1.destination) }
            .compactMap { stall($0, sends[$0], receives[$0], progress.group, dumped) }
    }

    private static func stall(
        _ pair: Pair, _ send: Side?, _ receive: Side?, _ group: ProcessGroup, _ dumped: Set<Int>
    ) -> CollectiveStall? {
        guard let waiting = receive ?? send else { return nil }
        let other = waiting.rank == pair.source ? pair.destination : pair.source
        let came = [send?.rank, receive?.rank].compactMap { $0 }.sorted()
        var stall = CollectiveStall(
            kind: .notFinished, operation: receive == nil ? "send" : "recv", sequence: waiting.record.sequence,
            group: group, isPointToPoint: true, arrived: came, waiting: came, place: waiting.record.place,
            created: [send, receive].compactMap { $0?.record.created }.min())
        if came.count == 1 {
            if dumped.contains(other) {
                stall.kind = .missing
                stall.missing = [other]
            } else {
                stall.absent = [other]
            }
        }
        return stall
    }

    /// The operations of numbers of which none has completed: parts of a batch stay "scheduled" for ever, and only the
    /// record of the batch tells.
    private static func unfinished(_ records: [RecordedOperation]) -> [RecordedOperation] {
        let completed = Set(records.filter { $0.state == .completed }.map(\.sequence))
        return records.filter { !completed.contains($0.sequence) }
    }

    /// Names state ranks in the group; without its members known they are taken as global.
    private static func global(_ rank: Int, _ members: [Int]) -> Int? {
        if members.isEmpty { return rank }
        return members.indices.contains(rank) ? members[rank] : nil
    }
}
