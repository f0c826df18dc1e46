import ArgumentParser
import Bundling
import CrashModel
import Foundation
import HTMLReport
import History
import Redaction
import Reporting
import Rules

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Writes a crash report to send to others; secrets are taken out of it.",
        discussion: """
            Of an incident of the ledger, named by its id, the beginning of it, or 'last'; of all since a time; of logs, \
            which are scanned for it; or of a bundle. A name that is a file is taken for a log, or for a bundle if it \
            is one.

            EXAMPLES
              faultline report last -o crash.html            a page to look at, to forward
              faultline report last --format markdown        for an issue
              faultline report 15f976c9 -o crash.json
              faultline report run42/ /var/log/kern.log      scan and report in one step
              faultline report --since '2d ago' -o week.md
              faultline report --all -o crashes/             a page for each, and an index
              faultline report last --format prompt --budget 3000
              faultline report last --bundle crash.tar.zst   all forms in one file
              faultline report crash.tar.zst                 opens one from another machine

            EXIT STATUS
              0 the report was written, 2 wrong usage, or no such incident,
              3 some input could not be read (what could be is reported), or the report
              could not be written
            """)

    @Argument(
        help: "An incident's id, its beginning or 'last'; logs; or a bundle. Without any: 'last'.", completion: .file())
    var subjects: [String] = []
    @Option(help: "Of the ledger all incidents since then; of logs, leave out what happened before.")
    var since: TimeExpression?
    @Option(
        name: [.customShort("o"), .long],
        help: ArgumentHelp("Write it into this file; with '--all' into this folder.", valueName: "file"),
        completion: .file())
    var output: String?
    @Option(help: "How it is written; by default as the name of the file says, else as text.")
    var format: ReportForm?
    @Flag(help: "HTML pages of all that the ledger holds, or since '--since', and one that lists them.")
    var all = false
    @Option(
        help: ArgumentHelp(
            "Write all forms, the excerpts and the recorded curves into this one file (.tar.zst or .tar.gz).",
            valueName: "file"), completion: .file())
    var bundle: String?
    @Option(help: ArgumentHelp("The most tokens of '--format prompt'.", valueName: "n"))
    var budget = 4000
    @Option(help: ArgumentHelp("Lines of context around each line, from the logs if they are there.", valueName: "n"))
    var context = 3
    @OptionGroup var redaction: RedactionChoice
    @OptionGroup var ledgerOptions: LedgerOptions
    @Flag(name: .customLong("no-ledger"), help: "Of logs: neither read nor write the history.")
    var withoutLedger = false
    @OptionGroup var recordings: RecordingOptions
    @OptionGroup var rules: RuleOptions

    func validate() throws {
        if !(0...100).contains(context) { throw ValidationError("'--context' must be 0 to 100.") }
        if all {
            if output == nil || output == "-" { throw ValidationError("'--all' needs a folder: -o DIR.") }
            if !subjects.isEmpty {
                throw ValidationError("'--all' is of the whole ledger: name no incident and no log.")
            }
            if let format, format != .html { throw ValidationError("'--all' writes HTML only.") }
        }
        if let output, output != "-", format == nil, !all { _ = try ReportForm(file: output) }
        if budget < 400 { throw ValidationError("'--budget' must be at least 400.") }
        if let bundle {
            if BundleCompression(file: bundle) == nil { throw ValidationError(ReportBundleFile.names) }
            if output != nil || format != nil {
                throw ValidationError("a bundle holds every form: leave out '-o' and '--format' with '--bundle'.")
            }
        }
    }

    func run() throws {
        let now = Date()
        let book = try rules.book()
        // Before anything is read: neither a pattern that is wrong nor a file that cannot be written is to cost a scan.
        _ = try redaction.redactor(book, hosts: [])
        if let bundle { try ReportFile(path: bundle, option: "--bundle").check() }
        if let output, output != "-", !all { try ReportFile(path: output).check() }
        if all { return try writeAll(book, now: now) }
        let opened = try openedBundle()
        var report: CrashReport
        if let opened {
            // Its sources are paths of another machine: nothing is looked up on this one.
            report = opened
        } else {
            report = isOfLogs ? try ofLogs(book, now: now) : try ofLedger(book, now: now)
            report.rules = CrashReport.rules(book)
            ReportFilling(book: book, context: context).fill(&report)
        }
        try redaction.redact(&report, book)
        // In a bundle its maker's rules marked what they matched; where nothing was taken out, that stands.
        if report.incidents != opened?.incidents { ReportFilling.finish(&report, book) }
        if let bundle { try ReportBundleFile(path: bundle).write(report) } else { try write(report) }
        if opened == nil, report.origin == .logs, !report.inputs.allSatisfy(\.complete) {
            throw ExitCode(ExitStatus.incomplete)
        }
    }

    /// The report of the bundle that is named; nil where none is.
    private func openedBundle() throws -> CrashReport? {
        guard let file = subjects.first.map(ReportBundleFile.init), file.isThere else { return nil }
        if subjects.count > 1 {
            throw ValidationError("'\(SafeText.line(file.path))' is a bundle: name it alone.")
        }
        if since != nil { throw ValidationError("'--since' is for the ledger and for logs: a bundle is shown whole.") }
        return try file.open()
    }

    /// Whether the subjects are logs: one that is there, one that no id looks like, or more than one.
    private var isOfLogs: Bool {
        guard let first = subjects.first else { return false }
        return subjects.count > 1 || first == "-" || first.contains { "/.*?".contains($0) }
            || FileManager.default.fileExists(atPath: first)
    }

    private func ofLogs(_ book: RuleBook, now: Date) throws -> CrashReport {
        var course = ScanCourse(paths: subjects, recordings: recordings.archive(), now: now)
        course.window.since = since?.date(now: now)
        course.ledger = withoutLedger ? nil : ledgerOptions.open()
        let result = try course.report(by: book)
        let contents =
            withoutLedger
            ? nil : try? ledgerOptions.open().read(fingerprints: Set(result.incidents.map(\.fingerprint)))
        let crashes = result.incidents.filter(\.isCrash)
        var notes = result.notes
        if crashes.count > Self.mostIncidents {
            notes.append("the report tells of \(Self.mostIncidents) of \(crashes.count) failures; scan shows all")
        }
        return CrashReport(
            version: Version.text, createdAt: now, origin: .logs,
            incidents: crashes.prefix(Self.mostIncidents).map { incident in
                let findings = [incident.root] + incident.confirmations + incident.consequences + incident.teardown
                return ReportedIncident(
                    incident, rules: book.notes(on: findings.map(\.rule) + incident.runnersUp.map(\.finding.rule)),
                    past: result.seenBefore[incident.fingerprint].map {
                        ReportedPast(
                            $0,
                            occurrences: occurrences(
                                of: incident.fingerprint, before: contents?.moment(of: incident), contents))
                    })
            }, survived: result.incidents.filter { !$0.isCrash }.prefix(50).map(SurvivedIncident.init),
            telling: result.telling, inputs: result.inputs, skipped: result.skipped, notes: notes)
    }

    private func ofLedger(_ book: RuleBook, now: Date) throws -> CrashReport {
        let ledger = ledgerOptions.open()
        if let since, subjects.isEmpty {
            let from = since.date(now: now)
            let contents = try ledger.read()
            let chosen = contents.incidents.filter { $0.occurredAt >= from }.sorted { $1.occurredAt < $0.occurredAt }
            var notes = [ledger.silence(contents, since: from, chosen.count)].compactMap(\.self)
            for note in notes { Output.complain(note) }
            if chosen.count > Self.mostIncidents {
                notes.append("the report tells of the youngest \(Self.mostIncidents) of \(chosen.count) incidents")
            }
            return CrashReport(
                version: Version.text, createdAt: now, origin: .ledger,
                incidents: chosen.prefix(Self.mostIncidents).map { told($0, contents, book) }, notes: notes)
        }
        let (record, contents) = try ledger.one(subjects.first ?? "last", mayBeFile: !subjects.isEmpty)
        return CrashReport(
            version: Version.text, createdAt: now, origin: .ledger, incidents: [told(record, contents, book)])
    }

    /// Incidents that one report tells in full.
    static let mostIncidents = 50

    func told(_ record: LedgerRecord, _ contents: LedgerContents, _ book: RuleBook) -> ReportedIncident {
        let account = record.account(in: contents, book)
        return ReportedIncident(
            account, firstSeen: record.firstSeen, lastSeen: record.lastSeen, recordedAt: record.recordedAt,
            machine: record.context,
            past: account.past.map {
                ReportedPast($0, occurrences: occurrences(of: record.fingerprint, before: record.occurredAt, contents))
            })
    }

    private func occurrences(
        of fingerprint: String, before moment: Date?, _ contents: LedgerContents?
    ) -> [ReportedPast.Occurrence] {
        (contents?.incidents ?? []).filter { record in
            record.fingerprint == fingerprint && (moment.map { record.occurredAt < $0 } ?? true)
        }
        .sorted { $1.occurredAt < $0.occurredAt }.prefix(20).map {
            ReportedPast.Occurrence(id: $0.id, at: $0.occurredAt, host: $0.host, verdict: $0.verdict)
        }
    }

    private func write(_ report: CrashReport) throws {
        let form = try format ?? output.map(ReportForm.init(file:)) ?? .text
        let text =
            switch form {
            case .text:
                CrashReportText(
                    style: output == nil
                        ? TextStyle.detect(
                            isTerminal: Output.isTerminal(STDOUT_FILENO),
                            environment: ProcessInfo.processInfo.environment) : .plain
                ).render(report)
            case .markdown: CrashReportMarkdown().render(report)
            case .html: try HTMLReport().render(report)
            case .json: CrashReportJSON().render(report)
            case .prompt: CrashReportPrompt(budget: budget).render(report)
            }
        guard let output, output != "-" else { return Output.write(text) }
        try ReportFile(path: output).write(text)
    }
}

