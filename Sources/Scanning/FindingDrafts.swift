import CrashModel
import Logs
import PCRE

/// The findings of one source while it is being read: merges repeats, folds the lines of a block into it, watches for
/// recoveries, and places everything in time at the end.
struct FindingDrafts {
    private struct Draft {
        var scanned: ScannedFinding
        var stated: StatedTime?
        var recoveredBy: [DeferredPattern] = []
        /// How far training was; what repeats after an advance is another event.
        var advance = 0
    }

    /// Lines of the same rule this close together are one finding.
    private static let repeatDistance = 60

    private var drafts: [Draft] = []
    private var newest: [String: Int] = [:]
    private var awaitingRecovery: [Int] = []
    private(set) var uncounted = 0

    /// - Parameter advance: marks of progress so far.
    mutating func add(_ scanned: ScannedFinding, stated: StatedTime?, recoveredBy: [DeferredPattern], advance: Int) {
        let key = Self.repeatKey(scanned.finding)
        if let index = newest[key], drafts[index].advance == advance,
            scanned.finding.line - drafts[index].scanned.finding.lastLine <= Self.repeatDistance
        {
            drafts[index].scanned.finding.count += 1
            drafts[index].scanned.finding.lastLine = scanned.finding.line
            return
        }
        guard drafts.count < SourcePass.maximumFindings else {
            uncounted += 1
            return
        }
        newest[key] = drafts.count
        if !recoveredBy.isEmpty { awaitingRecovery.append(drafts.count) }
        drafts.append(Draft(scanned: scanned, stated: stated, recoveredBy: recoveredBy, advance: advance))
    }

    /// Adds a block. Findings of single lines inside it are folded into it, or take it over. What stands inside of
    /// noise after the fact is noise after the fact.
    mutating func add(block: ScannedFinding, stated: StatedTime?, recoveredBy: [DeferredPattern]) {
        var block = block
        var folded: Set<Int> = []
        let range = block.firstLine...max(block.firstLine, block.block.last?.line ?? block.finding.line)
        for index in drafts.indices.reversed() {
            let inner = drafts[index].scanned
            if inner.finding.lastLine < range.lowerBound { break }
            guard range.contains(inner.finding.line),
                inner.finding.origin.stream == block.finding.origin.stream
            else { continue }
            if block.finding.role == .teardown {
                folded.insert(index)
                continue
            }
            guard inner.block.isEmpty else { continue }
            if inner.finding.line == block.finding.line, inner.priority > block.priority {
                drafts[index].scanned.block = block.block
                drafts[index].scanned.firstLine = block.firstLine
                drafts[index].scanned.finding.excerpt = block.finding.excerpt
                drafts[index].scanned.finding.captures.merge(block.finding.captures) { own, _ in own }
                return
            }
            let sameKind = inner.finding.category.family == block.finding.category.family
            if inner.finding.line == block.finding.line || sameKind {
                block.finding.captures.merge(inner.finding.captures) { own, _ in own }
                if inner.finding.origin.pid != nil { block.finding.origin.pid = inner.finding.origin.pid }
                folded.insert(index)
            }
        }
        remove(folded)
        guard drafts.count < SourcePass.maximumFindings else {
            uncounted += 1
            return
        }
        if !recoveredBy.isEmpty { awaitingRecovery.append(drafts.count) }
        drafts.append(Draft(scanned: block, stated: stated, recoveredBy: recoveredBy))
    }

    mutating func noteRecoveries(_ line: LogLine, _ matcher: inout Matcher) {
        guard !awaitingRecovery.isEmpty else { return }
        awaitingRecovery.removeAll { index in
            let draft = drafts[index]
            guard draft.scanned.finding.lastLine < line.number,
                matcher.matchesAny(draft.recoveredBy, line.message)
            else { return false }
            drafts[index].scanned.recoveredAt = line.number
            return true
        }
    }

    /// All findings in the order of their lines, placed in time.
    func finish(_ clock: SourceClock) -> [ScannedFinding] {
        drafts.map { draft in
            var scanned = draft.scanned
            // "CANCELLED AT 2026-03-01T10:00:00": such a line states its time inside.
            let stated = draft.stated ?? scanned.finding.captures["time"].flatMap { StatedTime(text: $0) }
            scanned.finding.time = clock.time(atLine: scanned.finding.line, stated: stated)
            return scanned
        }.sorted { ($0.finding.line, $0.finding.rule) < ($1.finding.line, $1.finding.rule) }
    }

    private mutating func remove(_ indices: Set<Int>) {
        guard !indices.isEmpty else { return }
        var moved: [Int: Int] = [:]
        var kept: [Draft] = []
        for (index, draft) in drafts.enumerated() where !indices.contains(index) {
            moved[index] = kept.count
            kept.append(draft)
        }
        drafts = kept
        newest = newest.compactMapValues { moved[$0] }
        awaitingRecovery = awaitingRecovery.compactMap { moved[$0] }
    }

    /// Repeats are the same rule for the same writer and the same subject.
    private static func repeatKey(_ finding: Finding) -> String {
        let subject = ["pid", "pci", "type", "device"].map { finding.captures[$0] ?? "" }.joined(separator: "\u{1}")
        return "\(finding.rule)\u{1}\(finding.origin.stream ?? "")\u{1}\(finding.origin.rank ?? -1)\u{1}\(subject)"
    }
}
