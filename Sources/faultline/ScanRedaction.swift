import CrashModel
import Redaction
import Reporting
import Rules

/// Everything in a scan's report that somebody wrote: what is redacted of it, in one piece.
private struct ScanTexts: Codable {
    var incidents: [IncidentTexts]
    var seenBefore: [String: PastSightings]
    var telling: [TellingLine]
    var inputs: [InputReport]
    var skipped: [SkippedInput]
    var notes: [String]
}

private struct IncidentTexts: Codable {
    var title: String
    /// The name of an exception is the log's.
    var category: CrashModel.Category
    var because: [String]
    var host: String?
    var root: FindingTexts
    var consequences: [FindingTexts]
    var confirmations: [FindingTexts]
    var teardown: [FindingTexts]
    var advice: [Advice]
    var lastProgress: ProgressMark?
    var lastCheckpoint: CheckpointMark?
    var rivals: [FindingTexts]
    var reasons: [String]
    var context: ResourceContext?
}

private struct FindingTexts: Codable {
    var title: String
    var category: CrashModel.Category
    var source: String
    var host: String?
    var stream: String?
    var text: String
    var excerpt: [ExcerptLine]
    var captures: [String: String]

    init(_ finding: Finding) {
        title = finding.title
        category = finding.category
        source = finding.source
        host = finding.origin.host
        stream = finding.origin.stream
        text = finding.text
        excerpt = finding.excerpt
        captures = finding.captures
    }

    func put(into finding: inout Finding) {
        finding.title = title
        finding.category = category
        finding.source = source
        finding.origin.host = host
        finding.origin.stream = stream
        finding.text = text
        finding.excerpt = excerpt
        finding.captures = captures
    }

    static func put(_ texts: [FindingTexts], into findings: inout [Finding]) {
        for (index, text) in texts.enumerated() where index < findings.count { text.put(into: &findings[index]) }
    }
}

extension IncidentTexts {
    init(_ incident: Incident) {
        title = incident.title
        category = incident.category
        because = incident.because
        host = incident.host
        root = FindingTexts(incident.root)
        consequences = incident.consequences.map(FindingTexts.init)
        confirmations = incident.confirmations.map(FindingTexts.init)
        teardown = incident.teardown.map(FindingTexts.init)
        advice = incident.advice
        lastProgress = incident.lastProgress
        lastCheckpoint = incident.lastCheckpoint
        rivals = incident.runnersUp.map { FindingTexts($0.finding) }
        reasons = incident.runnersUp.map(\.reason)
        context = incident.context
    }

    func put(into incident: inout Incident) {
        incident.title = title
        incident.category = category
        incident.because = because
        incident.host = host
        root.put(into: &incident.root)
        FindingTexts.put(consequences, into: &incident.consequences)
        FindingTexts.put(confirmations, into: &incident.confirmations)
        FindingTexts.put(teardown, into: &incident.teardown)
        incident.advice = advice
        incident.lastProgress = lastProgress
        incident.lastCheckpoint = lastCheckpoint
        for (index, rival) in rivals.enumerated() where index < incident.runnersUp.count {
            rival.put(into: &incident.runnersUp[index].finding)
            incident.runnersUp[index].reason = reasons[index]
        }
        incident.context = context
    }
}

extension RedactionChoice {
    /// The report without secrets, and a note of how many were taken out.
    func redact(_ report: inout ScanReport, _ book: RuleBook) throws {
        if isOff { return }
        let texts = ScanTexts(
            incidents: report.incidents.map(IncidentTexts.init), seenBefore: report.seenBefore,
            telling: report.telling, inputs: report.inputs, skipped: report.skipped, notes: report.notes)
        let result = try redactor(book, hosts: redactsNames ? HostNames.toHide(report.hosts) : []).redact(texts)
        for (index, incident) in result.value.incidents.enumerated() { incident.put(into: &report.incidents[index]) }
        report.seenBefore = result.value.seenBefore
        report.telling = result.value.telling
        report.inputs = result.value.inputs
        report.skipped = result.value.skipped
        report.notes = result.value.notes
        let note = RedactionNote(counts: result.counts)
        if note.total > 0 { report.notes.append(note.words) }
    }
}

extension ScanReport {
    /// Every machine that it names.
    fileprivate var hosts: Set<String> {
        var names: Set<String> = []
        for incident in incidents {
            let findings = [incident.root] + incident.consequences + incident.confirmations + incident.teardown
            names.formUnion(
                ([incident.host, incident.context?.window?.host] + findings.map(\.origin.host)).compactMap(\.self))
        }
        return names
    }
}

/// Names of machines as a report's texts may spell them.
enum HostNames {
    /// Those and their short forms, the longest first.
    static func toHide(_ hosts: Set<String>) -> [String] {
        // A short name also stands where the whole one is not written out.
        let all = hosts.union(hosts.compactMap { $0.split(separator: ".").first.map(String.init) })
        // Single letters and figures are no names, and would be found everywhere.
        return all.filter { $0.count > 2 && !$0.allSatisfy(\.isNumber) }.sorted { ($1.count, $0) < ($0.count, $1) }
    }
}
