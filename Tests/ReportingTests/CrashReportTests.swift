import CrashModel
import Foundation
import Testing

@testable import Reporting

@Suite("The report that people forward")
struct CrashReportTests {
    static func report(_ scan: ScanReport) -> CrashReport {
        var incidents = scan.incidents.map { incident in
            ReportedIncident(incident, past: scan.seenBefore[incident.fingerprint].map { ReportedPast($0) })
        }
        for index in incidents.indices {
            incidents[index].arrangeExcerpts(notes: [incidents[index].evidence[0].source: incidents[index].title])
            incidents[index].environment = [
                ReportedFact(
                    name: incidents[index].title, value: incidents[index].title, source: incidents[index].title, line: 1
                )
            ]
            incidents[index].gaps = [incidents[index].title]
            incidents[index].shorten()
        }
        return CrashReport(
            version: "0", createdAt: Sample.now, origin: .logs, incidents: incidents,
            survived: scan.incidents.map(SurvivedIncident.init), telling: scan.telling, inputs: scan.inputs,
            skipped: scan.skipped, notes: scan.notes, redaction: RedactionNote(counts: ["email": 1]))
    }

    static func forms(_ report: CrashReport) -> [String: String] {
        [
            "text": CrashReportText(style: .plain).render(report), "json": CrashReportJSON().render(report),
            "markdown": CrashReportMarkdown().render(report),
            "prompt": CrashReportPrompt(budget: 50_000).render(report),
        ]
    }

