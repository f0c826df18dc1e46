import CrashModel
import Foundation
import TestSupport
import Testing

@testable import History

@Suite struct HistoryStatisticsPropertyTests {
    private static let strings = ["a", "b\u{0}", "\"\\\n", "…\u{202e}x", "", String(repeating: "é", count: 300)]

    private static func crash(_ index: Int, _ random: inout Seeded) -> Crash {
        func perhaps(_ random: inout Seeded) -> Double? {
            Bool.random(using: &random) ? Double.random(in: 0...2000, using: &random) : nil
        }
        let string = { (random: inout Seeded) in strings.randomElement(using: &random) ?? "" }
        return Crash(
            id: "i\(index)", fingerprint: string(&random),
            category: ["oom/gpu", "gpu/ecc", "unknown", "/", "x/y/z", string(&random)].randomElement(using: &random)
                ?? "", host: Bool.random(using: &random) ? string(&random) : nil, source: string(&random),
            at: perhaps(&random), recordedAt: Double.random(in: 0...2000, using: &random), first: perhaps(&random),
            last: perhaps(&random), checkpoint: perhaps(&random),
            lost: LostWork(
                steps: perhaps(&random).map { Int($0) },
                seconds: [perhaps(&random), .infinity, -1, 0.1].randomElement(using: &random) ?? nil),
            captures: ["gpu": string(&random), "pci": string(&random)],
            outcome: Outcome.allCases.randomElement(using: &random) ?? .terminal)
    }

    @Test("Neither the order of records nor their repetition changes a number", arguments: 0..<30)
    func orderAndRepetition(seed: UInt64) {
        for round in 0..<caseFactor {
            var random = Seeded(seed &+ UInt64(round) << 32)
            let crashes = (0..<Int.random(in: 0...40, using: &random)).map { Self.crash($0, &random) }
            let records = crashes.map(\.record)
            let resolutions = records.filter { _ in Int.random(in: 0..<4, using: &random) == 0 }.map {
                ResolutionRecord(
                    incident: $0, fix: Self.strings.randomElement(using: &random) ?? "",
                    recordedAt: Crash.time(Double.random(in: 0...3000, using: &random)))
            }
            // The same crash found by a later scan has another time of recording.
            var later = crashes
            for index in later.indices { later[index].recordedAt += 5 }
            let all = records + later.map(\.record)
            let expected = LedgerContents(incidents: all, resolutions: resolutions).statistics(now: Crash.time(999))
            let shuffled = LedgerContents(
                incidents: (all + all).shuffled(using: &random),
                resolutions: (resolutions + resolutions).shuffled(using: &random)
            ).statistics(now: Crash.time(999))
            #expect(shuffled == expected)
            #expect(expected.crashes == crashes.count { $0.outcome == .terminal || $0.outcome == .unresolved })
            #expect(expected.families.reduce(0) { $0 + $1.crashes } == expected.crashes)
            #expect(expected.days.reduce(0) { $0 + $1.crashes } == expected.crashes)
            #expect(abs(expected.families.reduce(0) { $0 + $1.share } - (expected.crashes == 0 ? 0 : 1)) < 1e-9)
            #expect(expected.lost.seconds.isFinite && (expected.toRecovery?.seconds ?? 0) >= 0)
        }
    }

    @Test("Of two records with one id the fuller counts, whichever stands first", arguments: [false, true])
    func fuller(isReversed: Bool) {
        let bare = Crash(id: "a", at: 1).record
        let full = Crash(id: "a", at: 1, checkpoint: 1, lost: LostWork(steps: 5)).record
        let statistics = LedgerContents(incidents: isReversed ? [full, bare] : [bare, full])
            .statistics(now: scannedAt)
        #expect(statistics.crashes == 1 && statistics.lost.steps == 5)
    }

    @Test("A ledger of many crashes of one log is counted in little time")
    func many() {
        let crashes = (0..<20_000).map { Crash(id: "\($0)", at: 500, last: 600).record }
        let clock = ContinuousClock()
        var statistics = CrashStatistics(generatedAt: scannedAt, crashes: 0, ledgerCrashes: 0, undated: 0)
        let spent = clock.measure { statistics = LedgerContents(incidents: crashes).statistics(now: scannedAt) }
        #expect(statistics.toRecovery?.crashes == 20_000)
        #expect(spent < .seconds(20))
    }
}
