import CrashModel
import Foundation

extension TextReport {
    /// How many lines of a block are shown.
    static let mostExcerptLines = 9
    /// How many rules' consequences are told.
    static let mostGroups = 8

    /// One incident in full; its verdict stands above already.
    ///
    /// - Parameter telling: The lines that stand out, where no rule names its cause.
    func tell(_ incident: Incident, seen: PastSightings?, telling: TellingSection?, on page: inout TextPage) {
        tellFacts(incident, on: &page)
        page.heading("Cause")
        tellCause(incident.root, on: &page)
        if let telling { tell(telling, on: &page) }
        tellGroups("What followed", incident.consequences, on: &page)
        tellConfirmations(incident.confirmations, on: &page)
        page.standing(
            progress: incident.lastProgress, checkpoint: incident.lastCheckpoint, lost: incident.lost,
            stepsPerSecond: incident.stepsPerSecond)
        page.advice(incident.advice)
        page.heading("How sure: \(incident.confidenceWords)")
        for reason in incident.because { page.paragraph([.words(reason)], indent: 2, lead: "- ") }
        if let context = incident.context { tell(context, on: &page) }
        if let seen {
            page.gap()
            page.seen(seen, now: now, moment: moment)
        }
    }

    /// One incident in a few lines, with its number.
    func tellShortly(_ incident: Incident, number: Int, seen: PastSightings?, on page: inout TextPage) {
        page.paragraph([.words(incident.verdictSentence)], lead: "\(number). ", tone: .heading)
        let facts = [incident.category.description, moment.of(incident)] + incident.whereabouts
        page.paragraph([.words(facts.joined(separator: ", "))], indent: 3)
        page.paragraph([.place(incident.root.source, incident.root.line)], indent: 3, tone: .place)
        page.quote(incident.root.text, indent: 5, most: 2)
        if let advice = incident.advice.first { page.paragraph([.words(advice.action)], indent: 3, lead: "To do: ") }
        if let seen { page.seen(seen, now: now, moment: moment, indent: 3) }
    }

    /// The lines to read where no rule knows the failure.
    func tell(_ telling: TellingSection, on page: inout TextPage) {
        page.heading(telling.heading)
        for (index, line) in telling.lines.enumerated() {
            let lead = "\(index + 1). "
            page.paragraph([.place(line.source, line.line)], indent: 2, lead: lead, tone: .place)
            page.quote(line.text, indent: 2 + lead.count, most: 2)
            page.paragraph([.words(TellingSection.reason(line))], indent: 2 + lead.count, tone: .faint)
        }
    }

    private func tellFacts(_ incident: Incident, on page: inout TextPage) {
        var facts = [(name: "when", fact: moment.of(incident))]
        if !incident.whereabouts.isEmpty { facts.append(("where", incident.whereabouts.joined(separator: ", "))) }
        facts.append(("what", "\(incident.category); \(incident.outcome.sentence)"))
        page.facts(facts)
    }

    private func tellCause(_ root: Finding, on page: inout TextPage) {
        page.paragraph([.place(root.source, root.line)], indent: 2, tone: .place)
        page.quote(root.text, indent: 4)
        let rows = Excerpt.rows(root.excerpt, most: Self.mostExcerptLines)
        if !rows.isEmpty { page.gap() }
        let numbers = root.excerpt.map { String($0.line).count }.max() ?? 0
        for row in rows {
            switch row {
            case .line(let line):
                let number = String(line.line)
                let gutter = String(repeating: " ", count: max(0, numbers - number.count)) + number
                page.row("\(gutter) | \(line.text)", indent: 4)
            case .left(let count):
                let margin = String(repeating: " ", count: numbers)
                page.row("\(margin) | … \(Amount.of(count, "more line"))", indent: 4, tone: .faint)
            }
        }
        if root.count > 1 {
            page.paragraph(
                [.words("The same \(Amount.count(root.count)) times in a row, until line \(root.lastLine).")], indent: 4
            )
        }
    }

    private func tellGroups(_ heading: String, _ findings: [Finding], on page: inout TextPage) {
        let groups = FindingGroup.of(findings)
        if groups.isEmpty { return }
        page.heading(heading)
        for group in groups.prefix(Self.mostGroups) {
            page.paragraph([.words(group.words), .place(group.first.source, group.first.line)], indent: 2, lead: "- ")
        }
        if groups.count > Self.mostGroups {
            page.paragraph([.words("… and \(groups.count - Self.mostGroups) more kinds of line.")], indent: 2)
        }
    }

    private func tellConfirmations(_ findings: [Finding], on page: inout TextPage) {
        let groups = FindingGroup.of(findings)
        if groups.isEmpty { return }
        page.heading("Confirmed by")
        for group in groups.prefix(Self.mostGroups) {
            page.paragraph([.words(group.words), .place(group.first.source, group.first.line)], indent: 2, lead: "- ")
            page.quote(group.first.text, indent: 6, most: 2)
        }
    }
}
