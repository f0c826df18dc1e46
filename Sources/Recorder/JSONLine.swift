#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// One line of JSON, written into a piece of memory that is there from the start.
///
/// A recorder matters most when the machine has no memory left, so a sample must not ask for any. What does not fit
/// makes the line ``isOverfull``; nothing is written past the end.
final class JSONLine {
    private let base: UnsafeMutablePointer<UInt8>
    private let capacity: Int
    private(set) var count = 0
    private(set) var isOverfull = false
    private var needsComma = false

    init(capacity: Int) {
        self.capacity = capacity
        base = .allocate(capacity: capacity)
        // Written to once, so that the pages are there before they are needed.
        base.initialize(repeating: 0, count: capacity)
    }

    deinit { base.deallocate() }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

    func clear() {
        count = 0
        isOverfull = false
        needsComma = false
    }

    /// Where the line stands, to come back to with ``rewind(to:)`` when what was to follow turns out to be empty.
    struct Place {
        fileprivate var count: Int
        fileprivate var needsComma: Bool
    }

    var place: Place { Place(count: count, needsComma: needsComma) }

    func rewind(to place: Place) {
        guard !isOverfull else { return }
        count = place.count
        needsComma = place.needsComma
    }

    // MARK: - Structure

    func object(_ body: () -> Void) {
        separate()
        nest(UInt8(ascii: "{"), UInt8(ascii: "}"), body)
    }

    func object(_ key: StaticString, _ body: () -> Void) {
        name(key)
        nest(UInt8(ascii: "{"), UInt8(ascii: "}"), body)
    }

    func array(_ key: StaticString, _ body: () -> Void) {
        name(key)
        nest(UInt8(ascii: "["), UInt8(ascii: "]"), body)
    }

    private func nest(_ open: UInt8, _ close: UInt8, _ body: () -> Void) {
        put(open)
        needsComma = false
        body()
        put(close)
        needsComma = true
    }

    func endLine() { put(UInt8(ascii: "\n")) }

    // MARK: - Values

    func field(_ key: StaticString, _ value: Int) {
        name(key)
        number(value)
    }

    func field(_ key: StaticString, _ value: Int?) {
        if let value { field(key, value) }
    }

    /// - Parameter digits: After the point, at most 9. Rounded; what is no finite number is left out.
    func field(_ key: StaticString, _ value: Double, digits: Int) {
        guard value.isFinite, abs(value) < 9e15 else { return }
        name(key)
        decimal(value, digits: digits)
    }

    func field(_ key: StaticString, _ value: Double?, digits: Int) {
        if let value { field(key, value, digits: digits) }
    }

    /// A string of any bytes: what is no UTF-8 becomes U+FFFD.
    func field(_ key: StaticString, _ text: UnsafeRawBufferPointer) {
        name(key)
        string(text)
    }

    /// Only at the start of a recorder or a segment: it may allocate.
    func field(_ key: StaticString, _ text: String) {
        var text = text
        text.withUTF8 { field(key, UnsafeRawBufferPointer($0)) }
    }

    func element(_ text: String) {
        separate()
        var text = text
        text.withUTF8 { string(UnsafeRawBufferPointer($0)) }
        needsComma = true
    }

    /// A value that is JSON already.
    func field(_ key: StaticString, json: UnsafeRawBufferPointer) {
        name(key)
        append(json)
    }

    /// `2026-11-21T18:40:52.002Z`.
    func field(_ key: StaticString, time: timespec) {
        name(key)
        put(UInt8(ascii: "\""))
        let civil = CivilTime(time)
        number(civil.year, width: 4)
        put(UInt8(ascii: "-"))
        number(civil.month, width: 2)
        put(UInt8(ascii: "-"))
        number(civil.day, width: 2)
        put(UInt8(ascii: "T"))
        number(civil.hour, width: 2)
        put(UInt8(ascii: ":"))
        number(civil.minute, width: 2)
        put(UInt8(ascii: ":"))
        number(civil.second, width: 2)
        put(UInt8(ascii: "."))
        number(civil.millisecond, width: 3)
        put(UInt8(ascii: "Z"))
        put(UInt8(ascii: "\""))
    }

