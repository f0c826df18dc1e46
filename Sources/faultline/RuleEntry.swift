import CrashModel
import Foundation
import Rules

/// A rule as other programs read it.
struct RuleEntry: Encodable {
    let id: String
    let title: String
    let category: String
    let severity: String
    let role: String
    let verdict: String
    let priority: Int
    let pack: String
    /// The patterns of which one must match.
    let patterns: [String]

    init(_ rule: Rule) {
        id = rule.id
        title = TitleTemplate(rule.title).outline
        category = rule.category
        severity = rule.severity.rawValue
        role = rule.role.rawValue
        verdict = rule.verdict.rawValue
        priority = rule.priority
        pack = rule.pack
        patterns = rule.telling
    }

    static func json(_ entries: [RuleEntry]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(entries), as: UTF8.self) + "\n"
    }
}
