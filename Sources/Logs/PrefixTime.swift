import CrashModel
import Foundation

// Times in brackets, what follows a time, and marks whose time is read while the mark stays.

extension ByteCursor {
    /// Whether what follows a time separates it from the text.
    var endsTime: Bool {
        switch peek() {
        case 0x20, 0x09, 0x5d, 0x3a, 0x2c, 0x7c, 0x3b, 0x5b, 0: true  // blank ] : , | ; [
        default: false
        }
    }

    /// One blank, or one of `: `, ` - `, ` | `, `, `: what loggers put between a time and the text. Further
    /// indentation belongs to the text.
    mutating func takeTimeSeparator() {
        if peek() == 0x3a || peek() == 0x2c || peek() == 0x3b, peek(1).isBlank || peek(1) == 0 { at += 1 }
        guard peek().isBlank else { return }
        at += 1
        if peek() == UInt8(ascii: "-") || peek() == UInt8(ascii: "|"), peek(1) == 0x20 { at += 2 }
    }

    /// `[Sat Nov 21 03:57:09 2026] `, `[2026-11-21 04:15:12,795] `, `[task 2019-04-30T02:12:41.843Z] `.
    /// Of these only the first, from `dmesg -T`, is a kernel record.
    mutating func timeBracket(_ prefix: inout Prefix) -> Bool {
        let found = attempt { cursor -> (time: StatedTime, isKernel: Bool)? in
            guard cursor.take(UInt8(ascii: "[")) else { return nil }
            _ = cursor.take("task ")
            let isWeekday = !cursor.peek().isDigit || cursor.isNext("月", ahead: 1)
            var probe = cursor
            if isWeekday, let time = probe.weekdayTimestamp(), probe.take(UInt8(ascii: "]")) {
                cursor = probe
                return (time, true)
            }
            guard let time = cursor.timestamp(), cursor.take(UInt8(ascii: "]")) else { return nil }
            return (time, false)
        }
        guard let found else { return false }
        takeTimeSeparator()
        prefix.state(found.time)
        if found.isKernel, !isLevelBracket { prefix.isKernel = true }
        return true
    }

    /// `[error] ` or `[core:notice] `: Apache's error log has the times of `dmesg -T`, and its levels behind them.
    private var isLevelBracket: Bool {
        var cursor = self
        guard cursor.take(UInt8(ascii: "[")) else { return false }
        let start = cursor.at
        cursor.skip(limit: 24, while: \.isWord)
        if cursor.peek() == UInt8(ascii: ":"), !cursor.peek(1).isDigit { return true }
        return cursor.peek() == UInt8(ascii: "]") && Self.isLevel(cursor.bytes[start..<cursor.at])
    }

    /// The host after a syslog time, when a program tag follows it: `vm kernel: `, `vm systemd-oomd[34]: `.
    mutating func syslogHost(after time: StatedTime, isoJoined: Bool, _ prefix: inout Prefix) {
        let found = attempt { cursor -> (host: String, isKernel: Bool)? in
            let start = cursor.at
            guard cursor.peek().isWord, cursor.skip(limit: 64, while: \.isHostByte) > 0 else { return nil }
            let hostBytes = cursor.bytes[start..<cursor.at]
            guard hostBytes.last != UInt8(ascii: ":"), !Self.isLevel(hostBytes), cursor.take(0x20) else { return nil }
            let host = String(decoding: hostBytes, as: UTF8.self)
            var tag = cursor
            if tag.isNext("kernel:") { return (host, true) }
            let name = tag.at
            guard tag.skip(limit: 64, while: { $0 > 0x20 && $0 != UInt8(ascii: ":") && $0 != UInt8(ascii: "[") }) > 0
            else { return nil }
            let isLevel = Self.isLevel(tag.bytes[name..<tag.at])
            if tag.take(UInt8(ascii: "[")), tag.number(digits: 1...10) != nil, tag.take(UInt8(ascii: "]")),
                tag.take(UInt8(ascii: ":"))
            {
                return (host, false)
            }
            // Without a pid the tag might be anything; only syslog's own spelling of the time is believed.
            guard tag.take(UInt8(ascii: ":")), tag.peek() == 0x20, !isLevel else { return nil }
            switch time.form {
            case .yearless: return (host, false)
            case .wall: return isoJoined && time.zoneStated ? (host, false) : nil
            default: return nil
            }
        }
        guard let found else { return }
        prefix.origin.host = found.host
        prefix.isSyslog = true
    }