    // MARK: - Bytes

    private func separate() {
        if needsComma { put(UInt8(ascii: ",")) }
        needsComma = false
    }

    private func name(_ key: StaticString) {
        separate()
        put(UInt8(ascii: "\""))
        append(UnsafeRawBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount))
        put(UInt8(ascii: "\""))
        put(UInt8(ascii: ":"))
        needsComma = true
    }

    private func put(_ byte: UInt8) {
        guard count < capacity else {
            isOverfull = true
            return
        }
        base[count] = byte
        count += 1
    }

    private func append(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress, !bytes.isEmpty else { return }
        guard bytes.count <= capacity - count else {
            isOverfull = true
            return
        }
        memcpy(base + count, start, bytes.count)
        count += bytes.count
    }

    private func number(_ value: Int, width: Int = 1) {
        var rest = value.magnitude
        if value < 0 { put(UInt8(ascii: "-")) }
        var digits = 1
        var probe = rest
        while probe >= 10 {
            probe /= 10
            digits += 1
        }
        digits = max(digits, width)
        guard digits <= capacity - count else {
            isOverfull = true
            return
        }
        var place = count + digits
        count = place
        for _ in 0..<digits {
            place -= 1
            base[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
    }

    private func decimal(_ value: Double, digits: Int) {
        var scale = 1
        for _ in 0..<min(digits, 9) { scale *= 10 }
        let scaled = (value.magnitude * Double(scale)).rounded()
        guard scaled < 9e18 else { return number(Int(value)) }
        let whole = Int(scaled)
        if value < 0, whole > 0 { put(UInt8(ascii: "-")) }
        number(whole / scale)
        // No zeros at the end: most values are 0.
        var fraction = whole % scale
        guard fraction > 0 else { return }
        var width = min(digits, 9)
        while fraction % 10 == 0 {
            fraction /= 10
            width -= 1
        }
        put(UInt8(ascii: "."))
        number(fraction, width: width)
    }

    private func string(_ text: UnsafeRawBufferPointer) {
        put(UInt8(ascii: "\""))
        var index = 0
        while index < text.count {
            let length = UTF8Sequence.length(in: text, at: index)
            if length == 0 {
                append("\u{fffd}")
                index += 1
            } else if length == 1 {
                escaped(text[index])
                index += 1
            } else {
                append(UnsafeRawBufferPointer(rebasing: text[index..<index + length]))
                index += length
            }
        }
        put(UInt8(ascii: "\""))
    }

    private func append(_ text: StaticString) {
        append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    private func escaped(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            put(UInt8(ascii: "\\"))
            put(byte)
        case 0..<0x20, 0x7f:
            append("\\u00")
            put(hexDigit(byte >> 4))
            put(hexDigit(byte & 15))
        default: put(byte)
        }
    }

    private func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}

/// Which bytes are one character of UTF-8, by RFC 3629's table.
enum UTF8Sequence {
    /// How many bytes the character at `index` has; 0 when there is none.
    static func length(in text: UnsafeRawBufferPointer, at index: Int) -> Int {
        func isContinuation(_ offset: Int, _ range: ClosedRange<UInt8> = 0x80...0xbf) -> Bool {
            index + offset < text.count && range.contains(text[index + offset])
        }
        switch text[index] {
        case 0..<0x80: return 1
        case 0xc2...0xdf: return isContinuation(1) ? 2 : 0
        case 0xe0: return isContinuation(1, 0xa0...0xbf) && isContinuation(2) ? 3 : 0
        case 0xed: return isContinuation(1, 0x80...0x9f) && isContinuation(2) ? 3 : 0
        case 0xe1...0xef: return isContinuation(1) && isContinuation(2) ? 3 : 0
        case 0xf0: return isContinuation(1, 0x90...0xbf) && isContinuation(2) && isContinuation(3) ? 4 : 0
        case 0xf4: return isContinuation(1, 0x80...0x8f) && isContinuation(2) && isContinuation(3) ? 4 : 0
        case 0xf1...0xf3: return isContinuation(1) && isContinuation(2) && isContinuation(3) ? 4 : 0
        default: return 0
        }
    }
}
