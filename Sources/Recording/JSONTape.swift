import Foundation

/// One JSON text, cut into its values. Keeps its memory from line to line.
///
/// Made for the lines of a recording, of which a day has 86,400: `JSONDecoder` takes three times as long. What is out of
/// the ordinary (surrogates, numbers of many digits, deep nesting) it refuses, and `JSONDecoder` has the last word.
final class JSONTape {
    enum Kind: UInt8 { case object, array, string, number, yes, no, null }

    struct Node {
        var kind: Kind
        /// Of a string or a number: where its bytes are.
        var start: Int32
        var end: Int32
        var isEscaped = false
        /// Of a member of an object: where its key is.
        var keyStart: Int32 = 0
        var keyEnd: Int32 = 0
        /// The node after it and all that is in it.
        var next: Int32 = 0
    }

    struct Refused: Error {}

    /// More values than any line has; one with more is left to `JSONDecoder`. What is not used is never touched.
    private static let most = 1 << 15
    private static let deepest = 32

    let nodes: UnsafeMutablePointer<Node>
    private(set) var bytes = UnsafeRawBufferPointer(start: nil, count: 0)

    init() { nodes = .allocate(capacity: Self.most) }

    deinit { nodes.deallocate() }

    /// Reads a whole text. The bytes must stand as long as values are taken from the tape.
    func read(_ text: UnsafeRawBufferPointer) throws {
        guard text.count < 1 << 30 else { throw Refused() }
        bytes = text
        var cutter = Cutter(nodes: nodes, most: Self.most, bytes: text)
        try cutter.value(keyStart: 0, keyEnd: 0, depth: Self.deepest)
        cutter.skipSpace()
        guard cutter.place == text.count else { throw Refused() }
    }

    /// Forgets the bytes.
    func clear() { bytes = UnsafeRawBufferPointer(start: nil, count: 0) }
}

/// Finds where the values of a text begin and end.
private struct Cutter {
    typealias Kind = JSONTape.Kind
    typealias Node = JSONTape.Node
    typealias Refused = JSONTape.Refused

    let nodes: UnsafeMutablePointer<Node>
    let most: Int
    let bytes: UnsafeRawBufferPointer
    var place = 0
    private var count = 0

    init(nodes: UnsafeMutablePointer<Node>, most: Int, bytes: UnsafeRawBufferPointer) {
        (self.nodes, self.most, self.bytes) = (nodes, most, bytes)
    }

    private mutating func append(_ node: Node) throws {
        guard count < most else { throw Refused() }
        (nodes + count).initialize(to: node)
        count += 1
    }

    mutating func skipSpace() {
        while place < bytes.count {
            switch bytes[place] {
            case 0x20, 0x0a, 0x0d, 0x09: place += 1
            default: return
            }
        }
    }

    private mutating func next() throws -> UInt8 {
        while place < bytes.count {
            let byte = bytes[place]
            if byte > 0x20 { return byte }
            skipSpace()
            if place < bytes.count, bytes[place] < 0x20 { break }
        }
        throw Refused()
    }

    mutating func value(keyStart: Int, keyEnd: Int, depth: Int) throws {
        guard depth > 0 else { throw Refused() }
        let index = count
        let first = try next()
        var node = Node(
            kind: .null, start: Int32(place), end: Int32(place), keyStart: Int32(keyStart), keyEnd: Int32(keyEnd))
        switch first {
        case UInt8(ascii: "{"):
            node.kind = .object
            try append(node)
            try members(depth: depth)
        case UInt8(ascii: "["):
            node.kind = .array
            try append(node)
            try elements(depth: depth)
        case UInt8(ascii: "\""):
            let (start, end, isEscaped) = try string()
            (node.kind, node.start, node.end, node.isEscaped) = (.string, Int32(start), Int32(end), isEscaped)
            try append(node)
        case UInt8(ascii: "t"): try word("true", .yes, node)
        case UInt8(ascii: "f"): try word("false", .no, node)
        case UInt8(ascii: "n"): try word("null", .null, node)
        default:
            while place < bytes.count, Self.isOfNumber(bytes[place]) { place += 1 }
            guard place > Int(node.start) else { throw Refused() }
            (node.kind, node.end) = (.number, Int32(place))
            try append(node)
        }
        nodes[index].next = Int32(count)
    }

    private mutating func members(depth: Int) throws {
        place += 1
        if try next() == UInt8(ascii: "}") { return place += 1 }
        while true {
            guard try next() == UInt8(ascii: "\"") else { throw Refused() }
            let key = try string()
            guard !key.isEscaped, try next() == UInt8(ascii: ":") else { throw Refused() }
            place += 1
            try value(keyStart: key.start, keyEnd: key.end, depth: depth - 1)
            let after = try next()
            place += 1
            if after == UInt8(ascii: "}") { return }
            guard after == UInt8(ascii: ",") else { throw Refused() }
        }
    }

