import CrashModel
import Foundation

extension TextReport {
    /// How many lines of a block are shown.
    static let mostExcerptLines = 9
    /// How many rules' consequences are told.
    static let mostGroups = 8

    /// One incident in full; its verdict stands above already.
    func tell(_ incident: Incident, seen: PastSightings?, on page: inout TextPage) {
        tellFacts(incident, on: &page)
        page.heading("Cause")
        tellCause(incident.root, on: &page)
        tellGroups("What followed", incident.consequences, on: &page)
        tellConfirmations(incident.confirmations, on: &page)
        if let mark = incident.lastProgress { tellProgress(mark, on: &page) }
        tellAdvice(incident.advice, on: &page)
        page.heading("How sure: \(incident.confidenceWords)")
        for reason in incident.because { page.paragraph([.words(reason)], indent: 2, lead: "- ") }
        if let context = incident.context { tell(context, on: &page) }
        if let seen {
            page.gap()
            page.paragraph([.words(words(seen))], lead: "Seen before: ", leadTone: .heading)
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
        if let seen { page.paragraph([.words(words(seen))], indent: 3, lead: "Seen before: ") }
    }

    /// `4 times in 14 days, last 2 days ago.`
    func words(_ seen: PastSightings) -> String {
        [seen.frequency, seen.lastAge(now: now).map { "last \($0)" }].compactMap(\.self).joined(separator: ", ") + "."
    }

    private func tellFacts(_ incident: Incident, on page: inout TextPage) {
        var facts = [("when", moment.of(incident))]
        if !incident.whereabouts.isEmpty { facts.append(("where", incident.whereabouts.joined(separator: ", "))) }
        facts.append(("what", "\(incident.category); \(incident.outcome.sentence)"))
        for (name, fact) in facts {
            let lead = name + String(repeating: " ", count: 7 - name.count)
            page.paragraph([.words(fact)], indent: 2, lead: lead, leadTone: .faint)
        }
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

    private func tellProgress(_ mark: ProgressMark, on page: inout TextPage) {
        page.gap()
        var pieces: [Piece] = []
        if let words = mark.words { pieces.append(.words(words + ",")) }
        pieces.append(.place(mark.source, mark.line))
        page.paragraph(pieces, lead: "Last progress: ", leadTone: .heading)
        if mark.words == nil { page.quote(mark.text, indent: 4, most: 1) }
    }

    private func tellAdvice(_ advice: [Advice], on page: inout TextPage) {
        if advice.isEmpty { return }
        page.heading("What to do")
        for (index, item) in advice.enumerated() {
            let lead = "\(index + 1). "
            page.paragraph([.words(item.action)], indent: 2, lead: lead)
            if !item.reason.isEmpty {
                page.paragraph([.words(item.reason)], indent: 2 + lead.count, tone: .faint)
            }
            if let command = item.command { page.command(command, indent: 4 + lead.count) }
        }
    }
}
