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
    /// The exceptions before it in one chain ("During handling of the above exception…").
    var chainedFrom: Int?

    var finding: Finding { scanned.finding }
    var category: Category { scanned.finding.category }
    var date: Date? { scanned.finding.time.date }
    var isGeneric: Bool { scanned.priority <= Rule.genericPriority }

    /// Whether it can be a cause at all.
    var canBeRoot: Bool { rule.role != .teardown && rule.severity != .warning }
}

/// What the rest of the logs say about a finding.
enum Fate: Sendable, Hashable {
    /// Nothing shows that the run survived it.
    case live
    case progressed
    case recovered
}

extension Evidence {
    /// Whether `self` stands before `other`: by time across sources, by line within one.
    func isBefore(_ other: Evidence) -> Bool {
        if sourceIndex == other.sourceIndex { return scanned.firstLine < other.scanned.firstLine }
        if let date, let otherDate = other.date, date != otherDate { return date < otherDate }
        return index < other.index
    }

    /// Lines between two pieces of evidence of one source.
    func lineDistance(to other: Evidence) -> Int? {
        sourceIndex == other.sourceIndex ? abs(finding.line - other.finding.line) : nil
    }

    /// Seconds between two pieces of evidence, when both can be placed in time.
    func seconds(until other: Evidence) -> Double? {
        guard let date, let otherDate = other.date else { return nil }
        return otherDate.timeIntervalSince(date)
    }
}