    private mutating func elements(depth: Int) throws {
        place += 1
        if try next() == UInt8(ascii: "]") { return place += 1 }
        while true {
            try value(keyStart: 0, keyEnd: 0, depth: depth - 1)
            let after = try next()
            place += 1
            if after == UInt8(ascii: "]") { return }
            guard after == UInt8(ascii: ",") else { throw Refused() }
        }
    }

    /// From its quote to behind its other quote; gives what is in between.
    private mutating func string() throws -> (start: Int, end: Int, isEscaped: Bool) {
        place += 1
        let start = place
        var isEscaped = false
        while place < bytes.count {
            let byte = bytes[place]
            if byte == UInt8(ascii: "\"") {
                place += 1
                return (start, place - 1, isEscaped)
            }
            guard byte >= 0x20 else { break }
            if byte == UInt8(ascii: "\\") {
                isEscaped = true
                place += 1
            }
            place += 1
        }
        throw Refused()
    }

    private mutating func word(_ word: StaticString, _ kind: Kind, _ node: Node) throws {
        guard place + word.utf8CodeUnitCount <= bytes.count, let start = bytes.baseAddress,
            memcmp(start + place, word.utf8Start, word.utf8CodeUnitCount) == 0
        else { throw Refused() }
        place += word.utf8CodeUnitCount
        var node = node
        node.kind = kind
        try append(node)
    }

    private static func isOfNumber(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
            true
        default: false
        }
    }
}

/// The values of single nodes.
extension JSONTape {
    func int(_ node: Node) throws -> Int {
        guard node.kind == .number else { throw Refused() }
        var (value, place) = (0, Int(node.start))
        let isNegative = bytes[place] == UInt8(ascii: "-")
        if isNegative { place += 1 }
        // Eighteen digits do not overflow.
        guard place < node.end, Int(node.end) - place <= 18 else { throw Refused() }
        for byte in bytes[place..<Int(node.end)] {
            guard byte >= 0x30, byte <= 0x39 else { throw Refused() }
            value = value * 10 + Int(byte & 0x0f)
        }
        return isNegative ? -value : value
    }

    func bool(_ node: Node) throws -> Bool {
        guard node.kind == .yes || node.kind == .no else { throw Refused() }
        return node.kind == .yes
    }

    func double(_ node: Node) throws -> Double {
        guard node.kind == .number else { throw Refused() }
        var (mantissa, digits, decimals, isBehindPoint) = (0, 0, 0, false)
        var place = Int(node.start)
        let isNegative = bytes[place] == UInt8(ascii: "-")
        if isNegative { place += 1 }
        for byte in bytes[place..<Int(node.end)] {
            if byte == UInt8(ascii: "."), !isBehindPoint, digits > 0 {
                isBehindPoint = true
                continue
            }
            guard byte >= 0x30, byte <= 0x39, digits < 15 else { return try slowDouble(node) }
            mantissa = mantissa * 10 + Int(byte & 0x0f)
            digits += 1
            if isBehindPoint { decimals += 1 }
        }
        guard digits > 0, !isBehindPoint || decimals > 0 else { throw Refused() }
        // Both are exact below 2^53 and 10^22, so that the quotient is the nearest double.
        let value = Double(mantissa) / Self.powers[decimals]
        return isNegative ? -value : value
    }

    private static let powers: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
    ]

    private func slowDouble(_ node: Node) throws -> Double {
        let text = String(decoding: bytes[Int(node.start)..<Int(node.end)], as: UTF8.self)
        guard let value = Double(text), value.isFinite else { throw Refused() }
        return value
    }

    func string(_ node: Node) throws -> String {
        guard node.kind == .string else { throw Refused() }
        let text = bytes[Int(node.start)..<Int(node.end)]
        guard node.isEscaped else {
            guard let string = String(validating: text, as: UTF8.self) else { throw Refused() }
            return string
        }
        var plain: [UInt8] = []
        var index = text.startIndex
        while index < text.endIndex {
            if text[index] != UInt8(ascii: "\\") {
                plain.append(text[index])
                index += 1
                continue
            }
            guard index + 1 < text.endIndex else { throw Refused() }
            switch text[index + 1] {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): plain.append(text[index + 1])
            case UInt8(ascii: "n"): plain.append(0x0a)
            case UInt8(ascii: "t"): plain.append(0x09)
            case UInt8(ascii: "r"): plain.append(0x0d)
            // \u and what is rare.
            default: throw Refused()
            }
            index += 2
        }
        guard let string = String(validating: plain, as: UTF8.self) else { throw Refused() }
        return string
    }
}
