import CrashModel
import Foundation
import Reporting
import Testing

/// How much training is lost, and since when.
@Suite struct StandingTests {
    static func page(_ change: (inout Incident) -> Void) -> String {
        var incident = Sample.hostMemory
        change(&incident)
        return TextReport(style: .plain, width: 120, timeZone: .gmt, now: Sample.now).render(Sample.report([incident]))
    }

    @Test(
        "Lost work in short words",
        arguments: [
            (340, 720, 0.8, "340 steps, 12 minutes of training (about 0.8 steps a second before it stopped)"),
            (1, 1.2, 1, "1 step, 1 second of training (about 1 step a second before it stopped)"),
            (
                12_345, 89.4, 1234.4,
                "12,345 steps, 89 seconds of training (about 1,234 steps a second before it stopped)"
            ),
            (7, 90, 0.25, "7 steps, 2 minutes of training (about 4 seconds a step before it stopped)"),
            (7, 9000, 0.01, "7 steps, 2.5 hours of training (about 2 minutes a step before it stopped)"),
            (nil, 200_000, nil, "2.3 days of training"), (340, nil, nil, "340 steps"), (0, 0.2, 12, "no whole step"),
            (0, 30, nil, "no whole step, 30 seconds of training"), (340, .infinity, .nan, "340 steps"),
            (340, 5399, 0, "340 steps, 90 minutes of training"), (340, 129_599, -1, "340 steps, 36 hours of training"),
        ] as [(Int?, Double?, Double?, String)])
    func lost(steps: Int?, seconds: Double?, speed: Double?, words: String) {
        let page = Self.page {
            $0.lost = LostWork(steps: steps, seconds: seconds)
            $0.stepsPerSecond = speed
        }
        #expect(page.contains("\nLost: \(words)\n"), "\(page)")
    }

    @Test(
        "What is not known is not told",
        arguments: [
            nil, LostWork(), LostWork(steps: -3), LostWork(seconds: .nan), LostWork(seconds: 0),
            LostWork(seconds: -.infinity),
        ] as [LostWork?])
    func unknown(lost: LostWork?) {
        let page = Self.page {
            $0.lost = lost
            $0.stepsPerSecond = 2
        }
        #expect(!page.contains("Lost") && !page.contains("Last checkpoint") && !page.contains("\n\n\n"))
    }

    @Test(
        "The last checkpoint with what its line says",
        arguments: [
            (1200, nil, "/data/ckpt/step_1200", "step 1200, /data/ckpt/step_1200, at train.log:7\n"),
            (1200, 3, nil, "epoch 3, step 1200, at train.log:7\n"),
            (nil, nil, "ckpt.pt", "ckpt.pt, at train.log:7\n"),
            (nil, nil, "", "train.log:7\n    state written\n"),
        ] as [(Int?, Int?, String?, String)])
    func checkpoint(step: Int?, epoch: Int?, path: String?, words: String) {
        let page = Self.page {
            $0.lastCheckpoint = CheckpointMark(
                source: "train.log", line: 7, text: "state written", path: path, step: step, epoch: epoch)
        }
        #expect(page.contains("\nLast checkpoint: \(words)"), "\(page)")
    }

    @Test("A path is broken over lines, never cut")
    func longPath() {
        let path = "/scratch/" + Array(repeating: "a-rather-long-folder", count: 9).joined(separator: "/")
        let page = Self.page {
            $0.lastCheckpoint = CheckpointMark(source: "train.log", line: 7, text: "", path: path, step: 1)
        }
        #expect(page.filter { !$0.isWhitespace }.contains(path + ",attrain.log:7"))
    }

    @Test("A fix that nobody wrote is not told", arguments: [nil, "", " \n "])
    func noFix(fix: String?) {
        var report = Sample.resumable
        for key in report.seenBefore.keys { report.seenBefore[key]?.fix = fix }
        #expect(!TextReport(style: .plain).render(report).contains("Fixed"))
        #expect(!MarkdownReport(timeZone: .gmt, now: Sample.now).render(report).contains("Fixed"))
    }
}
