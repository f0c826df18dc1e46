public import CrashModel
public import Foundation

extension ReportedIncident {
    /// The most lines of evidence that a report holds: a fault of one rank makes thousands of others complain.
    public static let mostEvidence = 1000
    /// The most lines of a finding's own block.
    static let mostBlockLines = 60

    /// Of a scan: with ranks, hosts and blocks of lines.
    public init(_ incident: Incident, rules: [RuleNote] = [], past: ReportedPast? = nil) {
        var evidence: [ReportedEvidence] = []
        if let mark = incident.lastCheckpoint { evidence.append(ReportedEvidence(mark)) }
        if let mark = incident.lastProgress { evidence.append(ReportedEvidence(mark)) }
        evidence.append(ReportedEvidence(.root, incident.root))
        let rest =
            incident.confirmations.map { (TimelineEntry.Part.confirmation, $0) }
            + incident.consequences.map { (.consequence, $0) } + incident.teardown.map { (.teardown, $0) }
        let room = Self.mostEvidence - evidence.count
        // Of each rule the first lines, so that a thousand alike do not push out what is told once.
        var seen: [String: Int] = [:]
        let ordered = rest.enumerated().map { index, item -> (turn: Int, index: Int) in
            let key = "\(item.0.rawValue) \(item.1.rule)"
            seen[key, default: 0] += 1
            return (seen[key] ?? 0, index)
        }.sorted { ($0.turn, $0.index) < ($1.turn, $1.index) }
        let kept = Set(ordered.prefix(room).map(\.index))
        evidence += rest.indices.filter(kept.contains).map { ReportedEvidence(rest[$0].0, rest[$0].1) }
        evidence = Self.inOrder(evidence, cause: incident.firstSeen ?? incident.root.likelyBegin)
        let all = [(TimelineEntry.Part.root, incident.root)] + rest
        self.init(
            id: incident.id, fingerprint: incident.fingerprint, title: incident.headline, category: incident.category,
            verdict: incident.verdict, verdictSentence: incident.verdictSentence,
            restartHelps: incident.verdict == .restart, outcome: incident.outcome,
            outcomeWords: incident.outcome.sentence, confidence: Self.share(incident.confidence),
            confidenceWords: incident.confidenceWords, because: incident.because, firstSeen: incident.firstSeen,
            lastSeen: incident.lastSeen, host: incident.host ?? incident.root.origin.host,
            ranks: incident.ranks.isEmpty ? incident.root.origin.rank.map { [$0] } ?? [] : incident.ranks,
            pid: incident.root.origin.pid, gpu: incident.root.origin.gpu, advice: incident.advice,
            lastProgress: incident.lastProgress, lastCheckpoint: incident.lastCheckpoint, lost: incident.lost,
            lostWords: incident.lost?.words(stepsPerSecond: incident.stepsPerSecond),
            stepsPerSecond: incident.stepsPerSecond, evidence: evidence, evidenceLeftOut: rest.count - kept.count,
            excerpts: [], rankMap: Self.rankMap(all, evidence),
            rivals: incident.runnersUp.map {
                Rival(
                    rule: $0.finding.rule, category: $0.finding.category, source: $0.finding.source,
                    line: $0.finding.line, text: $0.finding.text, reason: $0.reason)
            }, rules: rules.map(ReportedRule.init), machine: Self.ofThen(incident.context), past: past, environment: [],
            gaps: [])
        let blocks = all.filter { $0.1.excerpt.count > 1 }.prefix(12).map(\.1)
        for block in blocks {
            addLines(
                block.excerpt.prefix(Self.mostBlockLines).map { ReportedLine(number: $0.line, text: $0.text) },
                of: block.source)
        }
    }

