import ArgumentParser
import BuiltInRules
import CrashModel
import Diagnosis
import Foundation
import History
import Logs
import Recording
import Reporting
import Rules
import Scanning

enum ReportFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json, markdown
}

/// Where the history is kept.
struct LedgerOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Keep the history in this file.", valueName: "file"))
    var ledger: String?

    func open() -> Ledger {
        Ledger(path: ledger ?? Ledger.defaultPath(environment: ProcessInfo.processInfo.environment))
    }
}

struct ScanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan",
        abstract: "Says what killed a run, from its logs.",
        discussion: """
            Reads files and folders (gz, xz, zst and bz2 too) and '-' for standard input. Give it everything that may
            know something: the launcher's output, all ranks, the scheduler's log, the kernel's.

            EXAMPLES
              faultline scan run42/
              faultline scan slurm-4711.out /var/log/kern.log --since '3h ago'
              kubectl logs --previous trainer-0 | faultline scan -
              faultline scan --journal --boot -1
              faultline scan --format json --no-ledger logs | jq '.incidents[0].category'
              faultline scan run43/ --baseline run42/

            EXIT STATUS
              0 nothing found, 1 a crash found, 2 wrong usage or broken rules,
              3 some input could not be read (what could be is reported)
            """)

    @Argument(help: "Files and folders, or - for standard input. Without any: the current folder and the kernel log.")
    var paths: [String] = []

    @Option(help: "Leave out what happened before: '2h ago', 'yesterday', '2026-03-01 10:22'.")
    var since: TimeExpression?
    @Option(help: "Leave out what happened after.")
    var until: TimeExpression?
    @Option(help: "How to show what was found.")
    var format = ReportFormat.text
    @OptionGroup var ledgerOptions: LedgerOptions
    @Flag(name: .customLong("no-ledger"), help: "Neither read nor write the history.")
    var withoutLedger = false
    @Option(help: ArgumentHelp("How many threads may work on the logs; all cores when not given.", valueName: "n"))
    var threads: Int?
    @Option(
        help: ArgumentHelp(
            "A log, or a folder of logs, of a run that ended well: what it says too is nothing to look at.",
            valueName: "path"))
    var baseline: [String] = []
    @OptionGroup var journal: JournalOptions
    @OptionGroup var recordings: RecordingOptions
    @OptionGroup var rules: RuleOptions

    func validate() throws {
        if let threads, threads < 1 { throw ValidationError("'--threads' must be at least 1.") }
    }

    func run() throws {
        let now = Date()
        let book = try rules.book()
        let compiled = try CompiledRules(book)
        let discovered = InputDiscovery().discover(paths.isEmpty && !journal.isWanted ? ["."] : paths)
        var inputs = discovered.inputs
        var unreadable = discovered.unreadable
        var entries: RunningJournal?
        do {
            entries = try journal.start(since: since?.date(now: now))
        } catch {
            unreadable.append(InputReport(source: RunningJournal.source, complete: false, problem: error.message))
        }
        if let entries { inputs.append(entries.input) }
        if paths.isEmpty, !journal.isWanted, let kernel = KernelRing().read() { inputs.append(kernel) }
        // Several inputs are scanned side by side; few large ones are each worked on by several.
        let cores = min(threads ?? ProcessInfo.processInfo.activeProcessorCount, 256)
        let scanner = LiteralScanner(compiled, threads: cores / max(inputs.count, 1))
        let progress = ProgressLine(total: inputs.count)
        var scans = scanner.scan(inputs, threads: cores) { progress.show($0) }
        let window = TimeWindow(since: since?.date(now: now), until: until?.date(now: now))
        scans = scans.map(window.narrow)
        let healthy = InputDiscovery().discover(baseline)
        let twice = Set(healthy.inputs.map(\.source)).intersection(inputs.map(\.source))
        if let source = twice.min() {
            throw ValidationError("'\(SafeText.line(source))' is both to be diagnosed and the baseline")
        }
        let baseline = scanner.scan(healthy.inputs, threads: cores)
        let diagnostician = Diagnostician(book)
        let archive = recordings.archive()
        var report = ScanReport(
            inputs: unreadable + healthy.unreadable + scans.map(\.input), skipped: discovered.skipped,
            incidents: window.narrow(diagnostician.diagnose(scans, baseline: baseline, recorded: archive.contexts)),
            notes: window.notes(for: scans) + overflow(scans), version: Version.text,
            rules: format == .json ? book.version : nil)
        entries?.finish(&report.inputs)
        report.notes += archive.problems(for: report.incidents)
        if !report.isExplained { report.telling = diagnostician.tellingLines(scans, baseline: baseline) }
        addSnapshot(to: &report, now: now)
        if !withoutLedger { try remember(&report, now: now) }
        show(report)
        if !report.isComplete { throw ExitCode(ExitStatus.incomplete) }
        if report.incidents.contains(where: \.isCrash) { throw ExitCode(ExitStatus.crashFound) }
    }

    private func show(_ report: ScanReport) {
        switch format {
        case .text:
            let style = TextStyle.detect(
                isTerminal: Output.isTerminal(STDOUT_FILENO), environment: ProcessInfo.processInfo.environment)
            Output.write(TextReport(style: style).render(report))
        case .json: Output.write(JSONReport().render(report))
        case .markdown: Output.write(MarkdownReport().render(report))
        }
    }

    /// Looks up what the ledger knows of each failure, then adds today's. A ledger that cannot be used costs the
    /// history, not the diagnosis.
    private func remember(_ report: inout ScanReport, now: Date) throws {
        let ledger = ledgerOptions.open()
        do {
            let past = try ledger.read(fingerprints: Set(report.incidents.map(\.fingerprint)))
            let ids = Set(report.incidents.map(\.id))
            for index in report.incidents.indices {
                let incident = past.reconsidered(report.incidents[index], excludingIDs: ids)
                report.incidents[index] = incident
                report.seenBefore[incident.fingerprint] = past.sightings(
                    ofFingerprint: incident.fingerprint, excludingIDs: ids)
            }
            if !past.damaged.isEmpty {
                report.notes.append("the ledger holds \(past.damaged.count) damaged lines, which were passed over")
            }
            _ = try ledger.append(report.incidents.filter(\.isCrash), scannedAt: now)
        } catch {
            report.notes.append("the history was not updated: \(error)")
        }
    }

    /// With no recording of the moment, this machine as it is now stands in, marked as such.
    private func addSnapshot(to report: inout ScanReport, now: Date) {
        guard let first = report.incidents.firstIndex(where: \.isCrash), report.incidents[first].context == nil else {
            return
        }
        if let host = report.incidents[first].host, host != ProcessInfo.processInfo.hostName { return }
        report.incidents[first].context = MachineSnapshot().take(
            now: now, filesystemsOf: paths.isEmpty ? ["."] : paths.filter { $0 != "-" })
    }

    private func overflow(_ scans: [SourceScan]) -> [String] {
        scans.filter { $0.uncounted > 0 }.map {
            "\($0.input.source): \($0.uncounted) further findings were counted but not kept"
        }
    }
}

/// What `--since` and `--until` leave of a scan.
struct TimeWindow {
    var since: Date?
    var until: Date?

    func narrow(_ scan: SourceScan) -> SourceScan {
        guard since != nil || until != nil else { return scan }
        var scan = scan
        scan.findings.removeAll { scanned in
            guard let date = scanned.finding.time.date else { return false }
            return since.map { date < $0 } ?? false || until.map { date > $0 } ?? false
        }
        return scan
    }

    /// Drops what was inferred of a time outside.
    func narrow(_ incidents: [Incident]) -> [Incident] {
        incidents.filter { incident in
            let isBefore = since.flatMap { since in incident.lastSeen.map { $0 < since } } ?? false
            let isAfter = until.flatMap { until in incident.firstSeen.map { $0 > until } } ?? false
            return !isBefore && !isAfter
        }
    }

    /// Findings whose time is unknown cannot be left out, which has to be said.
    func notes(for scans: [SourceScan]) -> [String] {
        guard since != nil || until != nil else { return [] }
        let undated = scans.flatMap(\.findings).filter { $0.finding.time.date == nil }.count
        return undated == 0 ? [] : ["\(undated) findings state no time and were kept in spite of --since and --until"]
    }
}
