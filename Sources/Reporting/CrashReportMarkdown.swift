import CrashModel
public import Foundation

/// A report as Markdown for an issue: what matters stands open, the lines of logs can be opened.
public struct CrashReportMarkdown: Sendable {
    let moment: Moment

    /// GitHub takes 65,536 characters; this leaves room for a few words of one's own.
    public static let mostBytes = 60_000

    public init(timeZone: TimeZone = .gmt) {
        moment = Moment(timeZone: timeZone)
    }

    /// The report, with a newline at the end, of at most ``mostBytes`` bytes.
    public func render(_ report: CrashReport) -> String {
        var page = Page(most: Self.mostBytes - 3000)
        if report.incidents.isEmpty {
            page.add(["## " + MarkdownText.prose(report.inputs.isEmpty ? "No crash" : report.summary.noCrash)])
        }
        for incident in report.incidents.prefix(CrashReportText.mostIncidents) {
            tell(incident, now: report.createdAt, on: &page)
        }
        if report.incidents.count > CrashReportText.mostIncidents {
            page.add(["… and \(report.incidents.count - CrashReportText.mostIncidents) further failures."])
        }
        if !report.telling.isEmpty {
            page.add(["### Lines that stand out"])
            page.add(
                MarkdownText.fence(
                    report.telling.map { "\(Place.of($0.source, $0.line)): \($0.text)" }, language: "text"))
        }
        if !report.survived.isEmpty {
            page.add(["### Looked bad, but the run went on"])
            page.add(
                report.survived.prefix(TextReport.mostHarmless).map {
                    "- " + MarkdownText.prose("\($0.words); \($0.outcome.sentence),") + " "
                        + MarkdownText.code(Place.of($0.source, $0.line))
                })
        }
        inputs(report, on: &page)
        if !report.notes.isEmpty {
            page.add(["### To know"])
            page.add(report.notes.prefix(40).map { "- " + MarkdownText.prose($0) })
        }
        let end = [report.redactionWords, report.colophon(moment)]
            .map { MarkdownText.prose(SafeText.line($0, limit: 900)) }
        return page.text(end: ["---"], end)
    }

    private func tell(_ incident: ReportedIncident, now: Date, on page: inout Page) {
        page.add(["## " + MarkdownText.prose(SafeText.line(incident.verdictSentence, limit: 400))])
        page.add(facts(incident, now: now))
        if let root = incident.root {
            page.add(["### Cause"])
            page.add([MarkdownText.code(Place.of(root.source, root.line))])
            page.add(MarkdownText.fence([root.text], language: "text"))
        }
        if !incident.advice.isEmpty {
            page.add(["### What to do"])
            for (index, item) in incident.advice.enumerated() { page.add(MarkdownText.advice(item, number: index + 1)) }
        }
        story(incident, on: &page)
        for excerpt in incident.excerpts where excerpt.lines.count > 1 || excerpt.note != nil {
            // What GitHub shows of a summary is HTML, so that nothing but numbers stands in it.
            let title = "Lines \(excerpt.lines.first?.number ?? 0) to \(excerpt.lines.last?.number ?? 0)"
            let lines = excerpt.lines.prefix(80).map { "\($0.isEvidence ? ">" : " ") \($0.number)  \($0.text)" }
            page.details(
                title + (excerpt.id == incident.root?.excerpt ? ", with the cause" : ""),
                [
                    [MarkdownText.code(SourceName.of(excerpt.source))], MarkdownText.fence(lines, language: "text"),
                    excerpt.note.map { [MarkdownText.prose("No lines around it: \($0).")] } ?? [],
                ])
        }
        if !incident.because.isEmpty {
            page.details("Why this is the cause", [incident.because.map { "- " + MarkdownText.prose($0) }])
        }
        if let window = incident.machine?.window {
            let lines = WindowLines(window: window, moment: moment)
            page.details(
                lines.heading,
                [
                    lines.sentences.map { "- " + MarkdownText.prose($0) },
                    MarkdownText.fence(lines.curves, language: "text"),
                ])
        }
        if !incident.environment.isEmpty {
            page.details(
                "Stated in the logs: machine and software",
                [
                    ["| | | |", "|---|---|---|"]
                        + incident.environment.prefix(40).map {
                            "| \(MarkdownText.cell(MarkdownText.prose($0.name))) "
                                + "| \(MarkdownText.cell(MarkdownText.code($0.value))) "
                                + "| \(MarkdownText.cell(MarkdownText.code(Place.of($0.source, $0.line)))) |"
                        }
                ])
        }
        if !incident.gaps.isEmpty {
            page.add(incident.gaps.prefix(12).map { "> " + MarkdownText.prose("Mind: \($0)") + "  " })
        }
    }

