import CrashModel
import Foundation

extension Sample {
    private static func day(_ number: Int) -> Date { Date(timeIntervalSince1970: Double(number) * 86400) }

    /// Every field filled in. 20513 is 2026-03-01.
    static var statistics: CrashStatistics {
        let gpu = CrashStatistics.Share(category: Category("oom/gpu"), crashes: 9)
        let ecc = CrashStatistics.Share(category: Category("gpu/ecc"), crashes: 3)
        var statistics = CrashStatistics(generatedAt: day(20520), crashes: 12, ledgerCrashes: 40, undated: 1)
        statistics.filter = CrashFilter(since: day(20490), categories: ["oom", "gpu"])
        statistics.period = CrashStatistics.Period(from: day(20500), to: day(20520), days: 20)
        statistics.perDay = 0.6
        statistics.days = [
            .init(day: "2026-02-16", number: 20500, crashes: 1), .init(day: "2026-02-20", number: 20504, crashes: 8),
            .init(day: "2026-03-01", number: 20513, crashes: 3),
        ]
        statistics.runHours = .init(hours: 1234.5, source: .records, crashes: 10)
        statistics.perThousandRunHours = 8.1
        statistics.betweenFailures = .init(seconds: 122_400, crashes: 11)
        statistics.toRecovery = .init(seconds: 5400, crashes: 8, byProgress: 6)
        statistics.families = [
            .init(family: "oom", crashes: 9, share: 0.75, categories: [gpu]),
            .init(family: "gpu", crashes: 3, share: 0.25, categories: [ecc]),
        ]
        statistics.lost = .init(steps: 12_400, stepsCrashes: 5, seconds: 111_600, secondsCrashes: 7)
        statistics.repeatedFailures = [
            .init(
                name: "3f2a9c01d4e5b677", title: "GPU 3 ran out of memory", crashes: 9, last: day(20513),
                categories: [gpu])
        ]
        statistics.repeatedGPUs = [
            .init(name: "3", host: "node17", crashes: 12, last: day(20513), categories: [gpu, ecc])
        ]
        statistics.repeatedHosts = [.init(name: "node17", crashes: 12, last: day(20513), categories: [gpu, ecc])]
        statistics.fixes = [
            .init(
                fix: "expandable_segments", fixedAt: day(20506), fingerprint: "3f2a9c01d4e5b677",
                title: "GPU 3 ran out of memory", category: Category("oom/gpu"), before: 9, since: 0),
            .init(fix: "new cable", fixedAt: day(20505), fingerprint: "77", before: 0, since: 0),
        ]
        statistics.damagedLines = 1
        statistics.newerRecords = 2
        return statistics
    }

    /// One untrusted text wherever one can stand.
    static func statistics(_ text: String) -> CrashStatistics {
        var statistics = statistics
        let share = CrashStatistics.Share(category: Category(text), crashes: 2)
        let offender = CrashStatistics.Offender(
            name: text, host: text, title: text, crashes: 2, last: day(20513), categories: [share])
        statistics.filter = CrashFilter(categories: [text], hosts: [text], fingerprints: [text])
        statistics.families = [.init(family: text, crashes: 2, share: 1, categories: [share])]
        statistics.repeatedFailures = [offender]
        statistics.repeatedHosts = [offender]
        statistics.repeatedGPUs = [offender]
        statistics.repeatedGPUs[0].title = nil
        statistics.fixes = [
            .init(
                fix: text, fixedAt: day(20506), fingerprint: text, title: text, category: Category(text), before: 1,
                since: .max)
        ]
        statistics.absent = ["to_recovery": text]
        statistics.toRecovery = nil
        return statistics
    }
}
