import Foundation

/// Everything that one run measured, for people and for programs.
struct Results: Encodable {
    var scores: Scores
    var confusion: ConfusionTable
    /// Cases that count for nothing, since a scan of their folder passes over all that is in it.
    var unread: [String] = []
    var rulesOnExamples: ExampleAblation?
    var rulesOnCases: CaseAblation?
    /// Sentences for what is worse than it may be.
    var complaints: [String] = []
    /// Seconds that each part took, and the whole.
    var seconds: [String: Double] = [:]

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    /// - Parameter all: also the rows of the table that nothing is wrong with.
    func text(all: Bool) -> String {
        var lines = [
            "\(scores.cases) cases: \(scores.crashes) crashes, \(scores.cascades) of them told by several sources; "
                + "\(scores.clean) clean", "",
        ]
        lines += Measure.allCases.compactMap { measure in
            scores[measure].map { Layout.line(measure.words, $0) }
        }
        lines.append(
            Layout.columns([("  false alarms", -31), ("\(scores.falseAlarms) of \(scores.clean)", 12)]))
        let table = confusion.lines(all: all)
        if !table.isEmpty { lines += ["", "by family"] + table.map { "  " + $0 } }
        lines += ["", scores.wrong.isEmpty ? "no case is wrong" : "wrong"]
        lines += scores.wrong.map { Layout.wrapped($0, indent: 2) }
        if !unread.isEmpty {
            lines.append(
                Layout.wrapped("not counted, since a scan passes over every file: " + unread.joined(separator: ", ")))
        }
        if let examples = rulesOnExamples { lines += ["", "rules and their examples"] + examples.lines }
        if let cases = rulesOnCases { lines += ["", "rules and the cases"] + cases.lines }
        let parts = seconds.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .map { "\($0.key) \(String(format: "%.1f", $0.value)) s" }
        lines += ["", Layout.wrapped("took " + parts.joined(separator: ", "))]
        return lines.joined(separator: "\n")
    }
}
