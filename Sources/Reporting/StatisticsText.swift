public import CrashModel
import Foundation

/// What many crashes have in common, as text with small charts.
public struct StatisticsText: Sendable {
    let style: TextStyle
    let width: Int
    let isUnicode: Bool

    /// - Parameter isUnicode: Whether the terminal shows block characters; see
    ///   ``RecordingText/canShowBlocks(environment:)``.
    public init(style: TextStyle, width: Int = 80, isUnicode: Bool = true) {
        self.style = style
        self.width = max(60, width)
        self.isUnicode = isUnicode
    }

    static let mostOffenders = 5
    /// More than there are, unless the ledger holds what no Faultline wrote.
    static let mostFamilies = 24
    static let mostFixes = 8

    /// The days are those of UTC, so that the page is the same wherever it is made.
    private var moment: Moment { Moment(timeZone: .gmt) }

    /// The page, with a newline at the end.
    public func render(_ statistics: CrashStatistics) -> String {
        var page = TextPage(style: style, width: width)
        if statistics.crashes == 0 {
            page.paragraph([
                .words(
                    statistics.ledgerCrashes == 0
                        ? "The ledger holds no crash."
                        : "None of the \(Amount.of(statistics.ledgerCrashes, "crash", "crashes")) of the ledger fits.")
            ])
        } else {
            page.paragraph([.words(heading(statistics))], tone: .heading)
            page.facts(facts(statistics))
            drawDays(statistics, on: &page)
            drawFamilies(statistics, on: &page)
            tell("Failures that came back", statistics.repeatedFailures, on: &page)
            tell("GPUs", statistics.repeatedGPUs, on: &page)
            tell("Hosts", statistics.repeatedHosts, on: &page)
        }
        tell(statistics.fixes, on: &page)
        tellOmissions(statistics, on: &page)
        return page.text
    }

    private func heading(_ statistics: CrashStatistics) -> String {
        var text = Amount.of(statistics.crashes, "crash", "crashes")
        if statistics.crashes < statistics.ledgerCrashes { text += " of \(Amount.count(statistics.ledgerCrashes))" }
        if let period = statistics.period {
            text += ", \(moment.day(period.from)) to \(moment.day(period.to)) (UTC)"
        }
        return text
    }

    private func facts(_ statistics: CrashStatistics) -> [(name: String, fact: String)] {
        [
            ("a day", perDay(statistics)), ("run-hours", rate(statistics)),
            ("to the next", betweenFailures(statistics)), ("to recovery", recovery(statistics)),
            ("work lost", lost(statistics)),
        ]
    }

    private func perDay(_ statistics: CrashStatistics) -> String {
        guard let rate = statistics.perDay, let period = statistics.period else {
            return unknown("per_day", statistics)
        }
        let undated =
            statistics.undated == 0
            ? "" : "; \(Amount.count(statistics.undated)) without a time counted on the day of the scan"
        return "\(Self.few(rate)) crashes, in \(Amount.span(max(86400, period.days * 86400)))\(undated)"
    }

    private func rate(_ statistics: CrashStatistics) -> String {
        guard let rate = statistics.perThousandRunHours, let hours = statistics.runHours else {
            return unknown("per_thousand_run_hours", statistics)
        }
        let text = "\(Self.few(rate)) crashes in 1,000 run-hours, from \(Self.few(hours.hours)) run-hours"
        switch hours.source {
        case .given: return text + " as given"
        case .records:
            return text + " between first and last progress " + basis(hours.crashes, statistics)
                + ". Runs that ended well are in no ledger: with them it is fewer; see --run-hours"
        }
    }

    private func betweenFailures(_ statistics: CrashStatistics) -> String {
        guard let mean = statistics.betweenFailures else { return unknown("between_failures", statistics) }
        return "\(Amount.span(mean.seconds)) on average \(basis(mean.crashes, statistics))"
    }

    private func recovery(_ statistics: CrashStatistics) -> String {
        guard let mean = statistics.toRecovery else { return unknown("to_recovery", statistics) }
        let byProgress = mean.byProgress
        let resolved = mean.crashes - byProgress
        let how =
            resolved == 0
            ? "by the first progress on record after them"
            : byProgress == 0
                ? "by what was called fixed"
                : "\(Amount.count(byProgress)) by the first progress on record after them, "
                    + "\(Amount.count(resolved)) by what was called fixed"
        return "\(Amount.span(mean.seconds)) on average at the most \(basis(mean.crashes, statistics)), \(how)"
    }

