#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A place in the text of a small file, read from left to right without allocating.
struct TextCursor {
    private var next: UnsafePointer<UInt8>
    private let end: UnsafePointer<UInt8>

    init?(_ text: UnsafeRawBufferPointer) {
        guard let start = text.baseAddress else { return nil }
        next = start.assumingMemoryBound(to: UInt8.self)
        end = next + text.count
    }

    var isAtEnd: Bool { next == end }

    /// Goes past `word` when it comes next.
    mutating func take(_ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard end - next >= count, memcmp(next, word.utf8Start, count) == 0 else { return false }
        next += count
        return true
    }

    mutating func skipSpaces() {
        while next < end, next.pointee == UInt8(ascii: " ") || next.pointee == UInt8(ascii: "\t") { next += 1 }
    }

    /// The next number after spaces; nil, and nothing taken but the spaces, when there is none. What is too large for an
    /// `Int` is the largest.
    mutating func integer() -> Int? {
        skipSpaces()
        var place = next
        var isNegative = false
        if place < end, place.pointee == UInt8(ascii: "-") {
            isNegative = true
            place += 1
        }
        let first = place
        var value = 0
        while place < end, place.pointee >= UInt8(ascii: "0"), place.pointee <= UInt8(ascii: "9") {
            let (tens, overflowed) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflowedToo) = tens.addingReportingOverflow(Int(place.pointee - UInt8(ascii: "0")))
            value = overflowed || overflowedToo ? .max : sum
            place += 1
        }
        guard place > first else { return nil }
        next = place
        return isNegative ? -value : value
    }

    /// `0.52`: a number with at most six places after the point.
    mutating func decimal() -> Double? {
        guard let whole = integer() else { return nil }
        guard take(".") else { return Double(whole) }
        var value = Double(whole)
        var unit = 0.1
        while next < end, next.pointee >= UInt8(ascii: "0"), next.pointee <= UInt8(ascii: "9") {
            value += unit * Double(next.pointee - UInt8(ascii: "0"))
            unit /= 10
            next += 1
        }
        return value
    }

    /// The bytes up to the next space or line end, after spaces.
    mutating func word() -> UnsafeRawBufferPointer {
        skipSpaces()
        return upTo { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\n") }
    }

    mutating func restOfLine() -> UnsafeRawBufferPointer {
        upTo { $0 == UInt8(ascii: "\n") }
    }

    mutating func upTo(_ stop: (UInt8) -> Bool) -> UnsafeRawBufferPointer {
        let first = next
        while next < end, !stop(next.pointee) { next += 1 }
        return UnsafeRawBufferPointer(start: first, count: next - first)
    }

    mutating func skip(_ fields: Int) {
        for _ in 0..<fields { _ = word() }
    }

    mutating func skipLine() {
        guard let found = memchr(next, 0x0a, end - next) else {
            next = end
            return
        }
        next = UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) + 1
    }

    /// Goes past the last `byte` of the line: the name in `/proc/PID/stat` may hold spaces and brackets.
    mutating func skipPastLast(_ byte: UInt8) -> UnsafeRawBufferPointer? {
        var place = next
        var last: UnsafePointer<UInt8>?
        while place < end {
            if place.pointee == byte { last = place }
            place += 1
        }
        guard let last else { return nil }
        let before = UnsafeRawBufferPointer(start: next, count: last - next)
        next = last + 1
        return before
    }
}

extension UnsafeRawBufferPointer {
    func equals(_ word: StaticString) -> Bool {
        guard count == word.utf8CodeUnitCount else { return false }
        guard let baseAddress else { return true }
        return memcmp(baseAddress, word.utf8Start, count) == 0
    }

    func starts(with word: StaticString) -> Bool {
        guard let baseAddress, count >= word.utf8CodeUnitCount else { return false }
        return memcmp(baseAddress, word.utf8Start, word.utf8CodeUnitCount) == 0
    }

    /// FNV-1a, to tell names apart.
    var stableHash: UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in self { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return hash
    }
}
