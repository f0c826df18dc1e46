import CrashModel
import Foundation
import TestSupport
import Testing

@testable import Reporting

@Suite("Reports read back from JSON")
struct CrashReportReadingTests {
    /// One with something in every field.
    static var full: CrashReport {
        var window = RecordedWindow(
            moment: Sample.start, from: Sample.start - 60, to: Sample.start + 10, host: "node17", sampleCount: 70)
        window.times = [-60, -1.5, 0, 10]
        window.series = [
            RecordedSeries(name: "memory.available", unit: .bytes, limit: 1e12, values: [5e9, nil, 1e9, 0]),
            RecordedSeries(name: "gpu.temperature", unit: .celsius, subject: "GPU 0", values: [60, 61.5, 90, nil]),
        ]
        window.observations = [
            MachineObservation(
                kind: "memory-fell", text: "available memory fell", at: Sample.start - 9, until: Sample.start,
                source: "rec.jsonl", line: 12, subject: "python", pid: 42, gpu: 0, amount: 2e9)
        ]
        window.problems = ["torn lines"]
        var incident = Sample.hostMemory
        incident.context?.origin = .recording
        incident.context?.takenAt = Sample.start
        incident.context?.pressure = ["memory": 12.5, "odd_name": 1]
        incident.context?.window = window
        incident.lost = LostWork(steps: 7, seconds: 90)
        incident.lastProgress = ProgressMark(source: "a.log", line: 3, text: "step 3", step: 3, time: Sample.start)
        var told = ReportedIncident(
            incident,
            past: ReportedPast(
                PastSightings(count: 2, first: Sample.start, last: Sample.now, fix: "less", fixedAt: Sample.now),
                occurrences: [.init(id: "b", at: Sample.start, host: "n", verdict: .restart)]))
        told.environment = [ReportedFact(name: "torch", value: "2.4", source: "a.log", line: 1)]
        told.arrangeExcerpts(notes: [told.evidence[0].source: "gone"])
        told.markMatches { _, _ in TextSpan(start: 0, length: 3) }
        var report = CrashReportTests.report(Sample.report([Sample.gpuMemory, Sample.retried]))
        report.incidents.insert(told, at: 0)
        report.redaction = RedactionNote(counts: ["my_own_kind": 2, "email": 1])
        report.rules = ReportedRules(
            RulesVersion(hash: "4efda7a9", count: 3, own: 1), packs: [.init(name: "my_pack", count: 3, own: 1)])
        return report
    }

    @Test("what was written reads back as the same report, of which every form is the same")
    func same() throws {
        for report in [Self.full, CrashReport(version: "1", createdAt: Sample.now, origin: .ledger)] {
            let json = CrashReportJSON().render(report)
            let read = try CrashReportJSON().read(Data(json.utf8))
            #expect(CrashReportJSON().render(read) == json)
            #expect(CrashReportTests.forms(read) == CrashReportTests.forms(report))
            #expect(read.redaction == report.redaction)
            #expect(read.rules == report.rules)
            #expect(read.incidents.first?.machine?.window?.series == report.incidents.first?.machine?.window?.series)
        }
    }

    @Test("hostile text of every kind comes back as it was", arguments: HostileTextTests.texts)
    func hostile(text: String) throws {
        let report = CrashReportTests.report(HostileTextTests.report(text))
        let read = try CrashReportJSON().read(Data(CrashReportJSON().render(report).utf8))
        #expect(read.incidents[0].title == report.incidents[0].title)
        #expect(read.notes == [text])
    }

    @Test("whatever stands for a number, a text or a list is refused or makes pages", arguments: [1, 2, 3, 4])
    func altered(seed: UInt64) throws {
        let json = CrashReportJSON().render(Self.full)
        let tree = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        var random = Seeded(seed)
        var read = 0
        for round in 0..<120 {
            // Single values, then many at once.
            let share = round < 80 ? 400 : 10
            // Without the schema nothing is read.
            let altered = Dictionary(
                uniqueKeysWithValues: tree.sorted { $0.key < $1.key }.map { key, value in
                    (key, key == "schema" ? value : Self.alter(value, &random, oneIn: share))
                })
            guard let bytes = try? JSONSerialization.data(withJSONObject: altered) else { continue }
            guard let report = try? CrashReportJSON().read(bytes) else { continue }
            read += 1
            for (form, page) in CrashReportTests.forms(report) {
                let isClean = page.unicodeScalars.allSatisfy { $0 == "\n" || SafeText.escape($0) == nil }
                #expect(isClean, "\(form)")
            }
        }
        #expect(read > 10)
    }

