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
    /// What PCRE2 gave up on: rule, and its own words.
    private(set) var failures: [(rule: String, line: Int, error: MatchError)] = []

    init(rules: [CompiledRule]) {
        self.rules = rules
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
        let message = line.message
        var best: Ruling?
        for candidate in candidates {
            let rule = rules[candidate]
            if !all, rule.isOfferedCloseUp { continue }
            if let best, rule.rule.priority < best.rule.rule.priority { break }
            guard let (pattern, match) = longestMatch(of: rule, line, &matcher) else { continue }
            if let best, match.range.count <= best.match.range.count { continue }
            if matcher.matchesAny(rule.unless, message) { continue }
            best = Ruling(rule: rule, pattern: pattern, match: match)
        }
        return best
    }

    private mutating func longestMatch(
        of rule: CompiledRule, _ line: LogLine, _ matcher: inout Matcher
    ) -> (Pattern, Match)? {
        var best: (Pattern, Match)?
        for deferred in rule.match {
            guard let pattern = try? deferred.compiled() else { continue }
            do throws(MatchError) {
                guard let match = try matcher.firstMatch(of: pattern, in: line.message) else { continue }
                if let best, match.range.count <= best.1.range.count { continue }
                best = (pattern, match)
            } catch {
                // A line may be judged twice.
                let isKnown = failures.contains { $0.rule == rule.rule.id && $0.line == line.number }
                if !isKnown, error.kind != .abandoned { failures.append((rule.rule.id, line.number, error)) }
            }
        }
        return best
    }
}
