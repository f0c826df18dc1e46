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
    @Option(help: ArgumentHelp("Keep the history in this file.", valueName: "file"), completion: .file())
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
            Reads files and folders (gz, xz, zst and bz2 too) and '-' for standard input. Give it everything that may \
            know something: the launcher's output, all ranks, the scheduler's log, the kernel's.

            EXAMPLES
              faultline scan run42/
              faultline scan slurm-4711.out /var/log/kern.log --since '3h ago'
              kubectl logs --previous trainer-0 | faultline scan -
              faultline scan --journal --boot -1
              faultline scan --format json --no-ledger logs | jq '.incidents[0].category'
              faultline scan run43/ --baseline run42/
              faultline scan --follow logs/

            EXIT STATUS
              0 nothing found, 1 a crash found, 2 wrong usage or broken rules,
              3 some input could not be read (what could be is reported)
            """)

    @Argument(
        help: "Files and folders, or - for standard input. Without any: the current folder and the kernel log.",
        completion: .file())
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
            valueName: "path"), completion: .file())
    var baseline: [String] = []
    @OptionGroup var journal: JournalOptions
    @Flag(help: "Go on reading while the logs are written, and tell of each crash when it comes (docs/follow.md).")
    var follow = false
    @Flag(help: "With --follow: tell of what stands in the logs already, too.")
    var fromStart = false
    @OptionGroup var recordings: RecordingOptions
    @OptionGroup var rules: RuleOptions
    @OptionGroup(title: "Of '--format markdown', which goes to others") var redaction: RedactionChoice

    func validate() throws {
        if format != .markdown, redaction.isGiven {
            throw ValidationError(
                "'--redact', '--redact-names' and '--no-redact' go with '--format markdown': text and JSON show the logs "
                    + "as they are.")
        }
        if let threads, threads < 1 { throw ValidationError("'--threads' must be at least 1.") }
        if fromStart, !follow { throw ValidationError("'--from-start' goes with '--follow'.") }
        guard follow else { return }
        if since != nil || until != nil {
            throw ValidationError("'--follow' tells what comes: leave out '--since' and '--until'.")
        }
        if format == .markdown { throw ValidationError("'--follow' writes text or JSON, one line for each event.") }
    }

    func run() throws {
        if follow { return try runFollowing() }
        let now = Date()
        var course = ScanCourse(paths: paths, recordings: recordings.archive(), now: now)
        course.window = TimeWindow(since: since?.date(now: now), until: until?.date(now: now))
        course.journal = journal.isWanted ? journal : nil
        course.baseline = baseline
        course.threads = threads
        course.ledger = withoutLedger ? nil : ledgerOptions.open()
        course.statesRules = format == .json
        let book = try rules.book()
        // Before anything is read: a pattern that is wrong must not cost a scan.
        if redaction.isGiven { _ = try redaction.redactor(book, hosts: []) }
        var report = try course.report(by: book)
        // Markdown is for an issue, where others read it.
        if format == .markdown { try redaction.redact(&report, book) }
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
}
