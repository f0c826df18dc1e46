import Foundation

// The shapes of a time at the cursor. Each reader takes the time and nothing after it.

extension ByteCursor {
    /// Any dated or undated time that stands at the cursor, with no bracket around it.
    mutating func timestamp() -> StatedTime? {
        let first = peek()
        if first.isDigit {
            if peek(4) == 0x2d || peek(4) == 0x2f || peek(4) == 0x2e, let time = isoTimestamp() { return time }
            if peek(2) == 0x3a, let time = timeOfDayTimestamp() { return time }
            if peek(2) == 0x2f, let time = slashTimestamp() ?? monthDayTimestamp(separator: 0x2f) { return time }
            if peek(1).isDigit, let time = compactTimestamp() ?? epochTimestamp() { return time }
            return syslogTimestamp()  // 11月 21 04:15:12
        }
        if first.isLetter || first >= 0x80 { return syslogTimestamp() ?? weekdayTimestamp() }
        return nil
    }

    /// `04:15:12`, `04:15:12.795267`, `04:15:12,795` as seconds of the day.
    mutating func clock() -> Double? {
        attempt { cursor in
            guard let hour = cursor.number(digits: 1...2), hour < 24, cursor.take(UInt8(ascii: ":")),
                let minute = cursor.number(digits: 2...2), minute < 60, cursor.take(UInt8(ascii: ":")),
                let second = cursor.number(digits: 2...2), second <= 60
            else { return nil }
            var seconds = Double(hour * 3600 + minute * 60 + second)
            if cursor.peek() == 0x2e || cursor.peek() == 0x2c, cursor.peek(1).isDigit {
                cursor.at += 1
                seconds += cursor.fraction()?.value ?? 0
            }
            return cursor.peek(2) | 0x20 == UInt8(ascii: "m") ? cursor.halfOfDay(seconds) : seconds
        }
    }

    /// A clock of twelve hours goes on with ` AM` or ` PM`; `seconds` of the day without it.
    private mutating func halfOfDay(_ seconds: Double) -> Double {
        let half = peek(1) | 0x20
        guard peek() == 0x20, half == UInt8(ascii: "a") || half == UInt8(ascii: "p"), !peek(3).isWord,
            (3600..<13 * 3600).contains(seconds)
        else { return seconds }
        at += 3
        let isTwelve = seconds >= 12 * 3600
        if half == UInt8(ascii: "a") { return isTwelve ? seconds - 12 * 3600 : seconds }
        return isTwelve ? seconds : seconds + 12 * 3600
    }

