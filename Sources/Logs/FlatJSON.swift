/// A JSON object of one line, read far enough to take a log record apart: the values of its top level, and those of
/// an object directly inside. Far cheaper than a general decoder, and it bears invalid UTF-8, as journald's and
/// dmesg's JSON may hold.
struct FlatJSON {
    enum Value {
        case string([UInt8])
        case integer(Int)
        /// A number that is none.
        case number(Double)
        /// What journald writes for text that is not clean UTF-8: its bytes as numbers.
        case bytes([UInt8])
        case object(FlatJSON)
        case other
    }

    private var members: [String: Value] = [:]
    /// What it was read from; empty in an object inside another.
    private(set) var line: [UInt8] = []
    /// Where in ``line`` each of its members stands, key and value, in their order.
    private(set) var fields: [(key: String, range: Range<Int>)] = []

    subscript(key: String) -> Value? { members[key] }

    func text(_ key: String) -> [UInt8]? {
        switch members[key] {
        case .string(let bytes), .bytes(let bytes): bytes
        default: nil
        }
    }

    func object(_ key: String) -> FlatJSON? {
        if case .object(let object) = members[key] { object } else { nil }
    }

    /// A number, also one written as a string.
    func integer(_ key: String) -> Int? {
        switch members[key] {
        case .integer(let value): value
        case .string(let digits): Int(String(decoding: digits, as: UTF8.self))
        default: nil
        }
    }

    /// Nil when the line is not one object from its first byte to its last.
    init?(_ line: [UInt8]) {
        let object = ByteCursor.reading(line) { cursor -> FlatJSON? in
            cursor.skipBlanks()
            guard let object = Self.object(&cursor, depth: 0) else { return nil }
            cursor.skipBlanks()
            return cursor.isAtEnd ? object : nil
        }
        guard let object else { return nil }
        self = object
        self.line = line
    }

    private init() {}

    private static func object(_ cursor: inout ByteCursor, depth: Int) -> FlatJSON? {
        guard depth < 8, cursor.take(UInt8(ascii: "{")) else { return nil }
        var result = FlatJSON()
        cursor.skipBlanks()
        if cursor.take(UInt8(ascii: "}")) { return result }
        while true {
            cursor.skipBlanks()
            let start = cursor.at
            guard let key = string(&cursor) else { return nil }
            cursor.skipBlanks()
            guard cursor.take(UInt8(ascii: ":")) else { return nil }
            cursor.skipBlanks()
            guard let value = value(&cursor, depth: depth + 1) else { return nil }
            let name = String(decoding: key, as: UTF8.self)
            result.members[name] = value
            if depth == 0 { result.fields.append((name, start..<cursor.at)) }
            cursor.skipBlanks()
            if cursor.take(UInt8(ascii: "}")) { return result }
            guard cursor.take(UInt8(ascii: ",")) else { return nil }
        }
    }

    private static func value(_ cursor: inout ByteCursor, depth: Int) -> Value? {
        switch cursor.peek() {
        case UInt8(ascii: "\""): return string(&cursor).map { .string($0) }
        case UInt8(ascii: "{"): return object(&cursor, depth: depth).map { .object($0) }
        case UInt8(ascii: "["): return array(&cursor, depth: depth)
        default:
            let start = cursor.at
            let length = cursor.skip(limit: 40) { $0.isWord || $0 == 0x2d || $0 == 0x2e || $0 == 0x2b }
            guard length > 0 else { return nil }
            let text = cursor.string(from: start)
            if let whole = Int(text) { return .integer(whole) }
            return Double(text).map { .number($0) } ?? .other
        }
    }

    private static func array(_ cursor: inout ByteCursor, depth: Int) -> Value? {
        guard depth < 8, cursor.take(UInt8(ascii: "[")) else { return nil }
        var numbers: [UInt8]? = []
        var strings: [UInt8] = []
        cursor.skipBlanks()
        if cursor.take(UInt8(ascii: "]")) { return .other }
        while true {
            cursor.skipBlanks()
            guard let value = value(&cursor, depth: depth + 1) else { return nil }
            switch value {
            case .integer(let number):
                if let byte = UInt8(exactly: number) { numbers?.append(byte) } else { numbers = nil }
            case .string(let text):  // a field that was given more than once
                numbers = nil
                if !strings.isEmpty { strings.append(0x0a) }
                strings += text
            default: numbers = nil
            }
            cursor.skipBlanks()
            if cursor.take(UInt8(ascii: "]")) { break }
            guard cursor.take(UInt8(ascii: ",")) else { return nil }
        }
        if let numbers { return .bytes(numbers) }
        return strings.isEmpty ? .other : .string(strings)
    }

    private static func string(_ cursor: inout ByteCursor) -> [UInt8]? {
        guard cursor.take(UInt8(ascii: "\"")) else { return nil }
        var result: [UInt8] = []
        while !cursor.isAtEnd {
            let byte = cursor.peek()
            cursor.at += 1
            if byte == UInt8(ascii: "\"") { return result }
            guard byte == UInt8(ascii: "\\") else {
                result.append(byte)
                continue
            }
            let escaped = cursor.peek()
            cursor.at += 1
            switch escaped {
            case UInt8(ascii: "n"): result.append(0x0a)
            case UInt8(ascii: "r"): result.append(0x0d)
            case UInt8(ascii: "t"): result.append(0x09)
            case UInt8(ascii: "b"): result.append(0x08)
            case UInt8(ascii: "f"): result.append(0x0c)
            case UInt8(ascii: "u"):
                guard var unit = hex4(&cursor) else { return nil }
                if (0xd800..<0xdc00).contains(unit), cursor.isNext("\\u") {
                    var ahead = cursor
                    ahead.at += 2
                    if let low = hex4(&ahead), (0xdc00..<0xe000).contains(low) {
                        unit = 0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00)
                        cursor = ahead
                    }
                }
                let scalar = Unicode.Scalar(UInt32(unit)) ?? "\u{fffd}"
                result += Array(String(Character(scalar)).utf8)
            default: result.append(escaped)
            }
        }
        return nil
    }

    private static func hex4(_ cursor: inout ByteCursor) -> Int? {
        var value = 0
        for _ in 0..<4 {
            guard let digit = cursor.peek().hexValue else { return nil }
            value = value << 4 | Int(digit)
            cursor.at += 1
        }
        return value
    }
}
