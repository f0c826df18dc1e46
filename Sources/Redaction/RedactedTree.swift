import Foundation

extension RedactionPass {
    /// The value with every text in it redacted.
    mutating func redact<Value: Codable>(_ value: Value) throws -> Value {
        let encoder = JSONEncoder()
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "+inf", negativeInfinity: "-inf", nan: "nan")
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "+inf", negativeInfinity: "-inf", nan: "nan")
        let tree = try decoder.decode(Tree.self, from: encoder.encode(value))
        return try decoder.decode(Value.self, from: encoder.encode(redacted(tree)))
    }

    private mutating func redacted(_ tree: Tree) -> Tree {
        switch tree {
        case .null, .flag, .whole, .number: return tree
        case .text(let text): return .text(redact(text))
        case .list(let items):
            // A list of lines: the key that one begins goes on in the next.
            let outer = block
            block = KeyBlock()
            defer { block = outer }
            return .list(items.map { redacted($0) })
        case .object(let members):
            var result: [String: Tree] = [:]
            for (key, value) in members.sorted(by: { $0.key < $1.key }) {
                // Of a line that is told with its number and more, the text alone can go on with a key.
                let outer = block
                block = KeyBlock()
                let name = redact(key)
                if key == "text" { block = outer }
                result[name] = redacted(value)
                if key != "text" { block = outer }
            }
            return .object(result)
        }
    }
}

/// Anything that JSON can write.
private enum Tree: Codable {
    case null
    case flag(Bool)
    case whole(Int)
    case number(Double)
    case text(String)
    case list([Tree])
    case object([String: Tree])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let flag = try? container.decode(Bool.self) {
            self = .flag(flag)
        } else if let whole = try? container.decode(Int.self) {
            self = .whole(whole)
        } else if let text = try? container.decode(String.self) {
            // Before numbers: "nan" is one to a decoder that reads them from texts.
            self = .text(text)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let list = try? container.decode([Tree].self) {
            self = .list(list)
        } else {
            self = .object(try container.decode([String: Tree].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .flag(let flag): try container.encode(flag)
        case .whole(let whole): try container.encode(whole)
        case .number(let number): try container.encode(number)
        case .text(let text): try container.encode(text)
        case .list(let list): try container.encode(list)
        case .object(let members): try container.encode(members)
        }
    }
}
