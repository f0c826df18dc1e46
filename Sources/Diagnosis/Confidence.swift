import CrashModel
import Foundation
import Rules
import Scanning

/// How sure a verdict is, and why.
struct Confidence {
    let story: Story
    let scans: [SourceScan]

    func judge() -> (value: Double, because: [String]) {
        let root = story.root
        var value: Double
        var because: [String]
        if case .inferred(.absentRank) = root.rule.shape {
            value = 0.85
            because = ["the ranks' own dumps show it: \(place(root))"]
        } else if case .recorded = root.rule.shape {
            value = 0.85
            because = ["no log says it; the recording of the machine does: \(place(root))"]
        } else if case .inferred = root.rule.shape {
            value = 0.6
            because = ["no line says it; it follows from what the logs show"]
        } else if root.isGeneric || Self.tellsOnlyTheEnd(root.category) {
            value = root.category.family == "exception" ? 0.75 : 0.5
            because = ["\(place(root)) says that it failed, not why"]
            if root.category.family == "exception" { because = ["\(place(root)) is the exception that ended it"] }
        } else {
            value = 0.85
            because = ["\(place(root)) matches \(root.rule.id), which names the cause"]
        }
        if let reason = root.standsOut {
            value += 0.1
            because.append(reason)
        } else if root.rule.role != .root {
            value -= 0.15
            because.append("this usually follows from something else, which these logs do not hold")
        }
        let sources = Set(story.confirmations.map(\.sourceIndex)).subtracting([root.sourceIndex])
        if let confirmation = story.confirmations.first {
            value += sources.isEmpty ? 0.03 : 0.1
            because.append("\(place(confirmation)) confirms it")
        }
        if !story.consequences.isEmpty {
            value += 0.03
            let count = story.consequences.count
            // The first of chained exceptions stands above the one that names the cause.
            let isLater = story.consequences.allSatisfy { $0.precedes(root) != true }
            because.append("it explains \(count) \(isLater ? "later" : "other") \(count == 1 ? "finding" : "findings")")
        }
        if story.rivals > 0 {
            value -= 0.1
            because.append(
                "\(story.rivals) other \(story.rivals == 1 ? "failure" : "failures") in the same hours stay unexplained"
            )
        }
        if case .recorded = root.rule.shape, let doubt = doubt(about: root) {
            value -= 0.15
            because.append(doubt)
        }
        let kind = scans[root.sourceIndex].input.kind
        if !root.rule.reads.isEmpty, kind != .unknown, !root.rule.reads.contains(kind) {
            value -= 0.05
            because.append(
                "such lines usually stand in a \(root.rule.reads.map(\.rawValue).sorted().joined(separator: " or ")) log"
            )
        }
        if root.finding.time.source == .interpolated {
            because.append("its time is taken from the lines around it")
        }
        return (min(0.99, max(0.2, (value * 100).rounded() / 100)), because)
    }

    /// Seconds within which the death of a process shows in its logs.
    private static let promptness = 10.0

    /// A recording knows what happened on the machine, and only the logs to whom. Why it may be somebody else's.
    private func doubt(about root: Evidence) -> String? {
        if let pid = root.pid, story.consequences.contains(where: { $0.pid == pid }) { return nil }
        let spans = story.consequences.compactMap(\.span)
        guard let first = spans.min(by: { $0.lowerBound < $1.lowerBound }) else {
            return "the logs state no time; it was near that of their file"
        }
        guard root.pid != nil, let date = root.finding.time.date else { return nil }
        let apart = max(first.lowerBound.timeIntervalSince(date), date.timeIntervalSince(first.upperBound))
        guard apart > Self.promptness else { return nil }
        return
            "\(Int(min(apart, 1e9).rounded())) s lie between it and what the logs tell, and they do not name its process"
    }

    /// A signal or an exit code: it says that a process ended, and not why.
    private static func tellsOnlyTheEnd(_ category: Category) -> Bool {
        category.description == "signal/killed" || category.description == "worker/child"
    }

    private func place(_ evidence: Evidence) -> String {
        SourceName.of(evidence.finding.source, line: evidence.finding.line)
    }
}
