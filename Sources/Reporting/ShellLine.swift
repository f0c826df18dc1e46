/// A command on a narrow page.
enum ShellLine {
    /// Breaks a command before ` \`, at spaces that no quote protects, so that it can be copied as it stands.
    ///
    /// One that cannot be broken so keeps its length: a command that was cut does something else. After a `#` nothing is
    /// broken, since a comment does not go on over a backslash.
    static func broken(_ command: String, width: Int) -> [String] {
        guard DisplayWidth.of(command) > width else { return [command] }
        guard let words = words(command) else { return [command] }
        var lines: [String] = []
        var current = ""
        for word in words {
            let longer = current.isEmpty ? word : current + " " + word
            if current.isEmpty || DisplayWidth.of(longer) <= width - 2 {
                current = longer
            } else {
                lines.append(current + " \\")
                current = "  " + word
            }
        }
        return lines + [current]
    }

    /// The words between unprotected single spaces; nil where breaking is not safe.
    private static func words(_ command: String) -> [String]? {
        var words: [String] = []
        var word = ""
        var quote: Character?
        var escaped = false
        for character in command {
            if escaped {
                escaped = false
            } else if character == "\\", quote != "'" {
                escaped = true
            } else if let open = quote {
                if character == open { quote = nil }
            } else if character == "'" || character == "\"" || character == "`" {
                quote = character
            } else if character == "#" || character == "<" {
                // A comment, or a here-document.
                return nil
            } else if character == " " {
                if !word.isEmpty { words.append(word) }
                word = ""
                continue
            }
            word.append(character)
        }
        return quote == nil && !escaped ? words + (word.isEmpty ? [] : [word]) : nil
    }
}
