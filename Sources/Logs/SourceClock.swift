public import CrashModel
public import Foundation

/// Turns the stated times of one source into moments.
///
/// It is told every stated time by line number, in order, and asked afterwards (or meanwhile, with what it knows by
/// then). Memory is bounded: it keeps some thousands of them, evenly thinned.
///
/// - A time without a year gets the year of a dated line near it, or the latest year that is not after the file's own
///   time, or after now, plus a day; the year steps where months jump.
/// - A time of day gets its date in the same way: from a line near it that states one, with a year or without, and
///   else from the file's own time; the day steps where clocks jump.
/// - Seconds since boot are tied to the calendar by lines that state both.
/// - A line that states nothing lies between its neighbours.
public struct SourceClock: Sendable {
    private static let maximumSteps = 1024
    private static let day = 86_400.0

    private typealias Anchor = StatedTimeTrail.Anchor

    /// A line from which the year or the day is another.
    private struct Step {
        var line: Int
        var total: Int
    }

    private var modified: Date?
    private let now: Date
    private let timeZone: TimeZone
    /// All times, those with a year, and those with a date but no year.
    private var times = StatedTimeTrail()
    private var walls = StatedTimeTrail()
    private var yearless = StatedTimeTrail()
    private var boot = 0
    private var lastSinceBoot: Double?
    private var years: [Step] = []
    private var days: [Step] = []
    private var lastYearless: (month: Int, day: Int)?
    private var firstClock: (line: Int, seconds: Double)?
    private var lastClock: (line: Int, seconds: Double)?
    private var hasTies = false
    private var zoned = 0
    private var zoneless = 0
    /// Seconds that the zone which a line stated last is ahead of UTC.
    public private(set) var utcOffset: Int?

    /// Whether the lines state their zone.
    public var isZoneStated: Bool { zoned > zoneless }

    /// `modified` is the source's own time, an upper bound for what its lines state, as is `now`; `timeZone` is that of
    /// times without one.
    public init(modified: Date?, timeZone: TimeZone, now: Date = Date()) {
        self.modified = modified
        self.now = now
        self.timeZone = timeZone
    }

    /// The source was written again.
    public mutating func noteModified(_ date: Date) { modified = date }

    public mutating func note(_ stated: StatedTime, line: Int) {
        noteBoot(stated)
        if stated.zoneStated { zoned += 1 } else { zoneless += 1 }
        if let offset = stated.utcOffset { utcOffset = offset }
        let anchor = Anchor(line: line, stated: stated, boot: boot, clock: lastClock)
        switch stated.form {
        case .wall: walls.note(anchor)
        case .yearless(let month, let day, _):
            noteYear(month: month, day: day, line: line)
            yearless.note(anchor)
        case .timeOfDay(let seconds): noteDay(seconds, line: line)
        case .sinceBoot: break
        }
        times.note(anchor)
    }

    /// Learns dates that lines state in their words, in the order of the lines, where none begins with one.
    public mutating func noteDates(_ stated: [(line: Int, stated: StatedTime)]) {
        guard walls.isEmpty, yearless.isEmpty else { return }
        for (line, stated) in stated {
            guard case .wall = stated.form else { continue }
            var clock: (line: Int, seconds: Double)?
            if let before = times.anchor(atOrBefore: line), case .timeOfDay(let seconds) = before.stated.form {
                clock = (before.line, seconds)
            }
            walls.note(Anchor(line: line, stated: stated, boot: boot, clock: clock))
        }
    }

