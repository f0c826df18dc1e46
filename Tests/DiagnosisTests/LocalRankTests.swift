import CrashModel
import Testing

@testable import Diagnosis

@Suite("Ranks that count on one machine only")
struct LocalRankTests {
    private func failed(_ local: Int, _ pid: Int) -> String {
        "\(clock(5)) ERROR failed (exitcode: 1) local_rank: \(local) (pid: \(pid)) of binary: /usr/bin/python3"
    }

    private func ranks(_ logs: [(source: String, lines: [String])]) throws -> [[Int?]] {
        let incidents = try Bench.builtIn().diagnose(logs)
        return incidents.map { ([$0.root] + $0.consequences + $0.confirmations).map(\.origin.rank) }
    }

    @Test("where one machine alone shows, its local ranks are those of the world")
    func oneMachine() throws {
        #expect(try ranks([("train.log", steps(0..<4) + [failed(3, 120)])]).flatMap(\.self) == [3])
    }

    @Test("of several machines a local rank names nobody")
    func severalMachines() throws {
        let logs = (0..<3).map { ("n\($0)/torchrun.log", steps(0..<4) + [failed(3, 120)]) }
        let found = try ranks(logs).flatMap(\.self)
        #expect(found.count == 3)
        #expect(found.allSatisfy { $0 == nil })
    }

    @Test(
        "torchrun's table says which rank of the world it was, in its own log only",
        arguments: [(11, 3, 11), (3, 3, 3), (2, 3, nil), (99_999_999, 3, nil)])
    func table(rank: Int, local: Int, world: Int?) throws {
        let table = [
            failed(3, 120), "Root Cause (first observed failure):", "  rank      : \(rank) (local_rank: \(local))",
        ]
        let found = try ranks([("a/x.log", steps(0..<4) + table), ("b/x.log", steps(0..<4) + [failed(3, 121)])])
        #expect(found.flatMap(\.self).compactMap(\.self) == [world].compactMap(\.self))
    }

    @Test("a table of two machines in one log, and a log of several ranks, say nothing")
    func ambiguous() throws {
        let table = ["  rank      : 11 (local_rank: 3)", "  rank      : 3 (local_rank: 3)"]
        #expect(try ranks([("t.log", steps(0..<4) + [failed(3, 120)] + table)]).flatMap(\.self) == [nil])
        #expect(try ranks([("rank_8_15.log", steps(0..<4) + [failed(5, 120)])]).flatMap(\.self) == [nil])
    }
}
