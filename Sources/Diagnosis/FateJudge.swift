import CrashModel
import Rules
import Scanning

/// Decides what became of each finding: whether training went on, the operation healed, or nothing came after.
struct FateJudge {
    /// A program that writes this many lines after a generic error was not ended by it.
    static let survivedLines = 80

    let scans: [SourceScan]

    func judge(_ evidence: [Evidence]) -> [Evidence] {
        var judged = evidence
        for index in judged.indices {
            judged[index].fate = fateInOwnSource(judged[index])
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

    private func fateInOwnSource(_ evidence: Evidence) -> Fate {
        let scan = scans[evidence.sourceIndex]
        let line = evidence.finding.lastLine
        if evidence.scanned.recoveredAt != nil { return .recovered }
        if scan.progress.advances(after: line) { return .progressed }
        if scan.successLines.contains(where: { $0 > line }) { return .recovered }
        return .live
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
            return scan.progress.advances(after: mark.line)
        }
    }
}
