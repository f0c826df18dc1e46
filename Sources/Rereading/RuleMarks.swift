import Literals
import PCRE
public import Rules

/// What rules match in single lines, for a report that shows it.
public struct RuleMarks: ~Copyable {
    private let book: RuleBook
    private var matcher = Matcher()
    private var compiled: [String: [Pattern]] = [:]

    public init(_ book: RuleBook) {
        self.book = book
    }

    /// Where in the text the rule's pattern matches, in Unicode code points; nil where it does not, or in no limits.
    public mutating func span(of rule: String, in text: String) -> Range<Int>? {
        let bytes = Array(text.utf8)
        for pattern in patterns(of: rule) {
            guard let match = (try? matcher.firstMatch(of: pattern, in: bytes)) ?? nil, !match.range.isEmpty else {
                continue
            }
            // Bytes that do not begin a character are no code points.
            func points(_ range: Range<Int>) -> Int { bytes[range].count { $0 & 0xc0 != 0x80 } }
            let start = points(0..<match.range.lowerBound)
            return start..<(start + points(match.range.lowerBound..<Self.wordEnd(match.range.upperBound, bytes)))
        }
        return nil
    }

    /// A pattern may end within a word, such as a unit; half of one looks like a fault of the page.
    private static func wordEnd(_ end: Int, _ bytes: [UInt8]) -> Int {
        func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5a).contains(byte & 0xdf) }
        guard end > 0, end < bytes.count, isLetter(bytes[end - 1]) else { return end }
        let rest = bytes[end...].prefix(24).prefix(while: isLetter)
        return rest.count < 24 ? end + rest.count : end
    }

    private mutating func patterns(of rule: String) -> [Pattern] {
        if let known = compiled[rule] { return known }
        let patterns = (book.rule(rule)?.telling ?? []).compactMap { try? Pattern($0) }
        compiled[rule] = patterns
        return patterns
    }
}

/// Finds what logs state about the machine and its software.
public struct FactFinder {
    /// One statement.
    public struct Fact: Sendable, Hashable {
        public var name: String
        public var value: String
        public var source: String
        public var line: Int
    }

    private let rules: [(name: String, patterns: [Pattern], literals: [[UInt8]]?)]
    /// The most that are told of one name.
    static let mostValues = 8

    public init(_ book: RuleBook) {
        rules = book.landmarks.filter { $0.kind == .fact }.map { rule in
            let name = rule.id.split(separator: ".", maxSplits: 1).last.map(String.init) ?? rule.id
            return (name, rule.match.compactMap { try? Pattern($0) }, rule.literals)
        }
    }

    /// Each value of each name once, in the order of the rules.
    public func facts(in heads: [String: [FoundLine]]) -> [Fact] {
        let filter = LiteralFilter(rules.map(\.literals))
        var scratch = LiteralFilter.Scratch()
        var matcher = Matcher()
        var found: [(rule: Int, fact: Fact)] = []
        var values: [Int: Set<String>] = [:]
        for (source, lines) in heads.sorted(by: { $0.key < $1.key }) {
            for line in lines {
                let bytes = Array(line.text.utf8)
                for index in filter.candidates(in: bytes, &scratch)
                where values[index, default: []].count < Self.mostValues {
                    for pattern in rules[index].patterns {
                        guard let captures = (try? matcher.captures(of: pattern, in: bytes)) ?? nil,
                            let value = captures["value"], values[index, default: []].insert(value).inserted
                        else { continue }
                        found.append(
                            (index, Fact(name: rules[index].name, value: value, source: source, line: line.number)))
                    }
                }
            }
        }
        return found.sorted { $0.rule < $1.rule }.map(\.fact)
    }
}
