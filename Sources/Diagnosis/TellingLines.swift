public import CrashModel
import Rules
public import Scanning

/// Finds the lines that say most about a failure that no rule knows: by their words, by how rare their shape is in this
/// log, in the other ranks' logs and in healthy ones, and by where they stand.
struct TellingLines {
    let scale: TellingScale
    let scans: [SourceScan]
    /// Shapes of logs that ended well.
    let baseline: Set<LineShape>

    /// A line with its score; ``TellingLine`` is what others see of it.
    struct Scored {
        var sourceIndex: Int
        var candidate: OutstandingLines.Candidate
        var words: Int
        var score: Int
        var because: [String]

        mutating func add(_ points: Int, _ reason: String) {
            score += points
            because.append(reason)
        }
    }

    /// Less than this is an ordinary line.
    static let leastScore = 2
    /// Lines from the end within which a program says its last words.
    static let endLines = 40

    /// The best lines, each shape once, best first.
    func best(_ most: Int) -> [Scored] {
        let all = scans.indices.flatMap { score(sourceIndex: $0) }
            .filter { $0.score >= Self.leastScore }
            .sorted { ($1.score, $0.sourceIndex, $0.candidate.line) < ($0.score, $1.sourceIndex, $1.candidate.line) }
        var shapes: Set<LineShape> = []
        return Array(all.filter { shapes.insert($0.candidate.shape).inserted }.prefix(most))
    }

    private func score(sourceIndex: Int) -> [Scored] {
        let scan = scans[sourceIndex]
        let outstanding = scan.outstanding
        let others = scans.indices.filter { $0 != sourceIndex && scans[$0].input.kind == scan.input.kind }
        var scored: [Scored] = []
        var isAfterQuote = false
        let good = Set(scan.successLines)
        for candidate in outstanding.candidates
        where !baseline.contains(candidate.shape) && !good.contains(candidate.line) {
            let (words, kinds) = scale.weigh(candidate.message)
            var line = Scored(
                sourceIndex: sourceIndex, candidate: candidate, words: words, score: words,
                because: kinds.isEmpty ? [] : ["by its words: \(kinds.map(Self.word).joined(separator: ", "))"])
            let isQuote = kinds.contains("telling.quotes")
            // Words that make light of a line outweigh its rarity; without any words, rarity is all there is.
            if words >= 0 {
                if isAfterQuote, !isQuote { line.add(2, "it ends a traceback") }
                if outstanding.shapes[candidate.shape] == 1 {
                    line.add(2, "no other line of the log is like it")
                } else if outstanding.isCommon(candidate.shape) {
                    line.add(-1, "there are many such lines")
                }
                if others.count >= 2, others.allSatisfy({ scans[$0].outstanding.shapes[candidate.shape] == nil }) {
                    line.add(2, "no other source says it")
                }
                if !baseline.isEmpty { line.add(1, "no healthy log says it") }
                place(&line, in: scan)
            }
            isAfterQuote = isQuote
            scored.append(line)
        }
        // Of several that say much, the first is nearest to the cause.
        if let first = scored.firstIndex(where: { $0.words >= 5 && $0.score >= 8 }) {
            scored[first].add(1, "it is the first of its kind")
        }
        return scored
    }

    /// `error` for `telling.error`.
    private static func word(_ kind: String) -> String {
        kind.split(separator: ".").last.map(String.init) ?? kind
    }

    private func place(_ line: inout Scored, in scan: SourceScan) {
        let number = line.candidate.line
        if scan.progress.isAdvancing(after: number) {
            line.add(-5, "training advanced after it")
        } else if scan.progress.count > 0 {
            line.add(2, "training did not advance any more")
        }
        if scan.successLines.contains(where: { $0 > number }) { line.add(-5, "the log ends well after it") }
        if scan.input.lines - number < Self.endLines { line.add(1, "it stands at the end") }
    }
}

extension Diagnostician {
    /// The lines that stand out, best first: what a person should read when no rule knows the failure.
    ///
    /// - Parameter baseline: scans of logs that ended well; what they say too is not telling.
    public func tellingLines(_ scans: [SourceScan], baseline: [SourceScan] = [], most: Int = 5) -> [TellingLine] {
        guard let scale = try? TellingScale(book) else { return [] }
        let healthy = Set(baseline.flatMap(\.outstanding.shapes.keys))
        return TellingLines(scale: scale, scans: scans, baseline: healthy).best(most).map { scored in
            TellingLine(
                source: scans[scored.sourceIndex].input.source, line: scored.candidate.line,
                time: scored.candidate.time.date,
                text: String(beginningOf: scored.candidate.message, most: OutstandingLines.keptBytes),
                score: scored.score,
                because: scored.because)
        }
    }
}
