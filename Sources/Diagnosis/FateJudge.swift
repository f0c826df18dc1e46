import CrashModel
import Foundation
import Rules
import Scanning

/// Decides what became of each finding: whether training went on, the operation healed, or nothing came after.
struct FateJudge {
    /// A program that writes this many lines after a generic error was not ended by it.
    static let survivedLines = 80

    /// Steps after a finding that show that its writer lived on.
    static let advances = 2
    /// The same of other ranks, which run on for a little without it.
    static let advancesOfOthers = 5
    /// The same when the log tells of a process's end afterwards.
    static let advancesBeforeExit = 20

    /// A new step so long after a failure is one of a run that was started again: nobody buffers, or waits, for so long.
    static let restartSeconds: Double = 45 * 60

    /// Longer than a collective waits for a rank that is gone while others still print.
    static let outlivedSeconds: Double = 15 * 60
    /// Beyond this a year that nobody stated may be wrong.
    static let comparableSeconds: Double = 60 * 86400

    private let scans: [SourceScan]
    private let causality: Causality
    private let attempts: Attempts
    private let streams: SiblingStreams

    init(scans: [SourceScan], causality: Causality = Causality()) {
        self.causality = causality
        self.scans = scans
        attempts = Attempts(scans)
        streams = SiblingStreams(scans)
    }

    func judge(_ evidence: [Evidence]) -> [Evidence] {
        var judged = evidence
        let bySource = Dictionary(grouping: evidence, by: \.sourceIndex)
        for index in judged.indices {
            let neighbours = bySource[judged[index].sourceIndex] ?? []
            judged[index].fate = fateInOwnSource(judged[index], among: neighbours)
        }
        for index in judged.indices where judged[index].fate == .live {
            if attempts.isMadeGood(judged[index].sourceIndex) { judged[index].fate = .recovered }
        }
        let last = Dictionary(
            grouping: judged.filter { $0.fate == .live && $0.rule.severity != .warning }, by: \.sourceIndex
        )
        .mapValues { $0.map(\.finding.lastLine).max() ?? 0 }
        for index in judged.indices where judged[index].fate == .live {
            if isOutlived(judged[index], lastFailure: last[judged[index].sourceIndex] ?? 0) {
                judged[index].fate = .recovered
            }
        }
        judgeFromOutside(&judged)
        for index in judged.indices where judged[index].fate == .live && isOfMachine(judged[index]) {
            if isLongOutlived(judged[index]), !isLasting(judged[index], among: judged) {
                judged[index].fate = .progressed
            }
        }
        let runDied = judged.contains { $0.fate == .live && $0.canBeRoot && isTraining($0) }
        if !runDied {
            for index in judged.indices where judged[index].fate == .live && !isTraining(judged[index]) {
                if trainingAdvanced(after: judged[index]) { judged[index].fate = .progressed }
            }
        }
        return judged
    }

    private func fateInOwnSource(_ evidence: Evidence, among all: [Evidence]) -> Fate {
        let scan = scans[evidence.sourceIndex]
        let line = lastLine(of: evidence, among: all)
        if evidence.scanned.recoveredAt != nil { return .recovered }
        let stream = evidence.finding.origin.stream
        let own = scan.progress.advances(after: line, since: evidence.date, stream: stream)
        let any = scan.progress.advances(after: line, since: evidence.date)
        let needed = isFollowedByExit(evidence, among: all) ? Self.advancesBeforeExit : Self.advances
        if own >= needed || any >= max(needed, Self.advancesOfOthers) { return .progressed }
        // A run that ends as if nothing had happened is no better for it when its loss is lost.
        if evidence.category.family == "divergence" { return .live }
        if scan.successLines.contains(where: { $0 > line }) { return .recovered }
        return wentOnLater(evidence, scan.progress) ? .progressed : .live
    }

    /// Whether the log states a new step long after the failure, be it only one. Where ranks speak, another one's step
    /// says nothing of the one that failed.
    private func wentOnLater(_ evidence: Evidence, _ progress: ProgressTrail) -> Bool {
        let time = evidence.scanned.lastTime
        guard time.source == .stated, let date = time.date, evidence.finding.origin.rank == nil else { return false }
        return progress.advances(since: date + Self.restartSeconds) >= 1
    }

    /// The last line of a finding. A loss that is nan in every line is one event, and going on with it is no advance.
    private func lastLine(of evidence: Evidence, among all: [Evidence]) -> Int {
        guard evidence.category.family == "divergence" else { return evidence.finding.lastLine }
        return all.lazy.filter { other in
            other.sourceIndex == evidence.sourceIndex && other.rule.id == evidence.rule.id
                && other.finding.origin.stream == evidence.finding.origin.stream
        }.map(\.finding.lastLine).max() ?? evidence.finding.lastLine
    }