    /// Of the ledger, which keeps of lines alike the first and all their ranks, and no blocks.
    ///
    /// - Parameter recordedAt: When it was written there.
    public init(
        _ account: IncidentAccount, firstSeen: Date?, lastSeen: Date?, recordedAt: Date, machine: ResourceContext?,
        past: ReportedPast? = nil
    ) {
        let evidence = account.timeline.enumerated().map { index, entry in
            var item = ReportedEvidence(
                id: "e\(index + 1)", part: entry.part, rule: entry.rule, title: entry.title, source: entry.source,
                line: entry.line, time: entry.time, text: entry.text, count: entry.count)
            if entry.isTimeInferred == true { (item.time, item.timeFrom, item.timeTo) = (nil, entry.time, entry.time) }
            item.rank = entry.ranks?.first
            item.ranks = entry.ranks.flatMap { $0.count > 1 ? $0 : nil }
            return item
        }
        self.init(
            id: account.id, fingerprint: account.fingerprint,
            title: Headline.of(account.title, otherwise: account.category.description), category: account.category,
            verdict: account.verdict, verdictSentence: account.verdictSentence,
            restartHelps: account.verdict == .restart, outcome: account.outcome,
            outcomeWords: account.outcome.sentence, confidence: Self.share(account.confidence),
            confidenceWords: Certainty.words(account.confidence), because: account.because, firstSeen: firstSeen,
            lastSeen: lastSeen, recordedAt: recordedAt, host: account.host, ranks: account.ranks, pid: nil, gpu: nil,
            advice: account.advice, lastProgress: account.lastProgress, lastCheckpoint: account.lastCheckpoint,
            lost: account.lost, lostWords: account.lost?.words(stepsPerSecond: nil), stepsPerSecond: nil,
            evidence: evidence, evidenceLeftOut: 0, excerpts: [], rankMap: Self.rankMap(account.timeline),
            rivals: account.rivals,
            rules: account.rules.map(ReportedRule.init), machine: Self.ofThen(machine), past: past, environment: [],
            gaps: [])
    }

    /// Makes the map of ranks from the evidence, where that came to know them later than the incident.
    ///
    /// Of a record of an older version, which keeps of lines alike only the first, there is none: the others' ranks are
    /// not known.
    public mutating func mapRanks() {
        guard rankMap.isEmpty else { return }
        let grouped = evidence.indices.filter { evidence[$0].part.isOfFailure && evidence[$0].count > 1 }
        if recordedAt != nil, grouped.contains(where: { evidence[$0].rank != nil }) {
            for index in grouped { evidence[index].rank = nil }
            gaps.append("the ledger's record keeps no ranks of lines that are alike, so that no map of ranks is shown")
            return
        }
        var first: [Int: ReportedEvidence] = [:]
        for item in evidence where item.part.isOfFailure {
            guard let rank = item.rank, first[rank] == nil || item.part == .root else { continue }
            first[rank] = item
        }
        let root = evidence.first { $0.part == .root }?.rank
        rankMap = first.sorted { a, b in
            if (a.key == root) != (b.key == root) { return a.key == root }
            return (a.value.time ?? .distantFuture, a.key) < (b.value.time ?? .distantFuture, b.key)
        }.map { rank, item in
            ReportedRank(
                rank: rank, host: item.host, time: item.time, part: item.part, title: item.title, evidence: item.id,
                isFirst: rank == root)
        }
    }

    /// Of what the ledger keeps: each rank's first line; the root's rank is the first to fail.
    private static func rankMap(_ timeline: [TimelineEntry]) -> [ReportedRank] {
        var first: [Int: ReportedRank] = [:]
        for (index, entry) in timeline.enumerated() where entry.part.isOfFailure {
            let times = entry.rankTimes.flatMap { $0.count == entry.ranks?.count ? $0 : nil }
            for (at, rank) in (entry.ranks ?? []).enumerated() {
                let told = ReportedRank(
                    rank: rank, host: nil,
                    time: times?[at] ?? (at == 0 && entry.isTimeInferred != true ? entry.time : nil), part: entry.part,
                    title: entry.title, evidence: "e\(index + 1)", isFirst: entry.part == .root)
                if let known = first[rank], known.isFirst || !told.isFirst && !isEarlier(told, known) { continue }
                first[rank] = told
            }
        }
        return first.values.sorted { a, b in
            if a.isFirst != b.isFirst { return a.isFirst }
            return (a.time ?? .distantFuture, a.rank) < (b.time ?? .distantFuture, b.rank)
        }
    }

    /// When a line was written, as far as its log tells.
    private static func spoken(_ finding: Finding) -> Date {
        finding.time.source == .fileTime ? .distantFuture : finding.time.date ?? .distantFuture
    }

    private static func isEarlier(_ a: ReportedRank, _ b: ReportedRank) -> Bool {
        (a.time ?? .distantFuture) < (b.time ?? .distantFuture)
    }

    /// How the machine of the one who made the report looks now is nobody else's business.
    private static func ofThen(_ context: ResourceContext?) -> ResourceContext? {
        context?.origin == .snapshotAfter ? nil : context
    }

