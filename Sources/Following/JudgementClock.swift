/// When what came is judged: soon after it has settled, and not much later than it began. Times are seconds of a clock that
/// nobody can set.
struct JudgementClock {
    /// A failure is rarely one line: so long nothing more must come of it.
    static let settle = 0.3
    /// A failure that goes on and on is told all the same.
    static let patience = 0.7
    /// How often is looked whether a run went on, and whether what only the end of a log says still stands.
    static let rest = 10.0

    private var first: Double?
    private var last = 0.0
    private var judgedAt = -Double.infinity
    private var cost = 0.0
    /// Something came that no judgement has seen.
    private var isStale = false

    /// Something was found, healed or begun.
    mutating func noteChange(at now: Double) {
        if first == nil { first = now }
        last = now
        isStale = true
    }

    /// Something came in which nothing was found.
    mutating func noteBytes() { isStale = true }

    /// - Parameter seconds: what the judgement cost.
    mutating func noteJudgement(at now: Double, seconds: Double, isOpen: Bool) {
        first = nil
        judgedAt = now
        cost = seconds
        isStale = isOpen
    }

    /// When the next judgement is to be made; `nil` when there is nothing to judge.
    var due: Double? {
        // Judging must leave time to read.
        let earliest = judgedAt + min(3 * cost, 2)
        if let first { return max(min(last + Self.settle, first + Self.patience), earliest) }
        return isStale ? judgedAt + max(Self.rest, 50 * cost) : nil
    }
}
