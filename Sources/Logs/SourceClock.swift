public import CrashModel
public import Foundation

/// Turns the stated times of one source into moments.
///
/// It is told every stated time by line number, in order, and asked afterwards (or meanwhile, with what it knows by
/// then). Memory is bounded: it keeps at most ``maximumAnchors`` of them, evenly thinned.
///
/// - A time without a year gets the year of a dated line near it, or the latest year that is not after the file's own
///   time plus a day; the year steps where months jump.
/// - A time of day gets its date in the same way.
/// - Seconds since boot are tied to the calendar by lines that state both.
/// - A line that states nothing lies between its neighbours.
public struct SourceClock: Sendable {
    private static let maximumAnchors = 4096
    private static let maximumSteps = 1024
    private static let day = 86_400.0

    private struct Anchor {
        var line: Int
        var stated: StatedTime
        /// Counts reboots: seconds since boot are comparable only within one boot.
        var boot: Int
    }

    /// A line from which the year or the day is another.
    private struct Step {
        var line: Int
        var total: Int
    }

    private var modified: Date?
    private let timeZone: TimeZone
    private var anchors: [Anchor] = []
    private var last: Anchor?
    private var stride = 1
    private var untilNext = 0
    private var boot = 0
    private var lastSinceBoot: Double?
    private var years: [Step] = []
    private var days: [Step] = []
    private var lastYearless: (month: Int, day: Int)?
    private var lastTimeOfDay: Double?
    private var hasDates = false
    private var hasTies = false

    /// `modified` is the source's own time, an upper bound for what its lines state; `timeZone` is that of times
    /// without one.
    /// Whether the lines state their zone.
    public var isZoneStated: Bool { zoned > zoneless }
    /// Seconds that the zone which a line stated last is ahead of UTC.
    public private(set) var utcOffset: Int?
    private var zoned = 0
    private var zoneless = 0

    public init(modified: Date?, timeZone: TimeZone) {
        self.modified = modified
        self.timeZone = timeZone
    }

    /// The source was written again.
    public mutating func noteModified(_ date: Date) { modified = date }

    public mutating func note(_ stated: StatedTime, line: Int) {
        noteBoot(stated)
        if stated.zoneStated { zoned += 1 } else { zoneless += 1 }
        if let offset = stated.utcOffset { utcOffset = offset }
        switch stated.form {
        case .wall: hasDates = true
        case .yearless(let month, let day, _): noteYear(month: month, day: day, line: line)
        case .timeOfDay(let seconds): noteDay(seconds, line: line)
        case .sinceBoot: break
        }
        let anchor = Anchor(line: line, stated: stated, boot: boot)
        last = anchor
        if untilNext > 0 {
            untilNext -= 1
            return
        }
        anchors.append(anchor)
        untilNext = stride - 1
        if anchors.count > Self.maximumAnchors {
            anchors = anchors.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
            stride *= 2
        }
    }

    /// When the line was written, and how that is known. `stated` is what the line states itself, if anything.
    public func time(atLine line: Int, stated: StatedTime?) -> LogTime {
        if let stated, let time = resolve(stated, line: line, boot: bootOf(line)) { return time }
        let before = neighbour(atOrBefore: line)
        let after = neighbour(after: line)
        let start = before.flatMap { resolve($0.stated, line: $0.line, boot: $0.boot) }
        let end = after.flatMap { resolve($0.stated, line: $0.line, boot: $0.boot) }
        if let from = start?.date, let to = end?.date, let before, let after, to >= from {
            let share = Double(line - before.line) / Double(max(after.line - before.line, 1))
            return between(start, end, date: from + to.timeIntervalSince(from) * share, span: from...to)
        }
        if let date = start?.date, let before {
            let latest = date + longest(lines: line - before.line)
            return between(start, end, date: date, span: date...latest)
        }
        if let date = end?.date, let after {
            return between(start, end, date: date, span: (date - longest(lines: after.line - line))...date)
        }
        if let seconds = start?.sinceBoot ?? end?.sinceBoot {
            return LogTime(sinceBoot: seconds, source: .bootRelative)
        }
        if let modified { return LogTime(date: modified, source: .fileTime) }
        return .unknown
    }

    /// A time taken from the lines around, which can be no better founded than theirs.
    private func between(_ start: LogTime?, _ end: LogTime?, date: Date, span: ClosedRange<Date>) -> LogTime {
        let neighbours = [start, end].compactMap(\.self)
        return LogTime(
            date: date, source: neighbours.contains { $0.source == .fileTime } ? .fileTime : .interpolated,
            isYearAssumed: neighbours.contains(where: \.isYearAssumed), span: span)
    }

