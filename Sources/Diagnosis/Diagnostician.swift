public import CrashModel
import Foundation
public import Rules
public import Scanning

/// Turns what the scans of all sources found into incidents: what failed first, what followed, and what to do.
public struct Diagnostician: Sendable {
    let book: RuleBook

    public init(_ book: RuleBook) {
        self.book = book
    }

    /// The incidents, in the order in which a person should read them: what ended the run, what else went wrong, and
    /// last what looked bad but was survived.
    public func diagnose(_ unaligned: [SourceScan]) -> [Incident] {
        let scans = Timeline(book: book).align(unaligned)
        var evidence = ChainedExceptions.link(collect(scans))
        evidence = FirstToFail(causality: book.causality).mark(FateJudge(scans: scans).judge(evidence))
        evidence += inferred(scans, evidence)
        let writer = IncidentWriter(book: book, scans: scans, survived: evidence.filter { $0.fate != .live })
        var live: [(story: Story, incident: Incident)] = []
        let lastStep = scans.compactMap(\.progress.lastStatedDate).max()
        for episode in Episodes.divide(evidence.filter { $0.fate == .live }, lastStep: lastStep) {
            let stories = Story.tell(episode, causality: book.causality, scans: scans)
            live += stories.map { ($0, writer.write($0)) }
        }
        live.sort { $0.story.isMoreTelling(than: $1.story) }
        return live.map(\.incident) + survived(evidence, writer)
    }

    private func collect(_ scans: [SourceScan]) -> [Evidence] {
        var all: [Evidence] = []
        let streams = SiblingStreams(scans)
        for (sourceIndex, scan) in scans.enumerated() {
            for var scanned in scan.findings {
                scanned.finding.time = streams.time(of: scanned.finding, sourceIndex: sourceIndex)
                scanned.isKernel = scanned.isKernel || scan.input.kind == .kernel
                guard let rule = book.rule(scanned.finding.rule) else { continue }
                all.append(Evidence(index: all.count, scanned: scanned, rule: rule, sourceIndex: sourceIndex))
            }
        }
        return echoed(all, scans)
    }

    /// Marks what a launcher, which shows no training itself, repeats from a worker's log.
    private func echoed(_ evidence: [Evidence], _ scans: [SourceScan]) -> [Evidence] {
        let launchers = evidence.filter { scans[$0.sourceIndex].progress.count == 0 }
        let repeated = Dictionary(grouping: launchers, by: \.finding.text)
        return evidence.map { piece in
            var piece = piece
            piece.isEchoed = repeated[piece.finding.text]?.contains { $0.sourceIndex != piece.sourceIndex } ?? false
            return piece
        }
    }

    /// Incidents of what the run survived, one for each rule.
    private func survived(_ evidence: [Evidence], _ writer: IncidentWriter) -> [Incident] {
        var seen: Set<String> = []
        var incidents: [Incident] = []
        for piece in evidence where piece.fate != .live && piece.canBeRoot {
            if seen.insert(piece.rule.id).inserted { incidents.append(writer.writeSurvived(piece)) }
        }
        return incidents
    }

    // MARK: - What no line says

    private func inferred(_ scans: [SourceScan], _ evidence: [Evidence]) -> [Evidence] {
        let live = evidence.filter { $0.fate == .live }
        var found: [Evidence] = []
        if let rule = book.rule(for: .silence), let place = SilentHang(scans: scans, live: live).find() {
            let minutes = Int(place.until.timeIntervalSince(place.from) / 60)
            found.append(
                make(
                    rule, index: evidence.count + found.count, source: place.sourceIndex, scans, line: place.line,
                    text: place.text, captures: ["minutes": String(minutes)],
                    time: LogTime(date: place.from, source: .stated)))
        }
        guard !live.contains(where: \.canBeRoot), found.isEmpty else { return found }
        for (index, scan) in scans.enumerated() {
            if let rule = book.rule(for: .lossSpike), let mark = LossSpike.find(in: scan.progress) {
                found.append(
                    make(
                        rule, index: evidence.count + found.count, source: index, scans, line: mark.line,
                        text: mark.text, captures: ["loss": mark.loss.map { "\($0)" } ?? ""], time: mark.time))
            } else if let rule = book.rule(for: .unfinishedBlock), let begin = unfinishedAtEnd(scan) {
                found.append(
                    make(
                        rule, index: evidence.count + found.count, source: index, scans, line: begin.line,
                        text: begin.text, captures: [:], time: .unknown))
            }
        }
        return found
    }

    /// A traceback that the log ends in.
    private func unfinishedAtEnd(_ scan: SourceScan) -> ExcerptLine? {
        guard let begin = scan.unfinishedBlocks.last, scan.successLines.allSatisfy({ $0 < begin.line }),
            scan.input.lines - begin.line <= 60, !scan.progress.isAdvancing(after: begin.line)
        else { return nil }
        return begin
    }

    private func make(
        _ rule: Rule, index: Int, source: Int, _ scans: [SourceScan], line: Int, text: String,
        captures: [String: String], time: LogTime
    ) -> Evidence {
        let finding = Finding(
            rule: rule.id, title: CaptureTemplate(rule.title).filledForHeading(captures),
            category: Category(rule.category), severity: rule.severity, role: rule.role,
            source: scans[source].input.source, line: line, offset: 0, time: time, origin: scans[source].origin,
            text: text, captures: captures)
        let scanned = ScannedFinding(finding: finding, firstLine: line, priority: rule.priority)
        return Evidence(index: index, scanned: scanned, rule: rule, sourceIndex: source)
    }
}
