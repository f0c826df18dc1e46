internal import Yams

/// One mapping of a rule pack, read key by key, so that what is missing, misspelt or of the wrong kind is reported with
/// its line and column.
struct YAMLFields {
    let file: String
    let location: RuleLocation
    private let entries: [(key: Node, value: Node)]
    private(set) var problems: [RuleProblem] = []
    private var known: Set<String> = []
    var rule: String?
    /// Where each text that was read as a pattern stands.
    private(set) var places: [String: RuleLocation] = [:]

    init?(_ node: Node, file: String) {
        guard let mapping = node.mapping else { return nil }
        self.file = file
        location = Self.location(of: node, file: file)
        entries = mapping.map { ($0.key, $0.value) }
    }

    static func location(of node: Node, file: String) -> RuleLocation {
        RuleLocation(file: file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
    }

    mutating func problem(_ message: String, at node: Node? = nil) {
        let place = node.map { Self.location(of: $0, file: file) } ?? location
        problems.append(RuleProblem(location: place, rule: rule, message: message))
    }

    mutating func node(_ key: String) -> Node? {
        known.insert(key)
        return entries.first { $0.key.string == key }?.value
    }

    mutating func string(_ key: String) -> String? {
        guard let node = node(key) else { return nil }
        guard let text = node.string else {
            problem("'\(key)' must be a text", at: node)
            return nil
        }
        return text
    }

    mutating func required(_ key: String) -> String {
        guard let text = string(key), !text.isEmpty else {
            if node(key) == nil { problem("'\(key)' is missing") }
            return ""
        }
        return text
    }

    mutating func int(_ key: String) -> Int? {
        guard let node = node(key) else { return nil }
        guard let number = node.int else {
            problem("'\(key)' must be a whole number", at: node)
            return nil
        }
        return number
    }

    /// `true` or `false`; absent means false.
    mutating func flag(_ key: String) -> Bool {
        guard let node = node(key) else { return false }
        guard let value = node.bool else {
            problem("'\(key)' must be true or false", at: node)
            return false
        }
        return value
    }

    mutating func strings(_ key: String) -> [String] {
        guard let node = node(key) else { return [] }
        if let text = node.string { return [text] }
        guard let items = node.sequence else {
            problem("'\(key)' must be a list of texts", at: node)
            return []
        }
        var texts: [String] = []
        for item in items {
            if let text = item.string {
                texts.append(text)
            } else {
                problem("'\(key)' must hold texts only", at: item)
            }
        }
        return texts
    }

    /// Patterns: texts whose places are kept, for messages about them.
    mutating func patterns(_ key: String) -> [String] {
        if let node = node(key) {
            for item in node.sequence.map(Array.init) ?? [node] {
                if let text = item.string { places[text] = Self.location(of: item, file: file) }
            }
        }
        return strings(key)
    }

    mutating func pattern(_ key: String) -> String? { patterns(key).first }

    /// A value of an enumeration, with the allowed words in the message when it is none.
    mutating func choice<T: RawRepresentable & CaseIterable>(_ key: String, as type: T.Type) -> T?
    where T.RawValue == String {
        guard let node = node(key) else { return nil }
        if let value = node.string.flatMap(T.init(rawValue:)) { return value }
        let allowed = T.allCases.map { $0.rawValue }.joined(separator: ", ")
        problem("'\(key)' must be one of \(allowed)", at: node)
        return nil
    }

    /// Reports every key that nobody asked for.
    mutating func refuseUnknownKeys() {
        var seen: Set<String> = []
        for entry in entries {
            let key = entry.key.string ?? "?"
            if !known.contains(key) {
                problem("unknown key '\(key)'; known are \(known.sorted().joined(separator: ", "))", at: entry.key)
            }
            if !seen.insert(key).inserted { problem("key '\(key)' stands twice", at: entry.key) }
        }
    }
}
