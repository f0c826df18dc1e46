import Testing

@testable import Dumps

struct CollectiveComparisonTests {
    @Test("A rank that never scheduled the collective is named, with what it did last")
    func missing() throws {
        let comparison = try run(ranks: 0..<8, count: 3770) { recording in
            if recording.rank == 5 {
                recording.entries.removeLast()
                recording.add(3770, frames: Recording.frames("load_batch", "/srv/data.py", 88))
            } else {
                recording.add(3771, "started", at: 4000)
            }
            recording.entries.removeFirst(3700)
        }
        #expect(comparison.dumpCount == 8)
        #expect(comparison.stalls.count == 1)
        let stall = try #require(comparison.root)
        #expect(stall.kind == .missing)
        #expect(stall.operation == "all_reduce")
        #expect(stall.sequence == 3771)
        #expect(stall.missing == [5])
        #expect(stall.arrived == [0, 1, 2, 3, 4, 6, 7])
        #expect(stall.place?.description == "train_step (train.py:120)")
        #expect(stall.last[5]?.place?.description == "load_batch (data.py:88)")
        #expect(
            comparison.summary
                == "rank 5 never joined all_reduce number 3771 of group default_pg; ranks 0-4, 6-7 waited there")
        #expect(
            stall.details.first
                == "rank 5 last recorded all_reduce number 3770 of group default_pg (completed), called from load_batch (data.py:88)"
        )
    }

    @Test("The order of the dumps does not matter, and two of one rank count once")
    func order() throws {
        var dumps = try (0..<4).map { rank in
            var recording = Recording(rank: rank)
            recording.add(1)
            if rank != 2 { recording.add(2, "scheduled", at: 9) }
            return try recording.dump()
        }
        let expected = CollectiveComparison(dumps).summary
        var former = Recording(rank: 1)
        former.add(1, at: -1000)
        dumps.append(try former.dump())
        dumps.append(try FlightRecorderDump(bytes: former.bytes, name: "nccl_trace"))
        for _ in dumps.indices {
            dumps.append(dumps.removeFirst())
            let comparison = CollectiveComparison(dumps)
            #expect(comparison.summary == expected)
            #expect(comparison.dumpCount == 4)
            #expect(Set(comparison.leftOut) == ["nccl_trace", "/tmp/nccl_trace_rank_1"])
        }
    }

    @Test("When all that left a dump came, the rank without one is named")
    func absent() throws {
        var dumps: [FlightRecorderDump] = []
        for rank in [0, 1, 3] {
            var recording = Recording(rank: rank)
            recording.add(12, "scheduled")
            dumps.append(try recording.dump())
        }
        let comparison = CollectiveComparison(dumps)
        #expect(comparison.root?.kind == .notFinished)
        #expect(comparison.absent == [2])
        #expect(
            comparison.summary
                == "ranks 0-1, 3 waited in all_reduce number 12 of group default_pg; rank 2 left no dump, so may not have come"
        )
    }

    @Test("All came: not begun where records are timed, else not finished")
    func allCame() throws {
        let timed = try run {
            $0.status = [
                "0": ["last_enqueued_collective": 4, "last_started_collective": 3, "last_completed_collective": 3]
            ]
            $0.add(4, "scheduled")
        }
        #expect(timed.root?.kind == .notStarted)
        #expect(
            timed.summary == "ranks 0-3 all joined all_reduce number 4 of group default_pg, but it never began to run")
        let started = try run { $0.add(4, $0.rank == 0 ? "scheduled" : "started") }
        #expect(started.root?.kind == .notFinished)
        let untimed = try run { $0.add(4, "scheduled") }
        #expect(
            untimed.summary == "ranks 0-3 all joined all_reduce number 4 of group default_pg, but it did not finish")
        let one = try run { $0.add(4, $0.rank == 3 ? "started" : "completed") }
        #expect(
            one.summary == "rank 3 did not finish all_reduce number 4 of group default_pg, which ranks 0-2 finished")
    }

    @Test(
        "Other operations, sizes and types at the same number are mismatches",
        arguments: [
            ("broadcast", [1024], "Float", "rank 2 called broadcast([1024] Float)"),
            ("all_reduce", [512], "Float", "rank 2 called all_reduce([512] Float)"),
            ("all_reduce", [1024], "BFloat16", "rank 2 called all_reduce([1024] BFloat16)"),
            ("all_reduce", [32, 32], "Float", nil), ("all_reduce", [1024, 1], "Float", nil),
        ] as [(String, [DumpValue], String, String?)])
    func mismatch(_ operation: String, _ size: [DumpValue], _ type: String, _ call: String?) throws {
        let comparison = try run {
            if $0.rank == 2 {
                $0.add(4, "started", operation, size: size, type: type)
            } else {
                $0.add(4, "started")
            }
        }
        let stall = try #require(comparison.root)
        guard let call else {
            #expect(stall.kind == .notFinished)
            return
        }
        #expect(stall.kind == .mismatch)
        #expect(
            comparison.summary
                == "at number 4 of group default_pg, ranks 0-1, 3 called all_reduce([1024] Float), but \(call)")
    }

    @Test(
        "Parts of uneven operations may differ in size",
        arguments: [
            "all_to_all", "scatter", "coalesced", "_broadcast_oop", "all_gather_v",
        ])
    func uneven(_ operation: String) throws {
        let comparison = try run {
            var entry = Recording(rank: 0)
            entry.add(4, "started", operation, size: [.integer($0.rank + 1)])
            guard var fields = entry.entries[0].map else { return }
            if operation == "scatter" { fields["output_sizes"] = [[7]] }
            $0.entries.append(.map(fields))
        }
        #expect(comparison.root?.kind == .notFinished)
    }

    @Test("A ring that has forgotten the number does not make its rank missing")
    func overwritten() throws {
        // Rank 0 runs ahead without waiting; its ring no longer holds what the others wait in.
        let comparison = try run(ranks: 0..<3, count: 0) { recording in
            let numbers = recording.rank == 0 ? 90..<100 : 41..<51
            recording.firstRecord = numbers.lowerBound
            for number in numbers { recording.add(number, number < 50 ? "completed" : "scheduled", at: number) }
        }
        let stall = try #require(comparison.root)
        #expect(stall.sequence == 50)
        #expect(stall.missing == [])
        #expect(stall.arrived == [0, 1, 2])
        #expect(stall.waiting == [1, 2])
    }

    @Test("A group of which a ring holds nothing: missing when the ring reaches back beyond the wait, else unknown")
    func forgottenGroup() throws {
        func compare(ringFrom time: Int) throws -> CollectiveComparison {
            try run(ranks: 0..<2, count: 0) { recording in
                recording.groups.append(("7", "data", "[0, 1]"))
                recording.firstRecord = 5000
                if recording.rank == 0 {
                    recording.add(9, "scheduled", group: 1, at: 1000)
                } else {
                    for number in 0..<5 { recording.add(number + 800, at: time + number) }
                }
            }
        }
        #expect(try compare(ringFrom: 900).root?.missing == [1])
        let unknown = try #require(try compare(ringFrom: 1100).stalls.first { $0.group.purpose == "data" })
        #expect(unknown.unknown == [1])
        #expect(unknown.kind == .notFinished)
    }

    @Test("A rank that recorded nothing at all is missing")
    func nothing() throws {
        let comparison = try run(count: 0) { if $0.rank != 1 { $0.add(1, "scheduled", "barrier") } }
        #expect(comparison.root?.missing == [1])
        #expect(comparison.root?.details.first == "rank 1 recorded nothing")
    }

    @Test("A dump of active operations alone: what is left out has completed")
    func activeOnly() throws {
        let comparison = try run(count: 0) { recording in
            recording.firstRecord = 10
            recording.status = ["0": ["last_enqueued_collective": 20, "last_completed_collective": 19]]
            if recording.rank == 3 {
                recording.status = ["0": ["last_enqueued_collective": 19, "last_completed_collective": 19]]
            } else {
                recording.add(20, "scheduled")
            }
        }
        #expect(comparison.root?.missing == [3])
    }

    @Test("A dump of a former run is not taken for a rank that is missing")
    func stale() throws {
        let comparison = try run(count: 0) { recording in
            let numbers = recording.rank == 1 ? 1..<5 : 1..<40
            for number in numbers { recording.add(number, at: number) }
            if recording.rank != 1 { recording.add(40, "scheduled", at: 40) }
        }
        #expect(comparison.root?.missing == [])
        #expect(comparison.root?.unknown == [1])
        #expect(comparison.root?.details.contains("the dump of rank 1 does not tell") == true)
    }

    @Test("Coalesced parts stay scheduled; their call's record tells")
    func coalesced() throws {
        let comparison = try run {
            $0.add(4, "scheduled", "_all_gather_base")
            $0.add(4, "scheduled", "_all_gather_base")
            $0.add(4, "completed", "coalesced")
            if $0.rank != 0 { $0.add(5, "scheduled") }
        }
        #expect(comparison.root?.sequence == 5)
        #expect(comparison.root?.missing == [0])
    }

    @Test("Version 1's dumps, without members, are compared among those that are there")
    func old() throws {
        let dumps = try (0..<3).map { rank in
            let entry = { (number: Int, state: String) -> DumpValue in
                [
                    "pg_id": 0, "seq_id": .integer(number), "profiling_name": "nccl:all_reduce", "state": .text(state),
                    "input_sizes": [[3]],
                ]
            }
            let value: DumpValue = .list(
                rank == 1 ? [entry(1, "completed")] : [entry(1, "completed"), entry(2, "scheduled")])
            return try FlightRecorderDump(bytes: Pickler.bytes(of: value), name: "nccl_trace_rank_\(rank)")
        }
        #expect(
            CollectiveComparison(dumps).summary
                == "rank 1 never joined all_reduce number 2 of group 0; ranks 0, 2 waited there")
    }

    @Test("Nothing to compare is said so")
    func none() throws {
        #expect(CollectiveComparison([]).summary == "no flight recorder dump to compare")
        let one = CollectiveComparison([try Recording(rank: 0).dump()])
        #expect(
            one.summary == "the one flight recorder dump shows no collective that did not finish; ranks 1-3 left none")
    }

    @Test(
        "Ranks are written as ranges",
        arguments: [
            ([3], "rank 3"), ([0, 1], "ranks 0-1"), ([4, 0, 1, 2, 6, 7], "ranks 0-2, 4, 6-7"), ([5, 5], "rank 5"),
        ])
    func ranges(_ ranks: [Int], _ words: String) {
        #expect(RankRanges.words(ranks) == words)
    }
}
