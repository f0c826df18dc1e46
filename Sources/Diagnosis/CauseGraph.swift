import CrashModel
import Foundation
import Rules
import Scanning

/// Which evidence of an episode explains which, and what remains unexplained.
struct CauseGraph {
    /// A victim is often printed before its cause, but not by more than this.
    private static let latestCauseSeconds: Double = 300
    private static let latestCauseLines = 400
    /// Lines of one fault in the kernel's log are this close.
    private static let kernelSeconds: Double = 5
    /// A kill for memory shows in its victim's log at once, or in a launcher's within moments.
    private static let killSeconds: Double = 180
    private static let looseSeconds: Double = 30 * 60

    private let evidence: [Evidence]
    private let causality: Causality
    private let lastStep: Date?
    /// For each piece of evidence (by position), those that explain it.
    private(set) var causes: [[Int]]
    private var followers: [[Int]] = []
    private var lawCache: [String: Bool] = [:]

    /// - Parameter lastStep: when training advanced for the last time, as far as known.
    init(_ evidence: [Evidence], causality: Causality, lastStep: Date? = nil) {
        self.evidence = evidence
        self.lastStep = lastStep
        self.causality = causality
        causes = Array(repeating: [], count: evidence.count)
        for effect in evidence.indices {
            for cause in evidence.indices where cause != effect && explains(evidence[cause], evidence[effect]) {
                causes[effect].append(cause)
            }
        }
        // Of two that explain each other, the one whose rule names the other is the cause, or else the earlier one.
        for a in evidence.indices {
            for b in causes[a] where causes[b].contains(a) {
                if isFirst(a, b) {
                    causes[a].removeAll { $0 == b }
                } else {
                    causes[b].removeAll { $0 == a }
                }
            }
        }
        followers = Array(repeating: [], count: evidence.count)
        for effect in evidence.indices {
            for cause in causes[effect] { followers[cause].append(effect) }
        }
    }

    /// Of two that explain each other, whether the first is the cause.
    private func isFirst(_ a: Int, _ b: Int) -> Bool {
        let (first, second) = (evidence[a], evidence[b])
        let names = (Self.names(first, second), Self.names(second, first))
        if names.0 != names.1 { return names.0 }
        let tiers = (causality.tier(of: first.category), causality.tier(of: second.category))
        // Old grumbling of the same machine, long before a fault that is worse, did not cause it.
        if names.0, tiers.0 != tiers.1, let seconds = first.seconds(until: second),
            abs(seconds) > Self.latestCauseSeconds
        {
            return tiers.0 < tiers.1
        }
        if let known = first.precedes(second) { return known }
        return tiers.0 != tiers.1 ? tiers.0 < tiers.1 : first.isBefore(second)
    }

    /// Everything that `root` explains, directly or through another consequence.
    func effects(of root: Int) -> Set<Int> {
        var reached: Set<Int> = []
        var frontier = [root]
        while let next = frontier.popLast() {
            for effect in followers[next] where effect != root {
                if reached.insert(effect).inserted { frontier.append(effect) }
            }
        }
        return reached
    }

    private mutating func explains(_ cause: Evidence, _ effect: Evidence) -> Bool {
        let named = Self.names(cause, effect)
        if cause.standsOut != nil, effect.standsOut == nil, causality.followsFromLostRank(effect.category) {
            return true
        }
        if effect.standsOut != nil, causality.followsFromLostRank(cause.category) { return false }
        guard cause.canBeRoot, isPossible(cause, before: effect, isNamed: named) else { return false }
        if effect.chainedFrom == cause.index { return true }
        if cause.chainedFrom == effect.index { return false }
        // What is itself an effect by nature, such as an exception that only carries another, explains no root by law.
        if !cause.isRootByNature, effect.isRootByNature,
            causality.tier(of: cause.category) >= causality.tier(of: effect.category)
        {
            return named
        }
        if named || lawExplains(cause.category, effect.category) { return true }
        if Self.missesWhatWasNotWritten(effect, cause) { return true }
        guard cause.category == effect.category else { return false }
        if cause.rule.role == .root, effect.rule.role != .root { return true }
        // What names the fault explains what only counts its exit code, wherever it stands.
        return cause.isGeneric == effect.isGeneric ? cause.isBefore(effect) : !cause.isGeneric
    }

