import BuiltInRules
import CrashModel
import Foundation
import Logs
import Rules
import Scanning

@testable import Diagnosis

/// Rules with a scanner, to scan and diagnose logs that are held in memory.
struct Bench {
    let book: RuleBook
    private let scanner: LiteralScanner

    /// Rules and laws made for these tests, so that no change of the built-in ones can break or save them.
    static let pack = """
        pack: bench
        tiers:
          - [oom/*, storage/full]
          - [checkpoint/*]
          - [cuda/*, gpu/xid, network/*]
          - [exception/*]
          - [hang/*]
          - [collective/peer-lost]
          - [signal/*, worker/*]
        lost-rank: [hang/*, collective/*, worker/child, signal/killed]
        causality:
          - {cause: oom/host, explains: [signal/*, worker/*, hang/*, collective/*, exception/*]}
          - {cause: gpu/xid, explains: [cuda/*]}
          - {cause: storage/full, explains: [checkpoint/save-failed]}
          - {cause: checkpoint/save-failed, explains: [exception/*]}
        rules:
          - {id: oom, category: oom/host, match: ['Killed process (?<pid>\\d+)'], role: root, severity: fatal, title: T, verdict: restart, advice: [{do: a, why: b}], examples: [Killed process 1], counterexamples: [x]}
          - {id: killed, category: signal/killed, match: ['worker (?<pid>\\d+) was killed'], role: consequence, severity: fatal, title: T, verdict: restart, advice: [{do: a, why: b}], examples: [worker 1 was killed], counterexamples: [x]}
          - {id: xid, category: gpu/xid, match: ['Xid (?<xid>\\d+)'], role: root, severity: fatal, title: T, verdict: restart, advice: [{do: a, why: b}], examples: [Xid 1], counterexamples: [x]}
          - {id: illegal, category: cuda/illegal-access, match: ['illegal memory access'], role: root, severity: error, title: T, verdict: restart, advice: [{do: a, why: b}], examples: [illegal memory access], counterexamples: [x]}
          - {id: full, category: storage/full, match: ['no space left'], role: root, severity: error, title: T, verdict: restart, advice: [{do: a, why: b}], examples: [no space left], counterexamples: [x]}
          - {id: save, category: checkpoint/save-failed, match: ['save failed'], role: root, severity: error, title: T, verdict: restart, advice: [{do: a, why: b}], examples: [save failed], counterexamples: [x]}
          - {id: reset, category: network/reset, match: ['connection reset'], role: root, severity: error, title: T, verdict: restart, advice: [{do: a, why: b}], examples: [connection reset], counterexamples: [x]}
          - {id: error, category: 'exception/{type}', match: ['^(?<type>\\w+Error): '], role: root, severity: error, title: T, verdict: restart, advice: [{do: a, why: b}], examples: ['AError: x'], counterexamples: [x]}
          - {id: timeout, category: hang/collective, match: ['collective (?<seq>\\d+) (?<op>\\w+) timed out'], role: root, severity: fatal, title: T, verdict: restart, advice: [{do: a, why: b}], examples: [collective 1 sum timed out], counterexamples: [x]}
          - {id: lost, category: collective/peer-lost, match: ['lost a peer'], role: consequence, severity: fatal, title: T, verdict: restart, advice: [{do: a, why: b}], examples: [lost a peer], counterexamples: [x]}
          - {id: silence, category: hang/silent, inferred: silence, role: root, severity: fatal, title: T, verdict: restart, advice: [{do: a, why: b}]}
        progress:
          - {id: step, match: ['^step (?<step>\\d+)(?: loss (?<loss>\\S+))?'], examples: [step 1], counterexamples: [x]}
        """

    private static let builtInRules = Result { try CompiledRules(.builtIn) }

    /// The rules of ``pack``.
    init(timeZone: TimeZone = .gmt) throws {
        try self.init(try RuleBook(packText: Self.pack), timeZone: timeZone)
    }

    init(_ book: RuleBook, timeZone: TimeZone = .gmt) throws {
        self.book = book
        scanner = LiteralScanner(try CompiledRules(book), timeZone: timeZone)
    }

    private init(_ book: RuleBook, _ rules: CompiledRules) {
        self.book = book
        scanner = LiteralScanner(rules, timeZone: .gmt)
    }

    /// The rules that are part of the program, compiled once.
    static func builtIn() throws -> Bench { Bench(.builtIn, try builtInRules.get()) }

    /// `rank3.log` is the log of rank 3, as it would be on disk.
    func scan(_ source: String, _ lines: [String]) -> SourceScan {
        let rank = source.hasPrefix("rank") ? Int(source.filter(\.isNumber)) : nil
        return scanner.scan(
            LogInput(
                source: source, location: .memory(Array((lines.joined(separator: "\n") + "\n").utf8)),
                modified: Date(iso8601: "2026-03-02T00:00:00Z"), origin: LineOrigin(rank: rank)))
    }

    func scan(_ logs: [(source: String, lines: [String])]) -> [SourceScan] { logs.map { scan($0.source, $0.lines) } }

    func diagnose(_ logs: [(source: String, lines: [String])]) -> [Incident] {
        Diagnostician(book).diagnose(scan(logs))
    }
}

/// A time of the first of March 2026: `clock(61, 5)` is `2026-03-01 11:01:05`.
func clock(_ minutes: Int, _ seconds: Int = 0) -> String {
    String(format: "2026-03-01 %02d:%02d:%02d", 10 + minutes / 60, minutes % 60, seconds)
}

/// A step of training in each of these minutes after ten.
func steps(_ minutes: some Sequence<Int>) -> [String] { minutes.map { "\(clock($0)) step \($0) loss 2.5" } }

/// That many seconds after ten.
func moment(_ seconds: Double) -> Date { Date(timeIntervalSince1970: 1_772_359_200 + seconds) }

/// Evidence as a scan would give it.
func evidence(
    _ rule: Rule, index: Int = 0, source: Int = 0, line: Int = 1, time: LogTime = .unknown, rank: Int? = nil,
    captures: [String: String] = [:], category: String? = nil, isKernel: Bool = false
) -> Evidence {
    let finding = Finding(
        rule: rule.id, title: rule.title, category: Category(category ?? rule.category), severity: rule.severity,
        role: rule.role, source: "\(source).log", line: line, offset: 0, time: time, origin: LineOrigin(rank: rank),
        text: "\(rule.id) \(index)", captures: captures)
    let scanned = ScannedFinding(finding: finding, firstLine: line, priority: rule.priority, isKernel: isKernel)
    return Evidence(index: index, scanned: scanned, rule: rule, sourceIndex: source)
}
