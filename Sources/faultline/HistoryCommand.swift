import ArgumentParser
import Foundation
import History
import Reporting

struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Lists the crashes of the ledger, newest first.")

    @OptionGroup var ledgerOptions: LedgerOptions

    func run() throws {
        let now = Date()
        let contents = try ledgerOptions.open().read()
        let style = TextStyle.detect(
            isTerminal: Output.isTerminal(STDOUT_FILENO), environment: ProcessInfo.processInfo.environment)
        Output.write(HistoryText(style: style).render(contents.groups(now: now).map(\.entry), now: now))
        if !contents.damaged.isEmpty {
            Output.complain("\(contents.damaged.count) damaged lines of the ledger were passed over")
            throw ExitCode(ExitStatus.incomplete)
        }
    }
}
