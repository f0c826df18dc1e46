import ArgumentParser
import CrashModel
import Foundation
import History
import Reporting
import Rules

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Tells why: what happened in which order, why this is the cause, which rules spoke.",
        discussion: """
            The incident is one that a scan wrote into the ledger. 'faultline history' shows their ids; 'last' is the one
            that was recorded last, and the beginning of an id is enough.
            """)

    @Argument(help: "The incident's id, its beginning, or 'last'.")
    var id = "last"
    @OptionGroup var ledgerOptions: LedgerOptions
    @OptionGroup var rules: RuleOptions

    func run() throws {
        let (record, contents) = try ledgerOptions.open().one(id)
        let book = try rules.book()
        let style = TextStyle.detect(
            isTerminal: Output.isTerminal(STDOUT_FILENO), environment: ProcessInfo.processInfo.environment)
        Output.write(ExplainText(style: style).render(account(of: record, in: contents, book)))
    }

    private func account(of record: LedgerRecord, in contents: LedgerContents, _ book: RuleBook) -> IncidentAccount {
        var ids: [String] = []
        let named =
            [record.root.rule] + (record.timeline ?? []).compactMap(\.rule) + (record.runnersUp ?? []).map(\.rule)
        for id in named where !ids.contains(id) { ids.append(id) }
        let notes = ids.compactMap { book.rule($0) }.map { rule in
            RuleNote(
                id: rule.id, title: rule.title, category: rule.category, role: rule.role, pack: rule.pack,
                references: rule.references)
        }
        return IncidentAccount(
            id: record.id, fingerprint: record.fingerprint, title: record.title, category: record.category,
            verdict: record.verdict, outcome: record.outcome, confidence: record.confidence,
            because: record.because ?? [], host: record.host, ranks: record.ranks,
            timeline: record.timeline ?? [record.rootEntry], rivals: record.runnersUp ?? [], rules: notes,
            advice: record.advice, lastProgress: record.lastProgress, lastCheckpoint: record.lastCheckpoint,
            lost: record.lost,
            past: past(of: record, in: contents))
    }

    /// The others like it; with a fix, which may have been told of this one, itself too.
    private func past(of record: LedgerRecord, in contents: LedgerContents) -> PastSightings? {
        let isFixed = contents.resolution(ofFingerprint: record.fingerprint) != nil
        return contents.sightings(ofFingerprint: record.fingerprint, excludingIDs: isFixed ? [] : [record.id])
    }
}

struct ResolveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resolve",
        abstract: "Writes down what fixed an incident, so that the next report of the same failure says it.")

    @Argument(help: "The incident's id, its beginning, or 'last'.")
    var id: String
    @Option(help: ArgumentHelp("What fixed it, in a sentence.", valueName: "words"))
    var fix: String
    @OptionGroup var ledgerOptions: LedgerOptions

    func validate() throws {
        if fix.allSatisfy(\.isWhitespace) { throw ValidationError("'--fix' must say what fixed it.") }
    }

    func run() throws {
        let ledger = ledgerOptions.open()
        let (record, _) = try ledger.one(id)
        let result = try ledger.append(ResolutionRecord(incident: record, fix: fix, recordedAt: Date()))
        Output.write(
            result.added.isEmpty
                ? "This stood there already.\n"
                : "Noted. The next report of '\(SafeText.line(record.title))' will say so.\n")
    }
}

extension Ledger {
    /// The one incident whose id begins so, and all that is of the same failure.
    fileprivate func one(_ id: String) throws -> (LedgerRecord, LedgerContents) {
        let overview = try overview()
        let found = overview.incidents(withID: id)
        if let headline = found.first, found.count == 1 {
            let contents = try read(fingerprints: [headline.fingerprint])
            if let record = contents.incidents.first(where: { $0.id == headline.id }) { return (record, contents) }
        }
        if found.count < 2 {
            throw ValidationError(
                overview.incidents.isEmpty
                    ? "the ledger holds no incident yet: scan without --no-ledger first"
                    : "no incident '\(id)' in the ledger; 'faultline history' shows the ids")
        }
        throw ValidationError(
            "'\(id)' is the beginning of \(found.count) ids: "
                + found.prefix(8).map { SafeText.line($0.id) }.joined(separator: ", "))
    }
}

extension LedgerRecord {
    /// Of a record that was written before timelines were kept: its root alone.
    fileprivate var rootEntry: TimelineEntry {
        TimelineEntry(
            part: .root, rule: root.rule, title: title, source: root.source, line: root.line, time: firstSeen,
            text: root.text)
    }
}
