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
        usage: "faultline explain [<options>] [<id>]",
        discussion: """
            The incident is one that a scan wrote into the ledger. 'faultline history' shows their ids; 'last' is the one \
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
        Output.write(ExplainText(style: style).render(record.account(in: contents, book)))
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
