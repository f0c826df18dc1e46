import CrashModel

/// What stands before a line's own words, and what it says.
struct Prefix {
    /// Where the message begins.
    var messageStart = 0
    /// The message when it had to be rewritten (`/dev/kmsg` escapes).
    var rewritten: [UInt8]?
    var stated: StatedTime?
    var origin = LineOrigin()
    /// Whether ``origin``'s rank is a global one, stated as such.
    var rankIsGlobal = false
    var isKernel = false
    /// Written through syslog or journald, where `#012` stands for a newline.
    var isSyslog = false

    mutating func state(_ time: StatedTime) {
        if stated == nil { stated = time } else { stated?.add(time) }
    }

    /// - Parameters:
    ///   - global: stated as the rank of the world, so that nothing else counts.
    ///   - local: counted on its machine only.
    mutating func setRank(_ rank: Int, global: Bool = false, local: Bool = false) {
        if rankIsGlobal, !global { return }
        origin.rank = rank
        origin.isRankLocal = local
        rankIsGlobal = global
    }

    mutating func addStream(_ label: String) {
        origin.stream = origin.stream.map { $0 + " " + label } ?? label
    }
}

/// Takes transport prefixes off the start of lines, one after another, until nothing more comes off.
///
/// One parser serves one input: `dmesg -H` states most times as differences, and a list's numbers are told from
/// `srun --label` only by their order.
struct PrefixParser {
    /// More prefixes than this in a row are text, not transport.
    private static let limit = 12

    private var human = HumanDmesgClock()
    private var labels = TaskLabels()
    /// Past the head of an input nothing more is learned, so that lines may be passed over.
    var isLearning = true
    /// Whether a line's time counts from the line before.
    var needsEveryLine: Bool { human.isRunning }

    /// `inherited` is what a record around the line said already.
    mutating func parse(_ text: UnsafeBufferPointer<UInt8>, inherited: Prefix = Prefix()) -> Prefix {
        var prefix = inherited
        var cursor = ByteCursor(text)
        var afterTime = false
        for round in 0..<Self.limit {
            let start = cursor.at
            cursor.skipBlanks(limit: round == 0 ? 8 : 3)
            let kind = take(&cursor, &prefix, afterTime: afterTime, indent: cursor.at - start)
            guard let kind else {
                cursor.at = start
                break
            }
            if kind != .tag { afterTime = true }
            if prefix.rewritten != nil { break }
            if cursor.isAtEnd { break }
        }
        prefix.messageStart = cursor.at
        readOrigin(cursor, &prefix)
        return prefix
    }

    private enum Kind { case time, tag }

    private mutating func take(
        _ cursor: inout ByteCursor, _ prefix: inout Prefix, afterTime: Bool, indent: Int
    ) -> Kind? {
        let first = cursor.peek()
        switch first {
        case UInt8(ascii: "["):
            if let time = human.read(&cursor, mayStart: isLearning) {
                if let time { prefix.state(time) }
                prefix.isKernel = true
                return .time
            }
            if cursor.kernelBracket(&prefix) || cursor.timeBracket(&prefix) { return .time }
            if cursor.rankTag(&prefix) || cursor.mpiTag(&prefix) || cursor.podTag(&prefix) { return .tag }
            return afterTime && cursor.idGroup() ? .time : nil
        case UInt8(ascii: "("): return cursor.actorTag(&prefix) ? .tag : nil
        case UInt8(ascii: "<"): return cursor.priorityTag(&prefix) ? .tag : nil
        case 0x30...0x39:
            if takeTime(&cursor, &prefix) { return .time }
            if cursor.kmsgRecord(&prefix) { return .time }
            if indent <= 3, let label = cursor.taskLabel() {
                if labels.isTask(label, isLearning: isLearning) {
                    prefix.setRank(label)
                    prefix.origin.stream = prefix.origin.stream ?? "task \(label)"
                }
                return .tag
            }
            return cursor.searchHitTag() || cursor.nodeAddressTag() ? .tag : nil
        default:
            guard first.isLetter || first >= 0x80 || first == UInt8(ascii: "/") else { return nil }
            if takeTime(&cursor, &prefix) { return .time }
            if cursor.kernelTag(&prefix) || cursor.facilityTag(&prefix) || cursor.namedRankTag(&prefix)
                || cursor.streamTag(&prefix) || cursor.composeTag(&prefix) || cursor.searchHitTag()
            {
                return .tag
            }
            return nil
        }
    }

