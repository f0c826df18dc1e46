import CrashModel
import Foundation

@testable import Reporting

/// A report in which every place that a log, a path or a person fills holds the text.
enum Sample {
    static let start = Date(timeIntervalSince1970: 1_772_532_831)

    static func finding(
        _ rule: String, _ text: String, line: Int, after seconds: Double, rank: Int? = nil, role: Role = .consequence,
        source: String? = nil
    ) -> Finding {
        Finding(
            rule: rule, title: text, category: Category("oom/gpu"), severity: .fatal, role: role,
            source: source ?? text, line: line, offset: 0,
            time: LogTime(date: start + seconds, source: .stated),
            origin: LineOrigin(host: text, rank: rank, pid: 4242, gpu: 3), text: text,
            excerpt: [ExcerptLine(line: line, text: text), ExcerptLine(line: line + 1, text: text)])
    }

    static func incident(_ text: String) -> Incident {
        var incident = Incident(
            id: "15f976c98f10b863", fingerprint: text, title: text, category: Category(text), severity: .fatal,
            outcome: .terminal, verdict: .changeFirst, confidence: 0.9, because: [text, text], firstSeen: start,
            lastSeen: start + 9, host: text, ranks: [3],
            root: finding("a", text, line: 10, after: 0, rank: 3, role: .root),
            consequences: [
                finding("b", text, line: 90, after: 7, rank: 1), finding("c", text, line: 190, after: 900, rank: 2),
            ],
            confirmations: [finding("d", text, line: 290, after: 1)],
            teardown: [finding("e", text, line: 390, after: 2)],
            advice: [Advice(action: text, reason: text, command: text)],
            lastProgress: ProgressMark(source: text, line: 5, text: text, step: 2200, time: start - 60),
            context: context(text))
        incident.lastCheckpoint = CheckpointMark(
            source: text, line: 4, text: text, path: text, step: 2000, time: start - 3600)
        incident.lost = LostWork(steps: 200, seconds: 180)
        incident.runnersUp = [RunnerUp(finding: incident.consequences[0], reason: text)]
        return incident
    }

    static func context(_ text: String) -> ResourceContext {
        let series = [
            ("memory.available", RecordedSeries.Unit.bytes, nil), ("process.resident", .bytes, text),
            ("gpu.temperature", .celsius, text), (text, .count, text),
        ].map { name, unit, subject in
            RecordedSeries(
                name: name, unit: unit, subject: subject, limit: 100, values: [1, nil, 50, .nan, 90, .infinity, 3])
        }
        let window = RecordedWindow(
            moment: start, from: start - 60, to: start + 10, host: text, sampleCount: 7,
            times: [-60, -40, -20, -10, 0, 5, 10], series: series,
            observations: [MachineObservation(kind: "memory-fell", text: text, at: start - 40, subject: text)],
            problems: [text])
        return ResourceContext(
            origin: .recording, takenAt: start, pressure: [text: 12.5],
            processes: [ProcessSample(pid: 1, name: text, resident: 12, victim: true)], processCount: 4, window: window)
    }

    /// As much as a recorder keeps of a machine with eight GPUs.
    static var longContext: ResourceContext {
        let gpu = ["gpu.memory", "gpu.temperature", "gpu.power", "gpu.utilization"]
        let names: [(String, String?)] =
            ["memory.available", "swap.used", "pressure.memory", "pressure.io", "pressure.cpu", "cpu"].map { ($0, nil) }
            + (0..<4).map { ("process.resident", "pid \($0) (python3)") }
            + gpu.flatMap { name in (0..<8).map { (name, "GPU \($0)") } }
        let series = names.map { name, subject in
            RecordedSeries(
                name: name, unit: .bytes, subject: subject, limit: 8e10,
                values: (0..<48).map { Double($0 * 1_234_567_890 % 79_000_000_000) })
        }
        let window = RecordedWindow(
            moment: start, from: start - 600, to: start + 120, sampleCount: 720,
            times: (0..<48).map { Double($0 * 15 - 600) }, series: series,
            observations: (0..<12).map { index in
                MachineObservation(
                    kind: "gpu-hot", text: "GPU \(index % 8) was at 94 °C", at: start - 100 + Double(index),
                    until: start - 50, gpu: index % 8)
            })
        return ResourceContext(
            origin: .recording, takenAt: start,
            processes: (0..<40).map { ProcessSample(pid: $0, name: "python3", resident: 1 << 34) }, processCount: 300,
            window: window)
    }

    static func report(_ text: String) -> CrashReport {
        let note = RuleNote(id: text, title: text, category: text, role: .root, pack: text, references: [text])
        var told = ReportedIncident(
            incident(text), rules: [note],
            past: ReportedPast(
                PastSightings(count: 1, first: start - 86400, last: start - 86400, fix: text, fixedAt: start - 80000),
                occurrences: [.init(id: text, at: start - 86400, host: text, verdict: .restart)]))
        told.environment = [ReportedFact(name: text, value: text, source: text, line: 3)]
        told.gaps = [text]
        told.arrangeExcerpts(notes: [text: text])
        told.markMatches { _, text in TextSpan(start: 0, length: min(3, text.unicodeScalars.count)) }
        return CrashReport(
            version: text, createdAt: start + 3600, origin: .logs, incidents: [told],
            survived: [SurvivedIncident(incident(text))],
            telling: [TellingLine(source: text, line: 9, text: text, score: 1, because: [text])],
            inputs: [InputReport(source: text, bytes: 12, lines: 3, complete: false, problem: text)],
            skipped: [SkippedInput(source: text, reason: text)], notes: [text],
            redaction: RedactionNote(counts: [text: 2]))
    }

    /// What people have tried to get through such pages.
    static let hostile = [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)' x='",
        "\"\u{301} onclick=alert(1) x=\"\u{301}", "<\u{301}script>alert(1)</script>", "\u{d4e}<img src=x>",
        "'\u{200d} onclick='alert(1)", "</style></script><svg onload=alert(1)>", "</code></pre></details></main><h1>",
        "javascript:alert(1)", "[x](javascript:alert(1))", "data:text/html,<script>alert(1)</script>",
        "{{{style}}} {{#incidents}} {{> head}} {{% CONTENT_TYPE:TEXT}}", "&lt;script&gt;alert(1)&lt;/script&gt;",
        "<!-- --><![CDATA[ ]]> <?php", "\u{1b}[31mred\u{1b}]8;;http://evil.example\u{7}link\u{1b}\\",
        "\u{202e}txt.exe\u{2066}\u{200b}\u{feff}x\u{fe0f}", "a\u{0}b\u{c}c\u{2028}d\u{85}e", "=cmd|' /C calc'!A0",
        "```\n</details>\n",
        "../../etc/passwd%00#\u{1F4A3}", "https://evil.example/x.js", String(repeating: "<b>", count: 5000),
        "a" + String(repeating: "\u{301}", count: 600) + "<b>",
    ]
}
