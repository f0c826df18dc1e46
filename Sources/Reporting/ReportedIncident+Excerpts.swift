import CrashModel
import Foundation

extension ReportedIncident {
    /// The most excerpts that a report holds.
    public static let mostExcerpts = 60
    /// Lines that are no further apart are told as one excerpt.
    static let nearby = 3

    /// The lines of which a report shows the surroundings: all of the root's, then the first of each rule and rank.
    public var placesToShow: [ReportedEvidence] {
        var seen: Set<String> = []
        let ordered =
            evidence.filter { $0.part == .root } + evidence.filter { $0.part != .root && $0.part != .teardown }
            + evidence.filter { $0.part == .teardown }
        return Array(
            ordered.filter { seen.insert("\($0.part.rawValue) \($0.rule ?? "") \($0.rank ?? -1)").inserted }
                .prefix(Self.mostExcerpts))
    }

    /// Adds lines of a source to those that are there.
    ///
    /// - Parameter isReplacing: Of a line that is there already, whether the new text counts; else the first stays.
    public mutating func addLines(_ lines: [ReportedLine], of source: String, isReplacing: Bool = false) {
        if lines.isEmpty { return }
        if excerpts.first(where: { $0.source == source }) == nil {
            excerpts.append(ReportedExcerpt(id: "", source: source, lines: []))
        }
        for index in excerpts.indices where excerpts[index].source == source {
            if isReplacing {
                let new = Set(lines.map(\.number))
                excerpts[index].lines.removeAll { new.contains($0.number) }
            }
            let known = Set(excerpts[index].lines.map(\.number))
            excerpts[index].lines += lines.filter { !known.contains($0.number) }
            break
        }
    }

    /// Puts the excerpts into order once all lines are there: each evidence has one that shows it, lines that are far
    /// apart stand in two.
    ///
    /// - Parameter notes: By source, why its surroundings are not there.
    public mutating func arrangeExcerpts(notes: [String: String] = [:]) {
        let shown = placesToShow
        for item in shown { addLines([ReportedLine(number: item.line, text: item.text)], of: item.source) }
        let told = Dictionary(grouping: evidence, by: \.source).mapValues { items in
            Dictionary(grouping: items, by: \.line).mapValues { $0.map(\.text) }
        }
        // Segments that carriage returns part share a number; a rule spoke of one of them.
        func isEvidence(_ line: ReportedLine, _ texts: [String]) -> Bool {
            let isAlone = (shared[line.number] ?? 0) < 2
            return !texts.isEmpty && (isAlone || texts.contains { line.text.contains($0.prefix(120)) })
        }
        var shared: [Int: Int] = [:]
        var arranged: [ReportedExcerpt] = []
        for excerpt in excerpts {
            var current: [ReportedLine] = []
            func flush() {
                // Lines that show no evidence are a block's, which was read beside its rule's line.
                if !current.isEmpty {
                    arranged.append(
                        ReportedExcerpt(id: "", source: excerpt.source, lines: current, note: notes[excerpt.source]))
                }
                current = []
            }
            shared = Dictionary(excerpt.lines.map { ($0.number, 1) }, uniquingKeysWith: +)
            for var line in excerpt.lines.sorted(by: { $0.number < $1.number }) {
                line.isEvidence = isEvidence(line, told[excerpt.source]?[line.number] ?? [])
                if let last = current.last, line.number - last.number > Self.nearby { flush() }
                current.append(line)
            }
            flush()
        }
        // In the order of the story.
        let first = arranged.map { excerpt -> Int in
            let numbers = Set(excerpt.lines.map(\.number))
            return evidence.firstIndex { $0.source == excerpt.source && numbers.contains($0.line) } ?? .max
        }
        excerpts = arranged.indices.sorted { (first[$0], $0) < (first[$1], $1) }.prefix(Self.mostExcerpts * 2)
            .enumerated().map { number, index in
                var excerpt = arranged[index]
                excerpt.id = "x\(number + 1)"
                return excerpt
            }
        var home: [String: String] = [:]
        for excerpt in excerpts {
            for line in excerpt.lines where line.isEvidence { home["\(excerpt.source):\(line.number)"] = excerpt.id }
        }
        for index in evidence.indices {
            evidence[index].excerpt = home["\(evidence[index].source):\(evidence[index].line)"]
        }
    }

    /// The most characters of a line that a report shows.
    public static let mostCharacters = 2000

    /// Cuts what is too long to read, once it is redacted: cut before, half a secret would not look like one.
    public mutating func shorten() {
        func cut(_ text: inout String) {
            if text.unicodeScalars.count > Self.mostCharacters {
                text = String(text.unicodeScalars.prefix(Self.mostCharacters - 1)) + "…"
            }
        }
        cut(&title)
        cut(&verdictSentence)
        for index in evidence.indices { cut(&evidence[index].text) }
        for index in excerpts.indices {
            for line in excerpts[index].lines.indices { cut(&excerpts[index].lines[line].text) }
        }
        for index in rivals.indices { cut(&rivals[index].text) }
    }

    /// Marks what the rules matched in the lines as they are shown now.
    ///
    /// - Parameter find: Where the rule of this id matches in the text.
    public mutating func markMatches(_ find: (_ rule: String, _ text: String) -> TextSpan?) {
        var told: [String: ReportedEvidence] = [:]
        for index in evidence.indices {
            guard let rule = evidence[index].rule else { continue }
            evidence[index].matched = find(rule, evidence[index].text)
            let place = "\(evidence[index].source):\(evidence[index].line)"
            if told[place] == nil { told[place] = evidence[index] }
        }
        for index in excerpts.indices {
            for line in excerpts[index].lines.indices where excerpts[index].lines[line].isEvidence {
                let shown = excerpts[index].lines[line]
                guard let item = told["\(excerpts[index].source):\(shown.number)"], let rule = item.rule else {
                    continue
                }
                excerpts[index].lines[line].matched = find(rule, shown.text) ?? item.span(in: shown.text)
            }
        }
    }
}

extension ReportedEvidence {
    /// Where what the rule matched stands in the line as its log has it, with prefixes that the rule does not see.
    fileprivate func span(in line: String) -> TextSpan? {
        guard let matched, !text.isEmpty, let place = line.range(of: text) else { return nil }
        let before = line.unicodeScalars.distance(from: line.startIndex, to: place.lowerBound)
        return TextSpan(start: before + matched.start, length: matched.length)
    }
}