    /// A bare time, what separates it from the text, and the host that syslog puts after it.
    private func takeTime(_ cursor: inout ByteCursor, _ prefix: inout Prefix) -> Bool {
        let start = cursor.at
        guard let time = cursor.timestamp() else { return false }
        guard cursor.isAtEnd || cursor.endsTime else {
            cursor.at = start
            return false
        }
        cursor.takeTimeSeparator()
        prefix.state(time)
        let joiner = cursor.bytes[start...].dropFirst(10).first
        cursor.syslogHost(after: time, isoJoined: joiner == UInt8(ascii: "T"), &prefix)
        return true
    }

    /// What the message itself says about its writer, without taking it off.
    private func readOrigin(_ cursor: ByteCursor, _ prefix: inout Prefix) {
        guard prefix.rewritten == nil else { return }
        cursor.readLogMark(&prefix)
        cursor.readNCCLWriter(&prefix)
        if !prefix.rankIsGlobal { cursor.readRankInText(&prefix) }
        if !prefix.isKernel { cursor.readProgramTag(&prefix) }
    }
}

/// Tells the task numbers of `srun --label` from the numbers of a list: those of a list only ever grow by one.
struct TaskLabels {
    private var last: Int?
    private var climbs = 0
    private var repeats = false

    mutating func isTask(_ label: Int, isLearning: Bool = true) -> Bool {
        guard isLearning else { return repeats || climbs < 8 }
        defer { last = label }
        guard let last else { return true }
        if label == last + 1 { climbs += 1 } else { repeats = true }
        return repeats || climbs < 8
    }
}

/// `dmesg -H` states a time now and then, `[May19 19:57]`, and differences between: `[  +0.000127]`.
struct HumanDmesgClock {
    private var base: (month: Int, day: Int, seconds: Double)?

    var isRunning: Bool { base != nil }

    /// The outer optional says whether the bracket stood there, the inner one whether its time can be known.
    mutating func read(_ cursor: inout ByteCursor, mayStart: Bool = true) -> StatedTime?? {
        let base = self.base
        let found = cursor.attempt { cursor -> (month: Int, day: Int, seconds: Double)? in
            guard cursor.take(UInt8(ascii: "[")) else { return nil }
            if cursor.peek() == 0x20 || cursor.peek() == UInt8(ascii: "+") {
                cursor.skipBlanks(limit: 8)
                guard cursor.take(UInt8(ascii: "+")), let whole = cursor.number(digits: 1...8),
                    cursor.take(UInt8(ascii: ".")), let part = cursor.fraction(), cursor.take(UInt8(ascii: "]"))
                else { return nil }
                guard let base else { return (0, 0, 0) }
                return (base.month, base.day, base.seconds + Double(whole) + part.value)
            }
            guard let month = MonthNames.read(&cursor) else { return nil }
            cursor.skipBlanks(limit: 2)
            guard let day = cursor.number(digits: 1...2), cursor.take(0x20), let hour = cursor.number(digits: 2...2),
                cursor.take(UInt8(ascii: ":")), let minute = cursor.number(digits: 2...2),
                cursor.take(UInt8(ascii: "]")), hour < 24, minute < 60, (1...31).contains(day)
            else { return nil }
            return (month, day, Double(hour * 3600 + minute * 60))
        }
        guard let found else { return .none }
        _ = cursor.take(0x20)
        guard found.month > 0, mayStart || base != nil else { return .some(nil) }
        self.base = found
        return StatedTime(form: .yearless(month: found.month, day: found.day, secondsOfDay: found.seconds))
    }
}
