import CrashModel
import Foundation
import Testing

@testable import Reporting

@Suite struct PrometheusTextTests {
    /// Reads the format as its specification says; throws where a line is none of it.
    private struct Reader {
        struct Wrong: Error { var line: String }

        var samples: [String: Double] = [:]
        var types: [String: String] = [:]

        init(_ text: String) throws {
            guard text.hasSuffix("\n") else { throw Wrong(line: "no newline at the end") }
            var current = ""
            var helped: Set<String> = []
            for line in text.unicodeScalars.split(separator: "\n").map(String.init) {
                let words = line.split(separator: " ", maxSplits: 3).map(String.init)
                if line.hasPrefix("# HELP ") {
                    guard words.count == 4, helped.insert(words[2]).inserted else { throw Wrong(line: line) }
                    current = words[2]
                } else if line.hasPrefix("# TYPE ") {
                    guard words.count == 4, words[2] == current, ["counter", "gauge"].contains(words[3]),
                        (words[3] == "counter") == current.hasSuffix("_total")
                    else { throw Wrong(line: line) }
                    types[current] = words[3]
                } else {
                    let label = #"[a-z_]+="(?:[^"\\]|\\[\\"n])*""#
                    let sample = try Regex("^([a-z_]+)(?:\\{\(label)(?:,\(label))*\\})? ([^ ]+)$").matchingSemantics(
                        .unicodeScalar)
                    guard let match = try sample.wholeMatch(in: line), String(match[1].substring ?? "") == current,
                        types[current] != nil, let value = Double(match[2].substring ?? "")
                    else { throw Wrong(line: line) }
                    let series = String(line.unicodeScalars.dropLast((match[2].substring?.count ?? 0) + 1))
                    guard samples.updateValue(value, forKey: series) == nil else { throw Wrong(line: line) }
                }
            }
        }
    }

    @Test("Each number is a metric with help and type")
    func metrics() throws {
        let reader = try Reader(PrometheusText().render(Sample.statistics))
        #expect(reader.samples["faultline_crashes_total{family=\"oom\"}"] == 9)
        #expect(reader.samples["faultline_crashes_total{family=\"gpu\"}"] == 3)
        #expect(reader.samples["faultline_repeated_gpu_crashes_total{gpu=\"3\",host=\"node17\"}"] == 12)
        #expect(reader.samples["faultline_lost_seconds_total"] == 111_600)
        #expect(reader.samples["faultline_run_seconds"] == 4_444_200)
        #expect(reader.samples["faultline_crashes_per_run_second"] == 2.25e-6)
        #expect(reader.samples["faultline_mean_time_to_recovery_seconds"] == 5400)
        #expect(reader.types["faultline_crashes_total"] == "counter")
        #expect(reader.types["faultline_run_seconds"] == "gauge")
    }

    @Test("What is not known has no sample, and no crash is zero crashes")
    func empty() throws {
        let nothing = CrashStatistics(generatedAt: Date(), crashes: 0, ledgerCrashes: 0, undated: 0)
        let reader = try Reader(PrometheusText().render(nothing))
        #expect(reader.samples["faultline_crashes_total{family=\"unknown\"}"] == 0)
        #expect(reader.types["faultline_run_seconds"] == nil)
        #expect(reader.types["faultline_mean_time_between_failures_seconds"] == nil)
    }

    @Test(
        "Label values are escaped",
        arguments: [
            ("a\\b", #"a\\b"#), ("say \"x\"", #"say \"x\""#), ("a\nb", #"a\nb"#), ("a\r\nb", #"a\\r\nb"#),
            ("\u{1b}[2J", #"\\x1b[2J"#), ("näme", "näme"),
        ])
    func escaped(value: String, label: String) {
        #expect(PrometheusText.escaped(value) == label)
    }

    @Test("Hostile text leaves the format whole", arguments: HostileTextTests.texts)
    func hostile(text: String) throws {
        let reader = try Reader(PrometheusText().render(Sample.statistics(text)))
        #expect(reader.samples.keys.filter { $0.hasPrefix("faultline_crashes_total") }.count == 1)
        #expect(reader.samples["faultline_lost_steps_total"] == 12_400)
    }

    @Test("No metric has more than 200 series")
    func bounded() throws {
        var statistics = Sample.statistics
        statistics.families = (0..<1000).map { .init(family: "\($0)", crashes: 1, share: 0.001, categories: []) }
        statistics.repeatedHosts = (0..<1000).map {
            .init(name: "\($0)", crashes: 2, last: Date(), categories: [])
        }
        let reader = try Reader(PrometheusText().render(statistics))
        for name in ["faultline_crashes_total", "faultline_repeated_host_crashes_total"] {
            #expect(reader.samples.keys.filter { $0.hasPrefix(name) }.count == 200)
        }
        let page = StatisticsText(style: .plain).render(statistics)
        #expect(page.contains("and 976 more") && page.contains("and 995 more"))
    }

    @Test("Names that are alike after 256 characters are one series")
    func alike() throws {
        var statistics = Sample.statistics
        let long = String(repeating: "x", count: 400)
        statistics.families = ["a", "b"].map { .init(family: long + $0, crashes: 1, share: 0.5, categories: []) }
        let reader = try Reader(PrometheusText().render(statistics))
        #expect(reader.samples.keys.filter { $0.hasPrefix("faultline_crashes_total") }.count == 1)
    }

    @Test(
        "Numbers are written as Prometheus reads them",
        arguments: [(0, "0"), (12, "12"), (0.25, "0.25"), (1e300, "1e+300"), (.infinity, "+Inf"), (-.infinity, "-Inf")])
    func numbers(value: Double, text: String) {
        #expect(PrometheusText.number(value) == text)
    }

    @Test(
        "Small numbers keep two figures",
        arguments: [
            (0.6, "0.6"), (0.042, "0.042"), (0.0012345, "0.0012"), (0, "0"), (0.95, "1"), (3.25, "3.3"),
            (1234.5, "1,235"), (1e-12, "less than 0.000001"), (0.000_002, "0.000002"), (.infinity, "?"),
        ])
    func figures(value: Double, text: String) {
        #expect(StatisticsText.few(value) == text)
    }
}
