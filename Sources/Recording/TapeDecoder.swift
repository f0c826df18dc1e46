import Foundation

/// Gives the values of a ``JSONTape`` to `Decodable` types.
struct TapeDecoder: Decoder {
    let tape: JSONTape
    let index: Int

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard tape.nodes[index].kind == .object else { throw JSONTape.Refused() }
        return KeyedDecodingContainer(Members<Key>(tape: tape, index: index))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard tape.nodes[index].kind == .array else { throw JSONTape.Refused() }
        return Elements(tape: tape, index: index)
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { Single(tape: tape, index: index) }

    static func value<T: Decodable>(_ type: T.Type, _ tape: JSONTape, _ index: Int) throws -> T {
        if type == Date.self {
            let node = tape.nodes[index]
            let text = UnsafeRawBufferPointer(rebasing: tape.bytes[Int(node.start)..<Int(node.end)])
            guard node.kind == .string, let date = RecordedInstant.parse(text) as? T else { throw JSONTape.Refused() }
            return date
        }
        return try T(from: TapeDecoder(tape: tape, index: index))
    }
}

/// The members of an object.
private struct Members<Key: CodingKey>: KeyedDecodingContainerProtocol, TapeContainer {
    let tape: JSONTape
    let index: Int

    var codingPath: [any CodingKey] { [] }

    var allKeys: [Key] {
        var keys: [Key] = []
        var child = index + 1
        while child < tape.nodes[index].next {
            let node = tape.nodes[child]
            let text = String(decoding: tape.bytes[Int(node.keyStart)..<Int(node.keyEnd)], as: UTF8.self)
            if let key = Key(stringValue: text) { keys.append(key) }
            child = Int(node.next)
        }
        return keys
    }

    private func find(_ key: Key) -> Int? {
        let name = key.stringValue
        let nodes = tape.nodes
        guard let bytes = tape.bytes.baseAddress else { return nil }
        return name.utf8.withContiguousStorageIfAvailable { name in
            let end = Int(nodes[index].next)
            var child = index + 1
            while child < end {
                let node = nodes + child
                let start = Int(node.pointee.keyStart)
                if Int(node.pointee.keyEnd) - start == name.count, let first = name.baseAddress,
                    memcmp(first, bytes + start, name.count) == 0
                {
                    return child
                }
                child = Int(node.pointee.next)
            }
            return nil
        } ?? nil
    }

    private func node(_ key: Key) throws -> JSONTape.Node {
        guard let child = find(key) else { throw JSONTape.Refused() }
        return tape.nodes[child]
    }

    /// Nil for what is missing and for null.
    private func present(_ key: Key) -> Int? { find(key).flatMap { tape.nodes[$0].kind == .null ? nil : $0 } }

    func contains(_ key: Key) -> Bool { find(key) != nil }
    func decodeNil(forKey key: Key) throws -> Bool { try node(key).kind == .null }
    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try tape.bool(node(key)) }
    func decode(_ type: String.Type, forKey key: Key) throws -> String { try tape.string(node(key)) }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try tape.double(node(key)) }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try tape.int(node(key)) }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
        guard let child = find(key) else { throw JSONTape.Refused() }
        return try TapeDecoder.value(type, tape, child)
    }

    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? {
        try present(key).map { try tape.bool(tape.nodes[$0]) }
    }
    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? {
        try present(key).map { try tape.string(tape.nodes[$0]) }
    }
    func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? {
        try present(key).map { try tape.double(tape.nodes[$0]) }
    }
    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? {
        try present(key).map { try tape.int(tape.nodes[$0]) }
    }
    func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? {
        try present(key).map { try TapeDecoder.value(type, tape, $0) }
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        guard let child = find(key) else { throw JSONTape.Refused() }
        return try TapeDecoder(tape: tape, index: child).container(keyedBy: type)
    }
    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        guard let child = find(key) else { throw JSONTape.Refused() }
        return try TapeDecoder(tape: tape, index: child).unkeyedContainer()
    }
    func superDecoder() throws -> any Decoder { throw JSONTape.Refused() }
    func superDecoder(forKey key: Key) throws -> any Decoder { throw JSONTape.Refused() }
}

/// The elements of an array.
private struct Elements: UnkeyedDecodingContainer, TapeContainer {
    let tape: JSONTape
    private let end: Int
    private var child: Int
    private(set) var currentIndex = 0

    init(tape: JSONTape, index: Int) {
        self.tape = tape
        child = index + 1
        end = Int(tape.nodes[index].next)
    }

    var codingPath: [any CodingKey] { [] }
    var count: Int? { nil }
    var isAtEnd: Bool { child >= end }

    private mutating func take() throws -> Int {
        guard child < end else { throw JSONTape.Refused() }
        defer {
            child = Int(tape.nodes[child].next)
            currentIndex += 1
        }
        return child
    }

