import CrashModel
import Foundation
import Reporting

enum Sample {
    static let time = Date(timeIntervalSince1970: 1_771_408_992)

    static func report(incidents: Int = 1, text: String = "CUDA out of memory") -> CrashReport {
        let told = (0..<incidents).map { index -> ReportedIncident in
            let finding = Finding(
                rule: "cuda.oom", title: "A GPU ran out of memory", category: .unknown, severity: .fatal, role: .root,
                source: "run/train-\(index).log", line: 40 + index, offset: 0, text: text)
            var incident = Incident(
                id: "15f976c9aa\(index)", fingerprint: "f", title: "A GPU ran out of memory", category: .unknown,
                severity: .fatal, outcome: .terminal, verdict: .changeFirst, confidence: 0.9, because: ["it says so"],
                firstSeen: time, lastSeen: time, root: finding)
            var window = RecordedWindow(moment: time, from: time - 9, to: time, host: "node17", sampleCount: 3)
            window.times = [-9, 0]
            window.series = [
                RecordedSeries(name: "=memory.available", unit: .bytes, subject: "a\u{1b}b", values: [5, nil])
            ]
            incident.context = ResourceContext(origin: .recording, window: window)
            var reported = ReportedIncident(incident)
            reported.arrangeExcerpts()
            return reported
        }
        var report = CrashReport(version: "0.1.0", createdAt: time, origin: .logs, incidents: told)
        report.redaction = RedactionNote(counts: [:])
        report.rules = ReportedRules(RulesVersion(hash: "4efda7a9", count: 3), packs: [])
        return report
    }

    static func forms(_ report: CrashReport) -> [(String, String)] {
        [("report.md", CrashReportMarkdown().render(report)), ("report.txt", "text")]
    }
}
