public import CrashModel
public import Foundation

/// A scan as Markdown, ready to paste into a GitHub issue.
public struct MarkdownReport: Sendable {
    let moment: Moment
    let now: Date

    public init() {
        self.init(timeZone: .gmt, now: Date())
    }

    /// - Parameters:
    ///   - timeZone: The zone that times are told in.
    ///   - now: For "2 days ago".
    public init(timeZone: TimeZone, now: Date) {
        moment = Moment(timeZone: timeZone)
        self.now = now
    }

    /// The report, with a newline at the end.
    public func render(_ report: ScanReport) -> String {
        let summary = InputSummary(report)
        let crashes = report.incidents.filter(\.isCrash)
        let telling = TellingSection(report).map(self.telling) ?? []
        var blocks: [[String]] = []
        if crashes.isEmpty { blocks.append(["## " + MarkdownText.prose(summary.noCrash)]) }
        for (index, incident) in crashes.prefix(1 + TextReport.mostFurther).enumerated() {
            blocks.append(["## " + MarkdownText.prose("\(incident.verdict.advice): \(incident.headline)")])
            if index == 0 { blocks += warning(summary) }
            blocks += self.incident(
                incident, seen: report.seenBefore[incident.fingerprint], telling: index == 0 ? telling : [])
        }
        if crashes.isEmpty { blocks += warning(summary) + telling }
        if crashes.count > 1 + TextReport.mostFurther {
            blocks.append(["… and \(crashes.count - 1 - TextReport.mostFurther) further failures."])
        }
        blocks += harmless(report.incidents.filter { !$0.isCrash })
        if !report.notes.isEmpty { blocks += [["### To know"], report.notes.map { "- " + MarkdownText.prose($0) }] }
        blocks += inputs(summary)
        return blocks.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
    }

    private func incident(_ incident: Incident, seen: PastSightings?, telling: [[String]]) -> [[String]] {
        var blocks = [facts(incident, seen: seen), ["### Cause"], [place(incident.root)]]
        blocks.append(MarkdownText.fence(evidence(incident.root), language: "text"))
        blocks += telling
        if !incident.advice.isEmpty {
            blocks.append(["### What to do"])
            blocks += incident.advice.enumerated().map { MarkdownText.advice($1, number: $0 + 1) }
        }
        if !incident.because.isEmpty {
            blocks.append(["### Why this is the cause"])
            blocks.append(incident.because.map { "- " + MarkdownText.prose($0) })
        }
        blocks += findings("What followed", incident.consequences)
        blocks += findings("Confirmed by", incident.confirmations)
        if let context = incident.context {
            let lines = ContextLines(context: context, moment: moment)
            let text = [lines.caution].compactMap(\.self) + lines.facts + [""] + lines.table
            if let window = context.window { blocks += recorded(WindowLines(window: window, moment: moment)) }
            blocks += details(lines.tableHeading, [MarkdownText.fence(text, language: "text")])
        }
        return blocks
    }

    /// What a recording says stands open: it is part of the answer.
    private func recorded(_ lines: WindowLines) -> [[String]] {
        let told = lines.sentences.map { "- " + MarkdownText.prose($0) }
        let lesser = lines.remarks.map { MarkdownText.prose($0) }
        let curves = lines.curves
        return [["### " + lines.heading]] + (told.isEmpty ? [] : [told])
            + (curves.isEmpty ? [] : [MarkdownText.fence(curves, language: "text")]) + lesser.map { [$0] }
    }

    private func facts(_ incident: Incident, seen: PastSightings?) -> [String] {
        var rows: [(String, String)] = [
            ("Verdict", "\(incident.verdict.rawValue)"),
            ("Category", MarkdownText.code(incident.category.description)),
            ("Outcome", incident.outcome.sentence),
            ("When", moment.of(incident)),
        ]
        if !incident.whereabouts.isEmpty {
            rows.append(("Where", incident.whereabouts.map { MarkdownText.code($0) }.joined(separator: ", ")))
        }
        rows.append(("Confidence", incident.confidenceWords))
        if let mark = incident.lastProgress {
            let words = mark.words.map { $0 + ", " } ?? ""
            rows.append(("Last progress", words + MarkdownText.code(Place.of(mark.source, mark.line))))
        }
        if let mark = incident.lastCheckpoint { rows.append(("Last checkpoint", checkpoint(mark))) }
        if let words = incident.lost?.words(stepsPerSecond: incident.stepsPerSecond) { rows.append(("Lost", words)) }
        if let seen {
            if seen.count > 0 { rows.append(("Seen before", seen.words(now: now))) }
            if let fix = seen.fixWords {
                let date = seen.fixedAt.map { " (\(moment.day($0)))" } ?? ""
                rows.append(("Fixed last time by", MarkdownText.prose(SafeText.line(fix, limit: 400)) + date))
            }
        }
        rows.append(("Fingerprint", MarkdownText.code(incident.fingerprint)))
        return ["| | |", "|---|---|"] + rows.map { "| \($0) | \(MarkdownText.cell($1)) |" }
    }

