import CrashModel
import Foundation
import Reporting
import Testing

/// Log text that tries to get out of the report.
@Suite struct HostileTextTests {
    static let texts = [
        "\u{1b}[2J\u{1b}]0;owned\u{7}", "\u{1b}]8;;https://evil.example\u{1b}\\click\u{1b}]8;;\u{1b}\\", "\u{9b}2J",
        "\u{202e}evil\u{2066}", "```\n</details>\n# Owned", "`````````` ` ``", "</details><script>alert(1)</script>",
        "| a | b |\\| c", "@octocat closes #1 and https://evil.example/x www.evil.example", "![x](https://evil/x.png)",
        "a\rb\tc\u{0}d", String(repeating: "x", count: 10_000), String(repeating: "wort ", count: 2_000),
        String(repeating: "`", count: 500), "", "   ", "\u{301}\u{301}", "- [ ] task", "1. one", "<!-- ", "\\`code`\\",
    ]

    /// The text everywhere where something untrusted can stand.
    static func report(_ text: String) -> ScanReport {
        var incident = Sample.gpuMemory
        incident.title = text
        incident.host = text
        incident.because = [text]
        incident.root.text = text
        incident.root.source = text
        incident.root.excerpt = (1...12).map { ExcerptLine(line: $0 * 2, text: text) }
        incident.consequences[0].title = text
        incident.consequences[0].source = text
        incident.consequences[0].text = text
        incident.confirmations = [incident.consequences[0]]
        incident.advice = [Advice(action: text, reason: text, command: text)]
        incident.lastProgress = ProgressMark(source: text, line: 1, text: text)
        incident.lastCheckpoint = CheckpointMark(source: text, line: 1, text: text, path: text)
        incident.lost = LostWork(steps: .max, seconds: .nan)
        incident.stepsPerSecond = .infinity
        incident.context = ResourceContext(
            origin: .snapshotAfter, pressure: [text: .nan],
            filesystems: [FilesystemSample(path: text, total: .max, available: -1)],
            processes: [ProcessSample(pid: 1, name: text, resident: .max)])
        incident.fingerprint = text
        var harmless = incident
        harmless.outcome = .recovered
        return ScanReport(
            inputs: [InputReport(source: text, bytes: 1, complete: false, problem: text)],
            skipped: [SkippedInput(source: text, reason: text)], incidents: [incident, incident, harmless],
            seenBefore: [text: PastSightings(count: 1, first: nil, last: nil, fix: text, fixedAt: Sample.now)],
            telling: [TellingLine(source: text, line: 1, text: text, score: 9, because: [text])], notes: [text])
    }

    /// The same of a run that no rule knows, with and without a crash.
    static func unexplained(_ text: String) -> [ScanReport] {
        var crash = report(text)
        for index in crash.incidents.indices {
            crash.incidents[index].category = .unknown
            crash.incidents[index].advice[0].command = nil
            // The lines that stand out are others than the root.
            crash.incidents[index].root.line = 7
        }
        var quiet = crash
        quiet.incidents = []
        return [crash, quiet]
    }

    /// The text everywhere in what the ledger tells of an incident.
    static func account(_ text: String) -> IncidentAccount {
        IncidentAccount(
            id: text, fingerprint: text, title: text, category: Category(family: text, kind: text),
            verdict: .changeFirst, outcome: .unresolved, confidence: .nan, because: [text, text], host: text,
            ranks: [.max, -1],
            timeline: TimelineEntry.Part.allCases.flatMap { part in
                [nil, Sample.start].map { time in
                    TimelineEntry(
                        part: part, rule: text, title: text, source: text, line: .max, time: time, text: text + "!",
                        count: .max)
                }
            }, rivals: [Rival(rule: text, category: Category(text), source: text, line: 1, text: text, reason: text)],
            rules: [
                RuleNote(id: text, title: text, category: text, role: .noise, pack: text, references: [text, text])
            ], advice: [Advice(action: text, reason: text)],
            lastProgress: ProgressMark(source: text, line: 1, text: text),
            lastCheckpoint: CheckpointMark(source: text, line: 1, text: text, path: text),
            lost: LostWork(steps: -1, seconds: .infinity),
            past: PastSightings(count: 2, first: nil, last: nil, fix: text, fixedAt: nil))
    }

