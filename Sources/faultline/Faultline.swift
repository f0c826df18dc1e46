import ArgumentParser
import BuiltInRules
import CrashModel
import Foundation
import Rules

/// The root of the command line. Each subcommand turns its options into calls of one library.
@main
struct Faultline: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "faultline",
        abstract: "Finds what killed a training run: the cause, the evidence, and what to do.",
        discussion: """
            Without a subcommand, scans the current folder and, where it is readable, the kernel log.

            EXAMPLES
              faultline                              what killed the run in this folder?
              faultline scan logs/ kern.log          several sources, one verdict
              journalctl -k | faultline scan -       standard input
              faultline scan --format markdown logs  ready for an issue
              faultline explain last                 why this cause and not another
              faultline report last -o crash.md      a report to send, without secrets
              faultline history                      which crashes come back
              faultline sweep                        what is new since the last time
              faultline notify --test                is everybody told who should be?
              faultline record                       what the machine does, each second
              faultline resolve last --fix "..."     what helped, for the next time

            EXIT STATUS
              0 nothing found, 1 a crash found, 2 wrong usage or broken rules,
              3 some input could not be read (what could be is reported),
              4 another sweep is running
            """,
        version: Version.line,
        subcommands: [
            ScanCommand.self, SweepCommand.self, NotifyCommand.self, ExplainCommand.self, ReportCommand.self,
            HistoryCommand.self,
            ResolveCommand.self,
            RecordCommand.self, RulesCommand.self, GPUProbeCommand.self,
        ],
        defaultSubcommand: ScanCommand.self)

    static func main() {
        // A reader that goes away (`faultline | head`) must end the program quietly, not kill it.
        signal(SIGPIPE, SIG_IGN)
        // A file at the limit of its size (ulimit -f) is an error like a full disk, no reason to be killed.
        signal(SIGXFSZ, SIG_IGN)
        // Swift finds the arguments with the help of /proc. Without them, whatever was asked for would become a scan.
        guard !CommandLine.arguments.isEmpty else {
            Output.complain("the arguments cannot be read: mount /proc, for instance with 'mount -t proc proc /proc'")
            Foundation.exit(ExitStatus.usage)
        }
        var running: (any ParsableCommand)?
        do {
            var command = try parseAsRoot()
            running = command
            try command.run()
        } catch {
            exit(with: error, of: running)
        }
    }
}

enum Version {
    static let text = "0.1.0"
    /// What `--version` prints: `faultline 0.1.0 (rules 1a2b3c4d: 659 rules)`.
    static let line = "faultline \(text) (\(RuleBook.builtInVersion))"
}

/// What the exit status says; see `faultline --help`.
enum ExitStatus {
    static let crashFound: Int32 = 1
    static let usage: Int32 = 2
    static let incomplete: Int32 = 3
    /// Of `sweep`: another one is running.
    static let busy: Int32 = 4
}
