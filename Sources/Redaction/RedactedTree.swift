import CrashModel
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
        let tree = try decoder.decode(JSONValue.self, from: encoder.encode(value))
        return try decoder.decode(Value.self, from: encoder.encode(redacted(tree)))
    }

    private mutating func redacted(_ tree: JSONValue) -> JSONValue {
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
            var result: [String: JSONValue] = [:]
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
