import CrashModel
package import Foundation

/// Times as people read them, in one time zone.
package struct Moment {
    let timeZone: TimeZone

    package init(timeZone: TimeZone) { self.timeZone = timeZone }

    /// `2026-03-01 10:22:31 UTC`
    package func stamp(_ date: Date) -> String {
        "\(day(date)) \(clock(date)) \(zone(date))"
    }

    /// `2026-03-01 10:22:31 UTC, until 10:31:02`
    package func span(_ first: Date, _ last: Date) -> String {
        guard last.timeIntervalSince(first) >= 1 else { return stamp(first) }
        return stamp(first) + ", until " + (day(first) == day(last) ? clock(last) : stamp(last))
    }

    /// When an incident happened and how that is known, as one phrase.
    func of(_ incident: Incident) -> String {
        guard let first = incident.firstSeen ?? incident.root.time.date else {
            if let boot = incident.root.time.sinceBoot { return "\(Amount.tenths(boot)) s after boot" }
            return "unknown, the log states no time"
        }
        let phrase = span(first, incident.lastSeen ?? first)
        switch incident.root.time.source {
        case .stated, .unknown, .bootRelative: return phrase
        case .interpolated: return phrase + " (from the lines around it)"
        case .fileTime: return phrase + " (the file's own time)"
        }
    }

    /// `2026-03-01`
    package func day(_ date: Date) -> String {
        let parts = components(date)
        return "\(parts.year ?? 0)-\(two(parts.month))-\(two(parts.day))"
    }

    /// `10:22:31`
    package func clock(_ date: Date) -> String {
        let parts = components(date)
        return "\(two(parts.hour)):\(two(parts.minute)):\(two(parts.second))"
    }

    /// `UTC`, `+01:00`: names such as CST mean different things to different people.
    package func zone(_ date: Date) -> String {
        let minutes = timeZone.secondsFromGMT(for: date) / 60
        if minutes == 0 { return "UTC" }
        return "\(minutes < 0 ? "-" : "+")\(two(abs(minutes) / 60)):\(two(abs(minutes) % 60))"
    }

    private func components(_ date: Date) -> DateComponents {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = timeZone
        return calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
    }

    private func two(_ number: Int?) -> String {
        let number = number ?? 0
        return number < 10 ? "0\(number)" : "\(number)"
    }
}
