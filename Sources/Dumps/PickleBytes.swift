/// A pickle's bytes, read from front to back. A length that the file states is checked before anything is allocated.
struct PickleBytes {
    private let bytes: [UInt8]
    private(set) var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func byte() throws(DumpProblem) -> UInt8 {
        guard offset < bytes.count else { throw .endsEarly(offset: bytes.count) }
        defer { offset += 1 }
        return bytes[offset]
    }

    /// A little-endian unsigned number of `width` bytes; one of eight bytes must fit in an `Int`.
    mutating func unsigned(_ width: Int) throws(DumpProblem) -> Int {
        let start = offset
        var value: UInt64 = 0
        for shift in 0..<width { value |= UInt64(try byte()) << (8 * UInt64(shift)) }
        guard let result = Int(exactly: value) else { throw .malformed("a length out of range", offset: start) }
        return result
    }

    mutating func int32() throws(DumpProblem) -> Int {
        Int(Int32(truncatingIfNeeded: try unsigned(4)))
    }

    /// A big-endian double.
    mutating func double() throws(DumpProblem) -> Double {
        var pattern: UInt64 = 0
        for _ in 0..<8 { pattern = pattern << 8 | UInt64(try byte()) }
        return Double(bitPattern: pattern)
    }

    /// `count` bytes as text; what is not UTF-8 is replaced.
    mutating func text(_ count: Int) throws(DumpProblem) -> String {
        String(decoding: try take(count), as: UTF8.self)
    }

    /// Text up to a line feed, which is passed.
    mutating func line() throws(DumpProblem) -> String {
        guard let end = bytes[offset...].firstIndex(of: 0x0a) else { throw .endsEarly(offset: bytes.count) }
        defer { offset = end + 1 }
        return String(decoding: bytes[offset..<end], as: UTF8.self)
    }

    mutating func skip(_ count: Int) throws(DumpProblem) { _ = try take(count) }

    /// A little-endian number in two's complement of any length, as `LONG1` and `LONG4` hold; one that does not fit
    /// in 64 bits becomes a float.
    mutating func long(_ count: Int) throws(DumpProblem) -> DumpValue {
        let digits = try take(count)
        guard let top = digits.last else { return .integer(0) }
        let fill: UInt8 = top & 0x80 == 0 ? 0 : 0xff
        let high = digits.dropFirst(8)
        let eighth = digits.count >= 8 ? digits[digits.startIndex + 7] : fill
        if high.allSatisfy({ $0 == fill }), eighth & 0x80 == fill & 0x80 {
            var pattern: UInt64 = fill == 0 ? 0 : .max
            for digit in digits.prefix(8).reversed() { pattern = pattern << 8 | UInt64(digit) }
            return .integer(Int(Int64(bitPattern: pattern)))
        }
        var magnitude = 0.0
        for digit in digits.reversed() { magnitude = magnitude * 256 + Double(digit ^ fill) }
        return .float(fill == 0 ? magnitude : -magnitude - 1)
    }

    private mutating func take(_ count: Int) throws(DumpProblem) -> ArraySlice<UInt8> {
        guard count <= bytes.count - offset else { throw .endsEarly(offset: bytes.count) }
        defer { offset += count }
        return bytes[offset..<offset + count]
    }
}