    mutating func decodeNil() throws -> Bool {
        guard child < end, tape.nodes[child].kind == .null else { return false }
        _ = try take()
        return true
    }
    mutating func decode(_ type: Bool.Type) throws -> Bool { try tape.bool(tape.nodes[take()]) }
    mutating func decode(_ type: String.Type) throws -> String { try tape.string(tape.nodes[take()]) }
    mutating func decode(_ type: Double.Type) throws -> Double { try tape.double(tape.nodes[take()]) }
    mutating func decode(_ type: Int.Type) throws -> Int { try tape.int(tape.nodes[take()]) }
    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T { try TapeDecoder.value(type, tape, take()) }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type
    ) throws -> KeyedDecodingContainer<Nested> {
        try TapeDecoder(tape: tape, index: take()).container(keyedBy: type)
    }
    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try TapeDecoder(tape: tape, index: take()).unkeyedContainer()
    }
    mutating func superDecoder() throws -> any Decoder { throw JSONTape.Refused() }
}

/// A value by itself.
private struct Single: SingleValueDecodingContainer, TapeContainer {
    let tape: JSONTape
    let index: Int

    var codingPath: [any CodingKey] { [] }
    func decodeNil() -> Bool { tape.nodes[index].kind == .null }
    func decode(_ type: Bool.Type) throws -> Bool { try tape.bool(tape.nodes[index]) }
    func decode(_ type: String.Type) throws -> String { try tape.string(tape.nodes[index]) }
    func decode(_ type: Double.Type) throws -> Double { try tape.double(tape.nodes[index]) }
    func decode(_ type: Int.Type) throws -> Int { try tape.int(tape.nodes[index]) }
    func decode<T: Decodable>(_ type: T.Type) throws -> T { try TapeDecoder.value(type, tape, index) }
}

/// Marks the containers above.
protocol TapeContainer {}

/// What no type of a recording uses; `JSONDecoder` reads it where one does.
extension KeyedDecodingContainerProtocol where Self: TapeContainer {
    func decode(_ type: Float.Type, forKey key: Key) throws -> Float { throw JSONTape.Refused() }
    func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { throw JSONTape.Refused() }
    func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { throw JSONTape.Refused() }
    func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { throw JSONTape.Refused() }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { throw JSONTape.Refused() }
    func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { throw JSONTape.Refused() }
    func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { throw JSONTape.Refused() }
    func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { throw JSONTape.Refused() }
    func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { throw JSONTape.Refused() }
    func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { throw JSONTape.Refused() }
}

extension UnkeyedDecodingContainer where Self: TapeContainer {
    mutating func decode(_ type: Float.Type) throws -> Float { throw JSONTape.Refused() }
    mutating func decode(_ type: Int8.Type) throws -> Int8 { throw JSONTape.Refused() }
    mutating func decode(_ type: Int16.Type) throws -> Int16 { throw JSONTape.Refused() }
    mutating func decode(_ type: Int32.Type) throws -> Int32 { throw JSONTape.Refused() }
    mutating func decode(_ type: Int64.Type) throws -> Int64 { throw JSONTape.Refused() }
    mutating func decode(_ type: UInt.Type) throws -> UInt { throw JSONTape.Refused() }
    mutating func decode(_ type: UInt8.Type) throws -> UInt8 { throw JSONTape.Refused() }
    mutating func decode(_ type: UInt16.Type) throws -> UInt16 { throw JSONTape.Refused() }
    mutating func decode(_ type: UInt32.Type) throws -> UInt32 { throw JSONTape.Refused() }
    mutating func decode(_ type: UInt64.Type) throws -> UInt64 { throw JSONTape.Refused() }
}

extension SingleValueDecodingContainer where Self: TapeContainer {
    func decode(_ type: Float.Type) throws -> Float { throw JSONTape.Refused() }
    func decode(_ type: Int8.Type) throws -> Int8 { throw JSONTape.Refused() }
    func decode(_ type: Int16.Type) throws -> Int16 { throw JSONTape.Refused() }
    func decode(_ type: Int32.Type) throws -> Int32 { throw JSONTape.Refused() }
    func decode(_ type: Int64.Type) throws -> Int64 { throw JSONTape.Refused() }
    func decode(_ type: UInt.Type) throws -> UInt { throw JSONTape.Refused() }
    func decode(_ type: UInt8.Type) throws -> UInt8 { throw JSONTape.Refused() }
    func decode(_ type: UInt16.Type) throws -> UInt16 { throw JSONTape.Refused() }
    func decode(_ type: UInt32.Type) throws -> UInt32 { throw JSONTape.Refused() }
    func decode(_ type: UInt64.Type) throws -> UInt64 { throw JSONTape.Refused() }
}
