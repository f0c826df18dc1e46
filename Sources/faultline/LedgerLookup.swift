import ArgumentParser
import CrashModel
import Foundation
import History
import Reporting
import Rules

extension Ledger {
    /// The one incident whose id begins so, and all that is of the same failure.
    func one(_ id: String) throws -> (LedgerRecord, LedgerContents) {
        let overview = try overview()
        let found = overview.incidents(withID: id)
        if let headline = found.first, found.count == 1 {
            let contents = try read(fingerprints: [headline.fingerprint])
            if let record = contents.incidents.first(where: { $0.id == headline.id }) { return (record, contents) }
        }
        if found.count < 2 {
            throw ValidationError(
                overview.incidents.isEmpty
                    ? "the ledger holds no incident yet: scan without --no-ledger first"
                    : "no incident '\(SafeText.line(id, limit: 80))' in the ledger; 'faultline history' shows the ids")
        }
        throw ValidationError(
            "'\(SafeText.line(id, limit: 80))' is the beginning of \(found.count) ids: "
                + found.prefix(8).map { SafeText.line($0.id) }.joined(separator: ", "))
    }
}

extension LedgerRecord {
    /// All that the ledger and the rules say of it.
    func account(in contents: LedgerContents, _ book: RuleBook) -> IncidentAccount {
        let named = [root.rule] + (timeline ?? []).compactMap(\.rule) + (runnersUp ?? []).map(\.rule)
        return IncidentAccount(
            id: id, fingerprint: fingerprint, title: title, category: category, verdict: verdict, outcome: outcome,
            confidence: confidence, because: because ?? [], host: host, ranks: ranks,
            timeline: timeline ?? [rootEntry], rivals: runnersUp ?? [], rules: book.notes(on: named), advice: advice,
            lastProgress: lastProgress, lastCheckpoint: lastCheckpoint, lost: lost, past: past(in: contents))
    }

    /// The earlier ones like it, and what fixed one of them all: it may have been told of this one.
    func past(in contents: LedgerContents) -> PastSightings? {
        let fix = contents.resolution(ofFingerprint: fingerprint)
        return contents.sightings(ofFingerprint: fingerprint, excludingIDs: [id], before: occurredAt)
            ?? fix.map { PastSightings(count: 0, first: nil, last: nil, fix: $0.fix, fixedAt: $0.recordedAt) }
    }

    /// Of a record that was written before timelines were kept: its root alone.
    private var rootEntry: TimelineEntry {
        TimelineEntry(
            part: .root, rule: root.rule, title: title, source: root.source, line: root.line, time: firstSeen,
            text: root.text)
    }
}

extension RuleBook {
    /// What these rules say, each once.
    func notes(on ids: [String]) -> [RuleNote] {
        var seen: Set<String> = []
        return ids.filter { seen.insert($0).inserted }.compactMap(rule).map { rule in
            RuleNote(
                id: rule.id, title: rule.title, category: rule.category, role: rule.role, pack: rule.pack,
                references: rule.references)
        }
    }
}