    static func isLevel(_ word: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        guard !word.isEmpty, word.count <= 8 else { return false }
        var packed: UInt64 = 0
        for byte in word { packed = packed << 8 | UInt64(byte.isLetter ? byte & 0xdf : byte) }
        return levels.contains(packed)
    }

    /// Each one's bytes as one number, which no two share: none is longer than eight, or begins with NUL.
    private static let levels: [UInt64] =
        [
            "I", "W", "E", "F", "D", "V", "INFO", "WARN", "WARNING", "ERROR", "ERR", "DEBUG", "FATAL", "CRITICAL",
            "CRIT", "TRACE", "NOTICE", "SEVERE",
        ].map { $0.utf8.reduce(0) { $0 << 8 | UInt64($1) } }

    /// Marks that state a time and stay: `E0326 15:43:36.380682   12398 reflector.go:458]`,
    /// `[rank0]:[E1218 20:27:21.4 ProcessGroupNCCL.cpp:629]`, `[NeMo I 2024-01-02 03:04:05 …]`,
    /// `[05/06 01:02:03 d2.utils]`, `INFO 05-06 01:02:03 llm.py:12]`, `[2026-11-21 04:09:34,016 W 9885 9885]`.
    func readLogMark(_ prefix: inout Prefix) {
        var cursor = self
        cursor.skipBlanks(limit: 3)
        let bracketed = cursor.take(UInt8(ascii: "["))
        guard bracketed || cursor.peek().isUpper || cursor.peek().isDigit else { return }
        if let time = cursor.glogTimestamp() {
            prefix.state(time)
            cursor.skipBlanks(limit: 8)
            if let pid = cursor.number(digits: 1...10), cursor.peek() == 0x20 { prefix.origin.pid = pid }
            return
        }
        if bracketed, let time = cursor.detectronTimestamp() { return prefix.state(time) }
        if bracketed, cursor.take("NeMo ") {}
        for _ in 0..<2 {
            let start = cursor.at
            cursor.skip(limit: 9, while: \.isLetter)
            guard cursor.at > start else { break }
            guard Self.isLevel(cursor.bytes[start..<cursor.at]) else { return }
            cursor.skip(limit: 3) { $0 == 0x20 || $0 == 0x3a || $0 == 0x5d || $0 == 0x5b || $0 == 0x2d }
        }
        if let time = cursor.timestamp() {
            prefix.state(time)
            cursor.skipBlanks()
            if cursor.peek().isUpper, cursor.peek(1) == 0x20 {  // Ray: level, pid, thread
                cursor.at += 2
                if let pid = cursor.number(digits: 1...10), cursor.peek() == 0x20 { prefix.origin.pid = pid }
            }
        } else if let time = cursor.monthDayTimestamp() {
            prefix.state(time)
        } else if let time = cursor.tornadoTimestamp() {
            prefix.state(time)
        }
    }

    /// detectron2: `05/06 01:02:03`.
    private mutating func detectronTimestamp() -> StatedTime? { monthDayTimestamp(separator: UInt8(ascii: "/")) }

    /// vLLM: `05-06 01:02:03`.
    mutating func monthDayTimestamp(separator: UInt8 = UInt8(ascii: "-")) -> StatedTime? {
        attempt { cursor in
            guard let month = cursor.number(digits: 2...2), (1...12).contains(month), cursor.take(separator),
                let day = cursor.number(digits: 2...2), (1...31).contains(day), cursor.take(0x20),
                let seconds = cursor.clock()
            else { return nil }
            return StatedTime(form: .yearless(month: month, day: day, secondsOfDay: seconds))
        }
    }

    /// Tornado, and whoever uses its logger: `240506 01:02:03`.
    private mutating func tornadoTimestamp() -> StatedTime? {
        attempt { cursor in
            guard let date = cursor.number(digits: 6...6), cursor.take(0x20), let seconds = cursor.clock(),
                Calendar1970.isValid(year: 2000 + date / 10_000, month: date / 100 % 100, day: date % 100)
            else { return nil }
            let days = Calendar1970.days(year: 2000 + date / 10_000, month: date / 100 % 100, day: date % 100)
            return StatedTime(form: .wall(Date(timeIntervalSince1970: Double(days) * 86_400 + seconds)))
        }
    }
}
