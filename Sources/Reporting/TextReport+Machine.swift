import CrashModel
import Foundation

extension TextReport {
    func tell(_ context: ResourceContext, on page: inout TextPage) {
        let lines = ContextLines(context: context, moment: moment)
        if let window = context.window { tell(WindowLines(window: window, moment: moment), on: &page) }
        page.heading(lines.tableHeading)
        if let caution = lines.caution { page.paragraph([.words(caution)], indent: 2, tone: .caution) }
        for fact in lines.facts { page.paragraph([.words(fact)], indent: 2) }
        let table = lines.table
        if !table.isEmpty { page.gap() }
        for (index, row) in table.enumerated() { page.row(row, indent: 2, tone: index == 0 ? .faint : nil) }
    }

    /// What a recording says: sentences first, then the curves.
    private func tell(_ lines: WindowLines, on page: inout TextPage) {
        page.heading(lines.heading)
        for sentence in lines.sentences { page.paragraph([.words(sentence)], indent: 2, lead: "- ") }
        let curves = lines.curves
        if !curves.isEmpty, !lines.sentences.isEmpty { page.gap() }
        for curve in curves { page.row(curve, indent: 2) }
        for remark in lines.remarks { page.paragraph([.words(remark)], indent: 2, tone: .faint) }
    }

    /// Why an input was not read, without its name, and how far it was.
    private func what(_ input: InputReport) -> String {
        input.lines == 0 ? input.reason : "\(input.reason) (\(Amount.of(input.lines, "line")) read)"
    }

    /// What was read, what was not, what was passed over.
    func tellInputs(_ summary: InputSummary, afterCrash: Bool, on page: inout TextPage) {
        let incomplete = summary.incomplete
        if !incomplete.isEmpty {
            page.heading("Not read, or only in part", .caution)
            for input in incomplete.prefix(InputSummary.mostListed) {
                page.paragraph(
                    [
                        .words(what(input) + ":"),
                        .place(SourceName.of(input.source)),
                    ],
                    indent: 2, lead: "- ")
            }
            if incomplete.count > InputSummary.mostListed {
                page.paragraph([.words("… and \(incomplete.count - InputSummary.mostListed) more.")], indent: 2)
            }
        }
        let remarks = summary.inputs.filter { $0.complete && $0.problem != nil }
        if afterCrash || summary.skippedWords != nil || !remarks.isEmpty { page.gap() }
        if afterCrash { page.paragraph([.words("Read: \(summary.extent).")], tone: .faint) }
        for input in remarks.prefix(InputSummary.mostListed) {
            page.paragraph([.place(SourceName.of(input.source)), .words("- \(input.reason)")], indent: 2, lead: "- ")
        }
        if let words = summary.skippedWords {
            page.paragraph([.words(words + ":")], tone: .faint)
            for skipped in summary.skipped.prefix(InputSummary.mostListed) {
                page.paragraph([.place(skipped.source)], indent: 2, lead: "- ", tone: .faint)
            }
            if summary.skipped.count > InputSummary.mostListed {
                page.paragraph([.words("…")], indent: 2, tone: .faint)
            }
        }
    }
}