    /// How long so many lines beyond the last time may have taken, at the pace of those that state theirs. A log that
    /// states its time once, in a banner, says nothing about its end.
    private func longest(lines: Int) -> Double {
        guard anchors.count >= 4, let first = anchors.first, let last, last.line > first.line,
            lines <= max(40, last.line - first.line),
            let from = resolve(first.stated, line: first.line, boot: first.boot)?.date,
            let to = resolve(last.stated, line: last.line, boot: last.boot)?.date, to >= from
        else { return 7 * Self.day }
        let pace = to.timeIntervalSince(from) / Double(last.line - first.line)
        return 3600 + 4 * pace * Double(lines)
    }

    // MARK: - Placing one time

    private func resolve(_ stated: StatedTime, line: Int, boot: Int) -> LogTime? {
        if case .sinceBoot(let seconds) = stated.form {
            guard let offset = bootOffset(line: line, boot: boot) else {
                return LogTime(sinceBoot: seconds, source: .bootRelative)
            }
            return LogTime(date: offset + seconds, sinceBoot: seconds, source: .interpolated)
        }
        guard let placed = place(stated, line: line) else { return nil }
        guard let sinceBoot = stated.sinceBoot else { return placed }
        var time = placed
        time.sinceBoot = sinceBoot
        // A syslog daemon that starts stamps what the kernel said before with the time of reading. The bracket is
        // right, and a later line of the same boot tells how far off the stamp is. Stamps have whole seconds.
        if let date = placed.date, let offset = bootOffset(line: line, boot: boot),
            date.timeIntervalSince(offset + sinceBoot) > 2
        {
            time.date = offset + sinceBoot
            time.source = .interpolated
        }
        return time
    }

    /// Places everything but seconds since boot.
    private func place(_ stated: StatedTime, line: Int) -> LogTime? {
        switch stated.form {
        case .wall(let date):
            return LogTime(date: stated.zoneStated ? date : inScanZone(date), source: .stated)
        case .yearless(let month, let day, let seconds):
            guard let year = year(month: month, day: day, seconds: seconds, line: line) else { return nil }
            return LogTime(date: date(year, month, day, seconds), source: .stated, isYearAssumed: !hasDates)
        case .timeOfDay(let seconds):
            return placeTimeOfDay(seconds, line: line)
        case .sinceBoot: return nil
        }
    }

    private func date(_ year: Int, _ month: Int, _ day: Int, _ seconds: Double) -> Date {
        let days = Calendar1970.days(year: year, month: month, day: day)
        return inScanZone(Date(timeIntervalSince1970: Double(days) * Self.day + seconds))
    }

    /// A date whose digits were read as UTC, moved into the scan's time zone, or into the one that other lines of the
    /// source state: one process writes through several loggers.
    private func inScanZone(_ asUTC: Date) -> Date {
        if let utcOffset { return asUTC - Double(utcOffset) }
        let guess = asUTC - Double(timeZone.secondsFromGMT(for: asUTC))
        return asUTC - Double(timeZone.secondsFromGMT(for: guess))
    }

    private func digits(of date: Date) -> Date { date + Double(timeZone.secondsFromGMT(for: date)) }

    // MARK: - Years and days that nobody stated

    private mutating func noteYear(month: Int, day: Int, line: Int) {
        defer { lastYearless = (month, day) }
        guard let lastYearless else { return }
        // From December to January a year passes; a line of New Year's Eve that comes late steps back.
        if month - lastYearless.month <= -2 { step(&years, by: 1, line: line) }
        if (lastYearless.month, month) == (1, 12), lastYearless.day < 7, day > 24, (years.last?.total ?? 0) > 0 {
            step(&years, by: -1, line: line)
        }
    }

    private mutating func noteDay(_ seconds: Double, line: Int) {
        defer { lastTimeOfDay = seconds }
        guard let lastTimeOfDay else { return }
        // Writers overtake one another by moments; half a day back is midnight.
        if lastTimeOfDay - seconds > Self.day / 2 { step(&days, by: 1, line: line) }
        if seconds - lastTimeOfDay > Self.day / 2, (days.last?.total ?? 0) > 0, lastTimeOfDay < 600 {
            step(&days, by: -1, line: line)
        }
    }

    private func step(_ steps: inout [Step], by change: Int, line: Int) {
        let total = (steps.last?.total ?? 0) + change
        if steps.count < Self.maximumSteps {
            steps.append(Step(line: line, total: total))
        } else {
            steps[steps.count - 1].total = total
        }
    }

    private func total(_ steps: [Step], atLine line: Int) -> Int { steps.last { $0.line <= line }?.total ?? 0 }

    private func year(month: Int, day: Int, seconds: Double, line: Int) -> Int? {
        func distance(_ year: Int, _ from: Date) -> Double {
            abs(date(year, month, day, seconds).timeIntervalSince(from))
        }
        func yearOf(_ date: Date) -> Int {
            Calendar1970.year(ofDays: Int((digits(of: date).timeIntervalSince1970 / Self.day).rounded(.down)))
        }
        if let near = nearestDate(line: line) {
            let middle = yearOf(near)
            return (middle - 1...middle + 1).min { distance($0, near) < distance($1, near) }
        }
        guard let modified else { return nil }
        // The last line decides; the lines before it count steps back from there.
        var final = (month: month, day: day, seconds: seconds)
        if let last, case .yearless(let month, let day, let seconds) = last.stated.form {
            final = (month, day, seconds)
        }
        var year = yearOf(modified) + 1
        while date(year, final.month, final.day, final.seconds) > modified + Self.day { year -= 1 }
        return year - (total(years, atLine: .max) - total(years, atLine: line))
    }

