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
        /// The time of the last repeat.
        var lastStated: StatedTime?
    }

    /// Lines of the same rule this close together are one finding.
    private static let repeatDistance = 60
    /// And this close in time, where they state it.
    private static let repeatSeconds: Double = 30 * 60

    /// A rule with more findings than this is common, and some of them can go.
    private static let common = 32

    private var drafts: [Draft] = []
    private var newest: [String: Int] = [:]
    /// Drafts that a later line may show to have healed, by rule: a line is tried once for each rule.
    private var awaitingRecovery: [String: (patterns: [DeferredPattern], drafts: [Int])] = [:]
    private(set) var uncounted = 0
    /// Rises with every line that adds to a finding, and with every one that heals some.
    private(set) var changes = 0

    /// - Parameter advance: marks of progress so far.
    mutating func add(_ scanned: ScannedFinding, stated: StatedTime?, recoveredBy: [DeferredPattern], advance: Int) {
        changes += 1
        let key = Self.repeatKey(scanned.finding)
        if let index = newest[key], drafts[index].advance == advance,
            scanned.finding.line - drafts[index].scanned.finding.lastLine <= Self.repeatDistance,
            drafts[index].scanned.recoveredAt == nil, !isLongAfter(drafts[index].lastStated, stated)
        {
            drafts[index].lastStated = stated ?? drafts[index].lastStated
            drafts[index].scanned.finding.count += 1
            drafts[index].scanned.finding.lastLine = scanned.finding.lastLine
            return
        }
        makeRoom()
        newest[key] = drafts.count
        append(
            Draft(scanned: scanned, stated: stated, recoveredBy: recoveredBy, advance: advance, lastStated: stated))
    }

    /// Whether so much time passed since the last line of a finding that this one belongs to another event.
    private func isLongAfter(_ last: StatedTime?, _ stated: StatedTime?) -> Bool {
        guard let last, let stated, let seconds = last.seconds(to: stated) else { return false }
        return seconds > Self.repeatSeconds
    }

    private mutating func append(_ draft: Draft) {
        if !draft.recoveredBy.isEmpty {
            awaitingRecovery[draft.scanned.finding.rule, default: (draft.recoveredBy, [])].drafts.append(drafts.count)
        }
        drafts.append(draft)
    }

    /// Beyond the limit the middle is thinned: the first findings hold the cause, the last ones the end. Of what stands
    /// between, rules with many findings give way before those with few.
    private mutating func makeRoom() {
        guard drafts.count >= SourcePass.maximumFindings else { return }
        let edge = SourcePass.maximumFindings / 4
        var counts: [String: Int] = [:]
        for draft in drafts { counts[draft.scanned.finding.rule, default: 0] += 1 }
        let middle = edge..<(drafts.count - edge)
        var thinned = Set(middle.filter { counts[drafts[$0].scanned.finding.rule, default: 0] > Self.common })
        if thinned.isEmpty { thinned = Set(middle.prefix(edge)) }
        uncounted += thinned.count
        remove(thinned)
    }

    /// Adds a block. Findings of single lines inside it are folded into it, or take it over. What stands inside of
    /// noise after the fact is noise after the fact.
    mutating func add(block: ScannedFinding, stated: StatedTime?, recoveredBy: [DeferredPattern]) {
        changes += 1
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
        makeRoom()
        append(Draft(scanned: block, stated: stated, recoveredBy: recoveredBy))
    }

    mutating func noteRecoveries(_ line: LogLine, _ matcher: inout Matcher) {
        if awaitingRecovery.isEmpty { return }
        line.message.withUnsafeBufferPointer { noteRecoveries($0, line: line.number, &matcher) }
    }

    /// The same of a line's message alone.
    mutating func noteRecoveries(_ message: UnsafeBufferPointer<UInt8>, line: Int, _ matcher: inout Matcher) {
        for (rule, waiting) in awaitingRecovery {
            guard matcher.matchesAny(waiting.patterns, message) else { continue }
            changes += 1
            let still = waiting.drafts.filter { drafts[$0].scanned.finding.lastLine >= line }
            for index in waiting.drafts where drafts[index].scanned.finding.lastLine < line {
                drafts[index].scanned.recoveredAt = line
            }
            awaitingRecovery[rule] = still.isEmpty ? nil : (waiting.patterns, still)
        }
    }

    /// Dates that lines state inside, as "CANCELLED AT 2026-03-01T10:00:00" does, in the order of the lines.
    var datesInWords: [(line: Int, stated: StatedTime)] {
        drafts.compactMap { draft in
            let finding = draft.scanned.finding
            return finding.captures["time"].flatMap { StatedTime(text: $0) }.map { (finding.line, $0) }
        }.sorted { $0.line < $1.line }
    }

    /// All findings in the order of their lines, placed in time.
    func finish(_ clock: SourceClock) -> [ScannedFinding] {
        drafts.map { draft in
            var scanned = draft.scanned
            // "CANCELLED AT 2026-03-01T10:00:00": such a line states its time inside.
            let stated = draft.stated ?? scanned.finding.captures["time"].flatMap { StatedTime(text: $0) }
            scanned.finding.time = clock.time(atLine: scanned.finding.line, stated: stated)
            scanned.lastTime =
                scanned.finding.count > 1
                ? clock.time(atLine: scanned.finding.lastLine, stated: draft.lastStated) : scanned.finding.time
            return scanned
        }.sorted { ($0.finding.line, $0.finding.rule) < ($1.finding.line, $1.finding.rule) }
    }

    /// Drops what ends before a line.
    mutating func forget(before line: Int) {
        remove(Set(drafts.indices.filter { drafts[$0].scanned.finding.lastLine < line }))
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
        for (rule, waiting) in awaitingRecovery {
            let still = waiting.drafts.compactMap { moved[$0] }
            awaitingRecovery[rule] = still.isEmpty ? nil : (waiting.patterns, still)
        }
    }

    /// Repeats are the same rule for the same writer and the same subject.
    private static func repeatKey(_ finding: Finding) -> String {
        let subject = ["pid", "pci", "type", "device"].map { finding.captures[$0] ?? "" }.joined(separator: "\u{1}")
        return "\(finding.rule)\u{1}\(finding.origin.stream ?? "")\u{1}\(finding.origin.rank ?? -1)\u{1}\(subject)"
    }
}
