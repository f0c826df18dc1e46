import CrashModel

/// Untrusted text inside Markdown, as GitHub renders it: it can make no markup, link, mention, reference or HTML.
enum MarkdownText {
    /// Text that keeps every character, in a code span whose backticks outnumber those inside.
    static func code(_ text: String, limit: Int = 300) -> String {
        let safe = SafeText.line(text, limit: limit)
        // A code span cannot be empty.
        if safe.allSatisfy({ $0 == " " }) { return "(empty)" }
        let fence = String(repeating: "`", count: longestBacktickRun(safe) + 1)
        let pad = safe.hasPrefix("`") || safe.hasSuffix("`") || (safe.hasPrefix(" ") && safe.hasSuffix(" ")) ? " " : ""
        return fence + pad + safe + pad + fence
    }

    /// Sentences: punctuation escaped, and words that GitHub would turn into something else set as code.
    static func prose(_ text: String) -> String {
        SafeText.line(text, limit: 2000).split(separator: " ")
            .map { isReference($0) ? code(String($0)) : escaped($0) }.joined(separator: " ")
    }

    /// For a cell of a table. A `|` that is escaped already is written as HTML does it: one behind a backslash of a
    /// code span cannot be escaped once more.
    static func cell(_ markdown: String) -> String {
        var text = ""
        var escaped = false
        for character in markdown {
            if character == "|", escaped {
                text.removeLast()
                text += "&#124;"
            } else if character == "|" {
                text += "\\|"
            } else {
                text.append(character)
            }
            escaped = character == "\\" && !escaped
        }
        return text
    }

    /// A fenced block, its fence longer than any run of backticks inside.
    ///
    /// - Parameter indent: Spaces before each line, to keep the block within a list item.
    static func fence(_ lines: [String], language: String, indent: Int = 0) -> [String] {
        let safe = lines.map { SafeText.line($0, limit: 1000) }
        let longest = safe.map(longestBacktickRun).max() ?? 0
        let fence = String(repeating: "`", count: max(3, longest + 1))
        let margin = String(repeating: " ", count: indent)
        return ([fence + language] + safe + [fence]).map { margin + $0 }
    }

    /// A numbered piece of advice with its reason and its command, as an item of a list.
    static func advice(_ advice: Advice, number: Int) -> [String] {
        let lead = "\(number). "
        let margin = String(repeating: " ", count: lead.count)
        var lines = [lead + "**" + prose(advice.action) + "**"]
        if !advice.reason.isEmpty { lines += ["", margin + prose(advice.reason)] }
        if let command = advice.command {
            let parts = command.split(whereSeparator: \.isNewline).map(String.init)
            lines += [""] + fence(parts, language: "sh", indent: lead.count)
        }
        return lines
    }

    static func longestBacktickRun(_ text: String) -> Int {
        var longest = 0
        var run = 0
        for byte in text.utf8 {
            run = byte == UInt8(ascii: "`") ? run + 1 : 0
            longest = max(longest, run)
        }
        return longest
    }

    /// Mentions, issues, commits, links, mail addresses and `:emoji:`. GitHub looks for them after the escapes are gone.
    private static func isReference(_ word: Substring) -> Bool {
        let lower = word.lowercased()
        if lower.contains("@") || lower.contains("://") || lower.contains("www.") || lower.contains("gh-") {
            return true
        }
        // A time of day has colons, too, and is no `:emoji:`.
        if lower.filter({ $0 == ":" }).count > 1,
            lower.wholeMatch(of: /[0-9]{2}:[0-9]{2}:[0-9]{2}[.,;)]?/) == nil
        {
            return true
        }
        if let mark = lower.firstIndex(of: "#"), lower[mark...].dropFirst().first?.isNumber == true { return true }
        // What looks like a commit.
        return lower.split { !$0.isHexDigit }.contains { $0.count >= 7 && $0.contains(where: \.isNumber) }
    }

    private static let markup: Set<Character> = [
        "\\", "`", "*", "_", "[", "]", "<", ">", "&", "|", "~", "$", "#", "!", "{", "}",
    ]

    private static func escaped(_ word: Substring) -> String {
        var text = ""
        for character in word {
            if markup.contains(character) { text += "\\" }
            text.append(character)
        }
        // What would begin a list or a heading where a line begins.
        if let first = word.first, "+-=".contains(first) { return "\\" + text }
        if let last = word.last, last == "." || last == ")", word.dropLast().allSatisfy(\.isNumber) {
            return text.dropLast() + "\\" + String(last)
        }
        return text
    }
}
