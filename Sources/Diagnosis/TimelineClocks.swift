import CrashModel
import Foundation
import Scanning

/// Says where the times of a story are not to be taken at their word: clocks of machines that disagree, and logs that
/// were moved to agree with others.
struct TimelineClocks {
    let scans: [SourceScan]

    /// A line is printed some seconds after what it tells of.
    private static let slack = 20.0
    /// Machines whose clocks are told of, and files that are named.
    private static let most = 3

    func notes(on story: Story) -> [String] { disagreements(in: story) + moves(in: story) }

    // MARK: - Clocks that disagree

    /// What followed and is stated before its cause was told by another clock: no order of lines can be wrong by that.
    private func disagreements(in story: Story) -> [String] {
        guard let cause = story.root.exactDate else { return [] }
        var leads: [String: (seconds: Double, sourceIndex: Int)] = [:]
        for effect in story.consequences where effect.sourceIndex != story.root.sourceIndex {
            guard let date = effect.exactDate else { continue }
            let seconds = cause.timeIntervalSince(date)
            let clock = clock(effect.sourceIndex, besides: story.root.sourceIndex)
            guard seconds > Self.slack, seconds > leads[clock.name]?.seconds ?? 0 else { continue }
            leads[clock.name] = (seconds, effect.sourceIndex)
        }
        var notes: [String: [String]] = [:]
        let told = leads.sorted { ($1.value.seconds, $0.key) < ($0.value.seconds, $1.key) }
        for (name, lead) in told {
            let own = clock(story.root.sourceIndex, besides: lead.sourceIndex)
            let other = clock(lead.sourceIndex, besides: story.root.sourceIndex)
            if own.sources.contains(lead.sourceIndex) || other.sources.contains(story.root.sourceIndex) { continue }
            if let found = ahead(own, of: other), found.seconds > Self.slack {
                let note =
                    "disagree by about \(Self.spelled(found.seconds)): both tell when step \(found.step) was made"
                notes["the clocks of \(own.name) and # \(note)", default: []].append(name)
            } else if own.isMachine, other.isMachine {
                let note =
                    "seem to disagree by about \(Self.spelled(Self.rounded(lead.seconds))) or more: what followed "
                notes["the clocks of \(own.name) and # \(note)is stated so long before its cause", default: []]
                    .append(name)
            }
        }
        return notes.sorted { $0.key < $1.key }.prefix(Self.most).map { note, names in
            let more = names.count > Self.most ? " and \(names.count - Self.most) more" : ""
            return note.replacing("#", with: names.prefix(Self.most).joined(separator: ", ") + more, maxReplacements: 1)
        }
    }

    private struct Clock {
        var name: String
        /// Whether the name is a machine's, and not only a log's.
        var isMachine: Bool
        var sources: [Int]
    }

    /// The clock that a source was written by: that of its machine, as far as hosts and folders tell.
    private func clock(_ index: Int, besides other: Int) -> Clock {
        let folder = folder(index)
        let isApart = folder != self.folder(other)
        let host = host(index)
        guard let name = host ?? (isApart ? folder.last.map(String.init) : nil) else {
            return Clock(name: scans[index].input.source, isMachine: false, sources: [index])
        }
        let sources = scans.indices.filter { other in
            if let host, let theirs = self.host(other) { return theirs == host }
            return other == index || isApart && self.folder(other) == folder
        }
        return Clock(name: name, isMachine: true, sources: sources)
    }

    private func host(_ index: Int) -> String? {
        if let host = scans[index].origin.host { return host }
        let hosts = Set(scans[index].findings.compactMap(\.finding.origin.host))
        return hosts.count == 1 ? hosts.first : nil
    }

    private func folder(_ index: Int) -> ArraySlice<Substring> {
        scans[index].input.source.split(separator: "/").dropLast()
    }

    /// How many seconds a clock is ahead of another, by the steps that training made on both at once.
    private func ahead(_ clock: Clock, of other: Clock) -> (seconds: Double, step: Int)? {
        let (own, others) = (steps(clock.sources), steps(other.sources))
        let differences = own.compactMap { step, date in others[step].map { (date.timeIntervalSince($0), step.step) } }
            .sorted { $0 < $1 }
        guard let first = differences.first, let last = differences.last else { return nil }
        let middle = differences[differences.count / 2]
        let spread = last.0 - first.0
        // Runs that do not train together make the same steps too, at a pace of their own.
        guard spread <= max(Self.slack, abs(middle.0) / 4) else { return nil }
        return (Self.rounded(middle.0, coarsely: spread > Self.slack), middle.1)
    }

    private static func rounded(_ seconds: Double, coarsely: Bool = false) -> Double {
        let unit: Double = coarsely || seconds > 300 ? 60 : seconds > 60 ? 10 : 1
        return (seconds / unit).rounded() * unit
    }

    private struct Step: Hashable {
        var step: Int
        var dialect: String
    }

    /// When each step was first told of.
    private func steps(_ sources: [Int]) -> [Step: Date] {
        var dates: [Step: Date] = [:]
        for index in sources {
            for mark in scans[index].progress.marks {
                guard let step = mark.step, let date = mark.statedDate else { continue }
                let key = Step(step: step, dialect: mark.dialect)
                dates[key] = min(dates[key] ?? date, date)
            }
        }
        return dates
    }

    // MARK: - Logs that were moved

    private func moves(in story: Story) -> [String] {
        let told = [story.root] + story.consequences + story.confirmations
        let moved = Set(told.map(\.sourceIndex)).sorted().map { scans[$0] }.filter { $0.movedBy != 0 }
        let groups = Dictionary(grouping: moved, by: \.movedBy)
        return groups.sorted { $0.key < $1.key }.map { seconds, scans in
            let names = scans.prefix(Self.most).map(\.input.source).joined(separator: ", ")
            let more = scans.count > Self.most ? " and \(scans.count - Self.most) more" : ""
            return "the times of \(names)\(more) state no zone, and were moved \(seconds < 0 ? "back" : "on") by "
                + "\(Self.spelled(abs(seconds))) to the zone of the other logs"
        }
    }

    /// `45 s`, `2 min 49 s`, `5 h 30 min`.
    private static func spelled(_ seconds: Double) -> String {
        let whole = Int(min(seconds.rounded(), 1e12))
        if whole < 60 { return "\(whole) s" }
        let (big, small, words) =
            whole < 3600 ? (whole / 60, whole % 60, ("min", "s")) : (whole / 3600, whole / 60 % 60, ("h", "min"))
        return small == 0 ? "\(big) \(words.0)" : "\(big) \(words.0) \(small) \(words.1)"
    }
}

extension Evidence {
    /// When it began, where its line says so, or lines around leave little doubt.
    fileprivate var exactDate: Date? {
        guard let span, span.upperBound.timeIntervalSince(span.lowerBound) < 10 else { return nil }
        return span.lowerBound
    }
}
