package import CrashModel

/// What a scan read and what it did not, in words.
package struct InputSummary {
    let inputs: [InputReport]
    let skipped: [SkippedInput]

    init(_ report: ScanReport) {
        inputs = report.inputs
        skipped = report.skipped
    }

    /// How many of a kind are listed by name.
    static let mostListed = 5

    /// Inputs of which some or all was not read.
    package var incomplete: [InputReport] { inputs.filter { !$0.complete } }

    /// `5 files (12,345 lines)`, `standard input (12 lines)`
    package var extent: String {
        let lines = Amount.of(inputs.reduce(0) { min($0 + $1.lines, 1 << 53) }, "line")
        if inputs.count == 1, inputs[0].source == "-" { return "standard input (\(lines))" }
        return "\(Amount.of(inputs.count, "file")) (\(lines))"
    }

    /// The first line of a report without a crash.
    package var noCrash: String {
        if inputs.isEmpty { return "Nothing was read: no log was found here. Name a file or a folder to scan." }
        if incomplete.count == inputs.count, inputs.allSatisfy({ $0.bytes == 0 }) {
            return "Nothing could be read, so nothing is known."
        }
        if incomplete.isEmpty { return "No crash found in \(extent)." }
        return "No crash found in what could be read of \(extent)."
    }

    /// The loud line; nil when everything was read.
    package var warning: String? {
        guard !incomplete.isEmpty else { return nil }
        let verb = incomplete.count == 1 ? "was" : "were"
        return "NOT EVERYTHING WAS READ: \(incomplete.count) of \(Amount.of(inputs.count, "input")) \(verb) not read "
            + "completely. A crash may hide there."
    }

    /// `Skipped on purpose: 7 (5 hidden, 2 binary).`; nil when nothing was.
    package var skippedWords: String? {
        guard !skipped.isEmpty else { return nil }
        let reasons = Dictionary(grouping: skipped, by: \.reason).mapValues(\.count)
            .sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        var parts = reasons.prefix(Self.mostListed).map { "\(Amount.count($0.value)) \($0.key)" }
        if reasons.count > parts.count { parts.append("other reasons") }
        return "Skipped on purpose: \(Amount.count(skipped.count)) (\(parts.joined(separator: ", ")))"
    }
}
