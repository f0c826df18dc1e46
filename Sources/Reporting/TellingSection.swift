import CrashModel

/// The lines to read first where no rule knows the failure: which of them are told, and under which heading.
struct TellingSection {
    let heading: String
    let lines: [TellingLine]

    /// A lower score is an ordinary line, which JSON lists all the same.
    static let leastScore = 6
    static let most = 5

    /// Nil when nothing stands out, or a rule names the cause.
    init?(_ report: ScanReport) {
        if report.isExplained { return nil }
        let crashes = report.incidents.filter(\.isCrash)
        lines = Array(
            report.telling.filter { line in
                // What the page shows as a cause already needs no second telling.
                line.score >= Self.leastScore
                    && !crashes.contains { $0.root.source == line.source && $0.root.line == line.line }
            }.prefix(Self.most))
        if lines.isEmpty { return nil }
        heading =
            crashes.isEmpty
            ? "No rule knows a failure here. If the run died, read these lines first" : "Lines that stand out"
    }

    /// `its words: killed; no other line of the log is like it`
    static func reason(_ line: TellingLine) -> String { line.because.joined(separator: "; ") }
}