    private func checkpoint(_ mark: CheckpointMark) -> String {
        let place = MarkdownText.code(Place.of(mark.source, mark.line))
        let parts = [mark.words, mark.knownPath.map { MarkdownText.code($0) }].compactMap(\.self)
        return parts.isEmpty ? place : parts.joined(separator: ", ") + ", at " + place
    }

    private func telling(_ section: TellingSection) -> [[String]] {
        [["### " + section.heading]]
            + section.lines.enumerated().map { index, line in
                let lead = "\(index + 1). "
                let margin = String(repeating: " ", count: lead.count)
                return [lead + MarkdownText.code(Place.of(line.source, line.line)), ""]
                    + MarkdownText.fence([SafeText.line(line.text, limit: 300)], language: "text", indent: lead.count)
                    + ["", margin + MarkdownText.prose(TellingSection.reason(line))]
            }
    }

    private func evidence(_ finding: Finding) -> [String] {
        let rows = Excerpt.rows(finding.excerpt, most: 40)
        if rows.isEmpty { return [finding.text] }
        let block = rows.map { row in
            switch row {
            case .line(let line): line.text
            case .left(let count): "… \(Amount.of(count, "more line"))"
            }
        }
        // The line that tells comes first where the block does not show it.
        return block.contains(finding.text) ? block : [finding.text, ""] + block
    }

    private func findings(_ heading: String, _ findings: [Finding]) -> [[String]] {
        let groups = FindingGroup.of(findings)
        if groups.isEmpty { return [] }
        let lines = groups.reduce(0) { $0 + $1.count }
        let blocks = groups.prefix(20).map { group in
            ["- " + MarkdownText.prose(group.words) + " " + place(group.first), ""]
                + MarkdownText.fence([group.first.text], language: "text", indent: 2)
        }
        let kinds = groups.count == 1 ? "" : " of \(groups.count) kinds"
        return details("\(heading): \(Amount.of(lines, "line"))\(kinds)", Array(blocks))
    }

    private func harmless(_ incidents: [Incident]) -> [[String]] {
        if incidents.isEmpty { return [] }
        let lines = incidents.prefix(TextReport.mostHarmless).map { incident in
            "- " + MarkdownText.prose("\(incident.harmlessWords); \(incident.outcome.sentence),") + " "
                + place(incident.root)
        }
        return [["### Looked bad, but the run went on"], lines]
    }

    private func warning(_ summary: InputSummary) -> [[String]] {
        guard let warning = summary.warning else { return [] }
        let lines = summary.incomplete.prefix(InputSummary.mostListed).map { input in
            "> - " + MarkdownText.code(SourceName.of(input.source)) + ": " + MarkdownText.prose(input.reason)
        }
        return [["> [!WARNING]", "> **\(warning)**", ">"] + lines]
    }

    private func inputs(_ summary: InputSummary) -> [[String]] {
        if summary.inputs.isEmpty { return [] }
        var list = summary.inputs.prefix(50).map { input in
            "- " + MarkdownText.code(SourceName.of(input.source))
                + ": \(input.kind.rawValue), \(Amount.of(input.lines, "line"))\(input.complete ? "" : ", **incomplete**")"
        }
        if summary.inputs.count > 50 { list.append("- … and \(summary.inputs.count - 50) more") }
        var blocks = [Array(list)]
        if let words = summary.skippedWords { blocks.append([MarkdownText.prose(words)]) }
        return details("Read: \(summary.extent)", blocks)
    }

    /// - Parameter summary: Faultline's own words only: HTML begins here.
    private func details(_ summary: String, _ blocks: [[String]]) -> [[String]] {
        [["<details>", "<summary>\(summary)</summary>"]] + blocks + [["</details>"]]
    }

    private func place(_ finding: Finding) -> String {
        MarkdownText.code(Place.of(finding.source, finding.line))
    }
}
