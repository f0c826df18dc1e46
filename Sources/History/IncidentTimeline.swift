import CrashModel
import Foundation

extension LedgerRecord {
    /// The lines of an incident in the order in which they happened: first what can be placed in time, each of the rest
    /// behind what stands before it in its source.
    static func timeline(of incident: Incident) -> [TimelineEntry] {
        var entries: [TimelineEntry] = []
        if let mark = incident.lastCheckpoint {
            entries.append(
                TimelineEntry(
                    part: .checkpoint, title: "The state of the training was saved", source: mark.source,
                    line: mark.line, time: mark.time, text: bounded(mark.text)))
        }
        if let mark = incident.lastProgress {
            entries.append(
                TimelineEntry(
                    part: .progress, title: "Training advanced for the last time", source: mark.source,
                    line: mark.line, time: mark.time, text: bounded(mark.text)))
        }
        entries.append(closed(entry(.root, incident.root)))
        let rest =
            incident.consequences.map { entry(.consequence, $0) }
            + incident.confirmations.map { entry(.confirmation, $0) } + incident.teardown.map { entry(.teardown, $0) }
        entries += merged(rest).map(closed).prefix(timelineLimit - entries.count)
        return sorted(entries)
    }

    private static func entry(_ part: TimelineEntry.Part, _ finding: Finding) -> TimelineEntry {
        TimelineEntry(
            part: part, rule: finding.rule, title: finding.title, source: finding.source, line: finding.line,
            time: part == .root || finding.time.source == .stated ? finding.time.known : nil,
            text: bounded(finding.text),
            count: finding.count, ranks: finding.origin.rank.map { [$0] },
            rankTimes: finding.origin.rank.map { _ in
                [finding.time.source == .stated ? finding.time.date ?? .distantPast : .distantPast]
            }, isTimeInferred: part == .root && finding.time.source == .interpolated ? true : nil)
    }

    /// The most ranks of a group that are kept, and of which the times are.
    private static let mostRanks = 16_384
    private static let mostTimes = 256

    /// Without times where one of them is not known, since they would not be those of the ranks.
    private static func closed(_ entry: TimelineEntry) -> TimelineEntry {
        var entry = entry
        entry.ranks = entry.ranks.map { Array($0.prefix(mostRanks)) }
        let times = entry.rankTimes ?? []
        if times.isEmpty || times.count > mostTimes || times.contains(.distantPast) { entry.rankTimes = nil }
        return entry
    }

    /// Adds the ranks of another entry, each once, with its earliest time.
    private static func join(_ other: TimelineEntry, to entry: inout TimelineEntry) {
        guard let rank = other.ranks?.first, let time = other.rankTimes?.first else { return }
        guard let at = entry.ranks?.firstIndex(of: rank) else {
            entry.ranks = (entry.ranks ?? []) + [rank]
            entry.rankTimes = (entry.rankTimes ?? []) + [time]
            return
        }
        if let known = entry.rankTimes?[at], time < known { entry.rankTimes?[at] = time }
    }

    /// What many ranks say is said once, with its number.
    private static func merged(_ entries: [TimelineEntry]) -> [TimelineEntry] {
        var kept: [TimelineEntry] = []
        var places: [String: Int] = [:]
        for entry in entries {
            let key = "\(entry.part.rawValue) \(entry.rule ?? "")"
            if let index = places[key] {
                kept[index].count += entry.count
                join(entry, to: &kept[index])
            } else {
                places[key] = kept.count
                kept.append(entry)
            }
        }
        return kept
    }

    private static func sorted(_ entries: [TimelineEntry]) -> [TimelineEntry] {
        let dated = entries.enumerated().filter { $0.element.time != nil }
            .sorted {
                ($0.element.time ?? .distantPast, $0.element.line, $0.offset)
                    < ($1.element.time ?? .distantPast, $1.element.line, $1.offset)
            }.map(\.element)
        var ordered = dated
        for entry in entries where entry.time == nil {
            let before = ordered.lastIndex { $0.source == entry.source && $0.line <= entry.line }
            // What followed from the cause is told after it.
            let cause = entry.part == .root || entry.rule == nil ? nil : ordered.lastIndex { $0.part == .root }
            ordered.insert(entry, at: [before, cause].compactMap(\.self).max().map { $0 + 1 } ?? ordered.count)
        }
        return ordered
    }
}

extension LogTime {
    /// The moment, unless only the file's own time is known.
    fileprivate var known: Date? { source == .fileTime ? nil : date }
}
