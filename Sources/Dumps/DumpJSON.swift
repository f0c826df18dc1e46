import Foundation

/// Reads a dump's JSON variant (`_dump_nccl_trace_json`, `dump_json`).
enum DumpJSON {
    static func value(of bytes: [UInt8], limits: DumpLimits = DumpLimits()) throws(DumpProblem) -> DumpValue {
        guard bytes.count <= limits.jsonBytes else { throw .tooMuch("bytes of JSON", limit: limits.jsonBytes) }
        // Foundation builds everything before it can be counted.
        let separators = bytes.reduce(into: 0) { $0 += $1 == 0x2c || $1 == 0x5b || $1 == 0x7b ? 1 : 0 }
        guard separators <= limits.values else { throw .tooMuch("values", limit: limits.values) }
        let object: Any
        do {
            object = try JSONSerialization.jsonObject(with: Data(bytes))
        } catch {
            throw .badJSON((error as NSError).userInfo["NSDebugDescription"].map { "\($0)" } ?? "not well formed")
        }
        return try value(object, depth: 0, limits)
    }

    private static func value(_ object: Any, depth: Int, _ limits: DumpLimits) throws(DumpProblem) -> DumpValue {
        guard depth < limits.depth else { throw .tooMuch("lists in each other", limit: limits.depth) }
        // Casts that fail are slow on Linux, for they try every bridge; so the exact type goes first.
        let kind = type(of: object)
        if kind == String.self, let text = object as? String { return .text(text) }
        if kind == [String: Any].self, let members = object as? [String: Any] {
            return try map(members, depth: depth, limits)
        }
        if kind == [Any].self, let items = object as? [Any] { return try list(items, depth: depth, limits) }
        if let number = object as? NSNumber {
            // Truth values come as numbers too; DumpValue.flag takes 0 and 1.
            let double = number.doubleValue
            return Int(exactly: double) != nil || abs(double) >= 0x1p53 && abs(double) < 0x1p63
                ? .integer(number.intValue) : .float(double)
        }
        if let text = object as? String { return .text(text) }
        if let items = object as? [Any] { return try list(items, depth: depth, limits) }
        if let members = object as? [String: Any] { return try map(members, depth: depth, limits) }
        return .none
    }

    private static func list(_ items: [Any], depth: Int, _ limits: DumpLimits) throws(DumpProblem) -> DumpValue {
        var values: [DumpValue] = []
        values.reserveCapacity(items.count)
        for item in items { values.append(try value(item, depth: depth + 1, limits)) }
        return .list(values)
    }

    private static func map(
        _ members: [String: Any], depth: Int, _ limits: DumpLimits
    ) throws(DumpProblem) -> DumpValue {
        var values = [String: DumpValue](minimumCapacity: members.count)
        for (key, member) in members { values[key] = try value(member, depth: depth + 1, limits) }
        return .map(values)
    }
}
