import CrashModel
import Foundation

// What struck, where, how often again, what it cost, what fixed it.

extension CrashRecords {
    var families: [CrashStatistics.Family] {
        Dictionary(grouping: records, by: \.category.family).map { family, records in
            CrashStatistics.Family(
                family: family, crashes: records.count, share: Double(records.count) / Double(self.records.count),
                categories: Self.shares(records))
        }.sorted { ($1.crashes, $0.family) < ($0.crashes, $1.family) }
    }

    private static func shares(_ records: [LedgerRecord]) -> [CrashStatistics.Share] {
        Dictionary(grouping: records, by: \.category).map { CrashStatistics.Share(category: $0, crashes: $1.count) }
            .sorted { ($1.crashes, $0.category) < ($0.crashes, $1.category) }
    }

    var repeatedFailures: [CrashStatistics.Offender] {
        repeated { Struck(name: $0.fingerprint) }.map { offender, newest in
            var offender = offender
            offender.title = newest.title
            return offender
        }
    }

    var repeatedHosts: [CrashStatistics.Offender] {
        repeated { record in record.host.map { Struck(name: $0) } }.map(\.0)
    }

    var repeatedGPUs: [CrashStatistics.Offender] {
        repeated { record in record.gpu.map { Struck(name: $0, host: record.host?.isEmpty == true ? nil : record.host) }
        }.map(\.0)
    }

    private struct Struck: Hashable {
        var name: String
        var host: String?
    }

    /// What more than one crash struck, with the newest of them.
    private func repeated(_ struck: (LedgerRecord) -> Struck?) -> [(CrashStatistics.Offender, LedgerRecord)] {
        var groups: [Struck: [LedgerRecord]] = [:]
        for record in records {
            if let key = struck(record), !key.name.isEmpty { groups[key, default: []].append(record) }
        }
        return groups.compactMap { key, records in
            guard records.count > 1, let newest = records.last else { return nil }
            let offender = CrashStatistics.Offender(
                name: key.name, host: key.host, crashes: records.count, last: newest.occurredAt,
                categories: Self.shares(records))
            return (offender, newest)
        }.sorted { ($1.0.crashes, $0.0.name, $0.0.host ?? "") < ($0.0.crashes, $1.0.name, $1.0.host ?? "") }
    }

    /// Two crashes after one checkpoint lost the same work: the larger amount counts.
    var lost: CrashStatistics.Lost {
        var steps: [LostFrom: Int] = [:]
        var seconds: [LostFrom: Double] = [:]
        var lost = CrashStatistics.Lost()
        for record in records {
            let from = LostFrom(record)
            if let amount = record.lost?.steps, amount >= 0 {
                lost.stepsCrashes += 1
                steps[from] = max(amount, steps[from] ?? 0)
            }
            if let amount = record.lost?.seconds, amount >= 0, amount.isFinite {
                lost.secondsCrashes += 1
                seconds[from] = max(amount, seconds[from] ?? 0)
            }
        }
        for amount in steps.values {
            let (sum, isTooLarge) = lost.steps.addingReportingOverflow(amount)
            lost.steps = isTooLarge ? .max : sum
        }
        // The sum of floating point numbers depends on their order.
        lost.seconds = min(seconds.values.sorted().reduce(0, +), .greatestFiniteMagnitude)
        return lost
    }

    /// The checkpoint that the run fell back to; of one without, the crash itself.
    private struct LostFrom: Hashable {
        var host: String?
        var source: String
        var line: Int
        var id: String?

        init(_ record: LedgerRecord) {
            host = record.host
            source = record.lastCheckpoint?.source ?? ""
            line = record.lastCheckpoint?.line ?? 0
            id = record.lastCheckpoint == nil ? record.id : nil
        }
    }

    /// - Parameter keepsUnknown: Also tell of fixes whose crashes the ledger does not hold.
    func fixes(_ resolutions: [ResolutionRecord], keepsUnknown: Bool) -> [CrashStatistics.Fix] {
        let crashes = Dictionary(grouping: records, by: \.fingerprint)
        var byID: [String: ResolutionRecord] = [:]
        for resolution in resolutions {
            guard let other = byID[resolution.id] else {
                byID[resolution.id] = resolution
                continue
            }
            if (resolution.recordedAt, resolution.fix) < (other.recordedAt, other.fix) {
                byID[resolution.id] = resolution
            }
        }
        return byID.values.filter { keepsUnknown || crashes[$0.fingerprint] != nil }
            .sorted { ($1.recordedAt, $0.id) < ($0.recordedAt, $1.id) }
            .map { resolution in
                let struck = crashes[resolution.fingerprint] ?? []
                let before = struck.count { $0.occurredAt <= resolution.recordedAt }
                return CrashStatistics.Fix(
                    fix: resolution.fix, fixedAt: resolution.recordedAt, fingerprint: resolution.fingerprint,
                    title: struck.last?.title, category: struck.last?.category, before: before,
                    since: struck.count - before)
            }
    }
}

extension LedgerRecord {
    /// The GPU that the crash names, as its log calls it: an index, a bus address, a UUID.
    ///
    /// Other devices have bus addresses too: one counts only where the failure is of the GPU itself.
    fileprivate var gpu: String? {
        let address = category.family == "gpu" ? root.captures["pci"] : nil
        return [root.captures["gpu"], address].lazy.compactMap(\.self).first { !$0.isEmpty }
    }
}