    private func placeTimeOfDay(_ seconds: Double, line: Int) -> LogTime? {
        func midnight(_ date: Date) -> Double {
            (digits(of: date).timeIntervalSince1970 / Self.day).rounded(.down) * Self.day
        }
        if let near = nearestDate(line: line) {
            let base = midnight(near)
            let candidates = [-1.0, 0, 1].map {
                inScanZone(Date(timeIntervalSince1970: base + $0 * Self.day + seconds))
            }
            let best = candidates.min { abs($0.timeIntervalSince(near)) < abs($1.timeIntervalSince(near)) }
            return best.map { LogTime(date: $0, source: .stated) }
        }
        guard let modified else { return nil }
        var final = seconds
        if let last, case .timeOfDay(let lastSeconds) = last.stated.form { final = lastSeconds }
        var base = midnight(modified)
        if inScanZone(Date(timeIntervalSince1970: base + final)) > modified + 3600 { base -= Self.day }
        base -= Double(total(days, atLine: .max) - total(days, atLine: line)) * Self.day
        return LogTime(date: inScanZone(Date(timeIntervalSince1970: base + seconds)), source: .fileTime)
    }

    /// The date of the nearest line that states one in full.
    private func nearestDate(line: Int) -> Date? {
        guard hasDates else { return nil }
        let index = firstAnchor(after: line)
        var (back, forth) = (index - 1, index)
        // Alternates between both sides; dated and undated lines mix, so the search is short in practice.
        while back >= 0 || forth < anchors.count {
            if back >= 0 {
                if case .wall(let date) = anchors[back].stated.form {
                    return anchors[back].stated.zoneStated ? date : inScanZone(date)
                }
                back -= 1
            }
            if forth < anchors.count {
                if case .wall(let date) = anchors[forth].stated.form {
                    return anchors[forth].stated.zoneStated ? date : inScanZone(date)
                }
                forth += 1
            }
        }
        return nil
    }

    // MARK: - Seconds since boot

    private mutating func noteBoot(_ stated: StatedTime) {
        guard let seconds = sinceBoot(stated) else { return }
        if case .sinceBoot = stated.form {} else { hasTies = true }
        // Records of several CPUs cross by fractions of a second; a minute back is another boot.
        if let lastSinceBoot, seconds < lastSinceBoot - 60 { boot += 1 }
        lastSinceBoot = seconds
    }

    private func sinceBoot(_ stated: StatedTime) -> Double? {
        if case .sinceBoot(let seconds) = stated.form { return seconds }
        return stated.sinceBoot
    }

    private func bootOf(_ line: Int) -> Int { neighbour(atOrBefore: line)?.boot ?? 0 }

    /// The moment of boot, from lines that state both clocks.
    ///
    /// A stamp is never earlier than the record, and the machine's sleep only moves boot's apparent moment forward.
    /// So the truth at a line is the least that this line or any later one of the same boot shows.
    private func bootOffset(line: Int, boot: Int) -> Date? {
        guard hasTies else { return nil }
        func offset(_ anchor: Anchor) -> Date? {
            guard anchor.boot == boot, let seconds = anchor.stated.sinceBoot,
                let date = place(anchor.stated, line: anchor.line)?.date
            else { return nil }
            return date - seconds
        }
        let start = firstAnchor(after: line - 1)
        var least: Date?
        var (index, pace) = (start, 1)
        // Closely at first, then in growing strides: a backlog of late stamps lasts for lines, not for days.
        while index < anchors.count, anchors[index].boot <= boot {
            if let found = offset(anchors[index]) { least = min(least ?? found, found) }
            if index - start >= 16 { pace *= 2 }
            index += pace
        }
        if let last, last.line >= line, let found = offset(last) { least = min(least ?? found, found) }
        if let least { return least }
        return anchors[..<start].reversed().lazy.compactMap(offset).first
    }

    // MARK: - Neighbours

    /// Index of the first anchor behind `line`.
    private func firstAnchor(after line: Int) -> Int {
        var (low, high) = (0, anchors.count)
        while low < high {
            let middle = (low + high) / 2
            if anchors[middle].line <= line { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func neighbour(atOrBefore line: Int) -> Anchor? {
        if let last, last.line <= line { return last }
        let index = firstAnchor(after: line)
        return index > 0 ? anchors[index - 1] : nil
    }

    private func neighbour(after line: Int) -> Anchor? {
        let index = firstAnchor(after: line)
        if index < anchors.count { return anchors[index] }
        guard let last, last.line > line else { return nil }
        return last
    }
}
