import CrashModel

/// The named groups of a pattern that hold something whenever it matches.
///
/// It reads as much of a pattern as that takes: groups, alternatives and what may be left out. A group that is not
/// understood counts as one that may be missing.
struct SureCaptures {
    private let pattern: [Character]
    private var index = 0

    static func of(_ pattern: String) -> Set<String> {
        var reader = SureCaptures(pattern: Array(pattern))
        return reader.alternatives()
    }

    private init(pattern: [Character]) {
        self.pattern = pattern
    }

    /// Up to the bracket that closes this group, or to the end.
    private mutating func alternatives() -> Set<String> {
        var sure: Set<String>?
        var branch: Set<String> = []
        while index < pattern.count, pattern[index] != ")" {
            switch pattern[index] {
            case "|":
                sure = sure?.intersection(branch) ?? branch
                branch = []
                index += 1
            case "\\": index += 2
            case "[": passClass()
            case "(": branch.formUnion(group())
            default: index += 1
            }
        }
        return sure?.intersection(branch) ?? branch
    }

    private mutating func group() -> Set<String> {
        index += 1
        var name: String?
        var holds = true
        if follows("?") {
            if follows("<=") || follows("=") || follows(":") || follows(">") || follows("|") {
            } else if follows("<!") || follows("!") || follows("#") {
                holds = false
            } else if follows("P<") || follows("<") {
                name = word(until: ">")
            } else if follows("'") {
                name = word(until: "'")
            } else {
                // Options, `(?i)` and `(?i:...)`; what else there is stands in no rule.
                while index < pattern.count, pattern[index] != ")", pattern[index] != ":" { index += 1 }
                if index < pattern.count, pattern[index] == ":" { index += 1 }
            }
        }
        var inside = alternatives()
        index += 1
        if let name { inside.insert(name) }
        return holds && !mayBeLeftOut() ? inside : []
    }

    /// Whether a `?`, a `*` or a `{0,…}` follows.
    private func mayBeLeftOut() -> Bool {
        guard index < pattern.count else { return false }
        if pattern[index] == "?" || pattern[index] == "*" { return true }
        return pattern[index...].starts(with: "{0") || pattern[index...].starts(with: "{,")
    }

    private mutating func passClass() {
        index += 1
        _ = follows("^")
        _ = follows("]")
        while index < pattern.count, pattern[index] != "]" {
            if pattern[index] == "\\" {
                index += 2
            } else if pattern[index...].starts(with: "[:") {
                index += 2
                while index < pattern.count, pattern[index] != "]" { index += 1 }
                index += 1
            } else {
                index += 1
            }
        }
        index += 1
    }

    private mutating func follows(_ text: String) -> Bool {
        guard pattern[min(index, pattern.count)...].starts(with: text) else { return false }
        index += text.count
        return true
    }

    private mutating func word(until end: Character) -> String {
        let rest = pattern[min(index, pattern.count)...].prefix { $0 != end }
        index += rest.count + 1
        return String(rest)
    }
}

extension Rule {
    /// Captures that the title needs and a match may leave without a value.
    var unsureCaptures: [String] {
        let needed = TitleTemplate(title).needed
        if needed.isEmpty { return [] }
        switch shape {
        case .inferred, .recorded: return []
        case .line(let match):
            let sure = match.map(SureCaptures.of)
            return needed.filter { name in !sure.allSatisfy { $0.contains(name) } }
        case .block(let block):
            // The lines of a block fill them together, and which of them came is not known here.
            let known = ([block.begin] + [block.until].compactMap(\.self) + block.captures)
            return needed.filter { name in !known.contains { $0.contains("<\(name)>") } }
        }
    }
}
