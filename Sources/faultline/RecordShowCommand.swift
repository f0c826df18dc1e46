import ArgumentParser
import CrashModel
import Foundation
import Recording
import Reporting

struct RecordShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows what the machine looked like.",
        usage: "faultline record show [<options>]",
        discussion: """
            Without a time, the last ten minutes that were recorded. A column of a chart stands for some time and shows the \
            worst of it.

            EXAMPLES
              faultline record show --at "2026-03-01 10:22"   the minutes around it
              faultline record show --since "2h ago"
              faultline record show --process python3 --gpu 0
              faultline record show --since "1h ago" --format json | jq .memory.available
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, csv }

    @OptionGroup var storeOptions: RecordingStoreOptions
    @Option(help: ArgumentHelp("From then on: '2h ago', '2026-03-01 10:22', an ISO 8601 time.", valueName: "time"))
    var since: TimeExpression?
    @Option(help: ArgumentHelp("Until then.", valueName: "time"))
    var until: TimeExpression?
    @Option(help: ArgumentHelp("Three minutes before and after a moment.", valueName: "time"))
    var at: TimeExpression?
    @Option(help: ArgumentHelp("Only processes of this pid or name.", valueName: "pid|name"))
    var process: String?
    @Option(help: ArgumentHelp("Only this GPU.", valueName: "number"))
    var gpu: Int?
    @Option(help: "text; json: a line for each sample, as recorded; csv: a row for each.")
    var format = Format.text

    func validate() throws {
        if at != nil, since != nil || until != nil {
            throw ValidationError("--at is a moment by itself: leave out --since and --until")
        }
    }

    func run() throws {
        let store = storeOptions.store
        let query = try query(store)
        let problems: [RecordingProblem]
        switch format {
        case .text: problems = try showText(store, query)
        case .json, .csv: problems = try showRows(store, query)
        }
        if problems.contains(where: { $0.kind == .unreadable }) { throw ExitCode(ExitStatus.incomplete) }
    }

    private func query(_ store: RecordingStore) throws -> RecordingStore.Query {
        let now = Date()
        if let centre = at?.date(now: now) {
            return RecordingStore.Query(from: centre.addingTimeInterval(-180), to: centre.addingTimeInterval(180))
        }
        if since != nil || until != nil {
            let (from, to) = (since?.date(now: now), until?.date(now: now))
            if let from, let to, from > to { throw ValidationError("--since is later than --until") }
            return RecordingStore.Query(from: from, to: to)
        }
        guard let last = try store.lastSample() else { return RecordingStore.Query() }
        return RecordingStore.Query(from: last.sample.time.addingTimeInterval(-600))
    }

    private func showText(_ store: RecordingStore, _ query: RecordingStore.Query) throws -> [RecordingProblem] {
        var chart = RecordingChart(process: process, gpu: gpu)
        var finder = RecordingGaps()
        var trend = MemoryTrend()
        var limit: Int?
        var hosts: [String] = []
        let problems = try store.stream(query) { line, _ in
            for gap in finder.add(line.content) {
                chart.add(gap)
                if gap.kind == .reboot { trend = MemoryTrend() }
            }
            switch line.content {
            case .header(let header):
                if !hosts.contains(header.host), hosts.count < 4 { hosts.append(header.host) }
            case .mark: break
            case .sample(let sample):
                chart.add(sample)
                guard let use = MemoryUse(sample.memory) else { return }
                trend.add(use.used, at: sample.uptime)
                limit = use.limit
            }
        }
        let environment = ProcessInfo.processInfo.environment
        let style = TextStyle.detect(isTerminal: Output.isTerminal(STDOUT_FILENO), environment: environment)
        let text = RecordingText(style: style, isUnicode: RecordingText.canShowBlocks(environment: environment))
        // The line that is being written is no news.
        let told = problems.filter { $0.kind != .unfinished }.map(\.description)
        Output.write(
            text.render(
                chart, host: hosts.isEmpty ? nil : hosts.joined(separator: ", "),
                growth: limit.flatMap { trend.growth(limit: $0) }, problems: told))
        return problems
    }

    private func showRows(_ store: RecordingStore, _ query: RecordingStore.Query) throws -> [RecordingProblem] {
        let json = RecordingJSON()
        let csv = RecordingCSV(process: process, gpu: gpu)
        var waiting = format == .csv ? csv.header : ""
        let problems = try store.stream(query) { line, recorded in
            guard case .sample(let sample) = line.content else { return }
            if format == .csv {
                waiting += csv.row(sample)
            } else if process == nil, gpu == nil {
                waiting += json.line(recorded)
            } else {
                waiting += json.line(sample, process: process, gpu: gpu)
            }
            if waiting.utf8.count > 1 << 16 {
                Output.write(waiting)
                waiting = ""
            }
        }
        Output.write(waiting)
        for problem in problems where problem.kind != .unfinished {
            Output.complain(SafeText.line(problem.description))
        }
        return problems
    }
}

/// Where the recording is.
struct RecordingStoreOptions: ParsableArguments {
    @Option(
        name: .customLong("store"),
        help: ArgumentHelp(
            "The folder of the recording, instead of the user's or the service's own.", valueName: "dir"),
        completion: .directory
    )
    var folder: String?

    var store: RecordingStore {
        RecordingStore(
            folder: folder ?? RecordingStore.defaultFolder(environment: ProcessInfo.processInfo.environment))
    }
}
