import CrashModel
import Rules
import Testing

@testable import Diagnosis

/// What one rank says when its collective times out.
struct Stand: Sendable, CustomTestStringConvertible {
    var rank: Int
    var number: Int
    var operation: String
    var elements: String

    init(_ rank: Int, _ number: Int = 77, _ operation: String = "SUM", _ elements: String = "10") {
        self.rank = rank
        self.number = number
        self.operation = operation
        self.elements = elements
    }

    var testDescription: String { "\(rank): \(operation) \(number) of \(elements)" }
    var captures: [String: String] { ["seq": String(number), "op": operation, "numel": elements] }
}

@Suite("The first rank to fail")
struct FirstToFailTests {
    private let book: RuleBook
    private let timeout, error, lost, killed: Rule

    init() throws {
        book = try Bench().book
        timeout = try #require(book.rule("timeout"))
        error = try #require(book.rule("error"))
        lost = try #require(book.rule("lost"))
        killed = try #require(book.rule("killed"))
    }

    /// The places in the list of those that stand out.
    private func marked(_ pieces: [Evidence]) -> [Int] {
        var indexed = pieces
        for index in indexed.indices {
            indexed[index].index = index
            indexed[index].sourceIndex = index
        }
        return FirstToFail(causality: book.causality).mark(indexed).filter { $0.standsOut != nil }.map(\.index)
    }

    private func timeouts(_ ranks: some Sequence<Int>) -> [Evidence] {
        ranks.map { evidence(timeout, rank: $0, captures: Stand($0).captures) }
    }

    @Test(
        "is the one that stands in another operation than all others, or behind them",
        arguments: [
            ([Stand(0), Stand(1), Stand(2, 77, "GATHER"), Stand(3)], 2),
            ([Stand(0), Stand(1), Stand(2, 76), Stand(3)], 2),
            ([Stand(0), Stand(1), Stand(2, 77, "SUM", "11"), Stand(3)], 2),
            ([Stand(0), Stand(1, 3, "GATHER"), Stand(2)], 1),
            // The first that a rank says counts.
            ([Stand(0), Stand(1, 76), Stand(1), Stand(2), Stand(3)], 1),
        ] as [([Stand], Int)])
    func odd(stands: [Stand], rank: Int) {
        let pieces = stands.map { evidence(timeout, rank: $0.rank, captures: $0.captures) }
        #expect(marked(pieces).map { stands[$0].rank } == [rank])
    }

    @Test(
        "is nobody where more than one differs, where it is ahead, and where there is no crowd",
        arguments: [
            [Stand(0), Stand(1), Stand(2), Stand(3)],
            [Stand(0), Stand(1, 76), Stand(2, 75), Stand(3), Stand(4), Stand(5), Stand(6)],
            [Stand(0), Stand(1, 76), Stand(2, 76), Stand(3), Stand(4), Stand(5), Stand(6)],
            [Stand(0), Stand(1), Stand(2, 76), Stand(3, 76)],
            [Stand(0), Stand(1), Stand(2, 78), Stand(3)],
            [Stand(0), Stand(1, 76)], [Stand(0)], [],
        ])
    func nobody(stands: [Stand]) {
        #expect(marked(stands.map { evidence(timeout, rank: $0.rank, captures: $0.captures) }).isEmpty)
    }

    @Test("is nobody where the lines do not say who or what")
    func unknown() {
        #expect(marked((0..<4).map { evidence(timeout, captures: Stand($0, 70 + $0 % 2).captures) }).isEmpty)
        #expect(marked((0..<4).map { evidence(timeout, rank: $0) }).isEmpty)
    }

    @Test("is the only one that failed by itself, while others lost their peer")
    func lone() {
        let losers = [0, 1, 3].map { evidence(lost, rank: $0) }
        let alone = evidence(error, rank: 2, category: "exception/ValueError")
        #expect(marked(losers + [alone]) == [3])
        #expect(marked([alone] + losers + [evidence(lost, rank: 2)]) == [0])
    }

