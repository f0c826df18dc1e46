import CrashModel
import Foundation
import Testing

@testable import History

/// Makes records with only what a statistic looks at.
struct Crash {
    var id: String
    var fingerprint = "f1"
    var category = "oom/gpu"
    var host: String? = "node17"
    var source = "train.log"
    /// Hours after ``start``, as the other times.
    var at: Double?
    var recordedAt: Double = 1000
    var first: Double?
    var last: Double?
    var checkpoint: Double?
    var lost: LostWork?
    var captures: [String: String] = [:]
    var outcome = Outcome.terminal

    /// 2026-03-01T12:00:00Z
    static let start = scannedAt

    static func time(_ hours: Double) -> Date { start + hours * 3600 }

    var record: LedgerRecord {
        var crash = incident(id, fingerprint: fingerprint, firstSeen: at.map(Self.time))
        crash.category = CrashModel.Category(category)
        crash.host = host
        crash.outcome = outcome
        crash.root.captures = captures
        crash.root.source = source
        crash.lastProgress = last.map {
            ProgressMark(source: source, line: 9, text: "step 9", step: 9, time: Self.time($0))
        }
        crash.firstProgress = first.map {
            ProgressMark(source: source, line: 1, text: "step 1", step: 1, time: Self.time($0))
        }
        crash.lastCheckpoint = checkpoint.map {
            CheckpointMark(source: source, line: Int($0), text: "saved", time: Self.time($0))
        }
        crash.lost = lost
        return LedgerRecord(crash, recordedAt: Self.time(recordedAt))
    }
}

func statistics(
    _ crashes: [Crash], _ resolutions: [ResolutionRecord] = [], _ filter: CrashFilter = CrashFilter(),
    runHours: Double? = nil, now: Double = 48
) -> CrashStatistics {
    LedgerContents(incidents: crashes.map(\.record), resolutions: resolutions)
        .statistics(filter, runHours: runHours, now: Crash.time(now))
}

