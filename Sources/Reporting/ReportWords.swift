import CrashModel
import Foundation

// What every form of a report says in the same words.

extension CrashReport {
    /// `Nothing was taken out: …`, `3 secrets were taken out: 2 × github-token, 1 × email.`
    package var redactionWords: String {
        guard let redaction else { return "Secrets were NOT looked for in this report: it was made with --no-redact." }
        return redaction.words
    }

    /// `Made by Faultline 0.1.0 (rules 4efda7a9: 659 rules) on 2026-03-01 10:22:31 UTC from what the ledger kept.`
    package func colophon(_ moment: Moment) -> String {
        let source = origin == .ledger ? "what the ledger kept" : "the logs"
        let rules = rules.map { " (rules \($0.hash), \(Amount.of($0.count, "rule")))" } ?? ""
        return "Made by Faultline \(version)\(rules) on \(moment.stamp(createdAt)) from \(source)."
    }

    package var summary: InputSummary {
        InputSummary(ScanReport(inputs: inputs, skipped: skipped, incidents: []))
    }
}

extension RedactionNote {
    /// `3 secrets were taken out (2 × github-token, 1 × email); where one stood, [redacted:KIND] stands.`
    public var words: String {
        if total == 0 { return "Secrets were looked for, and none was found." }
        let kinds = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .map { "\(Amount.count($0.value)) × \($0.key)" }
        let verb = total == 1 ? "was" : "were"
        return "\(Amount.of(total, "secret")) \(verb) taken out (\(kinds.joined(separator: ", "))); "
            + "where one stood, [redacted:KIND] stands."
    }
}

extension ReportedIncident {
    /// `2026-03-01 10:22:31 UTC, until 10:31:02`
    package func when(_ moment: Moment) -> String {
        guard let first = firstSeen else { return "time unknown: the log states none" }
        let last = lastSeen ?? first
        guard let time = root?.time else { return (root == nil ? "" : "about ") + moment.span(first, last) }
        // What is waited for began before anybody said a word.
        let said = evidence.filter { $0.part != .progress && $0.part != .checkpoint }.compactMap(\.time).min() ?? time
        guard first < said - 1 else { return moment.span(first, last) }
        let began = moment.day(first) == moment.day(said) ? moment.clock(first) : moment.stamp(first)
        return moment.span(said, max(said, last)) + "; waited since " + began
    }

    /// `node17, rank 3, GPU 3, pid 4242`
    package var whereabouts: [String] {
        var parts: [String] = []
        if let host { parts.append(host) }
        if !ranks.isEmpty { parts.append(RankList.words(ranks)) }
        if let gpu { parts.append("GPU \(gpu)") }
        if let pid { parts.append("pid \(pid)") }
        return parts
    }

    /// `Yes` or `No`, and why, for the one who wants to know whether to start it again.
    package var restartWords: String {
        switch verdict {
        case .restart where confidence < Self.leastSure: "Perhaps: these logs do not show why it failed."
        case .restart: "It may: the same command can work as it is."
        case .changeFirst where confidence < Self.leastSure:
            "Hardly: it is likely to fail again until something is changed."
        case .changeFirst: "No: it fails again until something is changed."
        case .replaceHardware: "Not on this hardware."
        case .nothing: "There is nothing to restart."
        }
    }

    /// Below it the logs show that something failed, and hardly why.
    private static let leastSure = 0.6

    package var isGuess: Bool { confidence < Self.leastSure }

    package var root: ReportedEvidence? { evidence.first { $0.part == .root } }

    /// The excerpt that shows the cause.
    var rootExcerpt: ReportedExcerpt? {
        root.flatMap { root in excerpts.first { $0.id == root.excerpt } }
    }

    /// The seconds within which all ranks failed in the same way, where they are so few that no clock tells which was
    /// first.
    package var closeCall: Double? {
        let times = rankMap.compactMap(\.time)
        guard rankMap.count > 1, times.count == rankMap.count, Set(rankMap.map(\.title)).count == 1,
            let from = times.min(), let to = times.max(), to.timeIntervalSince(from) < 0.5
        else { return nil }
        return to.timeIntervalSince(from)
    }

    /// `rank 3 first, then ranks 0-2, 4-7`; nil where no ranks are known.
    package var rankWords: String? {
        guard rankMap.count > 1 else { return nil }
        if let span = closeCall {
            return RankList.words(rankMap.map(\.rank).sorted())
                + " within \(max(1, Int((span * 1000).rounded()))) ms: too close to tell which was first"
        }
        // What the lines say outweighs clocks, and a reader sees both.
        if let cause = rankMap.first(where: \.isFirst), let time = cause.time,
            let other = rankMap.filter({ !$0.isFirst && $0.time.map { $0 < time } ?? false })
                .min(by: { ($0.time ?? time) < ($1.time ?? time) }), let earlier = other.time
        {
            let rest = rankMap.map(\.rank).filter { $0 != cause.rank }
            let milliseconds = max(1, Int((min(time.timeIntervalSince(earlier), 1e6) * 1000).rounded()))
            let lead = milliseconds < 10_000 ? "\(milliseconds) ms" : "\(milliseconds / 1000) s"
            return
                "rank \(cause.rank) by what it says, though by the clocks rank \(other.rank) spoke \(lead) earlier; also "
                + RankList.words(rest)
        }
        let first = rankMap.filter(\.isFirst).map(\.rank)
        let rest = rankMap.filter { !$0.isFirst }.map(\.rank)
        if first.isEmpty { return RankList.words(rest) }
        return RankList.words(first) + " first" + (rest.isEmpty ? "" : ", then " + RankList.words(rest))
    }
}

extension ReportedIncident {
    /// Whether a line of the log of the cause stands above it: the first of chained exceptions, or what was printed before
    /// its reason.
    package func isAbove(_ item: ReportedEvidence) -> Bool {
        guard let root, item.part == .consequence, item.source == root.source else { return false }
        return item.line < root.line
    }

    /// What part a line plays, in a word or two; an effect that stands above its cause did not follow it in the log.
    func partWords(of item: ReportedEvidence) -> String { isAbove(item) ? "effect, above" : item.partWords }
}

extension ReportedEvidence {
    /// `CAUSE`, `followed`: what part it plays, in a word or two.
    var partWords: String {
        switch part {
        case .checkpoint: "checkpoint"
        case .progress: "last step"
        case .root: "CAUSE"
        case .consequence: "followed"
        case .confirmation: "confirmed"
        case .teardown: "teardown"
        }
    }

    /// `2026-03-01 10:22:31 UTC`, or that the line states none.
    func timeWords(_ moment: Moment) -> String { time.map(moment.stamp) ?? "time unknown" }

    /// `7 × NCCL watchdog timeout (rank 3)`
    var words: String {
        (count > 1 ? "\(Amount.count(count)) × " : "") + title
            + (allRanks.isEmpty ? "" : " (\(RankList.words(allRanks.sorted())))")
    }
}
