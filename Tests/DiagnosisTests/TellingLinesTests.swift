import BuiltInRules
import CrashModel
import Foundation
import Rules
import Scanning
import Testing

@testable import Diagnosis

@Suite("The lines that tell most, where no rule knows")
struct TellingLinesTests {
    /// All rules off; what is left are the landmarks.
    private let bench: Bench

    init() throws { bench = try Bench(RuleBook.builtIn.keeping { _ in false }) }

    private func telling(
        _ logs: [(source: String, lines: [String])], baseline: [(source: String, lines: [String])] = []
    ) -> [TellingLine] {
        let scans = bench.scan(logs)
        #expect(scans.allSatisfy { $0.findings.isEmpty })
        return Diagnostician(bench.book).tellingLines(scans, baseline: bench.scan(baseline))
    }

    private let settings = [
        "error_timeout: 30", "fail_fast: false", "WARNING: slow tokenizer, ignoring", "INFO all 8 workers ready",
    ]

    @Test(
        "the odd line of a log wins",
        arguments: [
            "ShardMagicError: bad magic in shard 17", "FATAL the store is gone", "cannot open shard 17 of the corpus",
            "worker 3 exited with code 7", "the frobnicator is not responding",
        ])
    func odd(line: String) throws {
        let told = telling([("t.log", settings + steps(0..<100) + ["\(clock(100)) \(line)", "cleaning up"])])
        #expect(told.first?.line == 105)
        #expect(told.first?.text == line)
        #expect(told.first?.time == moment(6000))
        #expect(told.first?.source == "t.log")
        #expect(told.first?.because.isEmpty == false)
    }

    @Test("a log in which nothing is odd has none", arguments: [0, 100])
    func healthy(count: Int) {
        #expect(telling([("t.log", settings + steps(0..<count))]).isEmpty)
        #expect(telling([]).isEmpty)
    }

    @Test("what a healthy log says too is not told, whatever its figures")
    func baseline() {
        let failing = steps(0..<50) + ["could not open the cache at 0x7f3a, error 17", "lost the store of rank 3"]
        let healthy = ["could not open the cache at 0x91c, error 4"] + steps(0..<50) + ["Training completed."]
        #expect(telling([("t.log", failing)]).map(\.line) == [51, 52])
        let told = telling([("t.log", failing)], baseline: [("good.log", healthy)])
        #expect(told.map(\.line) == [52])
        #expect(told.first?.because.contains("no healthy log says it") == true)
    }

    @Test("a line before an advance loses to one after the last")
    func advance() {
        let early = "FATAL could not reach the gate, error"
        let late = "cannot open shard 17"
        let told = telling([("t.log", steps(0..<10) + [early] + steps(10..<60) + [late])])
        #expect(told.first?.text == late)
        // Alone and at the end it would have won.
        #expect(telling([("t.log", steps(0..<60) + [early, late])]).first?.text == early)
    }

    @Test("a line before the run ended well tells less, and that it did tells nothing")
    func success() throws {
        let lines = steps(0..<50) + ["cannot open shard 17"]
        let failed = try #require(telling([("t.log", lines)]).first)
        let told = telling([("t.log", lines + ["\(clock(50)) Training completed."])])
        let survived = try #require(told.first { $0.line == 51 })
        #expect(survived.score == failed.score - 5)
        let isTold = told.contains { $0.text == "Training completed." }
        #expect(!isTold)
    }

    @Test("a line that no other rank has wins")
    func otherRanks() {
        let logs = (0..<4).map { rank in
            (
                "rank\(rank).log",
                steps(0..<50) + ["lost connection to the others, error 17"]
                    + (rank == 2 ? ["bad header in shard 9, error 4"] : []) + ["lost the store, error 17"]
            )
        }
        let told = telling(logs)
        #expect(told.first?.source == "rank2.log")
        #expect(told.first?.text == "bad header in shard 9, error 4")
        #expect(told.first?.because.contains("no other source says it") == true)
        // Two logs are no crowd.
        #expect(
            telling(Array(logs[1...2])).allSatisfy { !$0.because.contains("no other source says it") })
    }

    @Test("the line that ends a traceback tells more than what it quotes")
    func traceback() {
        let lines = [
            "Traceback (most recent call last):", "  File \"a.py\", line 3, in f", "    raise Broken(error)",
            "Broken: the shard has no header",
        ]
        let told = telling([("t.log", steps(0..<50) + lines)])
        #expect(told.first?.line == 54)
        #expect(told.first?.because.contains("it ends a traceback") == true)
    }

    @Test("each shape is told once, the best first, and no more than asked for")
    func most() {
        let lines = steps(0..<50) + (0..<30).map { "cannot open shard \($0)" } + ["FATAL: the store is gone"]
        let told = telling([("a.log", lines), ("b.log", lines)])
        #expect(told.map(\.text) == ["FATAL: the store is gone", "cannot open shard 0"])
        #expect(told.map(\.score) == told.map(\.score).sorted(by: >))
        let one = Diagnostician(bench.book).tellingLines(bench.scan([("a.log", lines)]), most: 1)
        #expect(one.count == 1)
    }
}