/// What is taken out of what other people will read.
struct RedactionChoice: ParsableArguments {
    @Option(
        help: ArgumentHelp("Take out what this PCRE2 pattern matches, too; may be given often.", valueName: "pattern"))
    var redact: [String] = []
    @Flag(name: .customLong("redact-names"), help: "Take out user names, home folders and host names, too.")
    var redactsNames = false
    @Flag(name: .customLong("no-redact"), help: "Leave secrets in. Mind who will read it.")
    var isOff = false

    func validate() throws {
        if isOff, redactsNames || !redact.isEmpty {
            throw ValidationError("'--no-redact' contradicts '--redact' and '--redact-names'.")
        }
    }

    var isGiven: Bool { isOff || redactsNames || !redact.isEmpty }

    func redactor(_ book: RuleBook, hosts: [String]) throws -> Redactor {
        do {
            return try Redactor(
                rules: book.landmarks, adding: redact, options: RedactionOptions(hidesNames: redactsNames, hosts: hosts)
            )
        } catch {
            throw ValidationError(SafeText.line("\(error)", limit: 400))
        }
    }

    /// The one place where a report loses its secrets, before anything writes it.
    func redact(_ report: inout CrashReport, _ book: RuleBook) throws {
        if isOff { return }
        let hosts = report.hosts
        guard let counts = try redact(&report, hosts: hosts, book) else { return }
        // What a bundle's maker took out counts, too.
        let now = RedactionNote(counts: counts)
        report.redaction = report.redaction?.adding(now) ?? now
    }

    /// - Parameter hosts: What goes with `--redact-names`.
    /// - Returns: How many of each kind were taken out; nil where nothing was looked for.
    func redact<Value: Codable>(_ value: inout Value, hosts: [String], _ book: RuleBook) throws -> [String: Int]? {
        if isOff { return nil }
        let result = try redactor(book, hosts: redactsNames ? hosts : []).redact(value)
        value = result.value
        return result.counts
    }
}

extension CrashReport {
    /// Every machine that it names.
    var hosts: [String] {
        var names: Set<String> = []
        for incident in incidents {
            names.formUnion([incident.host, incident.machine?.window?.host].compactMap(\.self))
            names.formUnion(incident.evidence.compactMap(\.host) + incident.rankMap.compactMap(\.host))
            names.formUnion((incident.past?.occurrences ?? []).compactMap(\.host))
        }
        return HostNames.toHide(names)
    }
}