    /// `Z`, `+00:00`, `+0000`, ` +0000`, ` UTC`, ` PDT` as seconds east of Greenwich.
    private mutating func zone() -> Int? {
        if peek() | 0x20 == UInt8(ascii: "z"), !peek(1).isWord {
            at += 1
            return 0
        }
        if peek() == 0x20, peek(1).isUpper { return zoneName() }
        return attempt { cursor in
            let spaced = cursor.take(0x20)
            let sign = cursor.peek()
            guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return nil }
            cursor.at += 1
            let digits = cursor.skipCount { $0.isDigit }
            if digits == 4, let both = cursor.number(digits: 4...4), both / 100 <= 14, both % 100 < 60 {
                return (sign == 0x2d ? -1 : 1) * (both / 100 * 3600 + both % 100 * 60)
            }
            guard digits == 2, let hours = cursor.number(digits: 2...2), hours <= 14 else { return nil }
            if cursor.take(UInt8(ascii: ":")) {
                guard let minutes = cursor.number(digits: 2...2), minutes < 60 else { return nil }
                return (sign == 0x2d ? -1 : 1) * (hours * 3600 + minutes * 60)
            }
            return sign == 0x2b && !spaced ? hours * 3600 : nil
        }
    }

    /// ` PDT`: taken off where it is the name of a zone, and read where it is the name of only one.
    private mutating func zoneName() -> Int? {
        let length = peek(4).isUpper ? 4 : 3
        guard peek(2).isUpper, peek(3).isUpper, !peek(length + 1).isWord else { return nil }
        let name = (1...length).reduce(into: UInt32(0)) { $0 = $0 << 8 | UInt32(peek($1)) }
        guard let zone = Self.zoneNames.first(where: { $0.name == name }) else { return nil }
        at += length + 1
        return zone.hours.map { $0 * 3600 }
    }

    /// The zones' names, each one's bytes as one number, and their hours east of Greenwich. `CST` is China's, Cuba's and
    /// America's, `IST` India's, Ireland's and Israel's: nobody can tell.
    private static let zoneNames: [(name: UInt32, hours: Int?)] =
        [
            ("UTC", 0), ("GMT", 0), ("PDT", -7), ("PST", -8), ("MDT", -6), ("MST", -7), ("CDT", -5), ("EDT", -4),
            ("EST", -5), ("BST", 1), ("CET", 1), ("CEST", 2), ("EET", 2), ("JST", 9), ("KST", 9), ("CST", nil),
            ("IST", nil),
        ].map { (name: String, hours: Int?) in (name.utf8.reduce(0) { $0 << 8 | UInt32($1) }, hours) }

    private func skipCount(while isWanted: (UInt8) -> Bool) -> Int {
        var count = 0
        while at + count < end, isWanted(bytes[at + count]) { count += 1 }
        return count
    }

    private func wall(year: Int, month: Int, day: Int, seconds: Double, zone: Int?) -> StatedTime? {
        guard Calendar1970.isValid(year: year, month: month, day: day) else { return nil }
        let days = Calendar1970.days(year: year, month: month, day: day)
        let date = Date(timeIntervalSince1970: Double(days) * 86_400 + seconds - Double(zone ?? 0))
        var stated = StatedTime(form: .wall(date), zoneStated: zone != nil)
        stated.utcOffset = zone == 0 ? nil : zone
        return stated
    }

    /// `2026-11-21T04:15:12.795267+00:00` with `T`, space, `_`, `-`, `@` or `:` between, `/` or `.` in the date.
    mutating func isoTimestamp() -> StatedTime? {
        attempt { cursor in
            guard let year = cursor.number(digits: 4...4) else { return nil }
            let separator = cursor.peek()
            guard separator == 0x2d || separator == 0x2f || separator == 0x2e else { return nil }
            cursor.at += 1
            guard let month = cursor.number(digits: 1...2), cursor.take(separator),
                let day = cursor.number(digits: 1...2)
            else { return nil }
            switch cursor.peek() {
            case UInt8(ascii: "T"), UInt8(ascii: "t"), 0x20, UInt8(ascii: "_"), 0x2d, UInt8(ascii: "@"), 0x3a:
                cursor.at += 1
                cursor.skipBlanks(limit: 1)
            default: return nil
            }
            guard let seconds = cursor.clock() else { return nil }
            return cursor.wall(year: year, month: month, day: day, seconds: seconds, zone: cursor.zone())
        }
    }

    /// `20260301-10:00:01`, with a space or `T` between, and the clock's colons left out behind `T`.
    private mutating func compactTimestamp() -> StatedTime? {
        let joint = peek(8)
        guard joint == 0x2d || joint == 0x20 || joint == UInt8(ascii: "T") || joint == UInt8(ascii: "_") else {
            return nil
        }
        return attempt { cursor in
            guard let date = cursor.number(digits: 8...8) else { return nil }
            cursor.at += 1
            guard let seconds = cursor.clock() ?? (joint == UInt8(ascii: "T") ? cursor.compactClock() : nil) else {
                return nil
            }
            return cursor.wall(
                year: date / 10_000, month: date / 100 % 100, day: date % 100, seconds: seconds, zone: cursor.zone())
        }
    }

    /// `100001` of `20260301T100001Z`.
    private mutating func compactClock() -> Double? {
        attempt { cursor in
            guard let clock = cursor.number(digits: 6...6), clock < 240_000, clock / 100 % 100 < 60, clock % 100 <= 60
            else { return nil }
            return Double(clock / 10_000 * 3600 + clock / 100 % 100 * 60 + clock % 100)
        }
    }

    /// `04:15:12` alone.
    private mutating func timeOfDayTimestamp() -> StatedTime? {
        attempt { cursor in
            guard let seconds = cursor.clock(), cursor.peek() != 0x3a || cursor.peek(1) == 0x20 else { return nil }
            return StatedTime(form: .timeOfDay(seconds))
        }
    }

    /// Spark's `24/05/06 01:02:03`, `05/06/2024 01:02:03`, Apache's `10/Oct/2000:13:55:36 -0700`.
    private mutating func slashTimestamp() -> StatedTime? {
        attempt { cursor in
            guard let first = cursor.number(digits: 2...2), cursor.take(UInt8(ascii: "/")) else { return nil }
            if cursor.peek().isLetter {
                guard let month = MonthNames.read(&cursor), cursor.take(UInt8(ascii: "/")),
                    let year = cursor.number(digits: 4...4), cursor.take(UInt8(ascii: ":")),
                    let seconds = cursor.clock()
                else { return nil }
                return cursor.wall(year: year, month: month, day: first, seconds: seconds, zone: cursor.zone())
            }
            guard let second = cursor.number(digits: 2...2), cursor.take(UInt8(ascii: "/")),
                let third = cursor.number(digits: 2...4), cursor.take(0x20), let seconds = cursor.clock()
            else { return nil }
            if third >= 1970 {  // month first, as Python's logging examples write it, unless it cannot be
                let (month, day) = first > 12 ? (second, first) : (first, second)
                return cursor.wall(year: third, month: month, day: day, seconds: seconds, zone: cursor.zone())
            }
            return cursor.wall(year: 2000 + first, month: second, day: third, seconds: seconds, zone: nil)
        }
    }

    /// `1692825600.123`, and 13 digits of milliseconds. Bare seconds are left alone: they may be any number.
    mutating func epochTimestamp() -> StatedTime? {
        attempt { cursor in
            guard let number = cursor.number(digits: 10...13) else { return nil }
            var seconds = Double(number)
            if number > 1_000_000_000_000 {
                seconds /= 1000
            } else {
                guard cursor.take(UInt8(ascii: ".")), let fraction = cursor.fraction() else { return nil }
                seconds += fraction.value
            }
            guard (1.2e9..<2.6e9).contains(seconds) else { return nil }
            return StatedTime(form: .wall(Date(timeIntervalSince1970: seconds)), zoneStated: true)
        }
    }

    /// `Nov 21 04:15:12`, `Feb 27 2025 14:08:27`, `11月 21 04:15:12`.
    mutating func syslogTimestamp() -> StatedTime? {
        attempt { cursor in
            guard let month = MonthNames.read(&cursor), cursor.skipBlanks(limit: 2) > 0,
                let day = cursor.number(digits: 1...2), (1...31).contains(day)
            else { return nil }
            _ = cursor.take("日")
            _ = cursor.take(UInt8(ascii: ","))
            guard cursor.skipBlanks(limit: 2) > 0 else { return nil }
            let year = cursor.attempt { cursor -> Int? in
                guard let year = cursor.number(digits: 4...4), cursor.take(0x20) else { return nil }
                return year
            }
            guard let seconds = cursor.clock() else { return nil }
            if let year {
                return cursor.wall(year: year, month: month, day: day, seconds: seconds, zone: cursor.zone())
            }
            guard day <= Calendar1970.length(ofMonth: month, year: 2000) else { return nil }
            return StatedTime(form: .yearless(month: month, day: day, secondsOfDay: seconds))
        }
    }

    /// `Sat Nov 21 03:57:09 2026`, `Wed Dec  6 23:54:11 UTC 2017`, `Sat 2026-11-21 04:01:32 UTC`; weekdays in any
    /// language.
    mutating func weekdayTimestamp() -> StatedTime? {
        attempt { cursor in
            guard (2...12).contains(cursor.skip(limit: 13, while: { $0.isLetter || $0 >= 0x80 || $0 == 0x2e })),
                cursor.take(0x20)
            else { return nil }
            if let iso = cursor.isoTimestamp() { return iso }
            guard let time = cursor.syslogTimestamp() else { return nil }
            guard case .yearless(let month, let day, let seconds) = time.form else { return time }
            guard cursor.take(0x20) else { return time }
            var zone: Int?
            if cursor.peek().isUpper {  // a zone's name, known or not
                cursor.at -= 1
                zone = cursor.zoneName()
                _ = cursor.take(0x20)
                cursor.skip(limit: 5) { $0.isUpper }
                _ = cursor.take(0x20)
            }
            guard let year = cursor.number(digits: 4...4) else { return nil }
            return cursor.wall(year: year, month: month, day: day, seconds: seconds, zone: zone)
        }
    }

    /// The body of a glog mark, `E1218 20:27:21.426415540`: level, month, two digits of day. PyTorch's C++ side does
    /// not pad the month, so the last two digits are the day.
    mutating func glogTimestamp() -> StatedTime? {
        attempt { cursor in
            switch cursor.peek() {
            case UInt8(ascii: "I"), UInt8(ascii: "W"), UInt8(ascii: "E"), UInt8(ascii: "F"), UInt8(ascii: "V"): break
            default: return nil
            }
            cursor.at += 1
            let eightDigits = cursor.skipCount { $0.isDigit } == 8  // glog >= 0.5 can write the year: I20260101
            if eightDigits {
                guard let number = cursor.number(digits: 8...8), cursor.take(0x20), let seconds = cursor.clock()
                else { return nil }
                return cursor.wall(
                    year: number / 10_000, month: number / 100 % 100, day: number % 100, seconds: seconds, zone: nil)
            }
            guard let number = cursor.number(digits: 3...4), (1...12).contains(number / 100),
                (1...31).contains(number % 100), cursor.skipBlanks(limit: 2) > 0, let seconds = cursor.clock()
            else { return nil }
            return StatedTime(form: .yearless(month: number / 100, day: number % 100, secondsOfDay: seconds))
        }
    }
}
