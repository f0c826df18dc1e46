import CrashModel
import Foundation

// Prefixes of kernel records, by whichever of its many routes the record came.

extension ByteCursor {
    /// `[ 8979.189060] `, `[    1.200000 <    0.100000>] `, with the caller that CONFIG_PRINTK_CALLER adds:
    /// `[   12.345678][ T1234] `. A bracket of epoch seconds (UCX writes these) states a time and is no kernel record.
    mutating func kernelBracket(_ prefix: inout Prefix) -> Bool {
        let wasPriority = prefix.isKernel
        let found = attempt { cursor -> (seconds: Double, isKernel: Bool)? in
            guard cursor.take(UInt8(ascii: "[")) else { return nil }
            let padding = cursor.skipBlanks(limit: 12)
            guard let whole = cursor.number(digits: 1...10), cursor.take(UInt8(ascii: ".")),
                let part = cursor.fraction()
            else { return nil }
            var isKernel = part.digits == 6 || wasPriority
            if cursor.isNext(" <") {
                cursor.at += 2
                cursor.skipBlanks(limit: 12)
                guard cursor.number(digits: 1...10) != nil, cursor.take(UInt8(ascii: ".")), cursor.fraction() != nil,
                    cursor.take(UInt8(ascii: ">"))
                else { return nil }
                isKernel = true
            }
            guard cursor.take(UInt8(ascii: "]")), isKernel || padding > 0 else { return nil }
            let isEpoch = whole >= 1_200_000_000
            if !isEpoch, isKernel { cursor.printkCaller() }
            return (Double(whole) + part.value, isKernel && !isEpoch)
        }
        guard let found else { return false }
        _ = take(UInt8(ascii: " "))
        if found.seconds >= 1.2e9 {
            prefix.state(StatedTime(form: .wall(.init(timeIntervalSince1970: found.seconds)), zoneStated: true))
            return true
        }
        prefix.state(StatedTime(form: .sinceBoot(found.seconds), sinceBoot: found.seconds))
        prefix.isKernel = prefix.isKernel || found.isKernel
        monotonicHost(&prefix)
        return true
    }

    /// `[ T1234]`, `[    C0]`, and `(3)[812:python]` of Android.
    private mutating func printkCaller() {
        _ = attempt { cursor -> Bool? in
            guard cursor.take(UInt8(ascii: "[")) else { return nil }
            cursor.skipBlanks(limit: 8)
            guard cursor.take(UInt8(ascii: "T")) || cursor.take(UInt8(ascii: "C")),
                cursor.number(digits: 1...9) != nil, cursor.take(UInt8(ascii: "]"))
            else { return nil }
            return true
        }
    }

    /// `journalctl -o short-monotonic` names the host after the bracket: `[ 9204.103172] vm kernel: `.
    private mutating func monotonicHost(_ prefix: inout Prefix) {
        let host = attempt { cursor -> String? in
            let start = cursor.at
            guard cursor.skip(limit: 64, while: \.isHostByte) > 0 else { return nil }
            let host = cursor.string(from: start)
            return cursor.isNext(" kernel: ") && cursor.take(0x20) ? host : nil
        }
        if let host { prefix.origin.host = host }
    }

    /// `kernel: `, as syslog tags it.
    mutating func kernelTag(_ prefix: inout Prefix) -> Bool {
        guard isNext("kernel:") else { return false }
        guard peek(7) == 0x20 || peek(7) == UInt8(ascii: "[") || peek(7) == 0 else { return false }
        at += 7
        _ = take(0x20)
        prefix.isKernel = true
        return true
    }

