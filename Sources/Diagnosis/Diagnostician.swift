public import CrashModel
public import Foundation
public import Rules
public import Scanning

/// Turns what the scans of all sources found into incidents: what failed first, what followed, and what to do.
public struct Diagnostician: Sendable {
    let book: RuleBook
    private let timeZone: TimeZone
    private let keepsOldTrouble: Bool

    /// - Parameters:
    ///   - timeZone: the zone that the scans took times in which state none.
    ///   - keepsOldTrouble: a failure hours before the end of the logs is one like all others. Who asks what killed a
    ///     run does not want to hear of it; who reads logs that go on does, since it is new to him.
    public init(_ book: RuleBook, timeZone: TimeZone = .current, keepsOldTrouble: Bool = false) {
        self.book = book
        self.timeZone = timeZone
        self.keepsOldTrouble = keepsOldTrouble
    }

    /// The incidents, in the order in which a person should read them: what ended the run, what else went wrong, and
    /// last what looked bad but was survived.
    ///
    /// - Parameter baseline: scans of logs that ended well: what they say too, short of a fatal error, is no crash.
    public func diagnose(_ unaligned: [SourceScan], baseline: [SourceScan] = []) -> [Incident] {
        diagnose(unaligned, baseline: baseline, facts: [])
    }

    /// The same with recordings of the machines: they solve what the logs leave open, confirm causes or weaken them,
    /// and show what the machine looked like.
    ///
    /// - Parameter recorded: For each of these incidents, what a recording holds of its moment. It is asked twice: what
    ///   it knows may change what the moment is.
    public func diagnose(
        _ unaligned: [SourceScan], baseline: [SourceScan] = [], recorded: ([Incident]) -> [ResourceContext?]
    ) -> [Incident] {
        var incidents = diagnose(unaligned, baseline: baseline)
        var contexts = recorded(incidents)
        guard contexts.contains(where: { $0?.window != nil }) else { return incidents }
        let facts = RecordedFacts(book: book).scans(for: incidents, windows: contexts.map { $0?.window })
        if !facts.isEmpty {
            incidents = diagnose(unaligned, baseline: baseline, facts: facts)
            contexts = recorded(incidents)
        }
        let testimony = RecordedTestimony(causality: book.causality)
        for (index, context) in zip(incidents.indices, contexts) {
            guard let context, let window = context.window else { continue }
            testimony.weigh(&incidents[index], by: window)
            // It was said relative to the moment as it was thought to be before.
            let root = incidents[index].root
            if let said = window.observations.first(where: { $0.source == root.source && $0.line == root.line }) {
                incidents[index].root.text = said.text
                incidents[index].root.captures["summary"] = said.text
            }
            if incidents[index].context == nil {
                incidents[index].context = context
            } else {
                // The kernel's own report of the moment is better than the second before it.
                incidents[index].context?.window = window
            }
        }
        return incidents
    }

    /// - Parameter facts: What recordings know, in place of a kernel's log.
    private func diagnose(_ unaligned: [SourceScan], baseline: [SourceScan], facts: [SourceScan]) -> [Incident] {
        // The order in which a person names the logs must not decide anything.
        let scans =
            Timeline(book: book, timeZone: timeZone).align(LocalRanks.resolve(unaligned)).sorted {
                $0.input.source < $1.input.source
            } + facts
        var evidence = ChainedExceptions.link(collect(scans))
        evidence = FateJudge(scans: scans, causality: book.causality).judge(evidence)
        let healthy = Set(baseline.flatMap(\.outstanding.shapes.keys))
        for index in evidence.indices where evidence[index].fate == .live && evidence[index].rule.severity != .fatal {
            if healthy.contains(LineShape(Array(evidence[index].finding.text.utf8))) {
                evidence[index].fate = .familiar
            }
        }
        evidence = Warnings.promote(evidence)
        evidence = FirstToFail(causality: book.causality).mark(evidence)
        let inference = Inferences(book: book, scans: scans, baseline: healthy)
        // What the logs do is inferred from the logs; what recordings know may then explain it.
        let recorded = evidence.count { $0.isRecorded }
        evidence += inference.draw(from: evidence.filter { !$0.isRecorded }).map { piece in
            var piece = piece
            piece.index += recorded
            return piece
        }
        let writer = IncidentWriter(book: book, scans: scans, survived: evidence.filter { $0.fate != .live })
        let clocks = TimelineClocks(scans: scans)
        var live: [(story: Story, incident: Incident)] = []
        let lastStep = scans.compactMap(\.progress.lastStatedDate).max()
        let end = RunEnd.date(scans)
        for episode in Episodes.divide(evidence.filter { $0.fate == .live }, lastStep: lastStep, end: end) {
            let stories = Story.tell(
                episode, causality: book.causality, scans: scans, lastStep: lastStep)
            live += stories.map { story in
                var incident = writer.write(story)
                incident.because += clocks.notes(on: story)
                return (story, incident)
            }
        }
        live.sort { $0.story.isMoreTelling(than: $1.story) }
        // What lies hours before the end of the run, and shows in none of its logs, is old trouble.
        func isPresent(_ story: Story) -> Bool { keepsOldTrouble || story.touchesRun || story.isAtEndOfRun }
        let past = live.dropFirst().filter { !isPresent($0.story) }.map(\.story.root)
        let present = live.enumerated().filter { index, told in index == 0 || isPresent(told.story) }
        return present.map(\.element.incident) + past.map { writer.writeSurvived($0) } + survived(evidence, writer)
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

    /// Incidents of what the run survived: one for each rule, with how often it spoke.
    private func survived(_ evidence: [Evidence], _ writer: IncidentWriter) -> [Incident] {
        let told = evidence.filter { $0.fate != .live && $0.canBeRoot }
        let byRule = Dictionary(grouping: told, by: \.rule.id)
        var seen: Set<String> = []
        return told.filter { seen.insert($0.rule.id).inserted }.map { piece in
            writer.writeSurvived(piece, alike: (byRule[piece.rule.id] ?? []).filter { $0.index != piece.index })
        }
    }
}
