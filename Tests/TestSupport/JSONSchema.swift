public import Foundation

/// Enough of JSON Schema (2020-12) to check this project's records against docs/schema; a keyword that it does not know
/// is itself a problem, so that no schema promises what nothing checks.
public struct JSONSchema {
    private let root: [String: Any]

    public init(contentsOf file: URL) throws {
        root = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any] ?? [:]
    }

    /// What is wrong, by its place; empty where the value fits.
    ///
    /// - Parameter isClosed: whether a member that the schema does not name is wrong too.
    public func problems(in value: Any, isClosed: Bool = false) -> [String] {
        check(value, root, "", isClosed)
    }

    private static let keywords: Set<String> = [
        "$schema", "$defs", "$ref", "title", "description", "type", "properties", "required", "additionalProperties",
        "items", "enum", "const", "pattern", "minimum", "maximum", "maxItems", "minLength",
    ]

    private func check(_ value: Any, _ schema: [String: Any], _ place: String, _ isClosed: Bool) -> [String] {
        var problems = schema.keys.filter { !Self.keywords.contains($0) }.map { "\(place): unknown keyword \($0)" }
        if let reference = schema["$ref"] as? String {
            guard let name = reference.split(separator: "/").last,
                let target = (root["$defs"] as? [String: Any])?[String(name)] as? [String: Any]
            else { return problems + ["\(place): \(reference) leads nowhere"] }
            return problems + check(value, target, place, isClosed)
        }
        if let types = (schema["type"] as? [String]) ?? (schema["type"] as? String).map({ [$0] }),
            !types.contains(where: { Self.isType($0, value) })
        {
            return problems + ["\(place): not \(types.joined(separator: " or "))"]
        }
        if let choices = schema["enum"] as? [String], !choices.contains(value as? String ?? "") {
            problems.append("\(place): none of \(choices)")
        }
        if let only = schema["const"] as? String, value as? String != only { problems.append("\(place): not \(only)") }
        if let text = value as? String {
            if let pattern = schema["pattern"] as? String,
                text.range(of: pattern, options: .regularExpression) == nil
            {
                problems.append("\(place): not like \(pattern)")
            }
            if let least = schema["minLength"] as? Int, text.count < least { problems.append("\(place): too short") }
        } else if let number = value as? Double {
            if let least = schema["minimum"] as? Double, number < least { problems.append("\(place): below \(least)") }
            if let most = schema["maximum"] as? Double, number > most { problems.append("\(place): above \(most)") }
        } else if let list = value as? [Any] {
            if let most = schema["maxItems"] as? Int, list.count > most { problems.append("\(place): too long") }
            if let items = schema["items"] as? [String: Any] {
                for (index, item) in list.enumerated() {
                    problems += check(item, items, "\(place)/\(index)", isClosed)
                }
            }
        } else if let object = value as? [String: Any] {
            problems += members(object, schema, place, isClosed)
        }
        return problems
    }

    private func members(
        _ object: [String: Any], _ schema: [String: Any], _ place: String, _ isClosed: Bool
    ) -> [String] {
        let properties = schema["properties"] as? [String: Any] ?? [:]
        var problems = (schema["required"] as? [String] ?? []).filter { object[$0] == nil }
            .map { "\(place)/\($0): missing" }
        for (name, value) in object.sorted(by: { $0.key < $1.key }) {
            if let own = (properties[name] ?? schema["additionalProperties"]) as? [String: Any] {
                problems += check(value, own, "\(place)/\(name)", isClosed)
            } else if isClosed {
                problems.append("\(place)/\(name): not described")
            }
        }
        return problems
    }

    private static func isType(_ type: String, _ value: Any) -> Bool {
        let isBoolean = (value as? NSNumber).map { String(cString: $0.objCType) == "c" } ?? (value is Bool)
        switch type {
        case "object": return value is [String: Any]
        case "array": return value is [Any]
        case "string": return value is String
        case "boolean": return isBoolean
        case "null": return value is NSNull
        case "integer":
            return !isBoolean && (value as? NSNumber).map { $0.doubleValue == $0.doubleValue.rounded() } ?? false
        case "number": return !isBoolean && value is NSNumber
        default: return false
        }
    }
}
