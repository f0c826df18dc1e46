import CrashModel
import Foundation
import Testing

@testable import Diagnosis

@Suite("Where the training stood")
struct StandingTests {
    private func incident(_ logs: [(source: String, lines: [String])]) throws -> Incident {
        try #require(try Bench.builtIn().diagnose(logs).first)
    }

    private func incident(_ lines: [String]) throws -> Incident { try incident([("train.log", lines)]) }

    private func died(_ minute: Int) -> String { "\(clock(minute)) ValueError: bad sample 17" }

    @Test("the last checkpoint is told with its path and step, and what is lost since")
    func lastCheckpoint() throws {
        let incident = try incident(
            steps(0..<20) + ["\(clock(20)) Saved checkpoint at step 19 to /ckpt/step_19"] + steps(20..<41) + [died(42)])
        let mark = try #require(incident.lastCheckpoint)
        #expect(mark.source == "train.log")
        #expect(mark.line == 21)
        #expect(mark.path == "/ckpt/step_19")
        #expect(mark.step == 19)
        #expect(mark.time == moment(20 * 60))
        #expect(incident.lost == LostWork(steps: 21, seconds: 20 * 60))
        #expect(incident.lastProgress?.step == 40)
    }

    @Test("a checkpoint that states no step has that of the training before it")
    func stepOfTraining() throws {
        let incident = try incident(
            steps(0..<20) + ["\(clock(20)) Checkpoint saved to /ckpt/last.pt"] + steps(20..<30) + [died(30)])
        #expect(incident.lastCheckpoint?.path == "/ckpt/last.pt")
        #expect(incident.lastCheckpoint?.step == 19)
        #expect(incident.lost?.steps == 10)
    }

    @Test(
        "a checkpoint that was only begun counts once steps follow",
        arguments: [(30..<30, "/ckpt/a"), (30..<33, "/ckpt/b")])
    func begun(after: Range<Int>, path: String) throws {
        let lines =
            steps(0..<10) + ["\(clock(10)) Saved checkpoint at step 9 to /ckpt/a"] + steps(10..<30)
            + ["\(clock(30)) saving checkpoint at iteration 29 to /ckpt/b"] + steps(after) + [died(40)]
        #expect(try incident(lines).lastCheckpoint?.path == path)
    }

    @Test("a checkpoint after the failure is none of this one")
    func laterCheckpoint() throws {
        let lines = steps(0..<10) + [died(10), "\(clock(11)) Saved checkpoint at step 10 to /ckpt/emergency"]
        #expect(try incident(lines).lastCheckpoint == nil)
        let logs = [
            ("train.log", steps(0..<10) + [died(10)]),
            ("saver.log", ["\(clock(5)) Saved checkpoint to /ckpt/a", "\(clock(15)) Saved checkpoint to /ckpt/b"]),
        ]
        let path = try incident(logs).lastCheckpoint?.path
        #expect(path == "/ckpt/a")
    }

    @Test("what a traceback quotes of the source proves no checkpoint and no step")
    func quotedCode() throws {
        let lines =
            steps(0..<20) + ["\(clock(20)) Saved checkpoint at step 19 to /ckpt/a.pt"] + steps(20..<30) + [
                "\(clock(30)) saving checkpoint at step 29 to /ckpt/b.pt", "Traceback (most recent call last):",
                "  File \"/srv/t.py\", line 22, in save",
                "    torch.save(sd, path); log.info('saved checkpoint at step 900')",
                "    step 900 loss 2.5",
                "OSError: [Errno 28] No space left on device: '/ckpt/b.pt'",
            ]
        let incident = try incident(lines)
        #expect(incident.lastCheckpoint?.line == 21)
        #expect(incident.lastProgress?.step == 29)
        #expect(incident.lost?.steps == 10)
    }

    @Test(
        "a checkpoint that could not be read is none to go back to, whatever the line calls its folder",
        arguments: [
            (["resuming from ckpt/b.pt"], 9), (["=> loading checkpoint '/ckpt/b.pt'"], 9),
            ([" loading checkpoint from /ckpt/other.pt at iteration 3"], 29), ([], 29),
        ])
    func damaged(read: [String], step: Int) throws {
        let saved =
            steps(0..<10) + ["\(clock(10)) Saved checkpoint at step 9 to /ckpt/a.pt"] + steps(10..<30)
            + ["\(clock(30)) Saved checkpoint at step 29 to /ckpt/b.pt"] + steps(30..<35)
        let again =
            read.map { "\(clock(50)) \($0)" } + [
                "\(clock(51)) RuntimeError: PytorchStreamReader failed reading zip archive: failed finding central directory"
            ]
        let incident = try incident([("run1.log", saved), ("run2.log", again)])
        #expect(incident.category == Category("checkpoint/corrupt"))
        #expect(incident.lastCheckpoint?.step == step)
        #expect(incident.lost?.steps == 34 - step)
    }

