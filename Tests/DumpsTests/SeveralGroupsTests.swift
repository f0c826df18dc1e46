import Testing

@testable import Dumps

struct SeveralGroupsTests {
    @Test("Of several stuck groups the one comes first whose missing rank waits nowhere")
    func severalGroups() throws {
        // Rank 3 never joins data parallel {1, 3}; so rank 1 does not come to tensor parallel {0, 1}, where rank 0 has
        // waited for longer, nor rank 3 to {2, 3}.
        let comparison = try run { recording in
            let tensor = recording.rank < 2 ? ("10", "tensor", "[0, 1]") : ("11", "tensor", "[2, 3]")
            let data = recording.rank % 2 == 0 ? ("20", "data", "[0, 2]") : ("21", "data", "[1, 3]")
            recording.groups += [tensor, data]
            recording.add(1, group: 1)
            recording.add(1, group: 2)
            if recording.rank == 0 { recording.add(2, "started", group: 1, at: 50) }
            if recording.rank == 1 { recording.add(2, "started", "reduce_scatter", group: 2, at: 100) }
            if recording.rank == 2 { recording.add(2, "started", group: 1, at: 110) }
        }
        #expect(comparison.stalls.map(\.group.name) == ["21", "11", "10"])
        #expect(comparison.root?.missing == [3])
        #expect(comparison.summary == "rank 3 never joined reduce_scatter number 2 of group data; rank 1 waited there")
    }

    @Test("Kernels queued behind a stuck collective come after it, even when they were enqueued before")
    func queued() throws {
        let comparison = try run { recording in
            recording.groups.append(("9", "pipeline", "[0, 1]"))
            if recording.rank < 2 { recording.add(6, "scheduled", group: 1, at: 10) }
            if recording.rank != 3 { recording.add(4, "scheduled", at: 20) }
        }
        #expect(comparison.stalls.map(\.kind) == [.missing, .notFinished])
        #expect(comparison.root?.missing == [3])
    }

    @Test("Groups that share a name are told apart by their members")
    func sharedName() throws {
        let comparison = try run(count: 0) { recording in
            let half = recording.rank < 2 ? "[0, 1]" : "[2, 3]"
            recording.groups = [("5", "split", half)]
            recording.add(1, recording.rank == 2 ? "scheduled" : "completed")
        }
        #expect(comparison.stalls.count == 1)
        #expect(comparison.root?.group.ranks == [2, 3])
        #expect(comparison.root?.waiting == [2])
    }

    @Test("A receive without its send names the rank that did not send, in the group's own numbering")
    func pointToPoint() throws {
        let comparison = try run(ranks: 0..<8, count: 0) { recording in
            recording.groups = [("3", "pipe", "[1, 3, 5, 7]")]
            switch recording.rank {
            case 3: recording.add(8, "completed", "send 1->2", at: 1, pair: true)
            case 5:
                recording.add(8, "completed", "recv 2<-1", at: 1, pair: true)
                recording.add(9, "started", "recv 2<-1", at: 2, pair: true)
            case 7: recording.add(4, "started", "recv 3<-2", at: 1, pair: true)
            default: break
            }
        }
        #expect(comparison.stalls.map(\.missing) == [[3], [5]])
        #expect(comparison.summary == "rank 3 never sent what rank 5 waits to receive (recv number 9 of group pipe)")
    }

    @Test("Batched sends are done when the batch is")
    func batch() throws {
        let comparison = try run(ranks: 0..<2, count: 0) { recording in
            recording.add(3, "scheduled", recording.rank == 0 ? "send 0->1" : "recv 1<-0", pair: true)
            recording.add(3, "completed", "coalesced", pair: true)
        }
        #expect(comparison.stalls.isEmpty)
        #expect(comparison.summary == "the 2 flight recorder dumps show no collective that did not finish")
    }
}
