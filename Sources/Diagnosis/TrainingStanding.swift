import CrashModel
import Foundation
import Scanning

/// Where the training stood when it failed: how far it was, how fast, what was saved, and what is lost.
struct TrainingStanding {
    private(set) var lastProgress: ProgressMark?
    /// Where the log of ``lastProgress`` begins to tell of progress.
    private(set) var firstProgress: ProgressMark?
    private(set) var lastCheckpoint: CheckpointMark?
    private(set) var lost: LostWork?
    private(set) var stepsPerSecond: Double?

    init(scans: [SourceScan], story: Story) {
        let root = story.root
        let own = scans[root.sourceIndex]
        // The root's own log, or else the one that tells most.
        let trainer = own.progress.count > 0 ? own : scans.max { $0.progress.count < $1.progress.count }
        let isOwn = trainer.map { $0.input.source == own.input.source } ?? false
        let end = isOwn ? root.finding.line : Int.max
        if let trainer, let mark = isOwn ? trainer.progress.last(before: end) : trainer.progress.last {
            lastProgress = ProgressMark(
                source: trainer.input.source, line: mark.line, text: mark.text, step: mark.step, epoch: mark.epoch,
                time: mark.time.date)
            if let first = trainer.progress.marks.first, first.line < mark.line {
                firstProgress = ProgressMark(
                    source: trainer.input.source, line: first.line, text: first.text, step: first.step,
                    epoch: first.epoch, time: first.statedDate)
            }
            stepsPerSecond = trainer.progress.speed(before: end)
        } else {
            lastProgress = Self.counter(in: [own] + scans, before: root)
        }
        guard let (scan, checkpoint) = Self.checkpoint(in: scans, of: story) else { return }
        let savedAt = scan.progress.last(before: checkpoint.line)
        let step = checkpoint.step ?? savedAt?.step
        lastCheckpoint = CheckpointMark(
            source: scan.input.source, line: checkpoint.line, text: checkpoint.text, path: checkpoint.path,
            step: step, epoch: checkpoint.epoch ?? savedAt?.epoch, time: checkpoint.time.date)
        var lost = LostWork()
        if let step, let reached = lastProgress?.step, reached >= step, Self.isOneCount(lastProgress, savedAt) {
            lost.steps = reached - step
        }
        if let saved = checkpoint.time.date, let end = lastProgress?.time ?? root.date, end >= saved {
            lost.seconds = end.timeIntervalSince(saved)
        }
        if lost.steps != nil || lost.seconds != nil { self.lost = lost }
    }

    /// Batches count from the beginning of each epoch: steps of two epochs are not to be subtracted.
    private static func isOneCount(_ reached: ProgressMark?, _ saved: ProgressTrail.Mark?) -> Bool {
        reached?.epoch == nil || saved == nil || reached?.epoch == saved?.epoch
    }

    /// The last checkpoint of any source before the failure, by time where it is known.
    private static func checkpoint(
        in scans: [SourceScan], of story: Story
    ) -> (scan: SourceScan, mark: CheckpointTrail.Mark)? {
        let root = story.root
        let damaged = DamagedCheckpoints(story: story, scans: scans)
        var best: (scan: SourceScan, mark: CheckpointTrail.Mark)?
        for (index, scan) in scans.enumerated() {
            let end = index == root.sourceIndex ? root.finding.line : Int.max
            guard
                let mark = scan.checkpoints.last(
                    before: end, progress: scan.progress, latest: root.span?.upperBound, isDamaged: damaged.contains)
            else { continue }
            let isLater =
                switch (best?.mark.time.date, mark.time.date) {
                case (let known?, let date?): date > known
                case (nil, _): best == nil || index == root.sourceIndex
                case (_, nil): false
                }
            if isLater { best = (scan, mark) }
        }
        return best
    }

    /// A line of an unknown loop whose counter rises, where no dialect of progress is known.
    private static func counter(in scans: [SourceScan], before root: Evidence) -> ProgressMark? {
        for scan in scans where scan.input.kind != .kernel {
            guard let counter = scan.outstanding.counter else { continue }
            if scan.input.source == scans.first?.input.source, counter.line > root.finding.line { continue }
            return ProgressMark(
                source: scan.input.source, line: counter.line,
                text: String(beginningOf: counter.message, most: OutstandingLines.keptBytes), step: counter.value,
                time: counter.last.date)
        }
        return nil
    }
}
