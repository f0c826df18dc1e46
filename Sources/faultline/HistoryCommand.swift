import ArgumentParser
import Foundation
import History
import Reporting

/// With options of its own, the list has to be a subcommand: a parent would take those of the others.
struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Lists the crashes of the ledger, newest first; counts, checks, mends and moves them.",
        discussion: """
            EXAMPLES
              faultline history                     which crashes come back
              faultline history --category oom --host node17 --since '30d ago'
              faultline history stats               how often, what it cost, what fixed it
              faultline history verify              is every record whole and unaltered?
              faultline history merge a.jsonl b.jsonl -o all.jsonl
              faultline history rotate --keep 20M   move old records into a compressed file
            """,
        subcommands: [
            HistoryListCommand.self, HistoryStatsCommand.self, HistoryVerifyCommand.self, HistoryRepairCommand.self,
            HistoryMergeCommand.self,
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
        commandName: "list", abstract: "Lists the crashes; this is what 'faultline history' does by itself.",
        usage: "faultline history list [<options>]")

    @OptionGroup var ledgerOptions: LedgerOptions
    @OptionGroup var archives: ArchiveOption
    @OptionGroup var filter: HistoryFilter

    func run() throws {
        let now = Date()
        var overview = try ledgerOptions.open().overview(archives: archives.readsArchives)
        let style = TextStyle.detect(
            isTerminal: Output.isTerminal(STDOUT_FILENO), environment: ProcessInfo.processInfo.environment)
        let count = overview.incidents.count
        let wanted = filter.crashes(now: now)
        overview.incidents.removeAll { !wanted.keeps($0) }
        if overview.incidents.isEmpty, count > 0 {
            Output.write("None of the crashes of the ledger fits; it holds \(count).\n")
        } else {
            Output.write(HistoryText(style: style).render(overview.groups(now: now).map(\.entry), now: now))
        }
        if !overview.damaged.isEmpty {
            Output.complain(
                "\(overview.damaged.count) damaged lines of the ledger were passed over; 'faultline history verify' tells of them"
            )
            throw ExitCode(ExitStatus.incomplete)
        }
    }
}
