public import CrashModel
public import Foundation

/// One incident told in full: what happened in which order, why this is the cause, and why nothing else is.
public struct ExplainText: Sendable {
    let style: TextStyle
    let width: Int
    let moment: Moment
    let now: Date

    /// - Parameters:
    ///   - width: Columns of the page, at least 40. Only a command that no shell could join again is wider.
    ///   - timeZone: The zone that times are told in.
    ///   - now: For "2 days ago".
    public init(style: TextStyle, width: Int = 80, timeZone: TimeZone = .current, now: Date = Date()) {
        self.style = style
        self.width = width
        moment = Moment(timeZone: timeZone)
        self.now = now
    }

    /// The page, with a newline at the end.
    public func render(_ account: IncidentAccount) -> String {
        var page = TextPage(style: style, width: width)
        page.paragraph([.words(account.verdictSentence)], tone: account.isCrash ? .alarm : .heading)
        page.gap()
        page.facts(facts(account))
        tellTimeline(account.timeline, on: &page)
        // Only what the timeline does not show.
        let parts = Set(account.timeline.map(\.part))
        page.standing(
            progress: parts.contains(.progress) ? nil : account.lastProgress,
            checkpoint: parts.contains(.checkpoint) ? nil : account.lastCheckpoint, lost: account.lost)
        page.heading("Why this is the cause: \(Certainty.words(account.confidence))")
        for reason in account.because { page.paragraph([.words(reason)], indent: 2, lead: "- ") }
        tellRivals(account.rivals, on: &page)
        tellRules(account.rules, on: &page)
        page.advice(account.advice)
        if let past = account.past {
            page.gap()
            page.seen(past, now: now, moment: moment)
        }
        return page.text
    }

    private func facts(_ account: IncidentAccount) -> [(name: String, fact: String)] {
        var facts = [(name: "when", fact: when(account.timeline))]
        let ranks = account.ranks.isEmpty ? nil : RankList.words(account.ranks)
        let parts = [account.host, ranks].compactMap(\.self)
        if !parts.isEmpty { facts.append(("where", parts.joined(separator: ", "))) }
        facts.append(("what", "\(account.category); \(account.outcome.sentence)"))
        facts.append(("id", account.id))
        facts.append(("fingerprint", account.fingerprint))
        return facts
    }

    /// From the first to the last line of the failure itself, as the report of a scan says it.
    private func when(_ timeline: [TimelineEntry]) -> String {
        let failure: Set<TimelineEntry.Part> = [.root, .consequence, .confirmation]
        let dates = timeline.filter { failure.contains($0.part) }.compactMap(\.time)
        guard let first = dates.min(), let last = dates.max() else { return "unknown, the log states no time" }
        let isInferred = timeline.contains { $0.part == .root && $0.isTimeInferred == true }
        return moment.span(first, last) + (isInferred ? " (from the lines around it)" : "")
    }

    private func tellRivals(_ rivals: [Rival], on page: inout TextPage) {
        if rivals.isEmpty { return }
        page.heading("What else could have been the cause")
        for rival in rivals {
            page.paragraph(
                [.place(Place.of(rival.source, rival.line) + ","), .words(rival.category.description)], indent: 2,
                lead: "- ")
            page.quote(rival.text.trimmingCharacters(in: .whitespacesAndNewlines), indent: 6, most: 1)
            page.paragraph([.words("not the cause: \(rival.reason)")], indent: 4)
        }
    }

    private func tellRules(_ rules: [RuleNote], on page: inout TextPage) {
        if rules.isEmpty { return }
        page.heading("Rules that spoke")
        for rule in rules {
            // What its captures held, the timeline says.
            let title = TitleTemplate(rule.title).general
            let category = rule.category.replacing(/\{\w+\}/, with: "*")
            page.paragraph([.words("\(rule.id): \(title)")], indent: 2, lead: "- ")
            page.paragraph([.words("\(category); \(rule.role.sentence)")], indent: 4)
            page.paragraph(
                [.place(rule.pack)], indent: 4, lead: rule.isInFile ? "in " : "in pack ", tone: .faint, leadTone: .faint
            )
            for reference in rule.references {
                let isAddress = reference.contains("://") && !reference.contains(" ")
                page.paragraph(
                    [isAddress ? .place(reference) : .words(reference)], indent: 4, lead: "see ", tone: .faint,
                    leadTone: .faint)
            }
        }
    }
}

extension IncidentAccount {
    fileprivate var isCrash: Bool { outcome == .terminal || outcome == .unresolved }
}

extension RuleNote {
    /// Whether the pack is told by its file, rather than by its name.
    fileprivate var isInFile: Bool { pack.contains("/") || pack.hasSuffix(".yaml") }
}
