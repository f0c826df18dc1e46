import CrashModel
import Foundation

/// The members of the outermost object of a JSON text, and whether all of it is JSON.
///
/// A ledger of years has hundreds of megabytes, of which a reader wants a name and a time per line: `JSONDecoder`
/// makes objects of all of it first. Keeps its memory from line to line.
struct JSONOutline {
    struct Member {
        /// Without its quotes, as it is spelled.
        var key: Range<Int>
        /// With its quotes, where it is a string.
        var value: Range<Int>
    }

    private(set) var members: [Member] = []
    private(set) var isObject = false
    private var bytes = UnsafeRawBufferPointer(start: nil, count: 0)
    private var place = 0

    /// As deep as `JSONDecoder` goes.
    private static let deepest = 512

    /// Whether the text is one whole JSON value. The bytes must stand as long as members are asked for.
    mutating func read(_ text: UnsafeRawBufferPointer) -> Bool {
        members.removeAll(keepingCapacity: true)
        isObject = false
        (bytes, place) = (text, 0)
        skipSpace()
        guard place < text.count else { return false }
        isObject = text[place] == UInt8(ascii: "{")
        guard value(depth: 1) else { return false }
        skipSpace()
        return place == text.count
    }

    /// The bytes of a member's value; nil where there is none of that name.
    func value(_ name: StaticString) -> UnsafeRawBufferPointer? {
        guard let start = bytes.baseAddress else { return nil }
        for member in members
        where member.key.count == name.utf8CodeUnitCount
            && memcmp(start + member.key.lowerBound, name.utf8Start, name.utf8CodeUnitCount) == 0
        {
            return UnsafeRawBufferPointer(rebasing: bytes[member.value])
        }
        return nil
    }

    /// Nil where it is missing or no string.
    func string(_ name: StaticString) -> String? { value(name).flatMap(Self.string) }

    func date(_ name: StaticString) -> Date? {
        guard let text = value(name), text.count > 2, text[0] == UInt8(ascii: "\"") else { return nil }
        return InstantText.parse(UnsafeRawBufferPointer(rebasing: text[1..<text.count - 1]))
            ?? Self.string(text).flatMap(Date.init(iso8601:))
    }

    func int(_ name: StaticString) -> Int? {
        value(name).flatMap { Int(String(decoding: $0, as: UTF8.self)) }
    }

    private static func string(_ spelled: UnsafeRawBufferPointer) -> String? {
        guard spelled.count >= 2, spelled[0] == UInt8(ascii: "\"") else { return nil }
        let inner = spelled[1..<spelled.count - 1]
        if !inner.contains(UInt8(ascii: "\\")) { return String(validating: inner, as: UTF8.self) }
        return try? JSONDecoder().decode(String.self, from: Data(spelled))
    }

    // MARK: - Walking

    private mutating func skipSpace() {
        while place < bytes.count {
            switch bytes[place] {
            case 0x20, 0x09, 0x0d, 0x0a: place += 1
            default: return
            }
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard place < bytes.count, bytes[place] == byte else { return false }
        place += 1
        return true
    }

    private mutating func value(depth: Int) -> Bool {
        skipSpace()
        guard place < bytes.count, depth <= Self.deepest else { return false }
        switch bytes[place] {
        case UInt8(ascii: "{"): return object(depth: depth)
        case UInt8(ascii: "["): return array(depth: depth)
        case UInt8(ascii: "\""): return string()
        case UInt8(ascii: "t"): return word("true")
        case UInt8(ascii: "f"): return word("false")
        case UInt8(ascii: "n"): return word("null")
        default: return number()
        }
    }

    private mutating func object(depth: Int) -> Bool {
        place += 1
        if take(UInt8(ascii: "}")) { return true }
        while true {
            skipSpace()
            let key = place + 1
            guard place < bytes.count, bytes[place] == UInt8(ascii: "\""), string() else { return false }
            let keyEnd = place - 1
            guard take(UInt8(ascii: ":")) else { return false }
            skipSpace()
            let start = place
            guard value(depth: depth + 1) else { return false }
            if depth == 1 { members.append(Member(key: key..<keyEnd, value: start..<place)) }
            if take(UInt8(ascii: ",")) { continue }
            return take(UInt8(ascii: "}"))
        }
    }

    private mutating func array(depth: Int) -> Bool {
        place += 1
        if take(UInt8(ascii: "]")) { return true }
        while true {
            guard value(depth: depth + 1) else { return false }
            if take(UInt8(ascii: ",")) { continue }
            return take(UInt8(ascii: "]"))
        }
    }

    private mutating func string() -> Bool {
        place += 1
        while place < bytes.count {
            let byte = bytes[place]
            if byte == UInt8(ascii: "\"") {
                place += 1
                return true
            }
            guard byte >= 0x20 else { return false }
            place += 1
            if byte == UInt8(ascii: "\\"), !escape() { return false }
        }
        return false
    }

    private mutating func escape() -> Bool {
        guard place < bytes.count else { return false }
        let letter = bytes[place]
        place += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return true
        case UInt8(ascii: "u"):
            guard place + 4 <= bytes.count, bytes[place..<place + 4].allSatisfy(Self.isHex) else { return false }
            place += 4
            return true
        default: return false
        }
    }

    private static func isHex(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte | 0x20)
    }

    private mutating func word(_ word: StaticString) -> Bool {
        guard place + word.utf8CodeUnitCount <= bytes.count, let start = bytes.baseAddress,
            memcmp(start + place, word.utf8Start, word.utf8CodeUnitCount) == 0
        else { return false }
        place += word.utf8CodeUnitCount
        return true
    }

    /// `-0`, `12.5`, `1e-9`.
    private mutating func number() -> Bool {
        if place < bytes.count, bytes[place] == UInt8(ascii: "-") { place += 1 }
        let first = place
        guard digits() else { return false }
        if bytes[first] == UInt8(ascii: "0"), place - first > 1 { return false }
        if place < bytes.count, bytes[place] == UInt8(ascii: ".") {
            place += 1
            guard digits() else { return false }
        }
        if place < bytes.count, bytes[place] | 0x20 == UInt8(ascii: "e") {
            place += 1
            if place < bytes.count, bytes[place] == UInt8(ascii: "+") || bytes[place] == UInt8(ascii: "-") {
                place += 1
            }
            return digits()
        }
        return true
    }

    private mutating func digits() -> Bool {
        let first = place
        while place < bytes.count, bytes[place] >= 0x30, bytes[place] <= 0x39 { place += 1 }
        return place > first
    }
}