    private func lost(_ statistics: CrashStatistics) -> String {
        let lost = statistics.lost
        var parts: [String] = []
        if lost.stepsCrashes > 0 {
            parts.append("\(Amount.of(lost.steps, "step")) \(basis(lost.stepsCrashes, statistics))")
        }
        if lost.secondsCrashes > 0 {
            let hours = "\(Self.few(lost.seconds / 3600)) hours"
            let amount = lost.seconds < 5400 ? Amount.span(lost.seconds) : hours
            parts.append("\(amount) \(basis(lost.secondsCrashes, statistics))")
        }
        if parts.isEmpty { return unknown("lost", statistics) }
        return parts.joined(separator: ", ") + ", since the last checkpoints"
    }

    private func basis(_ crashes: Int, _ statistics: CrashStatistics) -> String {
        "(from \(Amount.count(crashes)) of \(Amount.of(statistics.crashes, "crash", "crashes")))"
    }

    private func unknown(_ key: String, _ statistics: CrashStatistics) -> String {
        "not known" + (statistics.absent[key].map { ": " + $0 } ?? "")
    }

    private func tell(_ title: String, _ offenders: [CrashStatistics.Offender], on page: inout TextPage) {
        if offenders.isEmpty { return }
        page.heading(title)
        for offender in offenders.prefix(Self.mostOffenders) {
            let categories = offender.categories.prefix(3).map { share in
                offender.categories.count == 1
                    ? "\(share.category)" : "\(share.category) \(Amount.count(share.crashes))"
            }
            let more = offender.categories.count > 3 ? ", …" : ""
            let lead = RecordingText.padded("\(Amount.count(offender.crashes))×", 4)
            let host = offender.host.map { " on \($0)" } ?? ""
            // A number alone is a GPU's index.
            let isIndex = offender.title == nil && offender.name.allSatisfy(\.isNumber)
            let name = offender.title ?? ((isIndex ? "GPU " : "") + offender.name + host)
            page.paragraph(
                [.words("\(name) (\(categories.joined(separator: ", "))\(more)), last \(moment.day(offender.last))")],
                indent: 2, lead: isUnicode ? lead : lead.replacing("×", with: "x"), most: 3)
            if offender.title != nil {
                page.row("fingerprint \(offender.name)", indent: 6, tone: .faint)
            }
        }
        let rest = offenders.count - Self.mostOffenders
        if rest > 0 { page.paragraph([.words("and \(Amount.count(rest)) more")], indent: 6) }
    }

    private func tell(_ fixes: [CrashStatistics.Fix], on page: inout TextPage) {
        if fixes.isEmpty { return }
        page.heading("What fixed what")
        for fix in fixes.prefix(Self.mostFixes) {
            page.paragraph(
                [.words(fix.fix), .words("(\(moment.day(fix.fixedAt)))")], indent: 2, lead: "- ",
                most: TextPage.mostFixLines)
            guard let title = fix.title else {
                page.paragraph(
                    [.words("fingerprint \(fix.fingerprint), of which the ledger holds no crash")], indent: 4,
                    tone: .faint, most: 3)
                continue
            }
            let since = fix.since == 0 ? "none since" : "\(Amount.count(fix.since)) since"
            let count = "\(Amount.of(fix.before, "crash", "crashes")) before, \(since)"
            page.paragraph(
                [.words("\(title) (\(fix.category?.description ?? "unknown")): \(count)")],
                indent: 4, tone: fix.since == 0 ? .faint : .caution, most: 3)
        }
        let rest = fixes.count - Self.mostFixes
        if rest > 0 { page.paragraph([.words("and \(Amount.count(rest)) more")], indent: 4) }
    }

    private func tellOmissions(_ statistics: CrashStatistics, on page: inout TextPage) {
        if statistics.damagedLines > 0 {
            page.heading(
                "\(Amount.of(statistics.damagedLines, "line")) of the ledger could not be read and "
                    + "\(statistics.damagedLines == 1 ? "is" : "are") not counted.", .caution)
        }
        if statistics.newerRecords > 0 {
            page.heading(
                "\(Amount.of(statistics.newerRecords, "record")) of a newer Faultline "
                    + "\(statistics.newerRecords == 1 ? "is" : "are") not counted.", .faint)
        }
    }

    /// Two figures of what is small: `0.042`.
    static func few(_ number: Double) -> String {
        if number > 0, number < 0.000_001 { return "less than 0.000001" }
        guard number.isFinite, number > 0, number < 0.95 else { return Amount.shortTenths(number) }
        var places = 0
        var scaled = number
        while scaled < 10, places < 9 { (scaled, places) = (scaled * 10, places + 1) }
        var digits = String(Int(scaled.rounded()))
        digits = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
        let text = digits.dropLast(places) + "." + digits.suffix(places)
        return text.hasSuffix("0") && places > 1 ? String(text.dropLast()) : String(text)
    }
}

extension Amount {
    /// `1 crash`, `12 crashes`
    static func of(_ number: Int, _ noun: String, _ plural: String) -> String {
        "\(count(number)) \(number == 1 ? noun : plural)"
    }
}