    private func facts(_ incident: ReportedIncident, now: Date) -> [String] {
        var rows: [(String, String)] = [
            ("Category", MarkdownText.code(incident.category.description)),
            ("Outcome", MarkdownText.prose(incident.outcomeWords)),
            ("Restart", incident.restartWords), ("When", incident.when(moment)),
        ]
        if !incident.whereabouts.isEmpty {
            rows.append(("Where", incident.whereabouts.map { MarkdownText.code($0) }.joined(separator: ", ")))
        }
        if let words = incident.rankWords { rows.append(("Ranks that failed", words)) }
        rows.append(("Confidence", MarkdownText.prose(incident.confidenceWords)))
        if let mark = incident.lastProgress {
            rows.append(
                (
                    "Last progress",
                    (mark.words.map { MarkdownText.prose($0) + ", " } ?? "")
                        + MarkdownText.code(Place.of(mark.source, mark.line))
                )
            )
        }
        if let mark = incident.lastCheckpoint {
            let parts = [mark.words.map(MarkdownText.prose), mark.knownPath.map { MarkdownText.code($0) }].compactMap(
                \.self)
            rows.append(
                (
                    "Last checkpoint",
                    (parts + ["at " + MarkdownText.code(Place.of(mark.source, mark.line))]).joined(separator: ", ")
                ))
        }
        if let words = incident.lostWords { rows.append(("Lost", MarkdownText.prose(words))) }
        if let past = incident.past?.sightings {
            if past.count > 0 { rows.append(("Seen before", past.words(now: now))) }
            if let fix = past.fixWords {
                rows.append(("Fixed last time by", MarkdownText.prose(SafeText.line(fix, limit: 400))))
            }
        }
        rows.append(("Fingerprint", MarkdownText.code(incident.fingerprint)))
        return ["| | |", "|---|---|"] + rows.map { "| \($0) | \(MarkdownText.cell($1)) |" }
    }

    private func story(_ incident: ReportedIncident, on page: inout Page) {
        let shown = incident.evidence.prefix(CrashReportText.mostEvidence)
        let rows = shown.map { item -> String in
            let time = item.timeWords(moment)
            let words = MarkdownText.prose(SafeText.line(item.words, limit: 200))
            let part = item.part == .root ? "**cause**" : incident.partWords(of: item)
            return "| \(time) | \(part) | \(MarkdownText.cell(words)) "
                + "| \(MarkdownText.cell(MarkdownText.code(Place.of(item.source, item.line), limit: 160))) |"
        }
        page.add(["### What happened, in order"])
        page.add(["| time | | what | where |", "|---|---|---|---|"] + rows)
        let left = incident.evidence.count - shown.count + incident.evidenceLeftOut
        if left > 0 { page.add(["… and \(Amount.of(left, "more line"))."]) }
    }

    private func inputs(_ report: CrashReport, on page: inout Page) {
        let summary = report.summary
        if let warning = summary.warning {
            page.add(
                ["> [!WARNING]", "> **\(warning)**", ">"]
                    + summary.incomplete.prefix(InputSummary.mostListed).map {
                        "> - " + MarkdownText.code(SourceName.of($0.source)) + ": "
                            + MarkdownText.prose($0.reason)
                    })
        }
        if summary.inputs.isEmpty { return }
        var list = summary.inputs.prefix(50).map {
            "- " + MarkdownText.code(SourceName.of($0.source)) + ": \($0.kind.rawValue), \(Amount.of($0.lines, "line"))"
                + ($0.complete ? "" : ", **incomplete**")
        }
        if summary.inputs.count > 50 { list.append("- … and \(summary.inputs.count - 50) more") }
        page.details(
            "Read: \(summary.extent)", [list, summary.skippedWords.map { [MarkdownText.prose($0)] } ?? []])
    }

    /// A page of blocks; what no longer fits is left out whole, so that no fence stays open.
    private struct Page {
        let most: Int
        private var blocks: [String] = []
        private var bytes = 0
        private var left = 0

        init(most: Int) { self.most = most }

        mutating func add(_ lines: [String]) { put(lines.joined(separator: "\n")) }

        /// - Parameter summary: Faultline's own words only: HTML begins here.
        mutating func details(_ summary: String, _ inside: [[String]]) {
            let body = inside.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
            put("<details>\n<summary>\(summary)</summary>\n\n\(body)\n\n</details>")
        }

        private mutating func put(_ block: String) {
            if block.isEmpty { return }
            guard bytes + block.utf8.count + 2 <= most else {
                left += 1
                return
            }
            bytes += block.utf8.count + 2
            blocks.append(block)
        }

        /// - Parameter end: Blocks that stand in any case.
        func text(end: [String]...) -> String {
            var all = blocks
            if left > 0 {
                all.append("_\(left) parts were left out, for the length of an issue; `--format json` has all._")
            }
            all += end.map { $0.joined(separator: "\n\n") }
            return all.joined(separator: "\n\n") + "\n"
        }
    }
}
