import CrashModel
import Foundation
import Rules
import Scanning

/// Puts a story into the words and figures of an incident.
struct IncidentWriter {
    let book: RuleBook
    let scans: [SourceScan]
    /// Evidence of what the run survived.
    let survived: [Evidence]

    func write(_ story: Story) -> Incident {
        let root = story.root
        let all = [root] + story.consequences + story.confirmations
        let dates = dates(of: story)
        let (confidence, because) = Confidence(story: story, scans: scans).judge()
        var incident = Incident(
            fingerprint: Fingerprint.of(root), title: root.finding.title, category: root.category,
            severity: root.rule.severity, outcome: outcome(of: story), verdict: root.rule.verdict,
            confidence: confidence, because: because, firstSeen: dates?.lowerBound, lastSeen: dates?.upperBound,
            host: root.finding.origin.host ?? story.confirmations.lazy.compactMap(\.finding.origin.host).first,
            ranks: ranks(of: story), root: root.finding,
            consequences: story.consequences.filter { !isCounted($0, in: story) }.map(\.finding),
            confirmations: story.confirmations.map(\.finding), teardown: story.teardown.map(\.finding),
            advice: advice(for: story), context: context(from: all))
        incident.runnersUp = story.runnersUp
        if story.root.category.family == "network", incident.verdict == .changeFirst, let healed = healedBefore(root) {
            incident.verdict = .restart
            incident.because.append(
                "the same healed by itself at \(SourceName.of(healed.finding.source, line: healed.finding.line))")
        }
        let standing = TrainingStanding(scans: scans, story: story)
        incident.lastProgress = standing.lastProgress
        incident.firstProgress = standing.firstProgress
        incident.lastCheckpoint = standing.lastCheckpoint
        incident.lost = standing.lost
        incident.stepsPerSecond = standing.stepsPerSecond
        incident.id = id(of: incident)
        return incident
    }

    /// From when the cause was written, or began to be waited for, to the last line that belongs to it. What lines
    /// around a line say of its time counts where nothing better is known.
    private func dates(of story: Story) -> ClosedRange<Date>? {
        let others = story.consequences + story.confirmations
        func stated(_ evidence: [Evidence]) -> [Date] {
            evidence.filter { $0.finding.time.source == .stated }.compactMap(\.finding.likelyBegin)
        }
        let likely = others.compactMap(\.finding.likelyBegin)
        var begin = story.root.finding.likelyBegin
        // Where only a span is known, the cause was there before what came of it.
        if story.root.finding.time.source == .interpolated, let span = story.root.span, let known = begin,
            let earliest = stated(others + story.teardown).min(), earliest < known
        {
            begin = max(span.lowerBound, earliest)
        }
        guard let first = begin ?? stated(others).min() ?? likely.min() else { return nil }
        let ends = ([story.root] + others + story.teardown).map(\.scanned.lastTime)
        let known = ends.filter { $0.source == .stated }.compactMap(\.date)
        let last = known.max() ?? ends.filter { $0.source != .fileTime }.compactMap(\.date).max() ?? first
        return first...max(first, last)
    }

    /// Whether it is the traceback of a line that was counted as a repeat of one that says more: told as well, it would
    /// count twice.
    private func isCounted(_ evidence: Evidence, in story: Story) -> Bool {
        guard evidence.isGeneric else { return false }
        let finding = evidence.finding
        func beginning(_ text: String) -> Substring { text.prefix { $0 != ":" } }
        return ([story.root] + story.consequences).contains { other in
            let known = other.finding
            return known.count > 1 && other.scanned.priority > evidence.scanned.priority
                && known.source == finding.source && known.line < finding.line
                && finding.line <= known.lastLine && known.origin.stream == finding.origin.stream
                && beginning(known.text) == beginning(finding.text)
        }
    }

