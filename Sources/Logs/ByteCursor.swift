/// Reads forward through a line's bytes. A reader that fails leaves the cursor where it was.
///
/// The bytes are somebody else's and only borrowed: a cursor is copied for every look ahead, and retaining an array each
/// time would cost more than the look.
struct ByteCursor {
    let bytes: UnsafeBufferPointer<UInt8>
    let end: Int
    var at: Int

    /// A cursor that must not outlive `bytes`.
    init(_ bytes: UnsafeBufferPointer<UInt8>, at: Int = 0) {
        self.bytes = bytes
        self.end = bytes.count
        self.at = at
    }

    /// Reads through the bytes of an array.
    static func reading<Result>(
        _ bytes: [UInt8], at start: Int = 0, _ read: (inout ByteCursor) -> Result
    ) -> Result {
        bytes.withUnsafeBufferPointer {
            var cursor = ByteCursor($0, at: start)
            return read(&cursor)
        }
    }

    var isAtEnd: Bool { at >= end }

    /// The byte `ahead` places on, or 0 past the end (a cleaned line holds no NUL).
    @inline(__always)
    func peek(_ ahead: Int = 0) -> UInt8 {
        let index = at + ahead
        return index < end ? bytes[index] : 0
    }

    mutating func take(_ byte: UInt8) -> Bool {
        guard peek() == byte, at < end else { return false }
        at += 1
        return true
    }

    mutating func take(_ literal: StaticString) -> Bool {
        guard isNext(literal) else { return false }
        at += literal.utf8CodeUnitCount
        return true
    }

    func isNext(_ literal: StaticString, ahead: Int = 0) -> Bool {
        let count = literal.utf8CodeUnitCount
        let start = at + ahead
        guard start + count <= end else { return false }
        return literal.withUTF8Buffer { wanted in
            for index in 0..<count where bytes[start + index] != wanted[index] { return false }
            return true
        }
    }

    /// Spaces and tabs, up to `limit`; how many there were.
    @discardableResult
    mutating func skipBlanks(limit: Int = .max) -> Int {
        var count = 0
        while count < limit, peek().isBlank {
            at += 1
            count += 1
        }
        return count
    }

    /// A decimal number of at least and at most so many digits, not followed by another digit.
    mutating func number(digits range: ClosedRange<Int>) -> Int? {
        var value = 0
        var count = 0
        while peek(count).isDigit {
            guard count < range.upperBound, count < 18 else { return nil }
            value = value * 10 + Int(peek(count) - UInt8(ascii: "0"))
            count += 1
        }
        guard count >= range.lowerBound else { return nil }
        at += count
        return value
    }

    /// Digits read as the fraction after a decimal point, and how many there were.
    mutating func fraction() -> (value: Double, digits: Int)? {
        var value = 0.0
        var scale = 1.0
        var count = 0
        while peek().isDigit {
            if count < 15 {
                value = value * 10 + Double(peek() - UInt8(ascii: "0"))
                scale *= 10
            }
            count += 1
            at += 1
        }
        return count > 0 ? (value / scale, count) : nil
    }

    /// The text from `start` to the cursor, damaged UTF-8 repaired.
    func string(from start: Int) -> String { String(decoding: bytes[start..<at], as: UTF8.self) }

    /// Bytes for as long as they satisfy `isWanted`; how many.
    @discardableResult
    mutating func skip(limit: Int = .max, while isWanted: (UInt8) -> Bool) -> Int {
        let start = at
        while at < end, at - start < limit, isWanted(bytes[at]) { at += 1 }
        return at - start
    }

    /// Runs a reader and puts the cursor back when it finds nothing.
    mutating func attempt<Result>(_ read: (inout ByteCursor) -> Result?) -> Result? {
        let start = at
        if let result = read(&self) { return result }
        at = start
        return nil
    }
}

extension UInt8 {
    @inline(__always) var isDigit: Bool { self &- 48 < 10 }
    @inline(__always) var isUpper: Bool { self &- 65 < 26 }
    @inline(__always) var isLetter: Bool { (self | 0x20) &- 97 < 26 }
    @inline(__always) var isBlank: Bool { self == 0x20 || self == 0x09 }
    @inline(__always) var isWord: Bool { isLetter || isDigit || self == UInt8(ascii: "_") }
    /// Letters, digits, dot, dash, underscore and colon: what host names and addresses are made of.
    @inline(__always) var isHostByte: Bool { isWord || self == 0x2d || self == 0x2e || self == 0x3a }
    @inline(__always) var isHexDigit: Bool { isDigit || (self | 0x20) &- 97 < 6 }
    var hexValue: UInt8? {
        isDigit ? self - 48 : isHexDigit ? (self | 0x20) - 87 : nil
    }
}