    /// Whether the same log tells of a process's end after a fatal finding. Buffered output makes a few steps appear
    /// behind the error that ended them.
    private func isFollowedByExit(_ evidence: Evidence, among all: [Evidence]) -> Bool {
        let isUncaught = evidence.category.family == "exception" && !evidence.scanned.block.isEmpty
        guard evidence.rule.severity == .fatal || isUncaught else { return false }
        return all.contains { other in
            other.sourceIndex == evidence.sourceIndex && other.finding.line > evidence.finding.lastLine
                && ["worker", "signal"].contains(other.category.family) && other.rule.severity != .warning
        }
    }

    /// A generic error, far from the end of a log in which nothing else goes wrong after it.
    private func isOutlived(_ evidence: Evidence, lastFailure: Int) -> Bool {
        let scan = scans[evidence.sourceIndex]
        return evidence.isGeneric && scan.input.kind != .kernel
            && scan.input.lines - evidence.finding.lastLine > Self.survivedLines
            && scan.input.lines - lastFailure > Self.survivedLines
    }

    /// What launchers, controllers and schedulers report, in logs that show no training themselves: the run's own logs
    /// say whether it went on.
    private func judgeFromOutside(_ judged: inout [Evidence]) {
        let trainers = scans.indices.filter { scans[$0].progress.count > 0 && !attempts.isMadeGood($0) }
        let hasDied = judged.contains { $0.fate == .live && $0.canBeRoot && trainers.contains($0.sourceIndex) }
        guard !trainers.isEmpty, !hasDied else { return }
        for index in judged.indices where judged[index].fate == .live {
            let evidence = judged[index]
            let own = scans[evidence.sourceIndex]
            let isKernel = own.input.kind == .kernel || evidence.scanned.isKernel
            // What the kernel says at a known time is judged by that time.
            guard own.progress.count == 0, !isKernel || evidence.date == nil else { continue }
            let sibling = streams.output(of: evidence.sourceIndex)
            let others = sibling.map { [$0] } ?? trainers
            if let date = evidence.span?.upperBound {
                let advances = others.map { scans[$0].progress.advances(since: date) }.max() ?? 0
                if advances >= Self.advancesOfOthers { judged[index].fate = .progressed }
            } else if sibling == nil, evidence.finding.time.source != .stated,
                trainers.allSatisfy({ !scans[$0].successLines.isEmpty })
            {
                judged[index].fate = .recovered
            }
        }
    }

    /// Whether a fault stays until someone meets it: a file system that went read-only, a disk that filled up. Training
    /// goes on until it next writes.
    private func isLasting(_ evidence: Evidence, among all: [Evidence]) -> Bool {
        guard evidence.category.family == "storage" || evidence.category.description == "kernel/filesystem" else {
            return false
        }
        return all.contains { later in
            later.fate == .live && later.canBeRoot && later.sourceIndex != evidence.sourceIndex
                && evidence.precedes(later) == true && ["storage", "checkpoint"].contains(later.category.family)
                && causality.explains(evidence.category, later.category)
        }
    }

    /// Whether training went on for long after something that the machine tells of, so that it cannot be what ended it.
    private func isLongOutlived(_ evidence: Evidence) -> Bool {
        guard let date = evidence.scanned.lastTime.date, evidence.scanned.lastTime.source != .fileTime else {
            return false
        }
        return scans.contains { scan in
            guard scan.input.kind != .kernel, let last = scan.progress.lastStatedDate else { return false }
            return last.timeIntervalSince(date) > Self.outlivedSeconds
                && last.timeIntervalSince(date) < Self.comparableSeconds
                && scan.progress.advances(since: date) >= Self.advancesBeforeExit
        }
    }

    /// Said by the kernel, a scheduler or another agent, and not by the run.
    private func isOfMachine(_ evidence: Evidence) -> Bool {
        let scan = scans[evidence.sourceIndex]
        return evidence.scanned.isKernel || (scan.input.kind != .training && scan.progress.count == 0)
    }

    private func isTraining(_ evidence: Evidence) -> Bool {
        scans[evidence.sourceIndex].input.kind == .training
    }

    /// Whether a training log with times shows steps well after the evidence.
    private func trainingAdvanced(after evidence: Evidence) -> Bool {
        guard let date = evidence.date else { return false }
        return scans.contains { scan in
            guard scan.input.kind == .training,
                let mark = scan.progress.marks.first(where: { $0.time.date.map { $0 > date } ?? false })
            else { return false }
            return scan.progress.isAdvancing(after: mark.line)
        }
    }
}
