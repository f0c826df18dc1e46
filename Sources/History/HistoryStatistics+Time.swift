import CrashModel
import Foundation

// How often, how long until the next, how long until training went on.

extension CrashRecords {
    private static let daySeconds: Double = 86400

    var days: [CrashStatistics.Day] {
        var counts: [Int: Int] = [:]
        for record in records { counts[Self.day(record.occurredAt), default: 0] += 1 }
        return counts.sorted { $0.key < $1.key }.map { number, count in
            let start = Date(timeIntervalSince1970: Double(number) * Self.daySeconds)
            return CrashStatistics.Day(
                day: String(start.iso8601.prefix { $0 != "T" }), number: number, crashes: count)
        }
    }

    /// A number that no calendar can turn into something else: days of UTC since 1970-01-01.
    private static func day(_ date: Date) -> Int {
        let day = (date.timeIntervalSince1970 / daySeconds).rounded(.down)
        return day.isFinite ? Int(min(max(day, -4_000_000), 4_000_000)) : 0
    }

    /// From when the ledger knows of crashes, or the filter begins, to its end or now.
    func period(_ filter: CrashFilter, now: Date) -> CrashStatistics.Period? {
        guard let first = records.first?.occurredAt, let last = records.last?.occurredAt else { return nil }
        // Before the first record nobody kept count, and of the future nothing is known.
        let from = max(first, filter.since ?? first)
        let end = max(now, last)
        let to = max(from, min(end, filter.until ?? end))
        return CrashStatistics.Period(from: from, to: to, days: max(1, to.timeIntervalSince(from) / Self.daySeconds))
    }

    var betweenFailures: CrashStatistics.Mean? {
        let times = records.compactMap(\.firstSeen)
        guard times.count > 1, let first = times.min(), let last = times.max() else { return nil }
        return CrashStatistics.Mean(
            seconds: last.timeIntervalSince(first) / Double(times.count - 1), crashes: times.count)
    }

    /// What a person says counts for all crashes; else from the first to the last progress of each run, where two crashes
    /// of one log count its time once.
    func runHours(given: Double?) -> CrashStatistics.RunHours? {
        if let given, given > 0, given.isFinite {
            return CrashStatistics.RunHours(hours: given, source: .given, crashes: records.count)
        }
        var spans: [LogKey: [(from: Date, to: Date)]] = [:]
        var known = 0
        for record in records {
            guard let last = record.lastProgress, let from = record.firstProgress?.time, let to = last.time, to > from
            else { continue }
            known += 1
            spans[LogKey(record), default: []].append((from, to))
        }
        let seconds = spans.values.map(Self.union).sorted().reduce(0, +)
        guard seconds > 0, seconds.isFinite else { return nil }
        return CrashStatistics.RunHours(hours: seconds / 3600, source: .records, crashes: known)
    }

    private static func union(_ spans: [(from: Date, to: Date)]) -> Double {
        var total: Double = 0
        var end = Date.distantPast
        for span in spans.sorted(by: { ($0.from, $0.to) < ($1.from, $1.to) }) where span.to > end {
            total += span.to.timeIntervalSince(max(span.from, end))
            end = span.to
        }
        return total
    }

    /// For each crash whose time is known: until the first thing on record that shows that training went on.
    func recovery(evidence: RecoveryEvidence, _ resolutions: [ResolutionRecord]) -> CrashStatistics.Recovery? {
        let resolved = Dictionary(grouping: resolutions, by: \.incident)
            .mapValues { $0.map(\.recordedAt).sorted() }
        var seconds: Double = 0
        var byProgress = 0
        var known = 0
        for record in records {
            guard let crashed = record.firstSeen else { continue }
            let progress = evidence.progress(after: crashed, of: record)
            let words = resolved[record.id]?.first { $0 >= crashed }
            guard let first = [progress, words].compactMap(\.self).min() else { continue }
            known += 1
            if first == progress { byProgress += 1 }
            seconds += first.timeIntervalSince(crashed)
        }
        guard known > 0, seconds.isFinite else { return nil }
        return CrashStatistics.Recovery(seconds: seconds / Double(known), crashes: known, byProgress: byProgress)
    }
}

/// A log on a host: what the next run of the same job most likely writes to as well.
struct LogKey: Hashable {
    var host: String?
    var source: String

    init(_ record: LedgerRecord) {
        host = record.host
        source = record.lastProgress?.source ?? record.root.source
    }
}

/// When training is known to have advanced.
struct RecoveryEvidence {
    private typealias Moment = (time: Date, id: String)
    /// Any progress and checkpoint that stands in a log.
    private var byLog: [LogKey: [Moment]] = [:]
    /// The beginnings of runs. What a run that began before does says nothing of the one that crashed beside it.
    private var byHost: [String: [Moment]] = [:]

    init(_ records: [LedgerRecord]) {
        for record in records {
            let times = [record.firstProgress?.time, record.lastCheckpoint?.time, record.lastProgress?.time]
            byLog[LogKey(record), default: []] += times.compactMap { $0.map { ($0, record.id) } }
            if let host = record.host, let began = record.firstProgress?.time {
                byHost[host, default: []].append((began, record.id))
            }
        }
        byLog = byLog.mapValues { $0.sorted { $0 < $1 } }
        byHost = byHost.mapValues { $0.sorted { $0 < $1 } }
    }

    /// The first progress after a crash in its log, or of a run that began on its host after it, from other records.
    func progress(after crashed: Date, of record: LedgerRecord) -> Date? {
        let moments = [
            Self.first(byLog[LogKey(record)], after: crashed, not: record.id),
            Self.first(record.host.flatMap { byHost[$0] }, after: crashed, not: record.id),
        ]
        return moments.compactMap(\.self).min()
    }

    private static func first(_ moments: [Moment]?, after crashed: Date, not id: String) -> Date? {
        guard let moments else { return nil }
        var (low, high) = (0, moments.count)
        while low < high {
            let middle = (low + high) / 2
            if moments[middle].time <= crashed { low = middle + 1 } else { high = middle }
        }
        return moments[low...].first { $0.id != id }?.time
    }
}