    private static func share(_ confidence: Double) -> Double {
        confidence.isFinite ? min(max(confidence, 0), 1) : 0
    }

    /// By time, what states none behind the cause; of a log that states none in the order of its lines; then numbered.
    private static func inOrder(_ evidence: [ReportedEvidence], cause likely: Date?) -> [ReportedEvidence] {
        let cause = evidence.first { $0.part == .root }?.time ?? likely
        let keyed = evidence.enumerated().map { index, item -> (key: Date, index: Int, item: ReportedEvidence) in
            let isBefore = item.part == .progress || item.part == .checkpoint
            let guess = item.timeFrom.map { from in
                let near = max(from, cause ?? from)
                return min(near, item.timeTo ?? near)
            }
            return (
                item.time ?? (item.part == .root ? cause : guess) ?? (isBefore ? .distantPast : cause ?? .distantPast),
                index, item
            )
        }
        // Of one moment the lines of each log together, in their order.
        let logs = Dictionary(evidence.enumerated().map { ($1.source, $0) }) { first, _ in first }
        let ordered = keyed.sorted { a, b in
            (a.key, logs[a.item.source] ?? 0, a.item.line, a.index)
                < (b.key, logs[b.item.source] ?? 0, b.item.line, b.index)
        }
        return ordered.enumerated().map { index, entry in
            var item = entry.item
            item.id = "e\(index + 1)"
            return item
        }
    }

    /// Each rank's first line; the root's rank is the first to fail, whatever clocks say.
    private static func rankMap(
        _ findings: [(TimelineEntry.Part, Finding)], _ evidence: [ReportedEvidence]
    ) -> [ReportedRank] {
        var first: [Int: (part: TimelineEntry.Part, finding: Finding)] = [:]
        for (part, finding) in findings {
            guard part.isOfFailure, let rank = finding.origin.rank else { continue }
            if let known = first[rank] {
                let isEarlier = Self.spoken(finding) < Self.spoken(known.finding)
                if known.part == .root || !isEarlier { continue }
            }
            first[rank] = (part, finding)
        }
        let places = Dictionary(evidence.map { ("\($0.source):\($0.line)", $0.id) }) { known, _ in known }
        let root = findings.first { $0.0 == .root }?.1.origin.rank
        return first.sorted { a, b in
            if (a.key == root) != (b.key == root) { return a.key == root }
            return (Self.spoken(a.value.finding), a.key) < (Self.spoken(b.value.finding), b.key)
        }.map { rank, entry in
            ReportedRank(
                rank: rank, host: entry.finding.origin.host, time: ReportedEvidence.stated(entry.finding.time),
                part: entry.part,
                title: entry.finding.title, evidence: places["\(entry.finding.source):\(entry.finding.line)"],
                isFirst: rank == root)
        }
    }
}

extension TimelineEntry.Part {
    /// Whether who wrote such a line failed: one whom the launcher ends after the fact did not.
    fileprivate var isOfFailure: Bool { self != .progress && self != .checkpoint && self != .teardown }
}

extension ReportedEvidence {
    init(_ part: TimelineEntry.Part, _ finding: Finding) {
        self.init(
            id: "", part: part, rule: finding.rule, title: finding.title, source: finding.source, line: finding.line,
            lastLine: finding.lastLine == finding.line ? nil : finding.lastLine, time: Self.stated(finding.time),
            timeFrom: Self.stated(finding.time) == nil ? finding.time.span?.lowerBound : nil,
            timeTo: Self.stated(finding.time) == nil ? finding.time.span?.upperBound : nil,
            host: finding.origin.host, rank: finding.origin.rank, pid: finding.origin.pid, gpu: finding.origin.gpu,
            text: finding.text, count: max(1, finding.count))
    }

    /// What lines around a line say of its time is no moment.
    static func stated(_ time: LogTime) -> Date? {
        time.source == .interpolated || time.source == .fileTime ? nil : time.date
    }

    init(_ mark: ProgressMark) {
        self.init(
            id: "", part: .progress, title: "Training advanced for the last time", source: mark.source,
            line: mark.line, time: mark.time, text: mark.text)
    }

    init(_ mark: CheckpointMark) {
        self.init(
            id: "", part: .checkpoint, title: "The state of the training was saved", source: mark.source,
            line: mark.line, time: mark.time, text: mark.text)
    }
}
