/// A line without what takes no ink: characters of no width, direction marks, control characters, colours of a
/// terminal. One of them in the middle of a token hides it from every pattern, and from nobody who copies it.
struct BareLine {
    private(set) var bytes: [UInt8] = []
    /// From which byte of ``bytes`` on how many had been taken out before it, in order.
    private var gaps: [(from: Int, taken: Int)] = []

    /// - Returns: nil for a line that has nothing of the kind, which costs one look at its bytes.
    init?(_ line: [UInt8]) {
        guard line.contains(where: Self.isSuspect) else { return nil }
        var at = 0
        var taken = 0
        while at < line.count {
            let length = Self.hidden(in: line, at: at)
            if length == 0 {
                // Found empty in most lines of other scripts: nothing is copied until there is a gap.
                if taken > 0 { bytes.append(line[at]) }
                at += 1
                continue
            }
            if taken == 0 { bytes = Array(line[..<at]) }
            taken += length
            gaps.append((bytes.count, taken))
            at += length
        }
        if taken == 0 { return nil }
    }

    /// Where a part of ``bytes`` stands in the line, what was taken out within it included.
    func original(_ range: Range<Int>) -> Range<Int> {
        guard !range.isEmpty else { return range }
        return place(range.lowerBound)..<(place(range.upperBound - 1) + 1)
    }

    private func place(_ index: Int) -> Int {
        var (low, high) = (0, gaps.count)
        while low < high {
            let middle = (low + high) / 2
            if gaps[middle].from <= index { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? index : index + gaps[low - 1].taken
    }

    /// Control characters, what begins a character beyond ASCII, and the backslash of one that is spelled out.
    private static func isSuspect(_ byte: UInt8) -> Bool { byte < 0x20 ? !isSpace(byte) : byte >= 0x7f || byte == 0x5c }

    /// What parts words, and so tokens.
    private static func isSpace(_ byte: UInt8) -> Bool { (0x09...0x0d).contains(byte) }

    /// How many bytes of what takes no ink begin here.
    private static func hidden(in line: [UInt8], at: Int) -> Int {
        let byte = line[at]
        if byte == 0x1b { return 1 + sequence(in: line, from: at + 1) }
        if byte == 0x5c { return spelled(in: line, at: at) }
        if byte < 0x80 { return (byte < 0x20 && !isSpace(byte)) || byte == 0x7f ? 1 : 0 }
        guard let (scalar, length) = scalar(in: line, at: at), isHidden(scalar) else { return 0 }
        // The one-character form of ESC [
        return scalar.value == 0x9b ? length + parameters(in: line, from: at + length) : length
    }

    /// What follows an escape character: the rest of a colour, of a link or of a title.
    private static func sequence(in line: [UInt8], from start: Int) -> Int {
        guard start < line.count else { return 0 }
        switch line[start] {
        case UInt8(ascii: "["): return 1 + parameters(in: line, from: start + 1)
        case UInt8(ascii: "]"):
            for at in start..<min(line.count, start + longestTitle) {
                if line[at] == 0x07 { return at + 1 - start }
                if line[at] == 0x1b {
                    // There is no other within one: what has no end is not looked for again and again.
                    return at + 1 < line.count && line[at + 1] == 0x5c ? at + 2 - start : 1
                }
            }
            return 1
        case UInt8(ascii: "("), UInt8(ascii: ")"): return min(2, line.count - start)
        default: return 0
        }
    }

    /// Longer addresses than browsers take.
    private static let longestTitle = 4096

    /// `1;31m`: up to the letter that ends it, or nothing if none does.
    private static func parameters(in line: [UInt8], from start: Int) -> Int {
        var at = start
        while at < line.count, (0x20...0x3f).contains(line[at]), at - start < 64 { at += 1 }
        return at < line.count && (0x40...0x7e).contains(line[at]) ? at + 1 - start : 0
    }

    /// `\u200b`, `\x1b[31m`, `\033[0m`: as JSON and Python write them.
    private static func spelled(in line: [UInt8], at: Int) -> Int {
        guard at + 3 < line.count else { return 0 }
        let (digits, base) =
            switch line[at + 1] {
            case UInt8(ascii: "u"): (at + 2..<at + 6, 16)
            case UInt8(ascii: "x"): (at + 2..<at + 4, 16)
            case UInt8(ascii: "0"): (at + 1..<at + 4, 8)
            default: (at..<at, 16)
            }
        guard !digits.isEmpty, digits.upperBound <= line.count,
            let value = UInt32(String(decoding: line[digits], as: UTF8.self), radix: base),
            let scalar = Unicode.Scalar(value)
        else { return 0 }
        if value == 0x1b { return digits.upperBound - at + sequence(in: line, from: digits.upperBound) }
        // `\x00` to `\x1f` stand for bytes that part fields as often as for noise.
        return value > 0x7f && isHidden(scalar) ? digits.upperBound - at : 0
    }

    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: scalar.properties.isDefaultIgnorableCodePoint
        }
    }

    /// The character of more than one byte that begins here; nil where none does.
    private static func scalar(in line: [UInt8], at: Int) -> (Unicode.Scalar, length: Int)? {
        let (length, bits): (Int, UInt32) =
            switch line[at] {
            case 0xc2...0xdf: (2, UInt32(line[at] & 0x1f))
            case 0xe0...0xef: (3, UInt32(line[at] & 0x0f))
            case 0xf0...0xf4: (4, UInt32(line[at] & 0x07))
            default: (0, 0)
            }
        guard length > 0, at + length <= line.count else { return nil }
        var value = bits
        for next in line[(at + 1)..<(at + length)] {
            guard next & 0xc0 == 0x80 else { return nil }
            value = value << 6 | UInt32(next & 0x3f)
        }
        return Unicode.Scalar(value).map { ($0, length) }
    }
}
