internal import Literals
import Rules
import Synchronization

/// Which literals belong to which pattern of a rule, so that of a rule with many patterns only those are tried that the line can match.
final class PatternLiterals: Sendable {
    /// The literals of all patterns; of a rule of which some patterns have none, those of the others.
    let all: [[UInt8]]?
    private let patterns: [String]
    private let known = Mutex<Masks?>(nil)

    /// Patterns as bits. The last bit stands for all that have no bit of their own.
    struct Masks: Sendable {
        /// Patterns to try on every line.
        var standing: UInt64
        /// For each literal the patterns that need it.
        var ofLiteral: [UInt64]
    }

    /// - Parameter patterns: those of a rule for single lines.
    init(_ patterns: [String], of rule: Rule) {
        self.patterns = patterns
        all = rule.literals ?? Self.partial(patterns)
    }

    private static func partial(_ patterns: [String]) -> [[UInt8]]? {
        let known = Set(patterns.compactMap(RequiredLiterals.of).joined())
        return known.isEmpty ? nil : known.sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// Worked out when it is first asked for: most rules are never tried.
    func masks() -> Masks {
        known.withLock { known in
            if let known { return known }
            let fresh = Self.masks(patterns, all ?? [])
            known = fresh
            return fresh
        }
    }

    private static func masks(_ patterns: [String], _ all: [[UInt8]]) -> Masks {
        var places: [[UInt8]: Int] = [:]
        for (place, literal) in all.enumerated() { places[literal] = place }
        var masks = Masks(standing: 0, ofLiteral: [UInt64](repeating: 0, count: all.count))
        for (number, pattern) in patterns.enumerated() {
            let literals = RequiredLiterals.of(pattern)?.map { places[$0] }
            if let literals, !literals.contains(nil) {
                for place in literals.compactMap(\.self) { masks.ofLiteral[place] |= bit(number) }
            } else {
                masks.standing |= bit(number)
            }
        }
        return masks
    }

    static func bit(_ pattern: Int) -> UInt64 { 1 << UInt64(min(pattern, 63)) }
}
