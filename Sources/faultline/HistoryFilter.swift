import ArgumentParser
import CrashModel
import Foundation

/// Which crashes of the ledger are meant.
struct HistoryFilter: ParsableArguments {
    @Option(help: ArgumentHelp("From then on: '30d ago', '2026-03-01', an ISO 8601 time.", valueName: "time"))
    var since: TimeExpression?
    @Option(help: ArgumentHelp("Until then.", valueName: "time"))
    var until: TimeExpression?
    @Option(help: ArgumentHelp("Only this family or category: 'oom', 'oom/gpu'. May be repeated.", valueName: "name"))
    var category: [String] = []
    @Option(help: ArgumentHelp("Only this host. May be repeated.", valueName: "name"))
    var host: [String] = []
    @Option(help: ArgumentHelp("Only this fingerprint, or what begins so. May be repeated.", valueName: "hex"))
    var fingerprint: [String] = []

    func validate() throws {
        let now = Date()
        if let since, let until, since.date(now: now) > until.date(now: now) {
            throw ValidationError("--since is later than --until")
        }
        for (option, values) in [("--category", category), ("--host", host), ("--fingerprint", fingerprint)]
        where values.contains(where: \.isEmpty) {
            throw ValidationError("\(option) must name something")
        }
    }

    func crashes(now: Date) -> CrashFilter {
        CrashFilter(
            since: since?.date(now: now), until: until?.date(now: now), categories: category, hosts: host,
            fingerprints: fingerprint.map { $0.lowercased() })
    }
}
