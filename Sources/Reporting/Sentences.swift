package import CrashModel
package import Foundation

// How Faultline says what its nouns mean. One place, so that text and Markdown speak alike.

extension Verdict {
    /// What to do, as the beginning of a sentence.
    package var advice: String {
        switch self {
        case .restart: "Restart it, the same command may work"
        case .changeFirst: "Change something before restarting"
        case .replaceHardware: "Take the hardware out of service before restarting"
        case .nothing: "Nothing to do"
        }
    }
}

extension Outcome {
    package var sentence: String {
        switch self {
        case .terminal: "the run ended there"
        case .recovered: "the same operation succeeded later"
        case .progressed: "training advanced afterwards"
        case .unresolved: "whether the run went on, the logs do not tell"
        }
    }
}

extension Incident {
    /// `Change something before restarting: GPU 3 ran out of memory.`
    var verdictSentence: String { "\(verdict.advice): \(headline)." }

    /// The title without a full stop of its own.
    var headline: String { Headline.of(title, otherwise: root.rule) }

    /// ``headline`` of what was survived, and how often it happened besides.
    var harmlessWords: String { headline + Headline.alike(alike) }

    /// `node17, rank 3, GPU 3, pid 4242`, as far as known.
    var whereabouts: [String] {
        var parts: [String] = []
        if let host = host ?? root.origin.host { parts.append(host) }
        let ranks = ranks.isEmpty ? root.origin.rank.map { [$0] } ?? [] : ranks
        if !ranks.isEmpty { parts.append(RankList.words(ranks)) }
        if let gpu = root.origin.gpu { parts.append("GPU \(gpu)") }
        if let pid = root.origin.pid { parts.append("pid \(pid)") }
        return parts
    }

    /// `almost certain (0.97)`
    var confidenceWords: String { Certainty.words(confidence) }
}

extension IncidentAccount {
    /// As that of an incident.
    var verdictSentence: String {
        let cause = timeline.first { $0.part == .root }?.rule
        return "\(verdict.advice): \(Headline.of(title, otherwise: cause ?? category.description))."
    }
}

/// What an incident is called.
package enum Headline {
    /// ` (and 2 more like it)`
    static func alike(_ count: Int) -> String { count > 0 ? " (and \(Amount.count(count)) more like it)" : "" }

    /// The title without a full stop of its own.
    ///
    /// - Parameter name: Stands in for an empty title.
    package static func of(_ title: String, otherwise name: String) -> String {
        var text = title.trimmingCharacters(in: .whitespaces)
        while text.hasSuffix(".") { text.removeLast() }
        return text.isEmpty ? name : text
    }
}

/// How sure a diagnosis is.
enum Certainty {
    /// `almost certain (0.97)`
    static func words(_ confidence: Double) -> String {
        let words =
            switch confidence {
            case 0.9...: "almost certain"
            case 0.75...: "likely"
            case 0.5...: "plausible"
            default: "a guess"
            }
        guard confidence.isFinite else { return words }
        let hundredths = Int((min(max(confidence, 0), 1) * 100).rounded())
        return "\(words) (\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100))"
    }
}

extension Role {
    /// What a line of such a rule means, for one who has never written a rule.
    var sentence: String {
        switch self {
        case .root: "can be the first cause"
        case .consequence: "normally follows from something else"
        case .confirmation: "is another source's word about a cause"
        case .teardown: "is noise after the fact"
        case .noise: "looks bad and means nothing"
        }
    }
}

extension PastSightings {
    /// `4 times in 14 days, last 2 days ago`
    package func words(now: Date) -> String {
        [frequency, lastAge(now: now).map { "last \($0)" }].compactMap(\.self).joined(separator: ", ")
    }

    /// What a person wrote; nil when nobody wrote anything.
    package var fixWords: String? {
        guard let text = fix?.trimmingCharacters(in: .whitespacesAndNewlines), !text.isEmpty else { return nil }
        return text
    }
}
