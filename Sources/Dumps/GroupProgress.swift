/// How far one rank came in one group.
struct RankProgress {
    /// The records of one sequence number: more than one where operations were coalesced.
    struct Step {
        /// Tells the operation and its sizes.
        var record: RecordedOperation
        var state: RecordedOperation.State

        mutating func add(_ other: RecordedOperation) {
            // Inside a coalesced call only the call itself carries the state, and its parts stay "scheduled".
            state = max(state, other.state)
            if other.operation == "coalesced" { record = other }
        }
    }

    enum Standing { case done, waiting, missing, unknown }

    let rank: Int
    private(set) var steps: [Int: Step] = [:]
    private(set) var pairs: [RecordedOperation] = []
    private let lastEnqueued: Int?
    private let lastCompleted: Int?
    private let oldestRemaining: Int?
    private let isOverwritten: Bool
    let wasTimed: Bool
    /// A dump older than the others', as told by what they have completed since.
    var isStale = false

    init(rank: Int, dump: FlightRecorderDump, records: [RecordedOperation]) {
        self.rank = rank
        for record in records {
            if record.isPointToPoint {
                pairs.append(record)
            } else if steps[record.sequence]?.add(record) == nil {
                steps[record.sequence] = Step(record: record, state: record.state)
            }
        }
        // The status counts sends and receives too, by numbers of their own: then it says nothing of collectives.
        var status = records.last?.groupID.flatMap { dump.statuses[$0] }
        if records.isEmpty, dump.statuses.count == 1, dump.groups.count == 1 { status = dump.statuses.values.first }
        if !pairs.isEmpty { status = nil }
        let enqueued = status?.lastEnqueued.flatMap { $0 < 0 ? nil : $0 }
        lastEnqueued = [steps.keys.max(), enqueued].compactMap { $0 }.max()
        lastCompleted = status?.lastCompleted
        wasTimed = (status?.lastStarted ?? -1) > 0 || steps.values.contains { $0.state == .started }
        isOverwritten = dump.isOverwritten
        oldestRemaining = dump.entries.first?.created
    }

    /// Where the rank stands with regard to a collective, to which the first of the others came at `time`.
    func standing(at sequence: Int, time: Int?) -> Standing {
        if let step = steps[sequence] {
            return step.state == .completed || sequence <= lastCompleted ?? .min ? .done : .waiting
        }
        if isStale { return .unknown }
        if let lastEnqueued {
            // No record at or before the last: the ring has forgotten it, or the dump holds active ones alone.
            return sequence <= lastEnqueued ? .done : .missing
        }
        guard isOverwritten else { return .missing }
        // Nothing of this group remains. Had the rank come after the others, its record would be younger than the
        // oldest that the ring still holds.
        guard let time, let oldestRemaining, oldestRemaining <= time else { return .unknown }
        return .missing
    }
}

/// All ranks' progress in one group.
struct GroupProgress {
    let group: ProcessGroup
    var ranks: [RankProgress]
    /// Members without a dump.
    let absent: [Int]

    /// The first collective that some rank waits in.
    func stall() -> CollectiveStall? {
        var ranks = ranks
        for sequence in Set(ranks.flatMap(\.steps.keys)).sorted() {
            let steps = ranks.compactMap { rank in rank.steps[sequence].map { (rank: rank.rank, step: $0) } }
            let time = steps.compactMap(\.step.record.created).min()
            let standings = ranks.map { $0.standing(at: sequence, time: time) }
            guard standings.contains(.waiting) else {
                // It ended wherever it was recorded, and could not have without all: who shows no trace of it dumped
                // earlier, perhaps in a former run.
                if let record = steps.first?.step.record, CallVariants.needsAll(record.operation) {
                    for at in ranks.indices where standings[at] == .missing { ranks[at].isStale = true }
                }
                continue
            }
            let variants = CallVariants.of(steps.map { ($0.rank, $0.step.record) })
            func those(_ wanted: RankProgress.Standing) -> [Int] {
                zip(ranks, standings).filter { $0.1 == wanted }.map(\.0.rank)
            }
            let waiting = those(.waiting)
            let waitingSteps = steps.filter { waiting.contains($0.rank) }
            guard let record = waitingSteps.first?.step.record else { continue }
            var stall = CollectiveStall(
                kind: .notFinished, operation: record.operation, sequence: sequence, group: group,
                arrived: (waiting + those(.done)).sorted(), waiting: waiting, missing: those(.missing),
                absent: absent, unknown: those(.unknown),
                place: waitingSteps.lazy.compactMap(\.step.record.place).first,
                created: waitingSteps.compactMap(\.step.record.created).min())
            if variants.count > 1 {
                stall.kind = .mismatch
                stall.variants = variants
            } else if !stall.missing.isEmpty {
                stall.kind = .missing
            } else if waiting == stall.arrived, ranks.contains(where: \.wasTimed),
                waitingSteps.allSatisfy({ $0.step.state == .scheduled })
            {
                // Without timing no record ever says that it started.
                stall.kind = .notStarted
            }
            return stall
        }
        return nil
    }
}
