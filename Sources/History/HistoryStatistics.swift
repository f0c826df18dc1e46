public import CrashModel
public import Foundation

extension LedgerContents {
    /// What the crashes that the filter keeps have in common.
    ///
    /// Neither the order of the records nor a record that is there twice changes anything.
    ///
    /// - Parameters:
    ///   - runHours: How many hours training ran in that time, if a person knows.
    ///   - now: When counting ends, if the filter does not say.
    public func statistics(_ filter: CrashFilter = CrashFilter(), runHours: Double? = nil, now: Date) -> CrashStatistics
    {
        let all = CrashRecords(incidents)
        let kept = CrashRecords(kept: all.records.filter { filter.keeps($0) })
        var statistics = CrashStatistics(
            generatedAt: now, filter: filter, crashes: kept.records.count, ledgerCrashes: all.records.count,
            undated: kept.records.count { $0.firstSeen == nil })
        statistics.damagedLines = damaged.count
        statistics.newerRecords = opaque.count
        statistics.days = kept.days
        statistics.families = kept.families
        statistics.lost = kept.lost
        statistics.repeatedFailures = kept.repeatedFailures
        statistics.repeatedGPUs = kept.repeatedGPUs
        statistics.repeatedHosts = kept.repeatedHosts
        statistics.fixes = kept.fixes(resolutions, keepsUnknown: filter.isEmpty)
        statistics.period = all.period(filter, now: now)
        if let period = statistics.period { statistics.perDay = Double(kept.records.count) / period.days }
        statistics.betweenFailures = kept.betweenFailures
        statistics.toRecovery = kept.recovery(evidence: RecoveryEvidence(all.records), resolutions)
        statistics.runHours = kept.runHours(given: runHours)
        if let hours = statistics.runHours {
            let rate = Double(hours.crashes) / hours.hours * 1000
            if rate.isFinite { statistics.perThousandRunHours = rate }
        }
        statistics.absent = statistics.absences
        return statistics
    }
}

extension CrashFilter {
    /// Whether the filter keeps this record.
    public func keeps(_ record: LedgerRecord) -> Bool {
        keeps(
            category: record.category, host: record.host, fingerprint: record.fingerprint,
            occurredAt: record.occurredAt)
    }

    /// Whether the filter keeps what has this headline.
    public func keeps(_ headline: LedgerHeadline) -> Bool {
        keeps(
            category: headline.category, host: headline.host, fingerprint: headline.fingerprint,
            occurredAt: headline.occurredAt)
    }
}

extension CrashStatistics {
    fileprivate var absences: [String: String] {
        var reasons: [String: String] = [:]
        if period == nil { reasons["per_day"] = "the ledger holds no crash" }
        if betweenFailures == nil {
            let dated = crashes - undated
            reasons["between_failures"] =
                dated == 0 ? "no crash states when it happened" : "only one crash states when it happened"
        }
        if toRecovery == nil {
            reasons["to_recovery"] =
                crashes == 0
                ? "no crash is counted"
                : "no later run of the same log or host is on record, and no crash was resolved"
        }
        if perThousandRunHours == nil {
            reasons["per_thousand_run_hours"] =
                runHours == nil
                ? "no record states when its run began and how far it came; say how long training ran with --run-hours"
                : "the run-hours are too few"
        }
        if lost.stepsCrashes == 0, lost.secondsCrashes == 0 {
            reasons["lost"] = "no record states a checkpoint and progress after it"
        }
        return reasons
    }
}

/// Crashes of a ledger, each once, in the order of time.
struct CrashRecords {
    let records: [LedgerRecord]

    /// - Parameter incidents: In any order, and some perhaps twice.
    init(_ incidents: [LedgerRecord]) {
        var byID: [String: LedgerRecord] = [:]
        for record in incidents where record.isCrash {
            guard let other = byID[record.id] else {
                byID[record.id] = record
                continue
            }
            if record != other, Self.isBetter(record, other) { byID[record.id] = record }
        }
        records = byID.values.sorted { ($0.occurredAt, $0.id) < ($1.occurredAt, $1.id) }
    }

    /// - Parameter kept: In the order of time, each once.
    init(kept: [LedgerRecord]) {
        records = kept
    }

    /// Of two records with one id the fuller counts, else the one that was written first, whichever stands first.
    private static func isBetter(_ record: LedgerRecord, _ other: LedgerRecord) -> Bool {
        let (text, otherText) = (encoded(record), encoded(other))
        if text.utf8.count != otherText.utf8.count { return text.utf8.count > otherText.utf8.count }
        return (record.recordedAt, text) < (other.recordedAt, otherText)
    }

    private static func encoded(_ record: LedgerRecord) -> String {
        (try? LedgerCoding.encoder.encode(record)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}

extension LedgerRecord {
    fileprivate var isCrash: Bool { outcome == .terminal || outcome == .unresolved }
}