    /// When the line was written, and how that is known. `stated` is what the line states itself, if anything.
    public func time(atLine line: Int, stated: StatedTime?) -> LogTime {
        if let stated, let time = resolve(stated, line: line, boot: bootOf(line)) { return time }
        let before = times.anchor(atOrBefore: line)
        let after = times.anchor(after: line)
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
        guard times.anchors.count >= 4, let first = times.anchors.first, let last = times.last, last.line > first.line,
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
            return LogTime(date: date(year, month, day, seconds), source: .stated, isYearAssumed: walls.isEmpty)
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

    private func digits(of date: Date) -> Date {
        date + Double(utcOffset ?? timeZone.secondsFromGMT(for: date))
    }

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
        defer {
            lastClock = (line, seconds)
            if firstClock == nil { firstClock = lastClock }
        }
        guard let last = lastClock?.seconds else { return }
        // Writers overtake one another by moments; half a day back is midnight.
        if last - seconds > Self.day / 2 { step(&days, by: 1, line: line) }
        if seconds - last > Self.day / 2, (days.last?.total ?? 0) > 0, last < 600 {
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
        if let near = walls.nearest(to: line).flatMap({ place($0.stated, line: $0.line)?.date }) {
            let middle = yearOf(near)
            let latest = max(near, now) + Self.day
            let dates = (middle - 1...middle + 1).map { (year: $0, date: date($0, month, day, seconds)) }
            return dates.filter { $0.date <= latest }
                .min { abs($0.date.timeIntervalSince(near)) < abs($1.date.timeIntervalSince(near)) }?.year
        }
        guard let modified else { return nil }
        // The last line decides; the lines before it count steps back from there.
        var final = (month: month, day: day, seconds: seconds)
        if case .yearless(let month, let day, let seconds) = yearless.last?.stated.form {
            final = (month, day, seconds)
        }
        let latest = min(modified, now)
        var year = yearOf(latest) + 1
        while date(year, final.month, final.day, final.seconds) > latest + Self.day { year -= 1 }
        return year - (total(years, atLine: .max) - total(years, atLine: line))
    }

    private func yearOf(_ date: Date) -> Int {
        let days = (digits(of: date).timeIntervalSince1970 / Self.day).rounded(.down)
        return Calendar1970.year(ofDays: Int(min(max(days, -1e7), 1e7)))
    }

    private func placeTimeOfDay(_ seconds: Double, line: Int) -> LogTime? {
        if let near = nearestDate(to: line), let stated = place(near.stated, line: near.line), let date = stated.date {
            let midnight = midnight(seconds, line: line, near: near, date)
            return LogTime(
                date: inScanZone(Date(timeIntervalSince1970: midnight + seconds)), source: .stated,
                isYearAssumed: stated.isYearAssumed)
        }
        guard let latest = modified.map({ min($0, now) }) else { return nil }
        var base = midnight(before: latest)
        let final = lastClock?.seconds ?? seconds
        if inScanZone(Date(timeIntervalSince1970: base + final)) > latest + 3600 { base -= Self.day }
        base -= Double(total(days, atLine: .max) - total(days, atLine: line)) * Self.day
        return LogTime(date: inScanZone(Date(timeIntervalSince1970: base + seconds)), source: .fileTime)
    }

    /// The midnight before a time of day: as many days from a clock beside the dated line as midnights lie between,
    /// unless dated lines around say otherwise.
    private func midnight(_ seconds: Double, line: Int, near: Anchor, _ date: Date) -> Double {
        let closest = midnight(of: seconds, nearest: date)
        guard let clock = near.clock ?? firstClock else { return closest }
        let steps = total(days, atLine: line) - total(days, atLine: clock.line)
        let counted = midnight(of: clock.seconds, nearest: date) + Double(steps) * Self.day
        guard counted != closest else { return closest }
        let moment = inScanZone(Date(timeIntervalSince1970: counted + seconds))
        let around = [walls, yearless].flatMap { trail in
            [trail.anchor(atOrBefore: line), trail.anchor(after: line)].compactMap(\.self)
        }
        let contradicts = around.contains { anchor in
            guard let other = place(anchor.stated, line: anchor.line)?.date else { return false }
            let ahead = moment.timeIntervalSince(other) * (anchor.line <= line ? 1 : -1)
            return ahead < -Self.day / 2
        }
        return contradicts ? closest : counted
    }

    private func midnight(of seconds: Double, nearest date: Date) -> Double {
        let base = midnight(before: date)
        let distances = [-1.0, 0, 1].map { days in
            let midnight = base + days * Self.day
            let moment = inScanZone(Date(timeIntervalSince1970: midnight + seconds))
            return (midnight: midnight, distance: abs(moment.timeIntervalSince(date)))
        }
        return distances.min { $0.distance < $1.distance }?.midnight ?? base
    }

    /// As digits read as UTC.
    private func midnight(before date: Date) -> Double {
        (digits(of: date).timeIntervalSince1970 / Self.day).rounded(.down) * Self.day
    }

    /// The nearest line that states a date.
    private func nearestDate(to line: Int) -> Anchor? {
        guard let wall = walls.nearest(to: line) else { return yearless.nearest(to: line) }
        guard let other = yearless.nearest(to: line) else { return wall }
        return abs(other.line - line) < abs(wall.line - line) ? other : wall
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

    private func bootOf(_ line: Int) -> Int { times.anchor(atOrBefore: line)?.boot ?? 0 }

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
        let anchors = times.anchors
        let start = times.firstIndex(after: line - 1)
        var least: Date?
        var (index, pace) = (start, 1)
        // Closely at first, then in growing strides: a backlog of late stamps lasts for lines, not for days.
        while index < anchors.count, anchors[index].boot <= boot {
            if let found = offset(anchors[index]) { least = min(least ?? found, found) }
            if index - start >= 16 { pace *= 2 }
            index += pace
        }
        if let last = times.last, last.line >= line, let found = offset(last) { least = min(least ?? found, found) }
        if let least { return least }
        return anchors[..<start].reversed().lazy.compactMap(offset).first
    }
}
