import CrashModel
import Reporting
import Rereading
import Rules

/// Adds to a report what stands in the logs around its evidence, while they are still there.
struct ReportFilling {
    let book: RuleBook
    /// Lines before and after each, besides those of tracebacks.
    let context: Int

    func fill(_ report: inout CrashReport) {
        var wanted: [String: Set<Int>] = [:]
        for incident in report.incidents {
            for item in incident.placesToShow where isOfLog(item) {
                wanted[item.source, default: []].insert(item.line)
            }
        }
        // What was read and showed nothing may still say which driver ran.
        for input in report.inputs.prefix(32) where input.bytes > 0 {
            wanted[input.source, default: []] = wanted[input.source] ?? []
        }
        var lookup = LogLookup()
        // Which of them are shown is seen once they are there.
        lookup.context = context == 0 ? 0 : context + Surroundings.mostBeyond
        let found = lookup.look(for: wanted)
        let facts = FactFinder(book).facts(in: found.heads).map {
            ReportedFact(name: $0.name, value: $0.value, source: $0.source, line: $0.line)
        }
        for index in report.incidents.indices { fill(&report.incidents[index], found, facts, report.origin) }
    }

    /// A recording's lines are numbers, of which the report shows curves.
    private func isOfLog(_ item: ReportedEvidence) -> Bool {
        guard let rule = item.rule.flatMap(book.rule), case .recorded = rule.shape else { return true }
        return false
    }

    private func isInferred(_ item: ReportedEvidence) -> Bool {
        guard let rule = item.rule.flatMap(book.rule), case .inferred = rule.shape else { return false }
        return true
    }

    private func fill(
        _ incident: inout ReportedIncident, _ found: LookupResult, _ facts: [ReportedFact], _ origin: CrashReport.Origin
    ) {
        var problems: [String: String] = [:]
        let places = incident.placesToShow.filter(isOfLog)
        for source in Set(places.map(\.source)) {
            if let problem = found.problems[source] {
                problems[source] = problem
                continue
            }
            let lines = found.lines[source] ?? []
            let mine = places.filter { $0.source == source }
            // What was inferred, from a dump for one, is said in words of its own.
            if mine.contains(where: { isInferred($0) && !Self.stands($0, in: lines) }) { continue }
            if let changed = mine.first(where: { !Self.stands($0, in: lines) }) {
                // Other lines stand there now, and are none of this story.
                problems[source] = "the log has changed since: line \(changed.line) is not what it was"
                continue
            }
            let blocks = incident.excerpts.filter { $0.source == source }.flatMap { $0.lines.map(\.number) }
            incident.addLines(
                shown(mine, blocks, of: lines, head: found.heads[source] ?? []).map {
                    ReportedLine(number: $0.number, text: $0.text)
                }, of: source, isReplacing: true)
            for index in incident.evidence.indices where incident.evidence[index].source == source {
                guard let line = lines.first(where: { $0.number == incident.evidence[index].line }) else { continue }
                if !line.origin.isRankLocal {
                    incident.evidence[index].rank = incident.evidence[index].rank ?? line.origin.rank
                }
                incident.evidence[index].host = incident.evidence[index].host ?? line.origin.host
            }
        }
        incident.mapRanks()
        incident.arrangeExcerpts(notes: problems)
        for (source, problem) in problems.sorted(by: { $0.key < $1.key }) {
            let kept = origin == .ledger ? "only what the ledger kept of it is shown" : "only the lines found are shown"
            incident.gaps.append("\(SourceName.of(source)): \(problem); \(kept)")
        }
        let sources = Set(incident.evidence.map(\.source))
        incident.environment = facts.filter { origin == .logs || sources.contains($0.source) }
    }

    /// The lines to show of one log.
    ///
    /// - Parameter blocks: Lines that rules quote already, such as frames, but not all between them.
    private func shown(
        _ places: [ReportedEvidence], _ blocks: [Int], of lines: [FoundLine], head: [FoundLine]
    ) -> [FoundLine] {
        guard context > 0 else { return lines.filter { line in places.contains { $0.line == line.number } } }
        // A log that fits on a screen tells its story best itself.
        if let last = head.last?.number, last <= Surroundings.fewLines,
            head.reduce(0, { $0 + $1.text.utf8.count }) < 16_000, places.contains(where: { $0.part == .root })
        {
            return head
        }
        let surroundings = Surroundings(context: context)
        var numbers = Set(blocks)
        for place in places { numbers.formUnion(surroundings.range(around: place.line, in: lines)) }
        // Words that say that a line or two are left out take as much room as those lines.
        let ordered = numbers.sorted()
        for (one, next) in zip(ordered, ordered.dropFirst()) where next - one > 1 && next - one <= 4 {
            numbers.formUnion(one...next)
        }
        return lines.filter { numbers.contains($0.number) }
    }

    /// Whether the line is what it was when the incident was found. The ledger keeps the beginning of a long one.
    private static func stands(_ item: ReportedEvidence, in lines: [FoundLine]) -> Bool {
        let there = lines.filter { $0.number == item.line }
        if there.isEmpty { return false }
        let told = item.text.hasSuffix("…") ? String(item.text.dropLast()) : item.text
        let start = told.prefix(120)
        // A text that a rule made of several lines, or of a dump, is no line's.
        return there.contains { $0.text.contains(start) || $0.message.contains(start) || start.isEmpty }
    }

    /// What is done once secrets are gone: long lines are cut, and matches marked where they stand now.
    static func finish(_ report: inout CrashReport, _ book: RuleBook) {
        var marks = RuleMarks(book)
        for index in report.incidents.indices {
            report.incidents[index].shorten()
            report.incidents[index].markMatches { rule, text in
                marks.span(of: rule, in: text).map { TextSpan(start: $0.lowerBound, length: $0.count) }
            }
        }
    }
}
