import CrashModel
import Foundation
import Testing

@testable import Diagnosis

@Suite("What a run survived")
struct FateTests {
    private func diagnose(_ logs: [(source: String, lines: [String])]) throws -> [Incident] {
        try Bench.builtIn().diagnose(logs)
    }

    private func outcomes(_ incidents: [Incident], of category: String) -> [Outcome] {
        incidents.filter { $0.category.description == category }.map(\.outcome)
    }

    private let oom =
        "Out of memory: Killed process 999 (java) total-vm:91234kB, anon-rss:80123kB, file-rss:0kB, shmem-rss:0kB, UID:1000 pgtables:300kB oom_score_adj:0"

    // MARK: - Divergence

    @Test("a nan that lasts is no success, although the run says that it finished")
    func lastingNaN() throws {
        let lines =
            steps(0..<10) + (10..<40).map { "\(clock($0)) step \($0) loss nan" } + ["\(clock(40)) Training completed."]
        let incident = try #require(try diagnose([("t.log", lines)]).first)
        #expect(incident.category == Category("divergence/nan"))
        #expect(incident.isCrash)
        #expect(incident.root.line == 11)
    }

    // MARK: - Restarts

    private let gpuFull =
        "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.50 GiB. GPU 0 has a total capacity of 79.15 GiB"

    @Test(
        "one new step long after a failure shows that the run was started again; soon after, or none, it does not",
        arguments: [(60, 9, true), (60, 3, false), (20, 9, false)])
    func restarted(minute: Int, step: Int, isSurvived: Bool) throws {
        let lines =
            steps(0..<5) + ["\(clock(5)) ERROR \(gpuFull)", "\(clock(6)) INFO restarting"]
            + ["\(clock(minute)) step \(step) loss 2.5", "\(clock(minute + 1)) ValueError: bad sample"]
        let incidents = try diagnose([("t.log", lines)])
        #expect((outcomes(incidents, of: "oom/gpu") == [.progressed]) == isSurvived)
        #expect(incidents.first?.category == Category(isSurvived ? "exception/ValueError" : "oom/gpu"))
    }

    @Test("another rank's step, be it an hour later, does not mend the rank that failed")
    func otherRank() throws {
        let lines =
            steps(0..<5) + ["[rank1]: \(gpuFull)", "\(clock(5)) [rank1]: ERROR \(gpuFull)"]
            + ["\(clock(70)) step 6 loss 2.5", "\(clock(71)) ValueError: bad sample"]
        let incidents = try diagnose([("t.log", lines)])
        #expect(outcomes(incidents, of: "oom/gpu") != [.progressed])
    }

    @Test("an exception that several tracebacks end with is counted once for each", arguments: [1, 2, 5])
    func countedOnce(count: Int) throws {
        let lines =
            steps(0..<3) + ["\(clock(3)) ERROR \(gpuFull)"]
            + (0..<count).flatMap { index in
                [
                    "\(clock(3, index + 1)) ERROR worker \(index) failed", "Traceback (most recent call last):",
                    "  File \"t.py\", line \(index), in f", "    g()",
                    "RuntimeError: connection to worker \(index) gone",
                ]
            }
        let incident = try #require(try diagnose([("t.log", lines)]).first)
        #expect(incident.consequences.reduce(0) { $0 + $1.count } == count)
    }

    @Test("what was survived several times says how often")
    func survivedAgain() throws {
        let lines = (0..<4).flatMap { round in
            steps(round * 100..<round * 100 + 4) + ["\(clock(round * 100 + 5)) ERROR \(gpuFull)"]
        }
        let survived = try #require(try diagnose([("t.log", lines)]).first { !$0.isCrash })
        #expect(survived.alike == 2)
        #expect(survived.because.last == "the same happened 2 times more, last at t.log:15")
        #expect(survived.lastSeen == moment(205 * 60))
    }

    // MARK: - Divergence that passes

    @Test("a nan of a few steps, after which the loss is a number again, was survived")
    func passingNaN() throws {
        let lines = steps(0..<10) + ["\(clock(10)) step 10 loss nan"] + steps(11..<40)
        #expect(try diagnose([("t.log", lines)]).allSatisfy { !$0.isCrash })
    }

    // MARK: - The kernel

    /// Training from `first` on that raises in the end, and a kill of some process at ten.
    private func killThenTraining(_ minutes: Range<Int>) throws -> [Incident] {
        try diagnose([
            ("kern.log", ["Mar  1 10:00:00 node7 kernel: [ 8123.100000] \(oom)"]),
            ("train.log", steps(minutes) + ["\(clock(minutes.upperBound)) ValueError: bad sample 17"]),
        ])
    }

