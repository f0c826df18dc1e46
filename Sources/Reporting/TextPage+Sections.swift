import CrashModel
import Foundation

// Sections that more than one page has.

extension TextPage {
    /// Named facts, their names in a column that is as wide as `where` at the least.
    mutating func facts(_ facts: [(name: String, fact: String)]) {
        let column = max(5, facts.map(\.name.count).max() ?? 0) + 2
        for (name, fact) in facts {
            let lead = name + String(repeating: " ", count: column - name.count)
            paragraph([.words(fact)], indent: 2, lead: lead, leadTone: .faint)
        }
    }

    /// What to do, numbered, each with its reason and its command.
    mutating func advice(_ advice: [Advice]) {
        if advice.isEmpty { return }
        heading("What to do")
        for (index, item) in advice.enumerated() {
            let lead = "\(index + 1). "
            paragraph([.words(item.action)], indent: 2, lead: lead)
            if !item.reason.isEmpty { paragraph([.words(item.reason)], indent: 2 + lead.count, tone: .faint) }
            if let command = item.command { self.command(command, indent: 4 + lead.count) }
        }
    }

    /// How often the same failure was seen, and what a person said fixed it.
    mutating func seen(_ seen: PastSightings, now: Date, moment: Moment, indent: Int = 0) {
        let tone: TextStyle.Tone? = indent == 0 ? .heading : nil
        if seen.count > 0 {
            paragraph([.words(seen.words(now: now) + ".")], indent: indent, lead: "Seen before: ", leadTone: tone)
        }
        if let fix = seen.fix(moment) {
            paragraph(fix, indent: indent, lead: "Fixed last time by: ", leadTone: tone, most: Self.mostFixLines)
        }
    }

    /// A person's note is a sentence; what is longer was pasted.
    static let mostFixLines = 5
}

extension PastSightings {
    /// What fixed it the last time, and when; nil when nobody said.
    func fix(_ moment: Moment) -> [Piece]? {
        fixWords.map { [.words($0)] + (fixedAt.map { [.words("(\(moment.day($0)))")] } ?? []) }
    }
}
