import CrashModel
internal import Literals
import Logs
import PCRE
import Rules

/// Decides which rule, if any, a single line belongs to.
struct LineJudge {
    /// The winner among the rules that match, with where it matched.
    struct Ruling {
        var rule: CompiledRule
        var pattern: Pattern
        var match: Match
    }

    let rules: [CompiledRule]
    /// For each rule whether it is for what means nothing.
    private let isNoise: [Bool]
    /// What PCRE2 gave up on: rule, and its own words.
    private(set) var failures: [(rule: String, line: Int, error: MatchError)] = []

    /// What was asked of the rules before: asking takes a lock.
    private var masks: [PatternLiterals.Masks?] = []

    /// Forgets failures but the first `count`, of a line that will be judged again.
    mutating func restore(failures count: Int) { failures.removeLast(max(failures.count - count, 0)) }

    init(rules: [CompiledRule]) {
        self.rules = rules
        isNoise = rules.map { $0.rule.role == .noise }
    }

    /// The highest priority wins, then the longest match, then the id. `rules` come in order of priority, so the search
    /// ends with the first priority that has a match.
    ///
    /// - Parameters:
    ///   - candidates: positions of the rules that can match at all, ascending.
    ///   - all: whether rules whose condition sampled take part.
    mutating func judge(
        _ line: LogLine, candidates: ArraySlice<Int>, all: Bool, _ matcher: inout Matcher
    ) -> Ruling? {
        if candidates.isEmpty { return nil }
        return line.message.withUnsafeBufferPointer {
            judge($0, line: line.number, candidates: candidates, hits: nil, all: all, &matcher)
        }
    }

    /// The same of a line's message alone.
    ///
    /// - Parameters:
    ///   - hits: the literals that stand in it, if they are known: patterns whose literals do not are not tried.
    ///   - noise: whether rules for what means nothing take part.
    mutating func judge(
        _ message: UnsafeBufferPointer<UInt8>, line: Int, candidates: ArraySlice<Int>, hits: [LiteralFilter.Hit]?,
        all: Bool, noise: Bool = true, _ matcher: inout Matcher
    ) -> Ruling? {
        var best: Ruling?
        for candidate in candidates {
            if !noise, isNoise[candidate] { continue }
            let tried = hits.map { patterns(of: candidate, $0) } ?? .max
            if tried == 0 { continue }
            let rule = rules[candidate]
            if !all, rule.isOfferedCloseUp { continue }
            if let best, rule.rule.priority < best.rule.rule.priority { break }
            guard let (pattern, match) = longestMatch(of: rule, tried, message, line, &matcher) else { continue }
            if let best, match.range.count <= best.match.range.count { continue }
            if matcher.matchesAny(rule.unless, message) { continue }
            best = Ruling(rule: rule, pattern: pattern, match: match)
        }
        return best
    }

    /// The patterns of a rule that a line with these literals can match.
    private mutating func patterns(of candidate: Int, _ hits: [LiteralFilter.Hit]) -> UInt64 {
        if masks.isEmpty { masks = Array(repeating: nil, count: rules.count) }
        if masks[candidate] == nil { masks[candidate] = rules[candidate].literals.masks() }
        var tried = masks[candidate]?.standing ?? .max
        for hit in hits where Int(hit.owner) == candidate {
            tried |= masks[candidate]?.ofLiteral[Int(hit.place)] ?? .max
        }
        return tried
    }

    private mutating func longestMatch(
        of rule: CompiledRule, _ tried: UInt64, _ message: UnsafeBufferPointer<UInt8>, _ line: Int,
        _ matcher: inout Matcher
    ) -> (Pattern, Match)? {
        var best: (Pattern, Match)?
        for (number, deferred) in rule.match.enumerated() where tried & PatternLiterals.bit(number) != 0 {
            guard let pattern = try? deferred.compiled() else { continue }
            do throws(MatchError) {
                guard let match = try matcher.firstMatch(of: pattern, in: UnsafeRawBufferPointer(message)) else {
                    continue
                }
                if let best, match.range.count <= best.1.range.count { continue }
                best = (pattern, match)
            } catch {
                // A line may be judged twice.
                let isKnown = failures.contains { $0.rule == rule.rule.id && $0.line == line }
                if !isKnown, error.kind != .abandoned { failures.append((rule.rule.id, line, error)) }
            }
        }
        return best
    }
}