    @Test("a kill of another process an hour and twenty steps before the end was survived")
    func oldKill() throws {
        let incidents = try killThenTraining(-8..<70)
        #expect(incidents.first?.category == Category("exception/ValueError"))
        #expect(outcomes(incidents, of: "oom/host") == [.progressed])
    }

    @Test("a kill just before the end, or before hardly any steps, was not", arguments: [-60..<2, -60..<10])
    func freshKill(minutes: Range<Int>) throws {
        #expect(outcomes(try killThenTraining(minutes), of: "oom/host").allSatisfy { $0 != .progressed })
    }

    // MARK: - Orchestrators

    private let evicted = "Warning  Evicted  pod/train-0  The node was low on resource: memory."

    @Test("an orchestrator's event is survived when the run's own log goes on")
    func event() throws {
        let incidents = try diagnose([
            ("events.log", ["\(clock(5)) \(evicted)"]), ("train.log", steps(0..<30)),
        ])
        #expect(outcomes(incidents, of: "preemption/evicted") == [.progressed])
        #expect(incidents.allSatisfy { !$0.isCrash })
    }

    @Test("an event at the end of the run's log ended it")
    func lastEvent() throws {
        let incidents = try diagnose([
            ("events.log", ["\(clock(30)) \(evicted)"]), ("train.log", steps(0..<30)),
        ])
        let incident = try #require(incidents.first)
        #expect(incident.category == Category("preemption/evicted"))
        #expect(incident.isCrash)
    }

    @Test("an undated event is survived when every log of the run ends well", arguments: [true, false])
    func undatedEvent(isGood: Bool) throws {
        let train = steps(0..<30) + (isGood ? ["\(clock(30)) Training completed."] : [])
        let incidents = try diagnose([("events.log", [evicted]), ("train.log", train)])
        #expect(outcomes(incidents, of: "preemption/evicted") == [isGood ? .recovered : .terminal])
    }

    // MARK: - Attempts

    private let traceback = [
        "Traceback (most recent call last):", "  File \"train.py\", line 9, in <module>", "    main()",
        "ValueError: bad sample 17",
    ]

    @Test(
        "an attempt that failed is made good by a later one that advances or ends well",
        arguments: [steps(20..<60), ["\(clock(21)) Training completed."]])
    func attempts(later: [String]) throws {
        let incidents = try diagnose([
            ("run/attempt_0/0/stdout.log", steps(0..<10)), ("run/attempt_0/0/stderr.log", traceback),
            ("run/attempt_1/0/stdout.log", later),
        ])
        #expect(incidents.allSatisfy { !$0.isCrash })
        #expect(outcomes(incidents, of: "exception/ValueError") == [.recovered])
    }

    @Test("the log of a failed attempt that just ends is no hang either")
    func attemptsWithoutError() throws {
        let logs = [
            ("run/attempt_0/0/stdout.log", steps(0..<10)), ("run/attempt_1/0/stdout.log", steps(20..<200)),
        ]
        #expect(try diagnose(logs).allSatisfy { !$0.isCrash })
        // Two ranks of one attempt are another matter.
        let ranks = [("run/attempt_0/0/stdout.log", steps(0..<10)), ("run/attempt_0/1/stdout.log", steps(0..<200))]
        #expect(try diagnose(ranks).first?.category == Category("hang/silent"))
    }

    @Test(
        "nothing is made good by an earlier attempt, by another run's, or by one that fails again",
        arguments: [
            ("run/attempt_1/0/stderr.log", "run/attempt_0/0/stdout.log"),
            ("run/attempt_0/0/stderr.log", "other/attempt_1/0/stdout.log"),
            ("run/attempt_0/0/stderr.log", "run/attempt_0/1/stdout.log"),
        ])
    func notMadeGood(failed: String, good: String) throws {
        let lines = steps(0..<10) + ["\(clock(10)) ValueError: bad sample 17"]
        let incidents = try diagnose([(failed, lines), (good, steps(0..<10))])
        #expect(incidents.first?.category == Category("exception/ValueError"))
        #expect(incidents.first?.isCrash == true)
    }

    @Test("the last attempt's failure is the crash, whatever the first one did")
    func lastAttempt() throws {
        let incidents = try diagnose([
            ("run/attempt_0/0/stderr.log", traceback),
            ("run/attempt_1/0/stderr.log", steps(20..<60) + ["\(clock(60)) KeyError: 'shard'"]),
        ])
        #expect(incidents.filter(\.isCrash).map(\.category) == [Category("exception/KeyError")])
    }
}
