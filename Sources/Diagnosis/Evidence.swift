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
    /// When it happened. The file's own time says little about its lines, so it does not count.
    var date: Date? { scanned.finding.time.source == .fileTime ? nil : scanned.finding.time.date }
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
        if let seconds = seconds(until: other), seconds != 0 { return seconds > 0 }
        return index < other.index
    }

    /// Lines between two pieces of evidence of one source.
    func lineDistance(to other: Evidence) -> Int? {
        sourceIndex == other.sourceIndex ? abs(finding.line - other.finding.line) : nil
    }

    /// Seconds between two pieces of evidence, when both can be placed in time.
    func seconds(until other: Evidence) -> Double? {
        guard let date, let otherDate = other.date else { return nil }
        let seconds = otherDate.timeIntervalSince(date)
        guard sourceIndex != other.sourceIndex, finding.time.isYearAssumed != other.finding.time.isYearAssumed else {
            return seconds
        }
        // One of the two states no year, and a copied file's own time is a poor guess: the same day counts.
        let year = 365.2425 * 86400
        let rest = seconds - (seconds / year).rounded() * year
        return abs(rest) < 2 * 86400 && abs(seconds) > year / 2 ? sameYear(as: other) : seconds
    }

    /// Seconds until `other`, both placed in one year.
    private func sameYear(as other: Evidence) -> Double? {
        guard let date, let otherDate = other.date else { return nil }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let fields: Set<Calendar.Component> = [.month, .day, .hour, .minute, .second, .nanosecond]
        func inLeapYear(_ date: Date) -> Date? {
            var parts = calendar.dateComponents(fields, from: date)
            parts.year = 2000
            return calendar.date(from: parts)
        }
        guard let a = inLeapYear(date), let b = inLeapYear(otherDate) else { return nil }
        return b.timeIntervalSince(a)
    }
}
