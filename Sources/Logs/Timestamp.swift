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
            if peek(1).isDigit, let time = epochTimestamp() { return time }
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
            return seconds
        }
    }

    /// `Z`, `+00:00`, `+0000`, ` +0000`, ` UTC` as seconds east of Greenwich.
    private mutating func zone() -> Int? {
        if peek() | 0x20 == UInt8(ascii: "z"), !peek(1).isWord {
            at += 1
            return 0
        }
        return attempt { cursor in
            let spaced = cursor.take(0x20)
            if spaced, cursor.isNext("UTC") || cursor.isNext("GMT"), !cursor.peek(3).isWord {
                cursor.at += 3
                return 0
            }
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
            if cursor.peek().isUpper {  // a zone's name; only UTC says for certain which
                if cursor.isNext("UTC ") || cursor.isNext("GMT ") { zone = 0 }
                cursor.skip(limit: 5) { $0.isUpper }
                guard cursor.take(0x20) else { return nil }
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
