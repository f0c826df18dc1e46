public import Foundation

/// A time as a line states it, not yet placed on a calendar: ``SourceClock`` does that.
public struct StatedTime: Sendable, Hashable {
    public enum Form: Sendable, Hashable {
        /// Date and time. Without a stated zone the digits are held as if they were UTC; ``SourceClock`` moves them
        /// into the scan's time zone.
        case wall(Date)
        /// As syslog and glog write it.
        case yearless(month: Int, day: Int, secondsOfDay: Double)
        /// Seconds since the machine booted.
        case sinceBoot(Double)
        /// Seconds since midnight of a day that is not stated.
        case timeOfDay(Double)
    }

    public var form: Form
    public var zoneStated: Bool
    /// Seconds that the stated zone is ahead of UTC; `nil` for UTC written as `Z` too, which says nothing about the
    /// zone of the machine.
    public var utcOffset: Int?
    /// Set when a line has both, as in `Nov 21 04:15:12 vm kernel: [ 9992.575238]`.
    public var sinceBoot: Double?

    public init(form: Form, zoneStated: Bool = false, sinceBoot: Double? = nil) {
        self.form = form
        self.zoneStated = zoneStated
        self.sinceBoot = sinceBoot
    }

    /// Reads a time that stands alone in a text, in any of the forms that lines begin with.
    public init?(text: String) {
        guard let time = ByteCursor.reading(Array(text.utf8), { $0.timestamp() }) else { return nil }
        self = time
    }

    /// Of two times that one line states, how much more this kind tells: a date beats a bare time of day.
    private var precision: Int {
        switch form {
        case .wall: zoneStated ? 4 : 3
        case .yearless: 2
        case .timeOfDay: 1
        case .sinceBoot: 0
        }
    }

    /// Adds what another prefix of the same line states. The outer prefix wins unless the inner one tells more.
    mutating func add(_ other: StatedTime) {
        var best = other.precision > precision ? other : self
        best.utcOffset = utcOffset ?? other.utcOffset
        best.sinceBoot = sinceBoot ?? other.sinceBoot ?? best.sinceBoot
        if best.sinceBoot == nil, case .sinceBoot(let seconds) = other.form { best.sinceBoot = seconds }
        if best.sinceBoot == nil, case .sinceBoot(let seconds) = form { best.sinceBoot = seconds }
        self = best
    }
}

/// Calendar arithmetic without Foundation, for the hot path. Proleptic Gregorian, days since 1970-01-01.
enum Calendar1970 {
    /// Howard Hinnant's days_from_civil.
    static func days(year: Int, month: Int, day: Int) -> Int {
        let y = month <= 2 ? year - 1 : year
        let era = (y >= 0 ? y : y - 399) / 400
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// The year that a day lies in.
    static func year(ofDays days: Int) -> Int {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        return yearOfEra + era * 400 + (month >= 10 ? 1 : 0)
    }

    static func isValid(year: Int, month: Int, day: Int) -> Bool {
        guard (1...12).contains(month), (1970...2199).contains(year), day >= 1 else { return false }
        return day <= length(ofMonth: month, year: year)
    }

    static func length(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
