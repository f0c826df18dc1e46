import CrashModel
import Foundation
import Logs
import Rules
import Scanning

/// What recordings know and no log says: observations that are as good as a line of the kernel's log.
///
/// They solve only what the logs leave open. A recording alone never makes an incident.
struct RecordedFacts {
    let book: RuleBook

    /// Seconds by which such an observation may be over before the moment, or begin after it.
    static let longestLead: Double = 60
    static let longestLag: Double = 15

    /// Findings for the causes that the logs do not name, as scans of the recordings that hold them.
    func scans(for incidents: [Incident], windows: [RecordedWindow?]) -> [SourceScan] {
        let rules = book.rules.compactMap { rule in
            if case .recorded(let kinds) = rule.shape { (rule: rule, kinds: kinds) } else { nil }
        }
        var found: [String: SourceScan] = [:]
        for (incident, window) in zip(incidents, windows) {
            guard let window, Self.judges(window, incident) else { continue }
            for (rule, kinds) in rules where Self.isAsked(rule, about: incident) {
                guard let (observation, source, line) = fact(kinds, in: window, of: incident) else { continue }
                var finding = finding(rule, observation, source: source, line: line)
                finding.origin.host = window.host.flatMap { incident.hosts.isEmpty ? nil : $0 }
                var scan = found[source] ?? Self.emptyScan(source)
                guard !scan.findings.contains(where: { $0.finding.line == line }) else { continue }
                scan.findings.append(
                    ScannedFinding(finding: finding, firstLine: line, priority: rule.priority, isKernel: true))
                found[source] = scan
            }
        }
        return found.sorted { $0.key < $1.key }.map(\.value)
    }

    /// Whether a recording is of the machine in question.
    static func judges(_ window: RecordedWindow, _ incident: Incident) -> Bool {
        window.host.map(incident.canBe(on:)) ?? true
    }

    private static func isAsked(_ rule: Rule, about incident: Incident) -> Bool {
        rule.explains.contains { incident.category.matches($0) }
    }

    /// One of the first kind, if all of them were observed around the moment and it says of whom it speaks: of a process
    /// that the logs name, else the nearest.
    private func fact(
        _ kinds: [String], in window: RecordedWindow, of incident: Incident
    ) -> (MachineObservation, String, Int)? {
        let from = (incident.firstSeen ?? window.moment) - Self.longestLead
        let to = max(window.moment, incident.firstSeen ?? window.moment) + Self.longestLag
        let near = window.observations.filter { $0.at <= to && ($0.until ?? $0.at) >= from }
        let named = incident.pids
        func distance(_ observation: MachineObservation) -> Double {
            let begin = abs(observation.at.timeIntervalSince(window.moment))
            return observation.pid.map(named.contains) == true ? -1 : begin
        }
        guard kinds.allSatisfy({ kind in near.contains { $0.kind == kind } }),
            let observation = near.filter({ $0.kind == kinds.first && $0.subject != nil })
                .min(by: { distance($0) < distance($1) }),
            let source = observation.source, let line = observation.line
        else { return nil }
        return (observation, source, line)
    }

    private func finding(_ rule: Rule, _ observation: MachineObservation, source: String, line: Int) -> Finding {
        var captures = ["summary": observation.text]
        captures["subject"] = observation.subject
        captures["pid"] = observation.pid.map(String.init)
        captures["gpu"] = observation.gpu.map(String.init)
        // A counter rises between two samples, a second apart.
        let earliest = observation.at - 1
        let time = LogTime(date: observation.at, source: .stated, span: earliest...observation.at)
        return Finding(
            rule: rule.id, title: TitleTemplate(rule.title).filled(captures),
            category: Category(rule.category), severity: rule.severity, role: rule.role, source: source, line: line,
            offset: 0, time: time, origin: LineOrigin(pid: observation.pid, gpu: observation.gpu),
            text: observation.text, captures: captures)
    }

    /// As the kernel's own log would be, which says nothing of the training.
    private static func emptyScan(_ source: String) -> SourceScan {
        SourceScan(InputReport(source: source, kind: .kernel))
    }
}

extension Incident {
    /// The processes that it is about, as far as the logs and the recordings name them.
    var pids: Set<Int> {
        Set(
            ([root] + consequences + confirmations).flatMap { finding in
                [finding.origin.pid, finding.captures["pid"].flatMap { Int($0) }].compactMap(\.self)
            })
    }
}