    static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "\n" || ![.control, .format, .lineSeparator].contains(scalar.properties.generalCategory)
    }

    @Test("The terminal sees no control character, and no line but a command is too wide", arguments: texts)
    func terminal(text: String) {
        var report = Self.report(text)
        #expect(TextReport(style: .plain).render(report).unicodeScalars.allSatisfy(Self.isShown))
        for index in report.incidents.indices { report.incidents[index].advice[0].command = nil }
        for width in [40, 80, 120] {
            let lines = TextReport(style: .plain, width: width).render(report).split(separator: "\n")
            #expect(lines.allSatisfy { $0.count <= width })
        }
    }

    @Test("Lines that stand out neither drive the terminal nor are too wide", arguments: texts)
    func tellingLines(text: String) {
        for report in Self.unexplained(text) {
            for width in [40, 80, 120] {
                Self.expectCalm(TextReport(style: .plain, width: width).render(report), width: width)
            }
        }
    }

    @Test("An explanation neither drives the terminal nor is too wide", arguments: texts)
    func explanation(text: String) {
        for width in [1, 40, 80, 120] {
            let page = ExplainText(style: .plain, width: width, timeZone: .gmt, now: Sample.now)
            Self.expectCalm(page.render(Self.account(text)), width: max(40, width))
        }
    }

    @Test("The ledger's story neither drives the terminal nor is too wide", arguments: texts)
    func history(text: String) {
        let entry = HistoryEntry(
            fingerprint: text, title: text, category: Category(text), verdict: .restart, host: text, place: text,
            sightings: PastSightings(count: 1, first: nil, last: nil, fix: text, fixedAt: Sample.now))
        Self.expectCalm(HistoryText(style: .plain).render([entry], now: Sample.now), width: 80)
    }

    static func expectCalm(_ page: String, width: Int) {
        #expect(page.unicodeScalars.allSatisfy(isShown))
        for line in page.split(separator: "\n") { #expect(line.count <= width, "\(line)") }
    }

    @Test("JSON is valid, keeps the text, and holds nothing that drives a terminal", arguments: texts)
    func json(text: String) throws {
        let json = JSONReport().render(Self.report(text))
        #expect(json.unicodeScalars.allSatisfy(Self.isShown))
        let object = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        let incidents = try #require(object["incidents"] as? [[String: Any]])
        let root = try #require(incidents.first?["root"] as? [String: Any])
        #expect((root["text"] as? String).map { Array($0.utf8) } == Array(text.utf8))
    }

    @Test("Markdown stays within its fences and code spans", arguments: texts)
    func markdown(text: String) {
        for report in [Self.report(text)] + Self.unexplained(text) { expectContained(report) }
    }

    private func expectContained(_ report: ScanReport) {
        let rendered = MarkdownReport(timeZone: .gmt, now: Sample.now).render(report)
        #expect(rendered.unicodeScalars.allSatisfy(Self.isShown))
        let outside = Self.withoutCode(rendered)
        for line in outside {
            // Tags are Faultline's own, each on a line of its own.
            let own = ["<details>", "</details>"].contains(line) || line.hasPrefix("<summary>")
            #expect(own || !line.replacing(/\\./, with: "").contains("<"), "\(line.prefix(200))")
            #expect(!line.contains("@") && !line.contains("://") && !line.contains("www."), "\(line.prefix(200))")
            // A bar in a table is written as an entity, which is no issue's number.
            #expect(!line.replacing("&#124;", with: "").contains("#1"), "\(line.prefix(200))")
            #expect(!line.replacing(/\\./, with: "").contains("]("), "\(line.prefix(200))")
        }
        #expect(outside.filter { $0 == "<details>" }.count == outside.filter { $0 == "</details>" }.count)
        #expect(!outside.contains { $0.hasPrefix("# ") })
    }

    /// The lines outside fenced blocks, without their code spans: a small reader of what CommonMark says of both.
    static func withoutCode(_ markdown: String) -> [String] {
        var lines: [String] = []
        var fence: Substring?
        for line in markdown.split(separator: "\n", omittingEmptySubsequences: false) {
            let bare = line.drop { $0 == " " }
            let ticks = bare.prefix { $0 == "`" }
            if let open = fence {
                if ticks.count >= open.count, ticks.count == bare.count { fence = nil }
            } else if ticks.count >= 3, !bare.dropFirst(ticks.count).contains("`") {
                fence = ticks
            } else {
                lines.append(withoutSpans(String(line)))
            }
        }
        #expect(fence == nil, "a fence is open at the end")
        return lines
    }

    static func withoutSpans(_ line: String) -> String {
        var text = ""
        var rest = Substring(line)
        while let character = rest.first {
            if character == "\\" {
                text += rest.prefix(2)
                rest = rest.dropFirst(2)
            } else if character == "`" {
                let run = rest.prefix { $0 == "`" }
                rest = rest.dropFirst(run.count)
                var search = rest
                var closed = false
                while !search.isEmpty {
                    search = search.drop { $0 != "`" }
                    let closing = search.prefix { $0 == "`" }
                    search = search.dropFirst(closing.count)
                    if closing.count == run.count {
                        rest = search
                        closed = true
                        break
                    }
                }
                if !closed { text += run }
            } else {
                text.append(character)
                rest = rest.dropFirst()
            }
        }
        return text
    }
}
