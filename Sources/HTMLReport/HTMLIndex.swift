public import CrashModel
import Foundation
public import Reporting

/// What a page over a whole ledger shows.
public struct CrashIndex: Sendable {
    /// One failure and the file that tells of it.
    public struct Entry: Sendable {
        /// Beside the index; from ``HTMLIndex/fileName(_:among:)``.
        public var file: String
        public var incident: ReportedIncident

        public init(file: String, incident: ReportedIncident) {
            self.file = file
            self.incident = incident
        }
    }

    /// Of the program.
    public var version: String
    public var statistics: CrashStatistics
    /// The youngest first.
    public var entries: [Entry]
    public var notes: [String]
    /// What was taken out; nil where nothing was looked for.
    public var redaction: RedactionNote?

    public init(
        version: String, statistics: CrashStatistics, entries: [Entry], notes: [String] = [],
        redaction: RedactionNote? = nil
    ) {
        self.version = version
        self.statistics = statistics
        self.entries = entries
        self.notes = notes
        self.redaction = redaction
    }
}

/// The page that lists the failures of a ledger, and says what they have in common.
public struct HTMLIndex: Sendable {
    let moment: Moment

    static let mostOffenders = 12
    static let mostFixes = 20

    public init() {
        // The days are those of UTC, so that the page is the same wherever it is made.
        moment = Moment(timeZone: .gmt)
    }

    /// A name for the page of an incident that is safe in any folder and any link, and not taken.
    ///
    /// - Parameter id: As a ledger states it, which anybody may have written.
    public static func fileName(_ id: String, among taken: Set<String>) -> String {
        let isPlain = !id.isEmpty && id.utf8.count <= 64 && id.utf8.allSatisfy(isPlain)
        let base = isPlain ? id : "incident"
        var name = base + ".html"
        var number = 2
        while taken.contains(name) || name == "index.html" {
            name = "\(base)-\(number).html"
            number += 1
        }
        return name
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }

    /// The page, with a newline at the end.
    ///
    /// - Throws: When a template cannot be used, which a test of each template precludes.
    public func render(_ index: CrashIndex) throws(HTMLReportError) -> String {
        try PageTemplates().render("index", values(index)) + "\n"
    }

    private func values(_ index: CrashIndex) -> PageValues {
        let statistics = index.statistics
        var page = PageFrame.values(title: "All failures", statistics.generatedAt, moment)
        page.text("headline", Amount.of(statistics.crashes, "failure"))
        page.text(
            "period", statistics.period.map { "\(moment.day($0.from)) to \(moment.day($0.to)), days of UTC" })
        page.list("numbers", numbers(statistics))
        page.values("trend", DayChart(statistics.days)?.values)
        let families = statistics.families.prefix(24)
        let most = Double(families.map(\.crashes).max() ?? 1)
        page.list(
            "families",
            families.map { family in
                PageValues {
                    $0.text("name", family.family, limit: 60)
                    $0.text("crashes", Amount.count(family.crashes))
                    $0.text("percent", Amount.tenths(family.share * 100) + " %")
                    $0.percent("share", Double(family.crashes) / max(1, most))
                    $0.text("categories", Self.words(family.categories))
                }
            })
        let groups: [(String, String, [CrashStatistics.Offender])] = [
            ("Failures that came back", "failure", statistics.repeatedFailures),
            ("GPUs of more than one failure", "GPU", statistics.repeatedGPUs),
            ("Hosts of more than one failure", "host", statistics.repeatedHosts),
        ]
        page.list(
            "offenders",
            groups.enumerated().filter { !$1.2.isEmpty }.map { number, group in
                PageValues {
                    $0.text("anchor", "offenders-\(number + 1)")
                    $0.text("heading", group.0)
                    $0.text("column", group.1)
                    $0.list("rows", group.2.prefix(Self.mostOffenders).map { row($0, index) })
                }
            })
        page.list("fixes", statistics.fixes.prefix(Self.mostFixes).map(fix))
        page.list("incidents", index.entries.map(entry))
        page.texts("notes", index.notes)
        let report = CrashReport(
            version: index.version, createdAt: statistics.generatedAt, origin: .ledger, redaction: index.redaction)
        page.text("redaction", report.redactionWords)
        page.flag("isUnredacted", index.redaction == nil)
        page.text("colophon", report.colophon(moment))
        return page
    }

