import CrashModel
import Foundation
import Rules
import Scanning

/// What no line says and the logs as a whole show: a silence, a loss that jumped, a rank that did not come.
struct Inferences {
    let book: RuleBook
    let scans: [SourceScan]
    /// Shapes of logs that ended well.
    let baseline: Set<LineShape>

    func draw(from evidence: [Evidence]) -> [Evidence] {
        let live = evidence.filter { $0.fate == .live }
        var found: [Evidence] = []
        func add(
            _ rule: Rule, source: Int, line: Int, text: String, captures: [String: String] = [:], time: LogTime,
            rank: Int? = nil
        ) {
            var piece = make(
                rule, index: evidence.count + found.count, source: source, line: line, text: text,
                captures: captures, time: time)
            if let rank { piece.scanned.finding.origin.rank = rank }
            found.append(piece)
        }
        if let rule = book.rule(for: .silence), let place = SilentHang(scans: scans, live: live).find() {
            let minutes = Int(place.until.timeIntervalSince(place.from) / 60)
            add(
                rule, source: place.sourceIndex, line: place.line, text: place.text,
                captures: ["minutes": String(minutes)], time: LogTime(date: place.from, source: .stated))
        }
        if let rule = book.rule(for: .absentRank), let place = AbsentRank(scans: scans, evidence: evidence).find() {
            add(
                rule, source: place.sourceIndex, line: place.line, text: place.text, captures: place.captures,
                time: place.date.map { LogTime(date: $0, source: .stated) } ?? .unknown, rank: place.rank)
        } else if let rule = book.rule(for: .silentRank),
            let place = SilentRank(scans: scans, live: live, causality: book.causality).find()
        {
            add(
                rule, source: place.sourceIndex, line: place.line, text: place.text,
                captures: ["rank": String(place.rank), "minutes": String(place.minutes)],
                time: LogTime(date: place.date, source: .stated), rank: place.rank)
        }
        guard !live.contains(where: \.canBeRoot), found.isEmpty else { return found }
        for (index, scan) in scans.enumerated() {
            if let rule = book.rule(for: .lossSpike), let mark = LossSpike.find(in: scan.progress) {
                add(
                    rule, source: index, line: mark.line, text: mark.text,
                    captures: ["loss": mark.loss.map { "\($0)" } ?? ""], time: mark.time)
            } else if let rule = book.rule(for: .unfinishedBlock), let begin = unfinishedAtEnd(scan) {
                add(rule, source: index, line: begin.line, text: begin.text, time: .unknown)
            }
        }
        if found.isEmpty, let rule = book.rule(for: .unknownEnd), let last = unknownEnd(besides: evidence) {
            add(
                rule, source: last.sourceIndex, line: last.candidate.line,
                text: String(beginningOf: last.candidate.message, most: OutstandingLines.keptBytes),
                time: last.candidate.time)
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

    /// Less than this may stand at the end of a healthy log.
    private static let surelyDead = 11
    /// Lines that follow an error which ends a program.
    private static let lastWords = 12

    /// The line of an unknown error that a run plainly ended with.
    private func unknownEnd(besides evidence: [Evidence]) -> TellingLines.Scored? {
        guard let scale = try? TellingScale(book) else { return nil }
        return TellingLines(scale: scale, scans: scans, baseline: baseline).best(1).first { line in
            let scan = scans[line.sourceIndex]
            // What a rule knows, and the run survived, is not unknown.
            let isKnown = evidence.contains { piece in
                piece.sourceIndex == line.sourceIndex
                    && piece.scanned.firstLine...max(piece.scanned.firstLine, piece.finding.lastLine)
                        ~= line.candidate.line
            }
            // Only of a run that was seen training is it certain that it should not have ended so.
            guard let last = scan.progress.last, last.line < line.candidate.line else { return false }
            return !isKnown && line.score >= Self.surelyDead && line.words >= 7 && scan.input.kind != .kernel
                && scan.input.lines - line.candidate.line < Self.lastWords
        }
    }

    private func make(
        _ rule: Rule, index: Int, source: Int, line: Int, text: String,
        captures: [String: String], time: LogTime
    ) -> Evidence {
        let finding = Finding(
            rule: rule.id, title: TitleTemplate(rule.title).filled(captures),
            category: Category(rule.category), severity: rule.severity, role: rule.role,
            source: scans[source].input.source, line: line, offset: 0, time: time, origin: scans[source].origin,
            text: text, captures: captures)
        let scanned = ScannedFinding(finding: finding, firstLine: line, priority: rule.priority)
        return Evidence(index: index, scanned: scanned, rule: rule, sourceIndex: source)
    }
}
