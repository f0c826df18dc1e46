public import Foundation
public import Reporting

/// A report as one page that needs nothing beside itself: no network, no script, no other file.
public struct HTMLReport: Sendable {
    let moment: Moment

    /// Incidents whose log lines are shown; of the others the story is.
    static let mostBytesOfLines = 1_400_000
    /// Lines of the story, of all incidents together.
    static let mostStory = 2000

    public init(timeZone: TimeZone = .gmt) {
        moment = Moment(timeZone: timeZone)
    }

    /// The page, with a newline at the end.
    ///
    /// - Parameter index: The name of the file of the page that lists all, where there is one beside this.
    /// - Throws: When a template cannot be used, which a test of each template precludes.
    public func render(_ report: CrashReport, index: String? = nil) throws(HTMLReportError) -> String {
        try PageTemplates().render("page", values(report, index: index)) + "\n"
    }

    private func values(_ report: CrashReport, index: String?) -> PageValues {
        var room = PageRoom(lines: Self.mostBytesOfLines, story: Self.mostStory)
        var page = PageFrame.values(title: title(report), report.createdAt, moment)
        page.text("index", index)
        let level = report.incidents.count == 1 ? 1 : 2
        let incidents = report.incidents.enumerated().map { number, incident in
            IncidentPage(
                incident: incident, anchor: "i\(number + 1)", level: level, now: report.createdAt, moment: moment
            ).values(&room)
        }
        page.list("incidents", incidents)
        page.flag("hasMany", incidents.count > 1)
        page.text("count", Amount.of(incidents.count, "failure"))
        if incidents.isEmpty { page.text("noCrash", report.inputs.isEmpty ? "No crash." : report.summary.noCrash) }
        ReadingSection(report: report, moment: moment).fill(&page)
        page.text("redaction", report.redactionWords)
        page.flag("isUnredacted", report.redaction == nil)
        page.text("colophon", report.colophon(moment))
        page.text("stamp", moment.stamp(report.createdAt))
        return page
    }

    private func title(_ report: CrashReport) -> String {
        guard let first = report.incidents.first else { return "No crash" }
        if report.incidents.count > 1 { return "\(Amount.of(report.incidents.count, "failure"))" }
        return first.title
    }
}

/// What stands around every page.
enum PageFrame {
    static func values(title: String, _ now: Date, _ moment: Moment) -> PageValues {
        PageValues {
            $0.text("title", title, limit: 200)
            $0.text("policy", PagePolicy.text)
            $0.asset("style", .style)
            $0.asset("script", .script)
            $0.text("stamp", moment.stamp(now))
        }
    }
}

/// What a page may still hold, so that a report of many failures can be mailed.
struct PageRoom {
    /// Bytes of log lines.
    var lines: Int
    /// Entries of stories.
    var story: Int
    /// Marks of drawings.
    var marks = 1500
    /// Values in tables of samples.
    var cells = 24_000
    /// Points of curves.
    var points = 30_000
    /// Ranks of rank maps.
    var ranks = 600
}