    private func numbers(_ statistics: CrashStatistics) -> [PageValues] {
        var rows: [(String, String)] = []
        if let rate = statistics.perDay, rate > 0 {
            rows.append(
                rate < 0.95
                    ? ("A failure every", Amount.span(86400 / rate))
                    : ("Failures a day", Amount.shortTenths(rate)))
        }
        if let mean = statistics.betweenFailures {
            rows.append(("From one to the next, on average", Amount.span(mean.seconds)))
        }
        if let mean = statistics.toRecovery {
            rows.append(
                (
                    "Until training went on, at the most",
                    "\(Amount.span(mean.seconds)) (from \(Amount.count(mean.crashes)) of \(Amount.count(statistics.crashes)))"
                ))
        }
        let lost = statistics.lost
        if lost.stepsCrashes > 0 {
            rows.append(
                (
                    "Work lost",
                    "\(Amount.of(lost.steps, "step")) (from \(Amount.count(lost.stepsCrashes)) of \(Amount.count(statistics.crashes)))"
                ))
        }
        return rows.map { row in
            PageValues {
                $0.text("name", row.0)
                $0.text("value", row.1)
            }
        }
    }

    private static func words(_ shares: [CrashStatistics.Share]) -> String {
        let told = shares.prefix(5).map { "\($0.category) \(Amount.count($0.crashes))" }
        return told.joined(separator: ", ") + (shares.count > 5 ? ", …" : "")
    }

    private func row(_ offender: CrashStatistics.Offender, _ index: CrashIndex) -> PageValues {
        PageValues {
            let isIndex = offender.title == nil && offender.name.allSatisfy(\.isNumber)
            $0.text("name", offender.title ?? (isIndex ? "GPU " : "") + offender.name, limit: 200)
            $0.text("detail", offender.title == nil ? offender.host.map { "on \($0)" } : offender.name)
            let newest = index.entries.first { $0.incident.fingerprint == offender.name }
            $0.text("file", offender.title == nil ? nil : newest?.file)
            $0.text("crashes", Amount.count(offender.crashes))
            $0.text("last", moment.day(offender.last))
            $0.text("kinds", Self.words(offender.categories))
        }
    }

    private func fix(_ fix: CrashStatistics.Fix) -> PageValues {
        PageValues {
            $0.text("fix", fix.fix, limit: 600)
            let since = fix.since == 0 ? "none since" : "\(Amount.count(fix.since)) since"
            $0.text(
                "detail",
                "\(moment.day(fix.fixedAt)), \(fix.title ?? "fingerprint " + fix.fingerprint): "
                    + "\(Amount.count(fix.before)) before, \(since)")
        }
    }

    private func entry(_ entry: CrashIndex.Entry) -> PageValues {
        let incident = entry.incident
        return PageValues {
            $0.text("file", entry.file)
            $0.text("title", incident.title, limit: 300)
            $0.text("verdict", incident.verdict.advice)
            $0.text("tone", incident.verdict.tone)
            $0.text("when", incident.when(moment))
            $0.text("where", incident.whereabouts.isEmpty ? nil : incident.whereabouts.joined(separator: ", "))
            $0.text("category", incident.category.description)
        }
    }
}

/// Failures by day as bars.
struct DayChart {
    private let days: [CrashStatistics.Day]

    /// Bars at most: no more can be told apart.
    static let mostDays = 1000
    /// Pixels: where bars stand and how high the highest is.
    private static let ground = 120.0
    private static let room = 100.0

    /// - Returns: nil without a day.
    init?(_ days: [CrashStatistics.Day]) {
        if days.isEmpty { return nil }
        self.days = Array(days.suffix(Self.mostDays))
    }

    var values: PageValues {
        var page = PageValues()
        let first = Double(days.first?.number ?? 0)
        let span = max(Double(days.last?.number ?? 0) - first + 1, 7)
        let most = max(days.map(\.crashes).max() ?? 1, 1)
        page.number("most", most)
        page.list(
            "bars",
            days.map { day in
                PageValues {
                    $0.percent("x", (Double(day.number) - first) / span)
                    $0.percent("width", max(0.8 / span, 0.002))
                    let height = Self.room * Double(max(0, day.crashes)) / Double(most)
                    $0.text("y", Coordinate.of(Self.ground - height))
                    $0.text("height", Coordinate.of(height))
                    $0.text("words", "\(day.day): \(Amount.of(day.crashes, "failure"))")
                }
            })
        var labels: [(Double, String)] = []
        for day in days {
            let at = (Double(day.number) - first + 0.4) / span
            if let last = labels.last, at - last.0 < 0.36 { continue }
            labels.append((at, day.day))
        }
        page.list(
            "labels",
            labels.map { at, words in
                PageValues {
                    $0.percent("x", at)
                    $0.text("words", words)
                    $0.text("anchor", at < 0.1 ? "start" : at > 0.9 ? "end" : "middle")
                }
            })
        page.list(
            "days",
            days.map { day in
                PageValues {
                    $0.text("day", day.day)
                    $0.number("crashes", day.crashes)
                }
            })
        let worst = days.max { $0.crashes < $1.crashes }
        let summary =
            "\(Amount.of(days.count, "day")) with a failure"
            + (worst.map { "; the most on \($0.day): \(Amount.count($0.crashes))" } ?? "") + "."
        page.text("summary", summary)
        page.text("caption", summary)
        return page
    }
}