    @Test("hostile text in every place gets into no form but as text", arguments: HostileTextTests.texts)
    func hostile(text: String) throws {
        for (form, output) in Self.forms(Self.report(HostileTextTests.report(text))) {
            let isClean = output.unicodeScalars.allSatisfy { $0 == "\n" || SafeText.escape($0) == nil }
            #expect(isClean, "\(form) holds what could drive a terminal")
            #expect(output.utf8.count < 2_000_000)
            if form == "markdown" { #expect(output.utf8.count <= CrashReportMarkdown.mostBytes) }
            if form == "json" {
                #expect(try JSONSerialization.jsonObject(with: Data(output.utf8)) is [String: Any])
            }
        }
    }

    private func kept(_ entries: [TimelineEntry]) -> ReportedIncident {
        ReportedIncident(
            IncidentAccount(
                id: "a", fingerprint: "f", title: "T", category: Category("oom/gpu"), verdict: .restart,
                outcome: .terminal, confidence: 0.9, because: [], timeline: entries, advice: []),
            firstSeen: nil, lastSeen: nil, recordedAt: Sample.now, machine: nil)
    }

    private func entry(_ part: TimelineEntry.Part, _ count: Int, _ ranks: [Int]?, _ times: [Double]? = nil)
        -> TimelineEntry
    {
        TimelineEntry(
            part: part, rule: part.rawValue, title: part.rawValue, source: "l", line: 1, text: "x", count: count,
            ranks: ranks, rankTimes: times?.map { Sample.now + $0 })
    }

    @Test("the ranks that the ledger keeps make the map; those of teardown lines failed in nothing")
    func ranksOfLedger() {
        let incident = kept([
            entry(.root, 2, [5]), entry(.consequence, 12, [6, 0, 4, 5], [4, 2, 3, 1]), entry(.teardown, 3, [1, 2]),
        ])
        #expect(incident.rankWords == "rank 5 first, then ranks 0, 4, 6")
        #expect(incident.rankMap.map(\.rank) == [5, 0, 4, 6])
        #expect(incident.evidence[1].words == "12 × consequence (ranks 0, 4-6)")
        // What anybody may have written into a ledger.
        let odd = kept([entry(.root, 1, []), entry(.consequence, 2, [1, 1, Int.max, -1], [1])])
        #expect(odd.rankMap.map(\.rank) == [-1, 1, Int.max])
    }

    @Test("of an older record, which keeps no ranks of lines alike, there is no map, and the report says so")
    func olderRecord() {
        var incident = kept([entry(.root, 1, nil), entry(.consequence, 12, nil)])
        for (index, rank) in [5, 6].enumerated() { incident.evidence[index].rank = rank }
        incident.mapRanks()
        #expect(incident.rankMap.isEmpty)
        #expect(incident.evidence.map(\.rank) == [5, nil])
        #expect(incident.gaps.count == 1)
    }

    @Test("an effect that stands above its cause is not said to have followed")
    func above() {
        var incident = Sample.gpuMemory
        incident.consequences = [-1, 1].map { offset in
            Sample.finding(
                "a.b", "Raised", "exception/RuntimeError", source: incident.root.source,
                line: incident.root.line + offset, text: "RuntimeError: x")
        }
        let report = ReportedIncident(incident)
        #expect(report.evidence.filter { report.isAbove($0) }.map(\.line) == [incident.root.line - 1])
    }

    @Test("ten thousand findings are bounded, each rule keeps its first, and what is left out is counted")
    func many() throws {
        var incident = Sample.gpuMemory
        incident.consequences = (0..<10_000).map { index in
            Sample.finding(
                "nccl.watchdog.timeout", "NCCL watchdog timeout", "hang/collective", source: "rank\(index % 64).log",
                line: index + 1, text: "[rank\(index % 64)]: Watchdog caught collective operation timeout",
                rank: index % 64)
        }
        incident.confirmations = [
            Sample.finding("told.once", "Told once", "oom/gpu", source: "z.log", line: 1, text: "once")
        ]
        let report = Self.report(ScanReport(inputs: [], incidents: [incident]))
        let told = try #require(report.incidents.first)
        #expect(told.evidence.count == ReportedIncident.mostEvidence)
        #expect(told.evidence.count + told.evidenceLeftOut == 10_003)
        #expect(told.evidence.contains { $0.rule == "told.once" })
        #expect(told.rankMap.count == 64)
        #expect(told.rankMap.first?.rank == 3, "the cause's rank is the first to fail")
        #expect(Set(told.evidence.map(\.id)).count == told.evidence.count)
        #expect(CrashReportJSON().render(report).utf8.count < 2_000_000)
        #expect(CrashReportMarkdown().render(report).utf8.count <= CrashReportMarkdown.mostBytes)
    }

    @Test("a line that states no time follows the cause, and has the span in which it can have been written")
    func undated() throws {
        var incident = Sample.hostMemory
        var killed =
            incident.consequences.first
            ?? Sample.finding(
                "shell.killed", "Killed", "signal/killed", source: "train.log", line: 9, text: "Killed")
        killed.time = LogTime(
            date: Sample.start - 60, source: .interpolated, span: (Sample.start - 60)...(Sample.start + 60))
        incident.consequences = [killed]
        let told = ReportedIncident(incident)
        let parts = told.evidence.map(\.part)
        let (cause, after) = (
            try #require(parts.firstIndex(of: .root)), try #require(parts.firstIndex(of: .consequence))
        )
        #expect(cause < after)
        #expect(told.evidence[after].time == nil)
        #expect(told.evidence[after].timeFrom == Sample.start - 60)
        #expect(told.evidence[after].timeTo == Sample.start + 60)
    }

    @Test("a log without times is told in the order of its lines, also where the cause stands below what it caused")
    func lineOrder() {
        var incident = Sample.exitCode
        func finding(_ rule: String, _ line: Int) -> Finding {
            var finding = Sample.finding(
                rule, rule, "exception/E", source: "cell.txt", line: line, text: "E")
            finding.time = .unknown
            return finding
        }
        incident.root = finding("cause", 54)
        incident.consequences = [finding("late", 60), finding("cell", 2), finding("worker", 38)]
        (incident.confirmations, incident.teardown) = ([], [])
        (incident.lastProgress, incident.lastCheckpoint) = (nil, nil)
        #expect(ReportedIncident(incident).evidence.map(\.line) == [2, 38, 54, 60])
    }

    @Test(
        "how long was waited is said apart from when it failed, and a time that no line states is called so",
        arguments: [
            (0.0, 0.0, LogTime.Source.stated, "2026-02-18 10:03:12 UTC"),
            (0, 4, .stated, "2026-02-18 10:03:12 UTC, until 10:03:16"),
            (-600, 4, .stated, "2026-02-18 10:03:12 UTC, until 10:03:16; waited since 09:53:12"),
            (0, 0, .interpolated, "about 2026-02-18 10:03:12 UTC"),
        ])
    func when(first: Double, last: Double, source: LogTime.Source, words: String) {
        var incident = Sample.exitCode
        incident.root.time = LogTime(date: Sample.start, source: source)
        (incident.consequences, incident.confirmations, incident.teardown) = ([], [], [])
        (incident.firstSeen, incident.lastSeen) = (Sample.start + first, Sample.start + last)
        let moment = Moment(timeZone: .gmt)
        #expect(ReportedIncident(incident).when(moment) == words)
        incident.firstSeen = nil
        #expect(ReportedIncident(incident).when(moment) == "time unknown: the log states none")
    }

    @Test(
        "which rank was first is said only where a clock can tell",
        arguments: [
            (0.007, "E", "ranks 0, 1 within 7 ms: too close to tell which was first"),
            (3, "E", "rank 0 first, then rank 1"),
            // Another failure is no race.
            (0.007, "F", "rank 0 first, then rank 1"),
            // The cause by its words, against the clocks.
            (-0.25, "F", "rank 0 by what it says, though by the clocks rank 1 spoke 250 ms earlier; also rank 1"),
        ])
    func closeCall(seconds: Double, second: String, words: String) {
        var incident = Sample.exitCode
        incident.root = Sample.finding("a", "E", "hang/collective", source: "a.log", line: 1, text: "E", rank: 0)
        incident.root.time = LogTime(date: Sample.start, source: .stated)
        var other = Sample.finding("b", second, "hang/collective", source: "a.log", line: 2, text: "E", rank: 1)
        other.time = LogTime(date: Sample.start + seconds, source: .stated)
        incident.consequences = [other]
        #expect(ReportedIncident(incident).rankWords == words)
    }

    @Test("a guess is called one where somebody asks whether to restart")
    func guess() {
        var incident = Sample.exitCode
        incident.verdict = .restart
        incident.confidence = 0.38
        #expect(ReportedIncident(incident).restartWords.hasPrefix("Perhaps: "))
        incident.confidence = 0.9
        #expect(ReportedIncident(incident).restartWords.hasPrefix("It may: "))
        incident.verdict = .changeFirst
        #expect(ReportedIncident(incident).restartWords.hasPrefix("No: "))
    }

    @Test("a time that the ledger took from the lines around is told as such, from the ledger, too")
    func inferred() throws {
        var account = Sample.account
        let root = try #require(account.timeline.firstIndex { $0.part == .root })
        let time = try #require(account.timeline[root].time)
        for isInferred in [nil, true] as [Bool?] {
            account.timeline[root].isTimeInferred = isInferred
            let told = ReportedIncident(account, firstSeen: time, lastSeen: time, recordedAt: Sample.now, machine: nil)
            #expect((told.root?.time == nil) == (isInferred == true))
            #expect(told.when(Moment(timeZone: .gmt)).hasPrefix("about ") == (isInferred == true))
        }
    }

    @Test("what a rule matched is marked in a line whose prefix the rule does not see")
    func prefixed() throws {
        var incident = Sample.exitCode
        incident.root = Sample.finding(
            "python.value", "E", "exception/E", source: "a.log", line: 7, text: "ValueError: bad")
        (incident.consequences, incident.confirmations, incident.teardown) = ([], [], [])
        var told = ReportedIncident(incident)
        told.addLines([ReportedLine(number: 7, text: "[rank3]: ValueError: bad")], of: "a.log")
        told.arrangeExcerpts()
        told.markMatches { _, text in text.hasPrefix("ValueError") ? TextSpan(start: 0, length: 10) : nil }
        let line = try #require(told.excerpts.first { $0.source == "a.log" }?.lines.first { $0.isEvidence })
        #expect(line.matched?.parts(of: line.text).match == "ValueError")
    }

    @Test("of the segments of a progress bar's line only the one that a rule spoke of is evidence")
    func segments() throws {
        var incident = Sample.exitCode
        incident.root = Sample.finding(
            "python.value", "E", "exception/E", source: "a.log", line: 7, text: "ValueError: bad")
        (incident.consequences, incident.confirmations, incident.teardown) = ([], [], [])
        var told = ReportedIncident(incident)
        told.addLines(
            [
                ReportedLine(number: 7, text: " 10%|#   | 1/10"), ReportedLine(number: 7, text: " 20%|##  | 2/10"),
                ReportedLine(number: 7, text: "ValueError: bad"),
            ], of: "a.log", isReplacing: true)
        told.arrangeExcerpts()
        let lines = try #require(told.excerpts.first { $0.source == "a.log" }?.lines)
        #expect(lines.filter(\.isEvidence).map(\.text) == ["ValueError: bad"])
    }

    @Test("how the machine looks now is no part of a report, how it looked then is")
    func snapshot() {
        var incident = Sample.hostMemory
        incident.context = ResourceContext(
            origin: .snapshotAfter, processes: [ProcessSample(pid: 1, name: "job", resident: 1)])
        #expect(ReportedIncident(incident).machine == nil)
        incident.context?.origin = .kernelReport
        #expect(ReportedIncident(incident).machine != nil)
    }

    @Test("lines that stand together are one excerpt, others two; each evidence names the one that shows it")
    func excerpts() throws {
        var told = ReportedIncident(Sample.hostMemory)
        let root = try #require(told.evidence.first { $0.part == .root })
        told.addLines(
            [root.line - 1, root.line, root.line + 1, root.line + 50].map {
                ReportedLine(number: $0, text: "line \($0)")
            },
            of: root.source, isReplacing: true)
        told.arrangeExcerpts()
        let mine = told.excerpts.filter {
            $0.source == root.source && $0.lines.contains { $0.number >= root.line - 1 && $0.number <= root.line + 50 }
        }
        #expect(mine.count >= 2)
        let home = try #require(told.excerpts.first { $0.id == told.evidence.first { $0.part == .root }?.excerpt })
        #expect(home.lines.contains { $0.number == root.line && $0.isEvidence && $0.text == "line \(root.line)" })
        #expect(home.lines.contains { $0.number == root.line + 1 && !$0.isEvidence })
    }

    @Test(
        "a span parts a text at code points, and one that does not fit parts nothing",
        arguments: [
            (0, 3, ["", "паp", "x"]), (1, 2, ["п", "аp", "x"]), (4, 0, ["паpx", "", ""]), (3, 9, ["паpx", "", ""]),
            (-1, 2, ["паpx", "", ""]), (.max, .max, ["паpx", "", ""]),
        ])
    func span(start: Int, length: Int, parts: [String]) {
        let (before, match, after) = TextSpan(start: start, length: length).parts(of: "паpx")
        #expect([before, match, after] == parts)
    }

    @Test("line numbers that no file has stop nothing")
    func numbers() {
        var incident = Sample.hostMemory
        incident.root.line = .min
        incident.root.excerpt = [ExcerptLine(line: .min, text: "a"), ExcerptLine(line: .max, text: "b")]
        incident.consequences = [incident.root]
        incident.consequences[0].line = .max
        let report = Self.report(ScanReport(inputs: [], incidents: [incident]))
        #expect(report.incidents[0].excerpts.count >= 2)
        #expect(Self.forms(report).values.allSatisfy { !$0.isEmpty })
    }

    @Test("a model that is encoded and read back is the same")
    func coding() throws {
        let report = Self.report(ScanReport(inputs: [], incidents: [Sample.gpuMemory, Sample.hostMemory]))
        let again = try JSONDecoder().decode(CrashReport.self, from: JSONEncoder().encode(report))
        #expect(again == report)
    }
}
