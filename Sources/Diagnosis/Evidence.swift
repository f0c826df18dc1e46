import CrashModel
import Foundation
import Rules
import Scanning

/// A finding on its way to an incident: with its rule, its place among all the others, and what became of it.
struct Evidence: Sendable {
    /// Index among all evidence of the diagnosis; also its identity.
    var index: Int
    var scanned: ScannedFinding
    var rule: Rule
    var sourceIndex: Int
    var fate: Fate = .live
    /// Why it is the first of all ranks to fail, although others speak louder.
    var standsOut: String?
    /// A warning that shortly precedes what its rule says follows from it, and that nothing healed: then it was more.
    var isPromoted = false
    /// A launcher repeats it: what it copies from a worker's log is what it thinks ended it.
    var isEchoed = false
    /// The exceptions before it in one chain ("During handling of the above exception…").
    var chainedFrom: Int?

    var finding: Finding { scanned.finding }
    var category: Category { scanned.finding.category }
    /// When it began. The file's own time says little about its lines, so it does not count. A watchdog that says how
    /// long it waited reports what began that long before.
    var date: Date? { span?.lowerBound }
    /// When it can have begun: one moment where its line says so.
    var span: ClosedRange<Date>? { finding.span }
    /// How much is not known about ``span``.
    var spanSeconds: Double? { span.map { $0.upperBound.timeIntervalSince($0.lowerBound) } }
    /// The process that the line is about, or that wrote it.
    var pid: Int? { finding.captures["pid"].flatMap { Int($0) } ?? finding.origin.pid }
    var isGeneric: Bool { scanned.priority <= Rule.genericPriority }

    /// No line says it.
    var isInferred: Bool { if case .inferred = rule.shape { true } else { false } }

    /// A recording says it, and no log.
    var isRecorded: Bool { if case .recorded = rule.shape { true } else { false } }

    /// A root by its rule, or because it stands out.
    var isRootByNature: Bool { rule.role == .root || standsOut != nil }

    /// Whether it can be a cause at all.
    var canBeRoot: Bool { rule.role != .teardown && (rule.severity != .warning || isPromoted) }
}

/// What the rest of the logs say about a finding.
enum Fate: Sendable, Hashable {
    /// Nothing shows that the run survived it.
    case live
    case progressed
    case recovered
    /// Logs that ended well say the same.
    case familiar
}

extension Evidence {
    /// Whether `self` stands before `other`: by time across sources, by line within one.
    ///
    /// Where time does not tell, the kernel's word comes before what programs make of it, a line that states its time
    /// before one that does not, and a rank's own log before what others repeat of it.
    func isBefore(_ other: Evidence) -> Bool {
        if let known = precedes(other) { return known }
        let ranks = (firstHand, other.firstHand)
        if ranks.0 != ranks.1 { return ranks.0 < ranks.1 }
        if isEchoed != other.isEchoed { return isEchoed }
        // Whatever decides, it must not be the order in which the logs were named.
        return (finding.source, finding.line, index) < (other.finding.source, other.finding.line, other.index)
    }

    /// The same where it can be known: by line within one source, by time where the spans do not overlap.
    func precedes(_ other: Evidence) -> Bool? {
        if sourceIndex == other.sourceIndex { return scanned.firstLine < other.scanned.firstLine }
        guard let seconds = seconds(until: other), seconds != 0 else { return nil }
        return seconds > 0
    }

    private var firstHand: Int {
        if scanned.isKernel { return 0 }
        if finding.time.source == .stated { return 1 }
        if finding.origin.rank != nil { return 2 }
        return span != nil ? 3 : 4
    }

    /// Lines between two pieces of evidence of one source.
    func lineDistance(to other: Evidence) -> Int? {
        sourceIndex == other.sourceIndex ? abs(finding.line - other.finding.line) : nil
    }

    /// Seconds between two pieces of evidence, when both can be placed in time; zero where they may have happened at
    /// once.
    func seconds(until other: Evidence) -> Double? {
        guard let date, let otherDate = other.date, let gap = gap(until: other) else {
            guard sourceIndex == other.sourceIndex, let boot = finding.time.sinceBoot,
                let otherBoot = other.finding.time.sinceBoot
            else { return nil }
            return otherBoot - boot
        }
        return sourceIndex == other.sourceIndex ? otherDate.timeIntervalSince(date) : gap
    }

    private func gap(until other: Evidence) -> Double? {
        guard let span, let later = other.span else { return nil }
        if later.lowerBound > span.upperBound { return later.lowerBound.timeIntervalSince(span.upperBound) }
        if later.upperBound < span.lowerBound { return later.upperBound.timeIntervalSince(span.lowerBound) }
        return 0
    }
}
