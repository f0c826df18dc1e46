import CrashModel
import Foundation
import Rules
import Scanning

/// Finds a run that stopped advancing without a word.
///
/// That a log ends proves nothing by itself; healthy logs end too. Something must have outlived it: another rank's log,
/// or the scheduler that cancelled the job long after the last line.
struct SilentHang {
    /// Shorter silences are checkpoints, evaluations and slow file systems.
    static let shortestSilence: Double = 10 * 60
    /// One production system's rule of thumb: silence beyond three mean iterations.
    static let iterations: Double = 3

    private let scans: [SourceScan]
    private let live: [Evidence]
    private let attempts: Attempts

    init(scans: [SourceScan], live: [Evidence]) {
        self.scans = scans
        self.live = live
        attempts = Attempts(scans)
    }

    /// The place where the first log fell silent.
    struct Place {
        var sourceIndex: Int
        var line: Int
        var text: String
        var from: Date
        var until: Date
    }

    func find() -> Place? {
        // Anything that says more than "the job was ended" is a better explanation than silence.
        guard live.allSatisfy({ Self.isEndOfJob($0.category) || $0.rule.severity == .warning }) else { return nil }
        let candidates = scans.indices.compactMap { silence(of: $0) }
        return candidates.min { $0.from < $1.from }
    }

    private func silence(of index: Int) -> Place? {
        let scan = scans[index]
        guard !attempts.isMadeGood(index), scan.input.kind == .training || scan.progress.count > 0,
            scan.successLines.isEmpty,
            let interval = meanInterval(scan)
        else { return nil }
        let threshold = max(Self.shortestSilence, Self.iterations * interval)
        if let silence = scan.longestSilence, silence.seconds > threshold,
            !scan.progress.isAdvancing(after: silence.line), scan.progress.last(before: silence.line) != nil
        {
            return Place(
                sourceIndex: index, line: silence.line, text: silence.text, from: silence.from, until: silence.to)
        }
        guard let last = scan.lastTime, let line = scan.lastDatedLine else { return nil }
        // Who follows the log knows how long it has been silent, whatever else is there to outlive it.
        let awaited = scan.quietSeconds.map { last + $0 }
        guard let outlived = [latestSign(besides: index), awaited].compactMap(\.self).max(),
            outlived.timeIntervalSince(last) > threshold
        else { return nil }
        return Place(sourceIndex: index, line: line.line, text: line.text, from: last, until: outlived)
    }

    /// Seconds between marks of progress, when at least a few state their time.
    private func meanInterval(_ scan: SourceScan) -> Double? {
        let dates = scan.progress.marks.compactMap(\.time.date)
        guard dates.count >= 4, let first = dates.first, let last = dates.last else { return nil }
        return max(0, last.timeIntervalSince(first)) / Double(dates.count - 1)
    }

    /// The last moment at which another source of the job showed life, or the scheduler ended it.
    private func latestSign(besides index: Int) -> Date? {
        let others = scans.indices.filter { $0 != index && scans[$0].input.kind == .training }.compactMap {
            scans[$0].lastTime
        }
        let ends = live.filter { Self.isEndOfJob($0.category) }.compactMap(\.date)
        return (others + ends).max()
    }

    private static func isEndOfJob(_ category: Category) -> Bool {
        category.description == "preemption/time-limit" || category.description == "preemption/cancelled"
    }
}
