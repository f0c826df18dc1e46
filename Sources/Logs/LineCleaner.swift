/// Makes a raw line fit to be matched and shown: escape sequences and control bytes go, cursor movements that start
/// the terminal's line over become segment breaks.
///
/// The bytes are otherwise untouched: invalid UTF-8 stays as it is.
public enum LineCleaner {
    /// The segments of one raw line (without its newline), empty ones left out.
    public static func segments(of raw: [UInt8]) -> [[UInt8]] {
        guard raw.withUnsafeBufferPointer(needsCleaning) else { return raw.isEmpty ? [] : [raw] }
        var segments: [[UInt8]] = []
        var current: [UInt8] = []
        current.reserveCapacity(raw.count)
        func finish() {
            if !current.isEmpty { segments.append(current) }
            current.removeAll(keepingCapacity: true)
        }
        var index = 0
        while index < raw.count {
            let byte = raw[index]
            switch byte {
            case 0x1b:
                let escape = escapeSequence(raw, at: index)
                if escape.restartsLine { finish() }
                if escape.movesRight { current.append(0x20) }
                index = escape.end
            case 0x0d:
                finish()
                index += 1
            case 0x08:
                // Keras rubs its bar out with backspaces. One alone is an overstruck character.
                if index + 1 < raw.count, raw[index + 1] == 0x08 { finish() }
                index += 1
            case 0x09:
                current.append(byte)
                index += 1
            case 0..<0x20, 0x7f:
                index += 1
            case 0xc2 where index + 1 < raw.count && (0x80..<0xa0).contains(raw[index + 1]):
                // C1 control characters in UTF-8; U+009B starts a sequence as ESC [ does.
                index = raw[index + 1] == 0x9b ? sequenceEnd(raw, at: index + 2).end : index + 2
            case UInt8(ascii: "["):
                if let end = orphanedColour(raw, at: index) {
                    dropEscapeSpelling(&current)
                    index = end
                } else {
                    current.append(byte)
                    index += 1
                }
            default:
                current.append(byte)
                index += 1
            }
        }
        finish()
        return segments
    }

    /// Whether a line may hold what has to go from it.
    static func needsCleaning(_ raw: UnsafeBufferPointer<UInt8>) -> Bool {
        let bytes = UnsafeRawBufferPointer(raw)
        var previous: UInt8 = 0
        var index = 0
        while index < bytes.count {
            // Nearly all groups hold nothing that needs a closer look.
            if index + 8 <= bytes.count, previous != 0xc2, previous != 0x5b,
                isOrdinary(bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            {
                index += 8
                previous = 0
                continue
            }
            let end = min(index + 8, bytes.count)
            while index < end {
                let byte = bytes[index]
                if byte < 0x20, byte != 0x09 { return true }
                if byte == 0x7f { return true }
                if previous == 0xc2, byte < 0xa0 { return true }
                if previous == 0x5b, byte.isDigit || byte == UInt8(ascii: "m") { return true }
                previous = byte
                index += 1
            }
        }
        return false
    }

    /// Whether none of eight bytes is below 0x20, 0x7f, 0xc2 or `[`: the test for a zero byte in a word, four times.
    @inline(__always)
    private static func isOrdinary(_ word: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        func zeros(_ word: UInt64) -> UInt64 { (word &- ones) & ~word }
        let control = (word &- ones &* 0x20) & ~word
        let odd = control | zeros(word ^ ones &* 0x7f) | zeros(word ^ ones &* 0xc2) | zeros(word ^ ones &* 0x5b)
        return odd & ones &* 0x80 == 0
    }

    private struct Escape {
        var end: Int
        var restartsLine = false
        var movesRight = false
    }

    /// The sequence that ESC at `start` opens: CSI, OSC and other strings, or two bytes.
    private static func escapeSequence(_ raw: [UInt8], at start: Int) -> Escape {
        guard start + 1 < raw.count else { return Escape(end: start + 1) }
        switch raw[start + 1] {
        case UInt8(ascii: "["): return sequenceEnd(raw, at: start + 2)
        case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "X"), UInt8(ascii: "^"), UInt8(ascii: "_"):
            // Ends at BEL or ESC \. One that never ends must not eat the line: then only its opening goes.
            var index = start + 2
            while index < raw.count, index - start < 4096 {
                if raw[index] == 0x07 { return Escape(end: index + 1) }
                if raw[index] == 0x1b, index + 1 < raw.count, raw[index + 1] == UInt8(ascii: "\\") {
                    return Escape(end: index + 2)
                }
                index += 1
            }
            return Escape(end: start + 2)
        case 0x20...0x2f: return Escape(end: min(start + 3, raw.count))
        case 0x30...0x7e: return Escape(end: start + 2)
        default: return Escape(end: start + 1)
        }
    }

