import CrashModel
import Reporting
import Rules
import Scanning

/// A rule as a page of text.
struct RuleSheet {
    let text: String

    init(_ rule: Rule) {
        var lines = [
            "\(rule.id): \(TitleTemplate(rule.title).outline)",
            "  \(rule.category), \(rule.severity.rawValue), \(rule.role.rawValue), verdict \(rule.verdict.rawValue), priority \(rule.priority)",
            "  from \(rule.location)",
        ]
        func list(_ heading: String, _ items: [String]) {
            guard !items.isEmpty else { return }
            lines.append("")
            lines.append(heading)
            for item in items {
                lines += item.split(separator: "\n", omittingEmptySubsequences: false).map { "  \($0)" }
            }
        }
        list("Patterns", rule.patterns)
        if case .recorded(let kinds) = rule.shape { list("Observed in a recording", kinds) }
        list("Explains", rule.explains)
        for advice in rule.advice {
            list("Advice", [advice.action, "because: " + advice.reason] + (advice.command.map { ["$ " + $0] } ?? []))
        }
        list("Examples", rule.examples)
        list("Counterexamples", rule.counterexamples)
        list("References", rule.references)
        text = lines.map { SafeText.line($0) }.joined(separator: "\n") + "\n"
    }

    static func describe(_ failure: RuleTrial.Failure) -> String {
        let won = failure.winners.isEmpty ? "no rule" : failure.winners.joined(separator: ", ")
        let what =
            failure.isCounterexample
            ? "counterexample is matched" : "example is won by \(won)"
        return "\(failure.location): \(failure.rule): \(what): \(SafeText.line(failure.example, limit: 160))"
    }
}
