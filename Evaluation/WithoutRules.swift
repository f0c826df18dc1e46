import CrashModel
import Rules

/// How far the telling lines alone lead: with all rules off, is a right root line among the five of a crash?
enum WithoutRules {
    /// - Returns: the share of crashes with a right line among the telling ones, and with a right one as the first.
    /// - Throws: ``RuleProblems`` for patterns that do not compile.
    static func measure(_ cases: [Case], _ book: RuleBook) throws(RuleProblems) -> (among: Share, first: Share) {
        let engine = try Engine(book.keeping { _ in false })
        let crashes = cases.filter { !$0.expected.isClean }
        let ranks = crashes.mapInParallel { asked in
            engine.tellingLines(asked.inputs.map(engine.scan)).firstIndex {
                asked.expected.isRoot($0.source, $0.line)
            }
        }
        return (
            Share(right: ranks.count { $0 != nil }, of: crashes.count),
            Share(right: ranks.count { $0 == 0 }, of: crashes.count)
        )
    }
}