    /// A file that could not be written is missing later, where another program wants to read it.
    private static func missesWhatWasNotWritten(_ effect: Evidence, _ cause: Evidence) -> Bool {
        guard effect.category.description == "storage/missing", cause.category != effect.category,
            ["storage", "checkpoint"].contains(cause.category.family)
        else { return false }
        let paths = Set(paths(in: cause.finding.text))
        return Self.paths(in: effect.finding.text).contains { paths.contains($0) }
    }

    private static func paths(in text: String) -> [Substring] {
        text.split { " '\"`,;()[]".contains($0) }.filter { $0.contains("/") && $0.count > 8 }
    }

    /// The laws' answer, looked up once for each pair of categories.
    private mutating func lawExplains(_ cause: Category, _ effect: Category) -> Bool {
        let key = cause.description + " " + effect.description
        if let known = lawCache[key] { return known }
        let answer = causality.explains(cause, effect)
        lawCache[key] = answer
        return answer
    }

    /// Whether the rule of `cause` itself says that it explains such an effect.
    static func names(_ cause: Evidence, _ effect: Evidence) -> Bool {
        cause.rule.explains.contains { effect.category.matches($0) || glob($0, effect.rule.id) }
    }

    /// Whether the order and the distance of the two allow that one caused the other.
    private func isPossible(_ cause: Evidence, before effect: Evidence, isNamed: Bool) -> Bool {
        if let host = cause.finding.origin.host, let other = effect.finding.origin.host, host != other,
            Self.isLocal(cause.category), Self.isLocal(effect.category)
        {
            return false
        }
        if Self.actsAtOnce(cause.category, on: effect.category) {
            if let seconds = cause.seconds(until: effect), abs(seconds) > Self.killSeconds { return false }
            // A line that may have been written at any time of some hours is tied to a kill by nothing.
            if effect.category.family == "exception", let width = effect.spanSeconds, width > Self.looseSeconds,
                cause.sourceIndex != effect.sourceIndex
            {
                return false
            }
        }
        if let known = cause.precedes(effect) {
            if known { return isNear(cause, effect) }
        } else if isNamed || causality.tier(of: cause.category) <= causality.tier(of: effect.category) {
            // Nobody knows which came first, and the one is no weaker a cause than the other.
            return true
        }
        // The kernel tells things in their order.
        if cause.sourceIndex == effect.sourceIndex, cause.scanned.isKernel, effect.scanned.isKernel, !isNamed,
            let seconds = effect.seconds(until: cause), seconds > Self.kernelSeconds
        {
            return false
        }
        let strength = causality.tier(of: cause.category)
        let weakness = causality.tier(of: effect.category)
        let isMoreTelling =
            (cause.rule.role == .root && effect.rule.role != .root) || (!cause.isGeneric && effect.isGeneric)
        guard
            isNamed || strength < weakness || (strength == weakness && isMoreTelling)
                || effect.chainedFrom == cause.index
        else {
            return false
        }
        if let distance = cause.lineDistance(to: effect), distance > Self.latestCauseLines { return false }
        if let seconds = effect.seconds(until: cause), seconds > Self.latestCauseSeconds { return false }
        return true
    }

    /// Nothing takes longer than an episode to have its effect, unless the run stood still in between.
    private func isNear(_ cause: Evidence, _ effect: Evidence) -> Bool {
        if cause.isInferred { return true }
        if cause.sourceIndex == effect.sourceIndex, cause.date == nil || effect.date == nil {
            guard let from = cause.finding.time.sinceBoot, let to = effect.finding.time.sinceBoot else { return true }
            return to - from <= Episodes.longestGap
        }
        guard let seconds = cause.seconds(until: effect), seconds > Episodes.longestGap else { return true }
        return Episodes.areAfter(lastStep, cause, effect)
    }

    /// Whether such an effect comes right after its cause or not at all. An old kill in the kernel's log must not take
    /// the blame for today's exception.
    private static func actsAtOnce(_ cause: Category, on effect: Category) -> Bool {
        cause.family == "oom" && cause.kind != "gpu"
            && ["exception", "signal", "worker", "collective", "network"].contains(effect.family)
    }

    /// Failures that stay on their machine; those of collectives and networks reach others.
    private static func isLocal(_ category: Category) -> Bool {
        !["collective", "hang", "network", "worker", "preemption"].contains(category.family)
    }

    private static func glob(_ pattern: String, _ id: String) -> Bool {
        pattern == id || (pattern.hasSuffix("*") && id.hasPrefix(pattern.dropLast()))
    }
}
