public import CrashModel
public import Foundation

/// `faultline record status` as text.
public struct RecordingStatusText: Sendable {
    let style: TextStyle
    let width: Int
    let moment: Moment

    public init(style: TextStyle, width: Int = 80, timeZone: TimeZone = .current) {
        self.style = style
        self.width = width
        moment = Moment(timeZone: timeZone)
    }

    /// What a recorder and its folder say of themselves.
    public struct Facts: Sendable {
        public var folder: String
        public var isRunning: Bool?
        public var isFresh: Bool
        public var pid: Int?
        public var host: String?
        public var interval: Double?
        public var missing: [String] = []
        public var since: Date?
        public var first: Date?
        public var last: Date?
        public var age: Double?
        public var bytes = 0
        public var segments = 0
        public var samples = 0
        public var gaps: [RecordingGap] = []
        public var problems: [String] = []
        public var resident: Int?
        public var cpu: Double?

        public init(folder: String, isRunning: Bool?, isFresh: Bool) {
            self.folder = folder
            self.isRunning = isRunning
            self.isFresh = isFresh
        }
    }

    /// The page, with a newline at the end.
    public func render(_ facts: Facts) -> String {
        var page = TextPage(style: style, width: width)
        page.paragraph([.words(headline(facts))], tone: facts.isFresh ? .good : .alarm)
        page.gap()
        line("folder", facts.folder, on: &page)
        if let host = facts.host { line("host", host, on: &page) }
        if let since = facts.since {
            let every = facts.interval.map { ", every \(Amount.shortTenths($0)) s" } ?? ""
            line(facts.isRunning == true ? "since" : "ran from", moment.stamp(since) + every, on: &page)
        }
        if let last = facts.last {
            let age = facts.age.map { $0 >= 0 ? " (\(Amount.span($0)) ago)" : " (ahead of the clock)" } ?? ""
            line("last sample", moment.stamp(last) + age, on: &page)
        }
        if let first = facts.first, let last = facts.last {
            let span = max(0, last.timeIntervalSince(first))
            line(
                "kept", "\(Amount.bytes(facts.bytes)) in \(Amount.of(facts.segments, "file")), \(Amount.span(span))",
                on: &page)
        }
        if facts.segments > 0 {
            line(
                "last day", "\(Amount.of(facts.samples, "sample")), \(Amount.of(facts.gaps.count, "gap"))", on: &page)
        }
        if let resident = facts.resident, let cpu = facts.cpu {
            let hundredths = String(Int((min(max(cpu, 0), 1e6) * 100).rounded()))
            let digits = String(repeating: "0", count: max(0, 3 - hundredths.count)) + hundredths
            line(
                "costs", "\(Amount.bytes(resident)) of memory, \(digits.dropLast(2)).\(digits.suffix(2)) % of a core",
                on: &page)
        }
        let text = RecordingText(style: style, width: width, timeZone: moment.timeZone)
        text.tellGaps(facts.gaps.suffix(8).map { $0 }, count: facts.gaps.count, on: &page)
        if !facts.missing.isEmpty {
            page.heading("Without")
            for one in facts.missing.prefix(16) { page.paragraph([.words(one)], indent: 2, lead: "- ") }
        }
        text.tell(facts.problems, on: &page)
        return page.text
    }

    private func headline(_ facts: Facts) -> String {
        let pid = facts.pid.map { " (pid \($0))" } ?? ""
        switch facts.isRunning {
        case true? where facts.isFresh: return "A recorder runs\(pid)."
        case true?: return "A recorder runs\(pid), but its last sample is old."
        case false?: return "No recorder runs here. Start one with: faultline record"
        case nil: return "Whether a recorder runs cannot be asked: its lock cannot be read."
        }
    }

    private func line(_ label: String, _ text: String, on page: inout TextPage) {
        page.paragraph([.words(text)], indent: 2, lead: RecordingText.padded(label, 13))
    }
}