@Suite struct HistoryStatisticsTests {
    @Test("Of an empty ledger nothing is claimed, and each thing that is not known has its reason")
    func empty() {
        let statistics = statistics([])
        #expect(statistics.crashes == 0 && statistics.days.isEmpty && statistics.families.isEmpty)
        #expect(statistics.period == nil && statistics.perDay == nil)
        #expect(
            Set(statistics.absent.keys) == [
                "per_day", "between_failures", "to_recovery", "per_thousand_run_hours", "lost",
            ])
    }

    @Test("One crash has a day and a family, and nothing between it and the next")
    func one() {
        let statistics = statistics([Crash(id: "a", at: 0)])
        #expect(statistics.crashes == 1 && statistics.perDay == 0.5)
        #expect(statistics.days == [CrashStatistics.Day(day: "2026-03-01", number: 20513, crashes: 1)])
        #expect(statistics.families.map(\.share) == [1])
        #expect(statistics.betweenFailures == nil)
        #expect(statistics.absent["between_failures"] == "only one crash states when it happened")
        #expect(statistics.repeatedFailures.isEmpty && statistics.repeatedHosts.isEmpty)
    }

    @Test("Records without times count on the day of their scan, and not between failures")
    func undated() {
        let statistics = statistics([
            Crash(id: "a", recordedAt: 0), Crash(id: "b", recordedAt: 1), Crash(id: "c", at: 10),
        ])
        #expect(statistics.undated == 2 && statistics.crashes == 3)
        #expect(statistics.days.map(\.crashes) == [3])
        #expect(statistics.betweenFailures == nil && statistics.toRecovery == nil)
    }

    @Test("The mean time between failures is that between those that state a time")
    func between() {
        let statistics = statistics([
            Crash(id: "a", at: 0), Crash(id: "b", at: 1), Crash(id: "c", at: 10), Crash(id: "d"),
        ])
        #expect(statistics.betweenFailures == CrashStatistics.Mean(seconds: 5 * 3600, crashes: 3))
    }

    @Test("What was no crash is not counted")
    func outcomes() {
        let statistics = statistics([
            Crash(id: "a", at: 0, outcome: .recovered), Crash(id: "b", at: 1, outcome: .progressed),
            Crash(id: "c", at: 2, outcome: .unresolved),
        ])
        #expect(statistics.crashes == 1 && statistics.ledgerCrashes == 1)
    }

    @Test("Run-hours are those from first to last progress, and two crashes of one log share them")
    func runHours() throws {
        let statistics = statistics([
            Crash(id: "a", at: 11, first: 1, last: 11), Crash(id: "b", at: 13, first: 1, last: 12),
            Crash(id: "c", source: "other.log", at: 13, first: 4, last: 8), Crash(id: "d", at: 14, last: 12),
            // A clock that was set back.
            Crash(id: "e", source: "third.log", at: 14, first: 12, last: 3),
        ])
        #expect(statistics.runHours == CrashStatistics.RunHours(hours: 15, source: .records, crashes: 3))
        #expect(statistics.perThousandRunHours == 200)
    }

    @Test("Run-hours that a person gives are of all crashes")
    func givenRunHours() {
        let crashes = [Crash(id: "a", at: 11, first: 1, last: 11), Crash(id: "b", at: 13)]
        let statistics = statistics(crashes, runHours: 4000)
        #expect(statistics.runHours == CrashStatistics.RunHours(hours: 4000, source: .given, crashes: 2))
        #expect(statistics.perThousandRunHours == 0.5)
    }

    @Test("A rate beyond all numbers is none", arguments: [1e-307, .leastNonzeroMagnitude])
    func tinyRunHours(hours: Double) {
        let statistics = statistics([Crash(id: "a", at: 11)], runHours: hours)
        #expect(statistics.perThousandRunHours == nil)
        #expect(statistics.absent["per_thousand_run_hours"] == "the run-hours are too few")
    }

    struct Later: CustomTestStringConvertible {
        var name: String
        var crash: Crash
        var hours: Double?
        var testDescription: String { name }
    }

    @Test(
        "Only a later run of the same log, or one that began later on the same host, shows a recovery",
        arguments: [
            Later(name: "the same log", crash: Crash(id: "b", at: 30, last: 25), hours: 15),
            Later(name: "its checkpoint", crash: Crash(id: "b", at: 30, last: 25, checkpoint: 12), hours: 2),
            Later(name: "began later", crash: Crash(id: "b", source: "o", at: 30, first: 14, last: 25), hours: 4),
            Later(name: "ran beside", crash: Crash(id: "b", source: "o", at: 30, first: 5, last: 25)),
            Later(name: "of an unknown beginning", crash: Crash(id: "b", source: "o", at: 30, last: 25)),
            Later(name: "another host", crash: Crash(id: "b", host: "node18", at: 30, first: 14, last: 25)),
            Later(name: "no host", crash: Crash(id: "b", host: nil, at: 30, first: 14, last: 25)),
            Later(name: "no progress", crash: Crash(id: "b", at: 30)),
            Later(name: "before", crash: Crash(id: "b", source: "o", at: 9, first: 1, last: 8)),
        ])
    func recovery(later: Later) {
        let statistics = statistics([Crash(id: "a", at: 10, last: 10), later.crash])
        #expect(statistics.toRecovery?.seconds == later.hours.map { $0 * 3600 })
        #expect((statistics.absent["to_recovery"] == nil) == (later.hours != nil))
    }

    @Test("A resolution is a recovery too, and the earlier of the two counts")
    func resolved() {
        let crash = Crash(id: "a", at: 10)
        func fix(_ hours: Double) -> ResolutionRecord {
            ResolutionRecord(incident: crash.record, fix: "fix \(hours)", recordedAt: Crash.time(hours))
        }
        #expect(
            statistics([crash], [fix(16), fix(9), fix(14)]).toRecovery
                == CrashStatistics.Recovery(seconds: 4 * 3600, crashes: 1, byProgress: 0))
        let next = Crash(id: "b", at: 30, last: 11)
        #expect(
            statistics([crash, next], [fix(14)]).toRecovery
                == CrashStatistics.Recovery(seconds: 3600, crashes: 1, byProgress: 1))
    }

    @Test("A recovery is found in records that the filter leaves out")
    func recoveryBesideFilter() {
        let crashes = [Crash(id: "a", at: 10), Crash(id: "b", category: "hang/silent", at: 30, first: 12, last: 25)]
        let statistics = statistics(crashes, [], CrashFilter(categories: ["oom"]))
        #expect(statistics.crashes == 1 && statistics.toRecovery?.seconds == 2 * 3600)
    }

    @Test("What two crashes lost after one checkpoint is lost once")
    func lost() {
        let statistics = statistics([
            Crash(id: "a", at: 1, checkpoint: 1, lost: LostWork(steps: 100, seconds: 60)),
            Crash(id: "b", at: 2, checkpoint: 1, lost: LostWork(steps: 150, seconds: 50)),
            Crash(id: "c", at: 3, checkpoint: 2, lost: LostWork(steps: 7)), Crash(id: "d", at: 4),
        ])
        #expect(statistics.lost == CrashStatistics.Lost(steps: 157, stepsCrashes: 3, seconds: 60, secondsCrashes: 2))
    }

    @Test("Senseless losses neither count nor overflow")
    func senseless() {
        let statistics = statistics([
            Crash(id: "a", checkpoint: 1, lost: LostWork(steps: .max, seconds: .infinity)),
            Crash(id: "b", checkpoint: 2, lost: LostWork(steps: .max, seconds: -5)),
            Crash(id: "c", checkpoint: 3, lost: LostWork(steps: .min, seconds: .nan)),
            Crash(id: "d", checkpoint: 4, lost: LostWork(seconds: .greatestFiniteMagnitude)),
            Crash(id: "e", checkpoint: 5, lost: LostWork(seconds: .greatestFiniteMagnitude)),
        ])
        #expect(
            statistics.lost
                == CrashStatistics.Lost(
                    steps: .max, stepsCrashes: 2, seconds: .greatestFiniteMagnitude, secondsCrashes: 2))
    }

    @Test("Times at both ends of the calendar are days like others")
    func extremes() {
        var first = Crash(id: "a").record
        first.firstSeen = .distantPast
        var last = Crash(id: "b").record
        last.firstSeen = Date(timeIntervalSince1970: 1e300)
        let statistics = LedgerContents(incidents: [first, last]).statistics(now: scannedAt)
        #expect(statistics.days.count == 2 && statistics.days[0].day == "0001-01-01")
        #expect(statistics.period.map { $0.days.isFinite } == true)
    }

    @Test("What struck more than once is told by failure, GPU and host")
    func offenders() {
        let statistics = statistics([
            Crash(id: "a", at: 1, captures: ["gpu": "3"]),
            Crash(id: "b", category: "gpu/ecc", at: 2, captures: ["gpu": "3", "pci": "0000:3b:00"]),
            Crash(id: "c", fingerprint: "f2", host: "node18", at: 3, captures: ["gpu": "3"]),
            Crash(id: "d", fingerprint: "f3", category: "gpu/xid", at: 4, captures: ["pci": "0000:3b:00"]),
            // The bus address of something else, and no GPU at all.
            Crash(id: "e", fingerprint: "f4", category: "kernel/pcie", host: nil, captures: ["pci": "0000:3b:00"]),
            Crash(id: "f", fingerprint: "f5", category: "gpu/xid", at: 6, captures: ["gpu": "", "pci": "0000:3b:00"]),
        ])
        #expect(statistics.repeatedFailures.map(\.name) == ["f1"])
        #expect(statistics.repeatedFailures.first?.title == "GPU 3 ran out of memory")
        #expect(statistics.repeatedHosts.map(\.name) == ["node17"] && statistics.repeatedHosts.map(\.crashes) == [4])
        #expect(statistics.repeatedGPUs.map(\.name) == ["0000:3b:00", "3"])
        #expect(statistics.repeatedGPUs.map(\.host) == ["node17", "node17"])
        #expect(statistics.repeatedGPUs.last?.categories.map(\.category.description) == ["gpu/ecc", "oom/gpu"])
        #expect(statistics.repeatedGPUs.last?.last == Crash.time(2))
    }

    @Test("A host without a name is none")
    func namelessHost() {
        let crashes = [nil, "", nil, ""].enumerated().map {
            Crash(id: "\($0.offset)", host: $0.element, captures: ["gpu": "0"])
        }
        let statistics = statistics(crashes)
        #expect(statistics.repeatedHosts.isEmpty)
        #expect(statistics.repeatedGPUs.map(\.crashes) == [4] && statistics.repeatedGPUs.first?.host == nil)
    }

    @Test("A fix says how often its failure struck before it and since")
    func fixes() {
        let crashes = [Crash(id: "a", at: 1), Crash(id: "b", at: 2), Crash(id: "c", at: 9)]
        let fix = ResolutionRecord(incident: crashes[1].record, fix: "smaller batches", recordedAt: Crash.time(3))
        let gone = ResolutionRecord(
            incident: Crash(id: "z", fingerprint: "gone").record, fix: "new cable", recordedAt: Crash.time(4))
        let all = statistics(crashes, [fix, gone]).fixes
        #expect(all.map(\.fix) == ["new cable", "smaller batches"])
        #expect(all.map(\.before) == [0, 2] && all.map(\.since) == [0, 1])
        #expect(all.map(\.category) == [nil, CrashModel.Category("oom/gpu")])
        let some = statistics(crashes, [fix, gone], CrashFilter(hosts: ["node17"])).fixes
        #expect(some.map(\.fix) == ["smaller batches"])
    }

    @Test(
        "A filter keeps what fits",
        arguments: [
            (CrashFilter(categories: ["oom"]), "ab"), (CrashFilter(categories: ["oom/*"]), "ab"),
            (CrashFilter(categories: ["oom/host"]), "b"), (CrashFilter(categories: ["oom/host", "gpu"]), "bc"),
            (CrashFilter(categories: ["oo"]), ""), (CrashFilter(hosts: ["NODE17"]), "ac"),
            (CrashFilter(hosts: ["node18"]), "b"), (CrashFilter(hosts: ["node18.cluster"]), ""),
            (CrashFilter(fingerprints: ["ab"]), "ab"), (CrashFilter(fingerprints: [""]), ""),
            (CrashFilter(since: Crash.time(2)), "bcd"), (CrashFilter(until: Crash.time(2)), "ab"),
            (CrashFilter(since: Crash.time(2), hosts: ["node17"]), "c"), (CrashFilter(), "abcd"),
        ])
    func filters(filter: CrashFilter, ids: String) {
        let crashes = [
            Crash(id: "a", fingerprint: "abc", at: 1),
            Crash(id: "b", fingerprint: "abd", category: "oom/host", host: "node18.cluster.local", at: 2),
            Crash(id: "c", fingerprint: "cab", category: "gpu/ecc", at: 3),
            Crash(id: "d", fingerprint: "dab", category: "unknown", host: nil, recordedAt: 4),
        ]
        #expect(crashes.map(\.record).filter(filter.keeps).map(\.id).joined() == ids)
        let counted = statistics(crashes, [], filter)
        #expect(counted.crashes == ids.count && counted.ledgerCrashes == 4)
    }

    @Test("A period begins with the ledger, not before it was kept, whatever the filter")
    func period() {
        let crashes = [Crash(id: "a", category: "hang/silent", at: 0), Crash(id: "b", at: 24)]
        let early = statistics(crashes, [], CrashFilter(since: Crash.time(-9000), categories: ["oom"]), now: 96)
        #expect(early.period?.days == 4 && early.perDay == 0.25)
        let late = statistics(crashes, [], CrashFilter(since: Crash.time(48)), now: 96)
        #expect(late.period?.days == 2 && late.perDay == 0)
        let ended = statistics(crashes, [], CrashFilter(until: Crash.time(48)), now: 96)
        #expect(ended.period?.days == 2)
    }
}