    /// Parameters, intermediates and the final byte of a control sequence.
    private static func sequenceEnd(_ raw: [UInt8], at start: Int) -> Escape {
        var index = start
        while index < raw.count, index - start < 64, (0x20...0x3f).contains(raw[index]) { index += 1 }
        guard index < raw.count, (0x40...0x7e).contains(raw[index]) else { return Escape(end: index) }
        var escape = Escape(end: index + 1)
        switch raw[index] {
        case UInt8(ascii: "A"), UInt8(ascii: "B"), UInt8(ascii: "E"), UInt8(ascii: "F"), UInt8(ascii: "G"),
            UInt8(ascii: "H"), UInt8(ascii: "J"), UInt8(ascii: "f"):
            escape.restartsLine = true
        case UInt8(ascii: "K"): escape.restartsLine = raw[start..<index].elementsEqual([UInt8(ascii: "2")])
        case UInt8(ascii: "C"): escape.movesRight = true
        default: break
        }
        return escape
    }

    /// A colour whose ESC was lost on the way: `[34m`, `[0;1m`. `[5m]` and `[1min` are text.
    private static func orphanedColour(_ raw: [UInt8], at start: Int) -> Int? {
        var index = start + 1
        var value = 0
        var digits = 0
        var values = 0
        var plausible = true
        while index < raw.count, index - start < 24 {
            let byte = raw[index]
            if byte.isDigit {
                digits += 1
                guard digits <= 3 else { return nil }
                value = value * 10 + Int(byte - 48)
            } else if byte == UInt8(ascii: ";") || byte == UInt8(ascii: "m") {
                if values == 0, byte == UInt8(ascii: "m") { plausible = isCommonColour(value) && digits > 0 }
                guard value <= 255 else { return nil }
                if byte == UInt8(ascii: "m") { break }
                values += 1
                value = 0
                digits = 0
            } else {
                return nil
            }
            index += 1
        }
        guard index < raw.count, raw[index] == UInt8(ascii: "m"), plausible else { return nil }
        let next = index + 1 < raw.count ? raw[index + 1] : 0
        if next == UInt8(ascii: "]") { return nil }
        let afterNext = index + 2 < raw.count ? raw[index + 2] : 0
        if value > 0, value < 10, values == 0 {  // [1min, [2ms
            if next == UInt8(ascii: "i"), afterNext == UInt8(ascii: "n") { return nil }
            if next == UInt8(ascii: "s"), !afterNext.isLetter { return nil }
        }
        return index + 1
    }

    private static func isCommonColour(_ value: Int) -> Bool {
        switch value {
        case 0...4, 7, 22, 24, 27, 30...37, 39, 40...47, 49, 90...97, 100...107: true
        default: false
        }
    }

    private static let spellings: [[UInt8]] = ["^[", "\\x1b", "\\x1B", "\\u001b", "\\033", "\\e", "#033", "\u{241b}"]
        .map { Array($0.utf8) }

    /// Removes an escape character that was written out before its sequence: `^[`, `\x1b`, `#033`, `␛`.
    private static func dropEscapeSpelling(_ text: inout [UInt8]) {
        for spelling in spellings where text.suffix(spelling.count).elementsEqual(spelling) {
            text.removeLast(spelling.count)
            return
        }
    }
}
