import CrashModel
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

    let scans: [SourceScan]

    func judge(_ evidence: [Evidence]) -> [Evidence] {
        var judged = evidence
        for index in judged.indices {
            judged[index].fate = fateInOwnSource(judged[index], among: evidence)
        }
        for index in judged.indices where judged[index].fate == .live {
            if isOutlivedByNextAttempt(judged[index], by: judged) { judged[index].fate = .recovered }
        }
        for index in judged.indices where judged[index].fate == .live {
            if isOutlived(judged[index], by: judged) { judged[index].fate = .recovered }
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
        let line = evidence.finding.lastLine
        if evidence.scanned.recoveredAt != nil { return .recovered }
        let stream = evidence.finding.origin.stream
        let own = scan.progress.advances(after: line, since: evidence.date, stream: stream)
        let any = scan.progress.advances(after: line, since: evidence.date)
        let needed = isFollowedByExit(evidence, among: all) ? Self.advancesBeforeExit : Self.advances
        if own >= needed || any >= max(needed, Self.advancesOfOthers) { return .progressed }
        if scan.successLines.contains(where: { $0 > line }) { return .recovered }
        return .live
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

    /// A failure of one torchrun attempt that a later attempt of the same run made good.
    private func isOutlivedByNextAttempt(_ evidence: Evidence, by all: [Evidence]) -> Bool {
        guard let attempt = Attempt(evidence.finding.source) else { return false }
        let later = scans.indices.filter { index in
            Attempt(scans[index].input.source).map { $0.run == attempt.run && $0.number > attempt.number } ?? false
        }
        let isGood = later.contains { !scans[$0].successLines.isEmpty || scans[$0].progress.isAdvancing(after: 0) }
        return isGood
            && !all.contains { later.contains($0.sourceIndex) && $0.fate == .live && $0.canBeRoot }
    }

    /// torchrun's `<run>/attempt_<n>/<rank>/stderr.log`.
    private struct Attempt {
        var run: Substring
        var number: Int

        init?(_ source: String) {
            guard let range = source.firstRange(of: "/attempt_"),
                let number = Int(source[range.upperBound...].prefix { $0.isNumber })
            else { return nil }
            run = source[..<range.lowerBound]
            self.number = number
        }
    }

    /// A generic error, far from the end of a log in which nothing else goes wrong after it.
    private func isOutlived(_ evidence: Evidence, by all: [Evidence]) -> Bool {
        let scan = scans[evidence.sourceIndex]
        guard evidence.isGeneric, scan.input.kind != .kernel,
            scan.input.lines - evidence.finding.lastLine > Self.survivedLines
        else { return false }
        return !all.contains {
            $0.sourceIndex == evidence.sourceIndex && $0.fate == .live && $0.rule.severity != .warning
                && scan.input.lines - $0.finding.lastLine <= Self.survivedLines
        }
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
