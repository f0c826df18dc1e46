import CrashModel
import Foundation
import Reporting
import Testing

/// Which lines are told where no rule knows the failure.
@Suite struct TellingTests {
    static let headings = ["No rule knows a failure here", "Lines that stand out"]

    static func isTold(_ report: ScanReport) -> Bool {
        let text = TextReport(style: .plain, timeZone: .gmt, now: Sample.now).render(report)
        let markdown = MarkdownReport(timeZone: .gmt, now: Sample.now).render(report)
        let told = [text, markdown].map { page in headings.contains { page.contains($0) } }
        #expect(told[0] == told[1])
        return told[0]
    }

    static func line(_ number: Int, score: Int) -> TellingLine {
        TellingLine(source: "train.log", line: number, text: "line no \(number)", score: score, because: [])
    }

    static func report(_ incidents: [Incident], _ telling: [TellingLine]) -> ScanReport {
        var report = Sample.report(incidents)
        report.telling = telling
        return report
    }

    @Test("A score of six is the least", arguments: [(5, false), (6, true), (-1, false)])
    func score(score: Int, isTold: Bool) {
        #expect(Self.isTold(Self.report([], [Self.line(1, score: score)])) == isTold)
        #expect(Self.isTold(Self.report([Sample.exitCode], [Self.line(1, score: score)])) == isTold)
    }

    @Test("Nothing is told where nothing stands out or a rule names the cause")
    func silent() {
        #expect(!Self.isTold(Self.report([], [])))
        #expect(!Self.isTold(Self.report([Sample.gpuMemory], [Self.line(1, score: 9)])))
        #expect(!Self.isTold(Self.report([Sample.exitCode, Sample.gpuMemory], [Self.line(1, score: 9)])))
    }

    @Test("A retry that succeeded explains nothing")
    func harmless() {
        #expect(Self.isTold(Self.report([Sample.retried], [Self.line(1, score: 9)])))
    }

    @Test("What the run survived is no line that no rule knows")
    func survived() {
        var harmless = Sample.retried
        harmless.root.source = "train.log"
        harmless.root.line = 12
        harmless.root.excerpt = [ExcerptLine(line: 11, text: ""), ExcerptLine(line: 12, text: "")]
        harmless.teardown = [Sample.exitCode.root]
        harmless.teardown[0].source = "train.log"
        harmless.teardown[0].line = 14
        let known = [11, 12, 14].map { Self.line($0, score: 9) }
        #expect(!Self.isTold(Self.report([harmless], known)))
        #expect(Self.isTold(Self.report([harmless], known + [Self.line(13, score: 9)])))
    }

    @Test("At most five are told, the best first, and the cause not twice")
    func most() {
        var crash = Sample.exitCode
        crash.root.source = "train.log"
        crash.root.line = 12
        let report = Self.report([crash, crash], (11...20).map { Self.line($0, score: 30 - $0) })
        for page in [TextReport(style: .plain).render(report), MarkdownReport().render(report)] {
            let told = page.matches(of: /line no (\d+)/).compactMap { Int($0.1) }
            #expect(told == [11, 13, 14, 15, 16])
        }
    }

    @Test("JSON has all of them")
    func json() throws {
        let json = JSONReport().render(Self.report([], (1...9).map { Self.line($0, score: $0) }))
        let object = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        #expect((object["telling"] as? [Any])?.count == 9)
    }
}
