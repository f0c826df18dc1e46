internal import PCRE
internal import Yams

/// A rule drafted from one line of a log, for a person to finish: it passes lint and its own tests, and knows nothing
/// yet about what to do.
public struct RuleDraft: Sendable {
    public let id: String
    /// The whole pack, as YAML.
    public let yaml: String

    /// How much of a line the pattern is made of: the beginning says what, the rest which.
    static let longestText = 160

    /// - Parameters:
    ///   - line: a line without colour and transport prefixes.
    ///   - others: lines of the same logs that the rule must not match.
    /// - Returns: `nil` when nothing of the line is fixed enough to find it by.
    public init?(line: String, others: [String], id: String? = nil) {
        let text = String(
            line.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7f }.prefix(400).map(Character.init)
        )
        .trimmingPrefix { $0 == " " }
        let exception = Self.exceptionType(of: text)
        let pattern = Self.pattern(for: text, exception: exception)
        guard let compiled = try? Pattern(pattern), Self.matches(compiled, String(text)) else { return nil }
        let counterexample =
            others.first { !$0.isEmpty && !Self.matches(compiled, $0) }
            ?? "a line that looks alike and means something else"
        self.id = id ?? "mine." + Self.slug(String(text))
        yaml = Self.pack(
            id: self.id, title: String(text), category: exception == nil ? "unknown" : "exception/{type}",
            pattern: pattern, example: String(text), counterexample: Self.printable(counterexample))
        guard let book = try? RuleBook(packText: yaml), book.lint().isEmpty else { return nil }
    }

    // MARK: - The pattern

    /// The type at the head of `module.FooError: message`.
    private static func exceptionType(of text: Substring) -> Substring? {
        let head = text.prefix { $0 != ":" && $0 != " " && $0 != "(" }
        let type = head.split(separator: ".").last ?? head
        let isType = ["Error", "Exception", "Exit", "Interrupt", "Failure"].contains { type.hasSuffix($0) }
        return isType && type.first?.isUppercase == true ? head : nil
    }

    /// The line with what differs from run to run left open.
    private static func pattern(for text: Substring, exception: Substring?) -> String {
        var pattern = ""
        var rest = text.prefix(longestText)
        if let exception {
            let type = exception.split(separator: ".").last ?? exception
            pattern = "\\b(?<type>\(escaped(type)))"
            rest = rest.dropFirst(exception.count)
        }
        var isOpen = false
        for (index, word) in rest.split(separator: " ", omittingEmptySubsequences: false).enumerated() {
            if index > 0 { pattern += isOpen && word.isEmpty ? "" : " " }
            let part = opened(word)
            isOpen = part == "\\S+"
            pattern += part
        }
        return pattern
    }

    /// A word as a pattern: numbers, addresses, paths and what is quoted are left open.
    private static func opened(_ word: Substring) -> String {
        if word.isEmpty { return "" }
        if word.contains("/") || word.contains("\\") || word.hasPrefix("0x") { return "\\S+" }
        let isQuoted = word.count > 2 && ["'", "\"", "`"].contains(word.first) && word.last == word.first
        if isQuoted { return "\\S+" }
        guard word.contains(where: \.isNumber) else { return escaped(word) }
        var pattern = ""
        var digits = false
        for character in word {
            if character.isNumber {
                if !digits { pattern += "\\d+" }
                digits = true
            } else {
                pattern += escaped(Substring(String(character)))
                digits = false
            }
        }
        return pattern
    }

    private static func escaped(_ text: Substring) -> String {
        text.map { "\\^$.|?*+()[]{}".contains($0) ? "\\\($0)" : String($0) }.joined()
    }

    private static func matches(_ pattern: Pattern, _ text: String) -> Bool {
        var matcher = Matcher()
        return (try? matcher.firstMatch(of: pattern, in: Array(text.utf8))) != nil
    }

    // MARK: - The pack

    private static func slug(_ text: String) -> String {
        let parts: [Substring] = text.lowercased().split(whereSeparator: { !($0.isASCII && $0.isLetter) })
        let words = parts.filter { $0.count > 2 }.prefix(4).map(String.init)
        return words.isEmpty ? "rule" : words.joined(separator: "-")
    }

    private static func printable(_ text: String) -> String {
        String(text.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7f }.prefix(300).map(Character.init))
    }

    private static func pack(
        id: String, title: String, category: String, pattern: String, example: String, counterexample: String
    ) -> String {
        // Braces in a title are captures, which a line of a log knows nothing of.
        let plainTitle = String(title.prefix(80).filter { $0 != "{" && $0 != "}" })
        let rule: [(String, Node)] = [
            ("id", scalar(id)), ("title", scalar(plainTitle)), ("category", scalar(category)),
            ("severity", scalar("error")), ("match", list([pattern])), ("role", scalar("root")),
            ("verdict", scalar("change-first")),
            (
                "advice",
                Node([
                    Node([
                        (Node("do"), scalar("Say here what to change")),
                        (Node("why"), scalar("Say here why that helps")),
                    ])
                ])
            ),
            ("examples", list([example])), ("counterexamples", list([counterexample])),
        ]
        let root = Node([
            (Node("pack"), scalar("mine")),
            (Node("rules"), Node([Node(rule.map { (Node($0.0), $0.1) })])),
        ])
        return (try? Yams.serialize(node: root, width: -1)) ?? ""
    }

    private static func scalar(_ text: String) -> Node { .scalar(.init(text, Tag(.str), .singleQuoted)) }

    private static func list(_ texts: [String]) -> Node { Node(texts.map { scalar($0) }) }
}
