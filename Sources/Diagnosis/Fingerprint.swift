import CrashModel
import Rules

/// What stays the same when the same failure happens again tomorrow, on another node.
enum Fingerprint {
    static func of(_ evidence: Evidence) -> String {
        var hash = StableHash()
        hash.combine(evidence.rule.id)
        hash.combine(evidence.category.description)
        if evidence.isGeneric {
            hash.combine(normalized(evidence.finding.captures["message"] ?? evidence.finding.text))
            hash.combine(frame(evidence.finding.captures))
        }
        return hash.hex
    }

    /// The function and file that raised it, without the line number, which the next commit moves.
    private static func frame(_ captures: [String: String]) -> String {
        let file = captures["file"]?.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? ""
        return file + ":" + (captures["function"] ?? "")
    }

    /// The text without what differs from run to run: numbers, addresses, ids, paths, and what stands in quotes.
    static func normalized(_ text: String) -> String {
        var words: [String] = []
        for word in text.prefix(400).split(whereSeparator: { $0 == " " || $0 == "\t" }) {
            if word.contains("/") || word.contains("\\") {
                words.append("<path>")
            } else if word.contains(where: \.isNumber) {
                words.append("<n>")
            } else {
                words.append(String(word))
            }
            if words.count == 24 { break }
        }
        return words.joined(separator: " ")
    }
}
