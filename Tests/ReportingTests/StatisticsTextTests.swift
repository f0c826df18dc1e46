import CrashModel
import Foundation
import Reporting
import TestSupport
import Testing

@Suite struct StatisticsTextTests {
    @Test("The page says each number with what it rests on")
    func page() {
        let page = StatisticsText(style: .plain).render(Sample.statistics)
        #expect(
            page == """
                12 crashes of 40, 2026-02-16 to 2026-03-08 (UTC)
                  a day        0.6 crashes, in 20 days; 1 without a time counted on the day of
                               the scan
                  run-hours    8.1 crashes in 1,000 run-hours, from 1,235 run-hours between
                               first and last progress (from 10 of 12 crashes). Runs that ended
                               well are in no ledger: with them it is fewer; see --run-hours
                  to the next  34 hours on average (from 11 of 12 crashes)
                  to recovery  1.5 hours on average at the most (from 8 of 12 crashes), 6 by the
                               first progress on record after them, 2 by what was called fixed
                  work lost    12,400 steps (from 5 of 12 crashes), 31 hours (from 7 of 12
                               crashes), since the last checkpoints

                Crashes in each day, 8 at the most
                  ▁   █        ▃
                  2026-02-16 to 2026-03-01

                By family
                  oom           ██████████████████████████████████        9   75 %
                  gpu           ███████████                               3   25 %

                Failures that came back
                  9×  GPU 3 ran out of memory (oom/gpu), last 2026-03-01
                      fingerprint 3f2a9c01d4e5b677

                GPUs
                  12× GPU 3 on node17 (oom/gpu 9, gpu/ecc 3), last 2026-03-01

                Hosts
                  12× node17 (oom/gpu 9, gpu/ecc 3), last 2026-03-01

                What fixed what
                  - expandable_segments (2026-02-22)
                    GPU 3 ran out of memory (oom/gpu): 9 crashes before, none since
                  - new cable (2026-02-21)
                    fingerprint 77, of which the ledger holds no crash

                1 line of the ledger could not be read and is not counted.

                2 records of a newer Faultline are not counted.

                """)
    }

    @Test("A terminal without block characters gets ASCII")
    func ascii() {
        let page = StatisticsText(style: .plain, isUnicode: false).render(Sample.statistics)
        #expect(page.unicodeScalars.allSatisfy { $0.isASCII })
        #expect(page.contains("  _   #        -\n"))
        #expect(page.contains("12x GPU 3 on node17"))
    }

    @Test("An empty ledger and a filter that nothing fits are told apart")
    func nothing() {
        var statistics = CrashStatistics(generatedAt: Date(), crashes: 0, ledgerCrashes: 0, undated: 0)
        #expect(StatisticsText(style: .plain).render(statistics) == "The ledger holds no crash.\n")
        statistics.ledgerCrashes = 3
        #expect(StatisticsText(style: .plain).render(statistics) == "None of the 3 crashes of the ledger fits.\n")
    }

    @Test("What is not known is told with its reason")
    func unknown() {
        var statistics = Sample.statistics
        statistics.perThousandRunHours = nil
        statistics.lost = CrashStatistics.Lost()
        statistics.absent = ["per_thousand_run_hours": "no record says so", "lost": "nothing was saved"]
        let page = StatisticsText(style: .plain).render(statistics)
        #expect(page.contains("run-hours    not known: no record says so"))
        #expect(page.contains("work lost    not known: nothing was saved"))
    }

    @Test("Years of days fit the page", arguments: [79, 80, 365, 3000, 740_000])
    func years(span: Int) {
        var statistics = Sample.statistics
        statistics.days = [
            .init(day: "2026-02-16", number: 0, crashes: 1), .init(day: "2026-03-01", number: span, crashes: 200),
        ]
        let lines = StatisticsText(style: .plain).render(statistics).split(separator: "\n")
        #expect(lines.allSatisfy { $0.count <= 80 })
        #expect(lines.contains { $0.contains("█") && $0.contains("▁") })
    }

    @Test("Hostile text neither drives the terminal nor widens the page", arguments: HostileTextTests.texts)
    func hostile(text: String) {
        let page = StatisticsText(style: .plain).render(Sample.statistics(text))
        for line in page.split(separator: "\n") {
            #expect(line.count <= 80)
            #expect(!line.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7f || $0.value == 0x202e })
        }
    }

    private static let schema = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "docs/schema/stats.json")

    @Test("The JSON fits its schema, also where it is empty or hostile")
    func schema() throws {
        let check = try JSONSchema(contentsOf: Self.schema)
        let empty = CrashStatistics(generatedAt: Date(), crashes: 0, ledgerCrashes: 0, undated: 0)
        for statistics in [Sample.statistics, empty] + HostileTextTests.texts.map(Sample.statistics) {
            let json = try JSONSerialization.jsonObject(with: Data(RecordingJSON().object(statistics).utf8))
            #expect(check.problems(in: json, isClosed: true) == [])
        }
    }

    @Test(
        "The schema refuses what is none of it",
        arguments: [
            ("\"crashes\" : 12,", "\"crashes\" : -1,"), ("\"crashes\" : 12,", ""), ("faultline.stats/1", "other/1"),
            ("\"source\" : \"records\"", "\"source\" : \"guess\""), ("\"share\" : 0.75", "\"share\" : \"inf\""),
            ("\"undated\" : 1", "\"undated\" : true"), ("\"undated\" : 1", "\"undated\" : 1.5"),
            ("\"undated\" : 1", "\"undated\" : 1, \"more\" : 2"),
        ])
    func refused(wanted: String, wrong: String) throws {
        let json = RecordingJSON().object(Sample.statistics)
        let altered = json.replacing(wanted, with: wrong)
        #expect(altered != json)
        let object = try JSONSerialization.jsonObject(with: Data(altered.utf8))
        #expect(try JSONSchema(contentsOf: Self.schema).problems(in: object, isClosed: true) != [])
    }

    @Test("The JSON is read back as it was")
    func roundTrip() throws {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            let text = try decoder.singleValueContainer().decode(String.self)
            return Date(iso8601: text) ?? .distantPast
        }
        let json = RecordingJSON().object(Sample.statistics)
        #expect(try decoder.decode(CrashStatistics.self, from: Data(json.utf8)) == Sample.statistics)
    }
}
