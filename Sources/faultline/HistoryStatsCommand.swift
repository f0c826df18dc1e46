import ArgumentParser
import CrashModel
import Foundation
import History
import Reporting

struct HistoryStatsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Tells what the crashes have in common: how often, where, what they cost, what fixed them.",
        usage: "faultline history stats [<options>]",
        discussion: """
            A number says what it rests on; one that the ledger cannot know is left out, with the reason.

            EXAMPLES
              faultline history stats --since '30d ago'
              faultline history stats --category oom --run-hours 1200
              faultline history stats --format json | jq .per_thousand_run_hours
              faultline history stats --textfile /var/lib/node_exporter/faultline.prom
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, prometheus }

    @OptionGroup var ledgerOptions: LedgerOptions
    @OptionGroup var archives: ArchiveOption
    @OptionGroup var filter: HistoryFilter
    @Option(
        name: .customLong("run-hours"),
        help: ArgumentHelp(
            "How many hours training ran in that time, all runs together, those that ended well too.", valueName: "n"))
    var runHours: Double?
    @Option(help: "text; json; prometheus: the text format of its exporters.")
    var format = Format.text
    @Option(
        help: ArgumentHelp(
            "Write the numbers for Prometheus into this file, at once and whole, and show nothing.", valueName: "path"),
        completion: .file())
    var textfile: String?

    func validate() throws {
        if let runHours, !(runHours > 0 && runHours.isFinite) {
            throw ValidationError("'--run-hours' must be a number above 0.")
        }
        if textfile != nil, format == .json {
            throw ValidationError("--textfile is written for Prometheus: leave out --format json")
        }
    }

    func run() throws {
        let now = Date()
        let contents = try ledgerOptions.open().read(archives: archives.readsArchives)
        let statistics = contents.statistics(filter.crashes(now: now), runHours: runHours, now: now)
        if let textfile {
            try ReplacedFile(path: textfile).write(PrometheusText().render(statistics))
        } else {
            Output.write(text(statistics))
        }
        if statistics.damagedLines > 0 {
            Output.complain(
                "\(statistics.damagedLines) damaged lines of the ledger were passed over; "
                    + "'faultline history verify' tells of them")
            throw ExitCode(ExitStatus.incomplete)
        }
    }

    private func text(_ statistics: CrashStatistics) -> String {
        switch format {
        case .text:
            let environment = ProcessInfo.processInfo.environment
            let style = TextStyle.detect(isTerminal: Output.isTerminal(STDOUT_FILENO), environment: environment)
            return StatisticsText(style: style, isUnicode: RecordingText.canShowBlocks(environment: environment))
                .render(statistics)
        case .json: return RecordingJSON().object(statistics)
        case .prometheus: return PrometheusText().render(statistics)
        }
    }
}