    /// `kern  :info  : ` of `dmesg -x`, `kern:    info: ` of Talos. Only facility kern is the kernel's own word.
    mutating func facilityTag(_ prefix: inout Prefix) -> Bool {
        let isKernel = attempt { cursor -> Bool? in
            let start = cursor.at
            guard (3...8).contains(cursor.skip(limit: 9, while: { $0.isLetter || $0.isDigit })) else { return nil }
            let facility = cursor.bytes[start..<cursor.at]
            cursor.skipBlanks(limit: 8)
            // The names last: many lines begin with a word, few have a colon behind it.
            guard cursor.take(UInt8(ascii: ":")), Self.facilities.contains(where: { $0.elementsEqual(facility) })
            else { return nil }
            cursor.skipBlanks(limit: 8)
            let level = cursor.at
            guard (3...9).contains(cursor.skip(limit: 10, while: \.isLetter)),
                Self.severities.contains(where: { $0.elementsEqual(cursor.bytes[level..<cursor.at]) })
            else { return nil }
            cursor.skipBlanks(limit: 8)
            guard cursor.take(UInt8(ascii: ":")) else { return nil }
            _ = cursor.take(0x20)
            return facility.elementsEqual(Self.facilities[0])
        }
        guard let isKernel else { return false }
        if isKernel { prefix.isKernel = true }
        return true
    }

    private static let facilities: [ArraySlice<UInt8>] = [
        "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp",
        "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
    ].map { ArraySlice($0.utf8) }

    private static let severities: [ArraySlice<UInt8>] = [
        "emerg", "alert", "crit", "err", "error", "warn", "warning", "notice", "info", "debug",
    ].map { ArraySlice($0.utf8) }

    /// `<6>` before a kernel bracket or a time. Priorities from 8 on belong to other facilities.
    mutating func priorityTag(_ prefix: inout Prefix) -> Bool {
        let priority = attempt { cursor -> Int? in
            guard cursor.take(UInt8(ascii: "<")), let priority = cursor.number(digits: 1...3), priority < 192,
                cursor.take(UInt8(ascii: ">"))
            else { return nil }
            var ahead = cursor
            ahead.skipBlanks(limit: 2)
            guard ahead.peek() == UInt8(ascii: "[") || ahead.timestamp() != nil else { return nil }
            return priority
        }
        guard let priority else { return false }
        if priority < 8 { prefix.isKernel = true }
        return true
    }

    /// A record of `/dev/kmsg`: `6,436,8979189044,-;text`. Microseconds since boot; facility 0 is the kernel, any
    /// other was written by a process.
    mutating func kmsgRecord(_ prefix: inout Prefix) -> Bool {
        let record = attempt { cursor -> (priority: Int, micros: Int)? in
            guard let priority = cursor.number(digits: 1...4), cursor.take(UInt8(ascii: ",")),
                cursor.number(digits: 1...18) != nil, cursor.take(UInt8(ascii: ",")),
                let micros = cursor.number(digits: 1...18), cursor.take(UInt8(ascii: ","))
            else { return nil }
            cursor.skip(limit: 80) { $0 != UInt8(ascii: ";") && $0 > 0x20 }
            guard cursor.take(UInt8(ascii: ";")) else { return nil }
            return (priority, micros)
        }
        guard let record else { return false }
        let seconds = Double(record.micros) / 1e6
        prefix.state(StatedTime(form: .sinceBoot(seconds), sinceBoot: seconds))
        if record.priority < 8 { prefix.isKernel = true }
        if bytes[at...].contains(UInt8(ascii: "\\")) { prefix.rewritten = unescapedKmsg() }
        return true
    }

    /// The rest of the line with `\xNN` put back. Control bytes stay escaped: they must not reach a terminal.
    private func unescapedKmsg() -> [UInt8] {
        var result: [UInt8] = []
        var index = at
        while index < end {
            if bytes[index] == UInt8(ascii: "\\"), index + 3 < end, bytes[index + 1] == UInt8(ascii: "x"),
                let high = bytes[index + 2].hexValue, let low = bytes[index + 3].hexValue
            {
                let byte = high << 4 | low
                if byte >= 0x20, byte != 0x7f { result.append(byte) }
                index += 4
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return result
    }
}