    /// The rank that the root names; or else, of a fault of the machine, the one that it hit: the one that says more
    /// than that it lost another.
    private func ranks(of story: Story) -> [Int] {
        if let rank = story.root.finding.origin.rank { return [rank] }
        let told = story.consequences + story.confirmations
        if let pid = story.root.finding.origin.pid,
            let rank = told.lazy.filter({ $0.finding.origin.pid == pid }).compactMap(\.finding.origin.rank).first
        {
            return [rank]
        }
        let hit = Set(
            told.filter { !book.causality.followsFromLostRank($0.category) }.compactMap(\.finding.origin.rank))
        return hit.count == 1 ? Array(hit) : []
    }

    /// The same failure earlier in these logs, where it passed.
    private func healedBefore(_ root: Evidence) -> Evidence? {
        survived.first { $0.rule.id == root.rule.id && $0.sourceIndex == root.sourceIndex }
    }

    /// An incident of something that the run survived.
    ///
    /// - Parameter alike: what else of the same rule it survived.
    func writeSurvived(_ evidence: Evidence, alike: [Evidence] = []) -> Incident {
        let outcome: Outcome = evidence.fate == .progressed ? .progressed : .recovered
        let reason =
            switch evidence.fate {
            case .progressed: "training advanced after line \(evidence.finding.lastLine)"
            case .familiar: "logs that ended well hold the same line"
            case .live: "it lies hours before the end of the run, and none of the run's logs shows it"
            case .recovered: "the logs show success after line \(evidence.finding.lastLine)"
            }
        var incident = Incident(
            fingerprint: Fingerprint.of(evidence), title: evidence.finding.title, category: evidence.category,
            severity: evidence.rule.severity, outcome: outcome, verdict: .nothing, confidence: 0.8, because: [reason],
            firstSeen: evidence.finding.likelyBegin, lastSeen: evidence.finding.likelyBegin,
            host: evidence.finding.origin.host,
            ranks: evidence.finding.origin.rank.map { [$0] } ?? [], root: evidence.finding)
        incident.id = id(of: incident)
        incident.alike = alike.count
        if let last = alike.last {
            incident.because.append(
                "the same happened \(alike.count == 1 ? "once" : "\(alike.count) times") more, last at "
                    + "\(last.finding.source):\(last.finding.line)")
            incident.lastSeen =
                alike.compactMap(\.date).max().map { max($0, incident.lastSeen ?? $0) } ?? incident.lastSeen
        }
        return incident
    }

    /// From the content alone: the same lines read again, from wherever, are the same incident.
    private func id(of incident: Incident) -> String {
        var hash = StableHash()
        hash.combine(incident.fingerprint)
        hash.combine(incident.root.text)
        // Where it was taken from the lines around, what comes after must not move it: the earliest that it can be.
        let time = incident.root.time
        hash.combine((time.span?.lowerBound ?? time.date)?.iso8601 ?? "")
        hash.combine(incident.host ?? "")
        hash.combine(String(incident.root.line))
        return hash.hex
    }

    private func outcome(of story: Story) -> Outcome {
        let endings: Set<String> = ["signal", "worker", "preemption", "exception"]
        if story.root.rule.severity == .fatal { return .terminal }
        if story.consequences.contains(where: { endings.contains($0.category.family) }) { return .terminal }
        let isEnding = !["divergence", "hang", "unknown", "gpu", "kernel"].contains(story.root.category.family)
        return isEnding && story.touchesRun ? .terminal : .unresolved
    }

    /// The advice of the root's rule that its captures can fill.
    private func advice(for story: Story) -> [Advice] {
        let captures = story.root.finding.captures
        return story.root.rule.advice.compactMap { advice in
            guard let action = CaptureTemplate(advice.action).filled(captures),
                let reason = CaptureTemplate(advice.reason).filled(captures)
            else { return nil }
            return Advice(
                action: action, reason: reason,
                command: advice.command.flatMap { CaptureTemplate($0).filledForShell(captures) })
        }
    }

    /// The kernel's own report of the moment, when one is part of the story.
    private func context(from evidence: [Evidence]) -> ResourceContext? {
        for piece in evidence where piece.category.family == "oom" {
            let victim = piece.finding.captures["pid"].flatMap { Int($0) }
            if let report = KernelOOMReport(piece.scanned.block, victim: victim) {
                var context = report.context
                context.takenAt = piece.date
                return context
            }
        }
        return nil
    }
}
