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
        harmless(text).replacing(["*": "\u{2217}", "~": "\u{223c}", "[": "(", "]": ")"])
    }

    private static func code(_ text: String) -> String {
        let text = harmless(text)
        // Empty code would be two backticks, and be shown.
        return text.isEmpty ? "-" : text
    }

    /// What addresses people, links or ends code is spelt differently; what is invisible, visible; and the three characters
    /// that Slack says are to be escaped, and no others, are.
    private static func harmless(_ text: String) -> String {
        var text = SafeText.line(text)
        for (link, spelling) in [
            ("://", ":\u{2215}\u{2215}"), ("www.", "www\u{2024}"), ("mailto:", "mailto\u{a789}"), ("](", "] ("),
        ] {
            text = text.replacingOccurrences(of: link, with: spelling, options: [.caseInsensitive, .literal])
        }
        return text.replacing(["`": "'", "@": "\u{ff20}", "&": "&amp;", "<": "&lt;", ">": "&gt;"])
    }
}

extension String {
    /// By scalar: with an accent on it, `<` is another character to Swift, and the same to Slack.
    fileprivate func replacing(_ spellings: [Unicode.Scalar: String]) -> String {
        var result = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            if let spelling = spellings[scalar] {
                result.append(contentsOf: spelling.unicodeScalars)
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }
}
