public import CrashModel
import Foundation

/// Statistics in Prometheus's text format, version 0.0.4: for the textfile collector of node_exporter and its like.
public struct PrometheusText: Sendable {
    /// Of each metric so many: each is a time series that a server keeps.
    static let mostSeries = 200

    public init() {}

    /// Every metric with its help and type, with a newline at the end.
    public func render(_ statistics: CrashStatistics) -> String {
        var page = Page()
        page.metric("faultline_crashes_total", .counter, "Crashes in the ledger, by family.")
        for family in statistics.families.prefix(Self.mostSeries) {
            page.sample("faultline_crashes_total", [("family", family.family)], Double(family.crashes))
        }
        // Without any crash there is no family; the metric is to be there all the same.
        if statistics.families.isEmpty { page.sample("faultline_crashes_total", [("family", "unknown")], 0) }
        offenders(
            "faultline_repeated_failure_crashes_total", "Crashes of failures that struck more than once.",
            statistics.repeatedFailures, on: &page
        ) { offender in
            [
                ("fingerprint", offender.name),
                ("category", offender.categories.first?.category.description ?? "unknown"),
            ]
        }
        offenders(
            "faultline_repeated_gpu_crashes_total", "Crashes on GPUs that were struck more than once.",
            statistics.repeatedGPUs, on: &page
        ) { [("gpu", $0.name), ("host", $0.host ?? "unknown")] }
        offenders(
            "faultline_repeated_host_crashes_total", "Crashes on hosts that were struck more than once.",
            statistics.repeatedHosts, on: &page
        ) { [("host", $0.name)] }
        page.metric(
            "faultline_lost_steps_total", .counter, "Training steps after the last checkpoints, as far as known.")
        page.sample("faultline_lost_steps_total", [], Double(statistics.lost.steps))
        page.metric(
            "faultline_lost_seconds_total", .counter, "Training time after the last checkpoints, as far as known.")
        page.sample("faultline_lost_seconds_total", [], statistics.lost.seconds)
        page.metric(
            "faultline_known_losses_total", .counter, "Crashes of which the lost work is known, by what is known.")
        page.sample("faultline_known_losses_total", [("of", "steps")], Double(statistics.lost.stepsCrashes))
        page.sample("faultline_known_losses_total", [("of", "seconds")], Double(statistics.lost.secondsCrashes))
        gauge(
            "faultline_run_seconds", "How long training ran, as given or from the records of the runs that crashed.",
            statistics.runHours.map { $0.hours * 3600 }, on: &page)
        gauge(
            "faultline_crashes_per_run_second", "Crashes in a second of training: times 3.6e6, in a thousand hours.",
            statistics.perThousandRunHours.map { $0 / 3.6e6 }, on: &page)
        gauge(
            "faultline_mean_time_between_failures_seconds", "Mean time from one crash to the next.",
            statistics.betweenFailures?.seconds, on: &page)
        gauge(
            "faultline_mean_time_to_recovery_seconds",
            "Mean time from a crash to the first thing on record that shows that training went on.",
            statistics.toRecovery?.seconds, on: &page)
        gauge(
            "faultline_fixes", "What people said fixed a failure.", Double(statistics.fixes.count), on: &page)
        gauge(
            "faultline_ledger_damaged_lines", "Lines of the ledger that could not be read.",
            Double(statistics.damagedLines), on: &page)
        return page.text
    }

    /// What is not known has no sample: zero would be a claim.
    private func gauge(_ name: String, _ help: String, _ value: Double?, on page: inout Page) {
        guard let value else { return }
        page.metric(name, .gauge, help)
        page.sample(name, [], value)
    }

    private func offenders(
        _ name: String, _ help: String, _ offenders: [CrashStatistics.Offender], on page: inout Page,
        _ labels: (CrashStatistics.Offender) -> [(String, String)]
    ) {
        if offenders.isEmpty { return }
        page.metric(name, .counter, help)
        for offender in offenders.prefix(Self.mostSeries) {
            page.sample(name, labels(offender), Double(offender.crashes))
        }
    }

    private enum Kind: String { case counter, gauge }

    private struct Page {
        private(set) var text = ""
        /// Two label values that are cut or cleaned to the same text would be one series twice, which is an error.
        private var series: Set<String> = []

        mutating func metric(_ name: String, _ kind: Kind, _ help: String) {
            text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
        }

        mutating func sample(_ name: String, _ labels: [(name: String, value: String)], _ value: Double) {
            let pairs = labels.map { "\($0.name)=\"\(PrometheusText.escaped($0.value))\"" }
            let key = name + (pairs.isEmpty ? "" : "{\(pairs.joined(separator: ","))}")
            guard series.insert(key).inserted else { return }
            text += "\(key) \(PrometheusText.number(value))\n"
        }
    }

    /// Longer label values are no names.
    private static let longestLabel = 256

    /// Backslash, quote and newline by the format's own escapes. What could drive a terminal is spelled out.
    static func escaped(_ value: String) -> String {
        var text = ""
        for scalar in value.unicodeScalars.prefix(longestLabel) {
            switch scalar {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default:
                if let escape = SafeText.escape(scalar) {
                    text += escape.replacing("\\", with: "\\\\")
                } else {
                    text.unicodeScalars.append(scalar)
                }
            }
        }
        return text
    }

    /// `12`, `0.25`, `1e+300`.
    static func number(_ value: Double) -> String {
        if value == value.rounded(), abs(value) < 1e15 { return String(Int(value)) }
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        return "\(value)"
    }
}