    private static func alter(_ value: Any, _ random: inout Seeded, oneIn share: Int) -> Any {
        if Int.random(in: 0..<share, using: &random) == 0 {
            let choices: [Any] = [
                Int.max, Int.min, -1, 0, 1.7e308, -1e-300, 1 << 60, "", "\u{1b}[31m", "nan", "inf", NSNull(),
                [Any](), [String: Any](), true, String(repeating: "W ", count: 9000), "9999-12-31T23:59:59.999Z",
                "0001-01-01T00:00:00.000Z",
            ]
            // Mostly of the same type, or nothing would be read.
            let alike = choices.filter { choice in
                value is NSNumber ? choice is NSNumber : value is String ? choice is String : choice is [Any]
            }
            return (Int.random(in: 0..<8, using: &random) == 0 ? choices : alike).randomElement(using: &random) ?? value
        }
        if let list = value as? [Any] {
            var list = list.map { alter($0, &random, oneIn: share) }
            if Int.random(in: 0..<share, using: &random) == 0, let last = list.last { list.append(last) }
            return list
        }
        if let object = value as? [String: Any] {
            var altered: [String: Any] = [:]
            for (key, value) in object.sorted(by: { $0.key < $1.key }) {
                altered[key] = alter(value, &random, oneIn: share)
            }
            return altered
        }
        return value
    }

    @Test("every number at once at an end of what there is", arguments: [Int.max, Int.min, -1, 0])
    func ends(number: Int) throws {
        func all(_ value: Any) -> Any {
            if let list = value as? [Any] { return list.map(all) }
            if let object = value as? [String: Any] { return object.mapValues(all) }
            guard let was = value as? NSNumber, String(cString: was.objCType) != "c" else { return value }
            return number
        }
        let tree = all(try JSONSerialization.jsonObject(with: Data(CrashReportJSON().render(Self.full).utf8)))
        let report = try CrashReportJSON().read(JSONSerialization.data(withJSONObject: tree))
        for (_, page) in CrashReportTests.forms(report) { #expect(page.count > 100) }
        #expect((0...1).contains(report.incidents[0].confidence))
        #expect(report.incidents[0].evidence.allSatisfy { $0.line >= 0 && $0.count >= 1 })
        #expect(report.rules.map { $0.count >= 0 } ?? true)
    }

    @Test("words that this program would have written are not trusted when somebody else may have")
    func words() throws {
        var report = Self.full
        let text = "\u{1b}[31m <img src=x> @user | x"
        for index in report.incidents.indices {
            report.incidents[index].outcomeWords = text
            report.incidents[index].confidenceWords = text
            report.incidents[index].lostWords = text
            report.incidents[index].verdictSentence = text
        }
        let read = try CrashReportJSON().read(Data(CrashReportJSON().render(report).utf8))
        for (form, page) in CrashReportTests.forms(read) {
            #expect(!page.unicodeScalars.contains("\u{1b}"), "\(form)")
            if form == "markdown" { #expect(!page.contains(" <img") && !page.contains(" @user ")) }
        }
    }

    @Test("a report of a thousand failures is shown in part, and says so")
    func thousand() throws {
        var many = Self.full
        many.incidents = Array(repeating: many.incidents[0], count: 1000)
        let report = try CrashReportJSON().read(Data(CrashReportJSON().render(many).utf8))
        #expect(report.incidents.count == 50)
        #expect(report.notes.contains("of 1000 failures the first 50 are shown"))
    }

    @Test(
        "what is no report is refused in words",
        arguments: [
            ("", "no JSON"), ("[1]", "no schema"), ("{}", "no schema"), (#"{"schema":"x\u001b[2J"}"#, "but 'x\\x1b"),
            (#"{"schema":"faultline.report/2"}"#, "update"), (#"{"schema":"faultline.report/1"}"#, "missing"),
            (String(repeating: "[", count: 100_000), "no JSON"),
        ])
    func refused(text: String, words: String) {
        let error = #expect(throws: ReportReadingError.self) { try CrashReportJSON().read(Data(text.utf8)) }
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    }

    @Test("ids that are none or stand twice, and a version that is a sentence, are refused")
    func ids() throws {
        func read(_ change: (inout CrashReport) -> Void) throws -> CrashReport {
            var report = Self.full
            change(&report)
            return try CrashReportJSON().read(Data(CrashReportJSON().render(report).utf8))
        }
        #expect(throws: ReportReadingError.self) { try read { $0.incidents[0].evidence[1].id = "e1" } }
        #expect(throws: ReportReadingError.self) { try read { $0.incidents[0].excerpts[0].id = "\"><b" } }
        #expect(throws: ReportReadingError.self) { try read { $0.version = "1. Ignore all that follows" } }
        #expect(throws: Never.self) { try read { $0.version = "0.2.0-beta1" } }
    }

    @Test("curves whose values and times do not fit together are left out")
    func curves() throws {
        var report = Self.full
        report.incidents[0].machine?.window?.series[0].values = [1]
        var read = try CrashReportJSON().read(Data(CrashReportJSON().render(report).utf8))
        #expect(read.incidents[0].machine?.window?.series.map(\.name) == ["gpu.temperature"])
        report.incidents[0].machine?.window?.times = [3, 2, 1, .nan]
        read = try CrashReportJSON().read(Data(CrashReportJSON().render(report).utf8))
        #expect(read.incidents[0].machine?.window?.series == [])
        #expect(read.incidents[0].machine?.window?.times == [])
    }
}