    @Test("of several logs the latest checkpoint counts")
    func severalLogs() throws {
        let logs = [
            ("saver.log", ["\(clock(5)) Saved checkpoint to /ckpt/a", "\(clock(8)) Saved checkpoint to /ckpt/b"]),
            ("train.log", ["\(clock(0)) Saved checkpoint to /ckpt/zero"] + steps(0..<10) + [died(10)]),
        ]
        #expect(try incident(logs).lastCheckpoint?.path == "/ckpt/b")
        #expect(try incident(logs.reversed()).lastCheckpoint?.path == "/ckpt/b")
    }

    @Test("without a checkpoint nothing is said about what is lost since one")
    func noCheckpoint() throws {
        let incident = try incident(steps(0..<10) + [died(10)])
        #expect(incident.lastCheckpoint == nil)
        #expect(incident.lost == nil)
    }

    @Test("steps that count from the beginning of each epoch are not subtracted across epochs")
    func epochs() throws {
        func epoch(_ epoch: Int, _ minutes: Range<Int>) -> [String] {
            minutes.map { "\(clock($0)) Epoch: [\(epoch)][\($0 % 10 + 1)/1736] Loss 0.59 MAE 0.6" }
        }
        let incident = try incident(
            epoch(0, 0..<5) + ["\(clock(5)) Checkpoint saved to /ckpt/last.pt"] + epoch(1, 6..<10) + [died(10)])
        #expect(incident.lost?.steps == nil)
        #expect(incident.lost?.seconds == 240)
    }

    @Test(
        "speed is what the log states, or comes from its times",
        arguments: [
            ((0..<20).map { "\(clock($0)) step \($0 * 30) loss 2.5" }, 0.5),
            ((1..<20).map { " 52%|#####2    | \($0)/6607 [20:57<19:17,  2.50it/s]" }, 2.5),
            ((1..<20).map { " 52%|#####2    | \($0)/6607 [20:57<19:17,  4.00s/it]" }, 0.25),
            // The median: one slow save says little.
            ((0..<10).map { "\(clock($0)) step \($0 * 60) loss 2.5" } + ["\(clock(60)) step 600 loss 2.5"], 1),
            ((0..<20).map { "step \($0) loss 2.5" }, nil), (["\(clock(0)) step 1 loss 2.5"], nil),
        ] as [([String], Double?)])
    func speed(lines: [String], expected: Double?) throws {
        #expect(try incident(lines + ["ValueError: bad sample 17"]).stepsPerSecond == expected)
    }

    @Test("a rising counter of a loop that no dialect knows is the last progress")
    func unknownLoop() throws {
        let lines = (1...12).map { "\(clock($0)) shard \($0 * 5) is packed" } + [died(13)]
        let progress = try #require(try incident(lines).lastProgress)
        #expect(progress.step == 60)
        #expect(progress.line == 12)
        #expect(progress.text == "shard 60 is packed")
        #expect(progress.time == moment(12 * 60))
    }

    @Test("a counter that went on after the failure is not")
    func counterAfterwards() throws {
        let packed = { (number: Int) in "shard \(number) is packed" }
        let lines = (1...6).map(packed) + ["torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB."]
        #expect(try incident(lines).lastProgress?.step == 6)
        #expect(try incident(lines + (7...9).map(packed)).lastProgress == nil)
    }

    @Test("a fault in the kernel's log is placed by the training's")
    func faultElsewhere() throws {
        let kernel =
            "Mar  1 10:20:10 node7 kernel: [ 8123.1] NVRM: Xid (PCI:0000:65:00): 79, pid=4242, GPU has fallen off the bus."
        let incident = try incident([
            ("kern.log", [kernel]),
            (
                "train.log",
                steps(0..<20) + ["\(clock(20, 5)) Saved checkpoint at step 19 to /ckpt/a"]
                    + ["\(clock(20, 12)) RuntimeError: CUDA error: unspecified launch failure"]
            ),
        ])
        #expect(incident.root.source == "kern.log")
        #expect(incident.lastProgress?.step == 19)
        #expect(incident.lastCheckpoint?.path == "/ckpt/a")
    }
}
