import ArgumentParser
import Foundation
import History
import Reporting

/// With options of its own, the list has to be a subcommand: a parent would take those of the others.
struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Lists the crashes of the ledger, newest first; checks, mends and moves ledgers.",
        discussion: """
            EXAMPLES
              faultline history                              which crashes come back
              faultline history verify                       is every record whole and unaltered?
              faultline history merge a.jsonl b.jsonl -o all.jsonl
              faultline history rotate --before 2026-01-01   move old records into a compressed file
            """,
        subcommands: [
            HistoryListCommand.self, HistoryVerifyCommand.self, HistoryRepairCommand.self, HistoryMergeCommand.self,
            HistoryExportCommand.self, HistoryRotateCommand.self,
        ],
        defaultSubcommand: HistoryListCommand.self)
}

/// Whether to read what was rotated away.
struct ArchiveOption: ParsableArguments {
    @Flag(name: .customLong("all"), help: "Read what 'history rotate' moved away as well.")
    var readsArchives = false
}

struct HistoryListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the crashes; this is what 'faultline history' does by itself.")

    @OptionGroup var ledgerOptions: LedgerOptions
    @OptionGroup var archives: ArchiveOption

    func run() throws {
        let now = Date()
        let overview = try ledgerOptions.open().overview(archives: archives.readsArchives)
        let style = TextStyle.detect(
            isTerminal: Output.isTerminal(STDOUT_FILENO), environment: ProcessInfo.processInfo.environment)
        Output.write(HistoryText(style: style).render(overview.groups(now: now).map(\.entry), now: now))
        if !overview.damaged.isEmpty {
            Output.complain(
                "\(overview.damaged.count) damaged lines of the ledger were passed over; 'faultline history verify' tells of them"
            )
            throw ExitCode(ExitStatus.incomplete)
        }
    }
}
