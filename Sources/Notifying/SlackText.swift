import Foundation
import Reporting

/// Text as Slack's mrkdwn, in which nothing that comes from a log can address anybody, link anywhere or look like more
/// than it is. What reads Slack's format, but Markdown too (Mattermost, Discord), finds nothing to read either.
enum SlackText {
    /// Slack cuts a message at 40,000 characters, and can edit one of up to 4,000; Mattermost takes 16,383 and Discord
    /// 2,000 of `/slack`.
    static let longest = 3900

    static func of(_ text: MessageText) -> String {
        var result = ""
        for (number, line) in text.lines.enumerated() {
            let written =
                switch line {
                case .headline(let text): "*\(words(text))*"
                case .plain(let text): words(text)
                case .quote(let text), .command(let text): "`\(code(text))`"
                case .gap: ""
                }
            if result.utf8.count + written.utf8.count > longest {
                return result + (number == 0 ? "" : "\n") + "… the rest was cut: see 'faultline history'"
            }
            result += (number == 0 ? "" : "\n") + written
        }
        return result
    }

    /// Outside of code: also without characters that format.
    private static func words(_ text: String) -> String {
        var safe = ""
        for character in harmless(text) {
            switch character {
            // Looks alike and formats nothing.
            case "*": safe += "∗"
            case "~": safe += "∼"
            case "[": safe += "("
            case "]": safe += ")"
            default: safe.append(character)
            }
        }
        return escaped(safe)
    }

    private static func code(_ text: String) -> String {
        let text = harmless(text)
        // Empty code would be two backticks, and be shown.
        return text.isEmpty ? "-" : escaped(text)
    }

    /// What addresses people, links or ends code is spelt differently; what is invisible, visible.
    private static func harmless(_ text: String) -> String {
        SafeText.line(text).replacingOccurrences(of: "`", with: "'").replacingOccurrences(of: "@", with: "\u{ff20}")
            .replacingOccurrences(of: "://", with: ":\u{2215}\u{2215}")
            .replacingOccurrences(of: "www.", with: "www\u{2024}", options: .caseInsensitive)
            .replacingOccurrences(of: "mailto:", with: "mailto\u{a789}", options: .caseInsensitive)
    }

    /// The three characters that Slack says are to be escaped, and no others.
    private static func escaped(_ text: String) -> String {
        text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
            .replacingOccurrences(of: ">", with: "&gt;")
    }
}
