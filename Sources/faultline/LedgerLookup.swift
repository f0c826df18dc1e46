import ArgumentParser
import CrashModel
import Foundation
import History
import Reporting
import Rules

extension Ledger {
    /// The one incident whose id begins so, and all that is of the same failure.
    ///
    /// - Parameter mayBeFile: Whether the name of a log could have stood there as well.
    func one(_ id: String, mayBeFile: Bool = false) throws -> (LedgerRecord, LedgerContents) {
        let overview = try overview()
        let found = overview.incidents(withID: id)
        if let headline = found.first, found.count == 1 {
            let contents = try read(fingerprints: [headline.fingerprint])
            if let record = contents.incidents.first(where: { $0.id == headline.id }) { return (record, contents) }
        }
        let name = SafeText.line(id, limit: 80)
        let file = SafeText.line(path, limit: 400)
        if found.count > 1 {
            let ids = found.prefix(8).map { SafeText.line($0.id, limit: 80) }.joined(separator: ", ")
            throw CommandFailure(
                "'\(name)' is the beginning of \(found.count) ids, of which one is needed: \(ids)"
                    + (found.count > 8 ? " and \(found.count - 8) more" : ""), status: ExitStatus.usage)
        }
        if let emptiness = emptiness(overview.incidents.isEmpty) {
            throw CommandFailure(
                "\(emptiness): no incident yet. A scan without --no-ledger records what it finds; --ledger FILE names "
                    + "another ledger", status: ExitStatus.usage)
        }
        throw CommandFailure(
            "no incident '\(name)' in the ledger \(file)\(mayBeFile ? ", and no file of that name" : ""); 'faultline history' "
                + "shows the ids",
            status: ExitStatus.usage)
    }

    /// That nothing is in it, and why; nil where something is.
    func emptiness(_ isEmpty: Bool) -> String? {
        guard isEmpty else { return nil }
        let file = SafeText.line(path, limit: 400)
        return access(path, F_OK) == 0 ? "the ledger \(file) is empty" : "there is no ledger \(file)"
    }
}

extension Ledger {
    /// Why a report of all incidents since then tells of none; nil where it tells of some.
    func silence(_ contents: LedgerContents, since: Date?, _ count: Int) -> String? {
        guard count == 0 else { return nil }
        if let emptiness = emptiness(contents.incidents.isEmpty) { return emptiness }
        let moment = Moment(timeZone: .gmt)
        let last = contents.incidents.map(\.occurredAt).max()
        return "the ledger \(SafeText.line(path, limit: 400)) holds nothing"
            + (since.map { " since \(moment.stamp($0))" } ?? "")
            + (last.map { "; its last incident is of \(moment.stamp($0))" } ?? "")
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
