import ArgumentParser
import BuiltInRules
import CrashModel
import Diagnosis
import Foundation
import History
import Notifying
import Recording
import Reporting
import Rules
import Scanning
import Sweeping

struct SweepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep",
        abstract: "Reads what is new in the logs since the last sweep, and tells of new crashes only.",
        discussion: """
            For a timer. Which logs to read stands in faultline.yaml: in the current folder, in ~/.config/faultline or in \
            /etc/faultline. Paths given here are read instead, each folder's files as one run.

            EXAMPLES
              faultline sweep --init > faultline.yaml
              faultline sweep
              faultline sweep --quiet /logs/train-*.log
              faultline sweep --print-timer

            EXIT STATUS
              0 nothing new, 1 a new crash, 2 wrong usage or configuration,
              3 some input could not be read, 4 another sweep is running

            Whom to tell of new crashes stands in faultline.yaml, too: see 'faultline notify --help'.
            """)

    @Argument(
        help: "Files, folders and quoted globs to read instead of what faultline.yaml names.", completion: .file())
    var paths: [String] = []

    @Option(help: ArgumentHelp("Read this configuration.", valueName: "file"), completion: .file())
    var config: String?
    @Option(
        help: ArgumentHelp(
            "Remember in this file what was read. Sweeps over different logs need different ones.", valueName: "file"),
        completion: .file())
    var state: String?
    @OptionGroup var ledgerOptions: LedgerOptions
    @Option(help: "How to show what was found.")
    var format = ReportFormat.text
    @Flag(help: "Say nothing when there is nothing new.")
    var quiet = false
    @Flag(
        help: "Remember all that stands in the logs now as read, and tell nothing of it: for logs with a long past.")
    var skipExisting = false
    @Option(
        help: ArgumentHelp("Seconds to wait while another sweep runs.", valueName: "s"))
    var wait = 10.0
    @Option(
        help: ArgumentHelp(
            "A file written within so many seconds may be in the middle of a failure, which then waits (default: 10).",
            valueName: "s"))
    var settle: Double?
    @Option(help: ArgumentHelp("How many threads may read; all cores when not given.", valueName: "n"))
    var threads: Int?
    @Flag(name: .customLong("init"), help: "Print a commented faultline.yaml for this machine, and do nothing else.")
    var isInit = false
    @Flag(help: "Print a systemd service and timer, and do nothing else.")
    var printTimer = false
    @Flag(help: "Print a line for crontab, and do nothing else.")
    var printCron = false
    @OptionGroup var recordings: RecordingOptions
    @OptionGroup var rules: RuleOptions

    func validate() throws {
        if let threads, threads < 1 { throw ValidationError("'--threads' must be at least 1.") }
        if !(0...3600).contains(wait) { throw ValidationError("'--wait' must be 0 to 3600 seconds.") }
        if let settle, !(0...3600).contains(settle) { throw ValidationError("'--settle' must be 0 to 3600 seconds.") }
        if config != nil, !paths.isEmpty { throw ValidationError("Give either '--config' or paths.") }
    }

    func run() throws {
        let environment = ProcessInfo.processInfo.environment
        if isInit {
            return Output.write(
                SweepTemplates.configuration(
                    host: ProcessInfo.processInfo.hostName, home: HomeFolder.path(environment: environment)))
        }
        if printTimer {
            return Output.write(
                SweepTemplates.timer(
                    program: program, arguments: printed, configuration: printedConfiguration,
                    tellsOthers: tellsOthers))
        }
        if printCron { return Output.write(SweepTemplates.cron(program: program, arguments: printed)) }
        let now = Date()
        do {
            let configuration = try configuration(environment)
            let statePath = state ?? SweepStateFile.defaultPath(environment: environment)
            let notifications = try Notifications(
                configuration: paths.isEmpty ? try Self.configurationPath(config, environment) : nil, state: statePath,
                environment: environment)
            let file = try SweepStateFile(path: statePath, patience: wait)
            let cores = min(threads ?? ProcessInfo.processInfo.activeProcessorCount, 256)
            let archive = recordings.archive()
            let sweeper = Sweeper(configuration, state: file, threads: cores) {
                let book = try rules.book()
                let diagnostician = Diagnostician(book, keepsOldTrouble: true)
                return SweepTools(scanner: LiteralScanner(try CompiledRules(book))) { scans in
                    diagnostician.diagnose(scans, recorded: archive.contexts)
                }
            }
            let keeper = LedgerKeeper(ledger: ledgerOptions.open(), now: now)
            let outcome = try sweeper.sweep(now: now, into: keeper, skipping: skipExisting)
            // What is to be told is on the disk before it is noted as told: killed in between, nothing is lost.
            var isQueued = true
            do { try notifications.enqueue(outcome, from: keeper.ledger, rules: rules) } catch let error as NotifyError
            {
                isQueued = false
                Output.complain("notify: \(SafeText.line(error.description)) The next sweep tries again.")
            }
            try show(outcome, keeper)
            if isQueued { try sweeper.confirmTold(outcome) }
            if !quiet, let warning = notifications.warning { Output.complain("notify: \(SafeText.line(warning))") }
            let isTold = notifications.deliver() && isQueued
            let isComplete = isTold && outcome.unreadable.isEmpty && outcome.inputs.allSatisfy(\.complete)
            if !isComplete { throw ExitCode(ExitStatus.incomplete) }
            if !outcome.incidents.isEmpty { throw ExitCode(ExitStatus.crashFound) }
        } catch let error as SweepError {
            Output.complain(SafeText.line(error.description))
            throw ExitCode(error.kind == .busy ? ExitStatus.busy : ExitStatus.usage)
        } catch let error as LedgerError {
            // Nothing is remembered as read that the ledger does not have.
            Output.complain("\(SafeText.line(error.description)) The next sweep reads the same again.")
            throw ExitCode(ExitStatus.incomplete)
        }
    }

    private func configuration(_ environment: [String: String]) throws -> SweepConfiguration {
        var configuration: SweepConfiguration
        if !paths.isEmpty {
            configuration = SweepConfiguration(sources: [.init(paths: paths)])
        } else {
            configuration = try SweepConfigurationFile(path: Self.configurationPath(config, environment)).read()
        }
        if let settle { configuration.settle = settle }
        return configuration
    }

    /// The configuration that was named, else the first that there is.
    static func configurationPath(_ named: String?, _ environment: [String: String]) throws(SweepError) -> String {
        if let named { return named }
        let places = SweepConfigurationFile.usualPlaces(environment: environment)
        guard let path = places.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
            throw SweepError(
                .configuration,
                "there is no faultline.yaml here, in ~/.config/faultline or in /etc/faultline. Write one with "
                    + "'faultline sweep --init > faultline.yaml', or name the logs: 'faultline sweep /logs'")
        }
        return path
    }

    private func show(_ outcome: SweepOutcome, _ keeper: LedgerKeeper) throws {
        var report = ScanReport(
            inputs: outcome.unreadable + outcome.inputs, skipped: [], incidents: outcome.incidents,
            notes: outcome.notes, version: Version.text, rules: format == .json ? try rules.book().version : nil)
        if outcome.waiting > 0 {
            report.notes.append(
                "\(outcome.waiting) \(outcome.waiting == 1 ? "failure is" : "failures are") still being written; the next "
                    + "sweep tells of it")
        }
        for untold in outcome.untold {
            report.notes.append(
                "a sweep was stopped before it could tell of this: \(untold.title); see 'faultline explain \(untold.id)'"
            )
        }
        if let past = try? keeper.ledger.read() {
            report.seenBefore = past.sightings(before: report.incidents)
        }
        let hasNews = !report.incidents.isEmpty || !report.notes.isEmpty || !report.isComplete
        switch format {
        case .json: Output.write(JSONReport().render(report))
        case .markdown: if hasNews || !quiet { Output.write(MarkdownReport().render(report)) }
        case .text where report.incidents.isEmpty:
            if quiet, !hasNews { return }
            var text =
                skipExisting
                ? "Skipped \(outcome.newBytes) bytes; the next sweep tells of what comes after.\n"
                : "Nothing new in \(outcome.files) \(outcome.files == 1 ? "file" : "files").\n"
            if outcome.newBytes > 0, !skipExisting {
                text =
                    "No new crash in the \(outcome.newBytes) bytes that are new in \(outcome.inputs.count) of "
                    + "\(outcome.files) files.\n"
            }
            if !outcome.continued.isEmpty {
                text += "What was told before goes on: \(outcome.continued.sorted().joined(separator: ", ")).\n"
            }
            for input in report.inputs where !input.complete {
                text +=
                    "not read: \(SafeText.line(SourceName.of(input.source))) - \(SafeText.line(input.reason, limit: 400))\n"
            }
            for note in report.notes { text += "- \(SafeText.line(note))\n" }
            Output.write(text)
        case .text:
            let style = TextStyle.detect(
                isTerminal: Output.isTerminal(STDOUT_FILENO), environment: ProcessInfo.processInfo.environment)
            Output.write(TextReport(style: style).render(report))
        }
    }

    /// Whether the configuration that a timer will read names somebody to tell. It may not be there yet.
    private var tellsOthers: Bool {
        guard paths.isEmpty else { return false }
        let path = config ?? Self.machinesConfiguration
        let receivers = try? SweepConfigurationFile(path: path).receivers()
        return receivers?.isEmpty == false
    }

    private var program: String { Bundle.main.executablePath ?? "/usr/local/bin/faultline" }

    private static let machinesConfiguration = "/etc/faultline/faultline.yaml"

    /// What a timer will read, where that is known already.
    private var printedConfiguration: SweepConfiguration? {
        if !paths.isEmpty { return SweepConfiguration(sources: [.init(paths: paths)]) }
        return try? SweepConfigurationFile(path: config ?? Self.machinesConfiguration).read()
    }

    /// What a timer has to pass on of this command's own options.
    private var printed: [String] {
        let options =
            config.map { ["--config", $0] } ?? (paths.isEmpty ? ["--config", Self.machinesConfiguration] : paths)
        return ["sweep", "--quiet"] + options
    }
}

/// The ledger, as a sweep uses it.
struct LedgerKeeper: IncidentKeeper {
    let ledger: Ledger
    let now: Date

    func recorded(_ ids: [String]) throws -> Set<String> {
        Set(try ledger.read().incidents.map(\.id)).intersection(ids)
    }

    func record(_ incidents: [Incident]) throws -> [Incident] {
        let past = try ledger.read()
        let ids = Set(incidents.map(\.id))
        let incidents = incidents.map { past.reconsidered($0, excludingIDs: ids) }
        let added = Set(try ledger.append(incidents, scannedAt: now).added)
        var seen: Set<String> = []
        return incidents.filter { added.contains($0.id) && seen.insert($0.id).inserted }
    }
}