    @Test("of a chain of exceptions is the first")
    func chained() {
        let losers = [0, 1].map { evidence(lost, rank: $0) }
        let first = evidence(error, rank: 2, category: "exception/ValueError")
        var second = evidence(error, rank: 2, category: "exception/RuntimeError")
        second.chainedFrom = 2
        #expect(marked(losers + [first, second]) == [2])
    }

    @Test("is nobody where two failed by themselves, or hardly anyone lost a peer")
    func notAlone() {
        let alone = { (rank: Int) in evidence(error, rank: rank, category: "exception/ValueError") }
        let losers = [0, 1, 3].map { evidence(lost, rank: $0) }
        #expect(marked(losers + [alone(2), alone(4)]).isEmpty)
        #expect(marked(losers + [alone(2), evidence(error, rank: 2, category: "exception/KeyError")]).isEmpty)
        #expect(marked([evidence(lost, rank: 0), evidence(lost, rank: 2), alone(2)]).isEmpty)
        #expect(marked([alone(2)]).isEmpty)
    }

    @Test("is the killed one that reports no timeout where the others do")
    func killedAmongWaiting() {
        #expect(marked(timeouts([0, 1, 3]) + [evidence(killed, rank: 2)]) == [3])
        #expect(marked(timeouts([0, 1]) + [evidence(killed, rank: 2)]) == [2])
    }

    @Test("is nobody where several were killed, or the killed one waited too")
    func killedOften() {
        #expect(marked(timeouts([0, 1, 3]) + [evidence(killed, rank: 2), evidence(killed, rank: 4)]).isEmpty)
        #expect(marked(timeouts(0..<4) + [evidence(killed, rank: 2)]).isEmpty)
        #expect(marked(timeouts([0]) + [evidence(killed, rank: 2)]).isEmpty)
        #expect(marked(timeouts([0, 1, 3]) + [evidence(killed)]).isEmpty)
    }

    @Test("does not count what the run survived")
    func survived() {
        var healed = evidence(error, rank: 4, category: "exception/ValueError")
        healed.fate = .recovered
        let pieces = [0, 1, 3].map { evidence(lost, rank: $0) }
        let alone = evidence(error, rank: 2, category: "exception/KeyError")
        #expect(marked(pieces + [healed, alone]) == [4])
        #expect(marked(pieces + [healed]).isEmpty)
    }
}

@Suite("The first rank to fail, in PyTorch's words")
struct FirstToFailInLogsTests {
    private func timeout(_ rank: Int, _ number: Int, _ operation: String) -> String {
        "\(clock(20, rank)) [rank\(rank)]:[E301 10:20:0\(rank).426415540 ProcessGroupNCCL.cpp:629] [Rank \(rank)] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=\(number), OpType=\(operation), NumelIn=1, NumelOut=1, Timeout(ms)=600000) ran for 600013 milliseconds before timing out."
    }

    private func logs(_ last: [String]) -> [(source: String, lines: [String])] {
        last.enumerated().map { ("rank\($0.offset).log", steps(0..<10) + [$0.element]) }
    }

    @Test(
        "is named by the incident, and its line is the root",
        arguments: [("ALLGATHER", 77), ("ALLREDUCE", 76)])
    func named(operation: String, number: Int) throws {
        let last = (0..<4).map {
            $0 == 2 ? timeout($0, number, operation) : timeout($0, 77, "ALLREDUCE")
        }
        let incidents = try Bench.builtIn().diagnose(logs(last))
        let incident = try #require(incidents.first)
        #expect(incidents.filter(\.isCrash).count == 1)
        #expect(incident.category == Category("hang/collective"))
        #expect(incident.ranks == [2])
        #expect(incident.root.source == "rank2.log")
        #expect(incident.consequences.count == 3)
    }

    @Test("is the one that raised, however late it was written, where the others lost it")
    func raised() throws {
        let lost =
            "\(clock(12)) torch.distributed.DistBackendError: NCCL error in: ProcessGroupNCCL.cpp:1333, remote process exited or there was a network error, NCCL version 2.18.1"
        let incident = try #require(
            try Bench.builtIn().diagnose(logs([lost, lost, "\(clock(13)) ValueError: bad sample 17", lost])).first)
        #expect(incident.category == Category("exception/ValueError"))
        #expect(incident.ranks == [2])
    }
}
