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
        let told = Set(report.incidents.flatMap(Self.places))
        lines = Array(
            report.telling.filter { $0.score >= Self.leastScore && !told.contains(Place.of($0.source, $0.line)) }
                .prefix(Self.most))
        if lines.isEmpty { return nil }
        heading =
            report.incidents.contains(where: \.isCrash)
            ? "Lines that stand out" : "No rule knows a failure here. If the run died, read these lines first"
    }

    /// `its words: killed; no other line of the log is like it`
    static func reason(_ line: TellingLine) -> String { line.because.joined(separator: "; ") }

    /// The lines that need no second telling: the cause of a crash, which the page quotes, and all of what the run
    /// survived, which a rule does know.
    private static func places(_ incident: Incident) -> [String] {
        let root = Place.of(incident.root.source, incident.root.line)
        if incident.isCrash { return [root] }
        let findings = [incident.root] + incident.consequences + incident.confirmations + incident.teardown
        return findings.flatMap { finding in
            ([finding.line] + finding.excerpt.map(\.line)).map { Place.of(finding.source, $0) }
        }
    }
}
