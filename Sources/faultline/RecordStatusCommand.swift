import ArgumentParser
import CrashModel
import Foundation
import Recording
import Reporting

struct RecordStatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Says whether a recorder runs, what it keeps and what it costs.",
        discussion: "Exit status: 0 when one runs and its last sample is fresh, else 1.")

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

    @OptionGroup var storeOptions: RecordingStoreOptions
    @Option(help: "text or json")
    var format = Format.text

    func run() throws {
        let status = try storeOptions.store.status(now: Date())
        switch format {
        case .text:
            let style = TextStyle.detect(
                isTerminal: Output.isTerminal(STDOUT_FILENO), environment: ProcessInfo.processInfo.environment)
            Output.write(RecordingStatusText(style: style).render(facts(status)))
        case .json: Output.write(RecordingJSON().object(status))
        }
        if !status.isFresh { throw ExitCode(1) }
    }

    private func facts(_ status: RecordingStatus) -> RecordingStatusText.Facts {
        var facts = RecordingStatusText.Facts(
            folder: status.folder, isRunning: status.isRunning, isFresh: status.isFresh)
        (facts.pid, facts.host, facts.interval) = (status.pid, status.host, status.interval)
        (facts.missing, facts.since, facts.first) = (status.missing, status.since, status.first)
        (facts.last, facts.age, facts.bytes) = (status.last, status.age, status.bytes)
        (facts.segments, facts.samples, facts.gaps) = (status.segments, status.samples, status.gaps)
        (facts.problems, facts.resident, facts.cpu) = (status.problems, status.resident, status.cpu)
        return facts
    }
}
