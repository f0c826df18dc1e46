import CrashModel
import Foundation
internal import Literals
import Logs
import PCRE
import Rules

/// One pass over one source: offers each line to the rules and keeps what diagnosis needs.
struct SourcePass: ~Copyable {
    /// Findings kept of one source. Of more the middle is thinned and counted, so that a million exhaust nothing.
    static let maximumFindings = 1000

    /// Which rules won, for `rules test`.
    struct Trace {
        var winners: [String] = []
        var landmarks: [String] = []
    }

    /// Kept only when someone asks for it.
    var trace: Trace?

    private let rules: CompiledRules
    private let source: String
    private let isSelective: Bool
    private let headBytes: Int
    private var scratch = LiteralFilter.Scratch()
    private var matcher = Matcher()
    private var judge: LineJudge
    private var blocks: BlockCollector
    private var clock: SourceClock
    private var sniffer = LogKindSniffer()
    private var drafts = FindingDrafts()
    private var trail = ProgressTrail()
    private var successLines: [Int] = []
    private var checkpoints = CheckpointTrail()
    private var outstanding = OutstandingLines()
    private var unfinished: [ExcerptLine] = []
    private var quoted = QuotedLines()
    private var nodeRanks = NodeRanks()
    private var silences = SilenceWatch()
    private var firstStated: (line: Int, stated: StatedTime)?
    private var lastStated: (line: Int, stated: StatedTime)?

    /// - Parameter isSelective: offer a line only to the rules whose literals it holds, instead of to all.
    init(
        _ rules: CompiledRules, _ input: LogInput, limits: ReadingLimits, timeZone: TimeZone, isSelective: Bool
    ) {
        headBytes = limits.headBytes
        self.rules = rules
        self.isSelective = isSelective
        source = input.source
        judge = LineJudge(rules: rules.lineRules)
        blocks = BlockCollector(rules.blockGroups)
        clock = SourceClock(modified: input.modified, timeZone: timeZone)
    }

    /// What a pass knows, to go back to after the source was looked at as if it ended here.
    struct Saved {
        fileprivate var blocks: BlockCollector.Saved
        fileprivate var clock: SourceClock
        fileprivate var sniffer: LogKindSniffer
        fileprivate var drafts: FindingDrafts
        fileprivate var trail: ProgressTrail
        fileprivate var successLines: [Int]
        fileprivate var checkpoints: CheckpointTrail
        fileprivate var outstanding: OutstandingLines
        fileprivate var unfinished: [ExcerptLine]
        fileprivate var quoted: QuotedLines
        fileprivate var nodeRanks: NodeRanks
        fileprivate var silences: SilenceWatch
        fileprivate var firstStated: (line: Int, stated: StatedTime)?
        fileprivate var lastStated: (line: Int, stated: StatedTime)?
    }

    var saved: Saved {
        Saved(
            blocks: blocks.saved, clock: clock, sniffer: sniffer, drafts: drafts, trail: trail,
            successLines: successLines, checkpoints: checkpoints, outstanding: outstanding, unfinished: unfinished,
            quoted: quoted, nodeRanks: nodeRanks,
            silences: silences, firstStated: firstStated, lastStated: lastStated)
    }

    mutating func restore(_ saved: Saved) {
        blocks.restore(saved.blocks)
        clock = saved.clock
        sniffer = saved.sniffer
        drafts = saved.drafts
        trail = saved.trail
        successLines = saved.successLines
        checkpoints = saved.checkpoints
        outstanding = saved.outstanding
        unfinished = saved.unfinished
        quoted = saved.quoted
        nodeRanks = saved.nodeRanks
        silences = saved.silences
        firstStated = saved.firstStated
        lastStated = saved.lastStated
    }

    /// Rises whenever something was found, healed, or begun that may become a finding.
    var changes: Int { drafts.changes + blocks.begun }

    /// How often training was seen to advance.
    var advances: Int { trail.count + successLines.count }

    mutating func noteModified(_ date: Date) { clock.noteModified(date) }

    /// Drops findings that end before a line: for a source that is read for weeks.
    mutating func forgetFindings(before line: Int) {
        drafts.forget(before: line)
        unfinished.removeAll { $0.line < line }
    }

    /// What the rules say to a line that has not been looked at yet.
    struct Verdict {
        fileprivate var ruling: LineJudge.Ruling?
        fileprivate var closed: [BlockCollector.Closed]
        fileprivate var isCode: Bool
        fileprivate var isFull: Bool
        fileprivate var selection: RuleSelector.Selection

        /// Whether something was found, so that the lines around deserve a look.
        var isFinding: Bool { !closed.isEmpty || ruling.map { $0.rule.rule.role != .noise } ?? false }
    }

    /// Whether the next line belongs to something that this one began.
    var needsNextLine: Bool { blocks.isOpen }

    /// Offers a line to the rules, without keeping what they say.
    ///
    /// - Parameter all: also to those whose condition sampled, and which a sample of the lines is enough for.
    mutating func offer(_ line: LogLine, all: Bool) -> Verdict {
        let selection =
            isSelective ? rules.selector.select(line.message, &scratch) : rules.selector.selectAll()
        let (closed, isCode) = blocks.take(line, begins: selection.blocks, &matcher)
        let ruling = isCode ? nil : judge.judge(line, candidates: selection.lineRules, all: all, &matcher)
        if isCode { quoted.insert(line.number) } else { noteMilestone(line, selection) }
        return Verdict(ruling: ruling, closed: closed, isCode: isCode, isFull: all, selection: selection)
    }

    /// Keeps what `verdict` says of a line, and looks at it closely. All lines looked at come in order.
    ///
    /// - Parameter isSample: the line stands for those around it that nobody looks at.
    mutating func accept(_ line: LogLine, _ verdict: Verdict, isSample: Bool) {
        noteTime(line, isSample: isSample)
        // Only now is it known that the line is looked at closely, which rules whose condition sampled wait for.
        let ruling =
            verdict.isCode || verdict.isFull
            ? verdict.ruling : judge.judge(line, candidates: verdict.selection.lineRules, all: true, &matcher)
        if let ruling {
            trace?.winners.append(ruling.rule.rule.id)
            if ruling.rule.rule.role != .noise { add(ruling, line) }
        }
        // After the line itself, so that a block finds the finding of its own last line to fold.
        // Teardown blocks come last: they swallow the traceback that is part of them.
        for block in verdict.closed.sorted(by: { !$0.isTeardown && $1.isTeardown }) { add(block) }
        if !verdict.isCode {
            line.message.withUnsafeBufferPointer { nodeRanks.note($0) }
            drafts.noteRecoveries(line, &matcher)
            noteProgress(line, verdict.selection)
        }
        outstanding.note(line, isNoise: ruling?.rule.rule.role == .noise)
    }

    /// Looks closely at a line that no rule found anything in, since something was found nearby.
    mutating func look(_ line: LogLine, isSample: Bool) {
        noteTime(line, isSample: isSample)
        if quoted.contains(line.number) { return outstanding.note(line, isNoise: false) }
        line.message.withUnsafeBufferPointer { nodeRanks.note($0) }
        let selection =
            isSelective ? rules.selector.select(line.message, &scratch) : rules.selector.selectAll()
        let ruling = judge.judge(line, candidates: selection.lineRules, all: true, &matcher)
        let isNoise = ruling?.rule.rule.role == .noise
        if let ruling, ruling.rule.isOfferedCloseUp, !isNoise { add(ruling, line) }
        drafts.noteRecoveries(line, &matcher)
        noteProgress(line, selection)
        outstanding.note(line, isNoise: isNoise)
    }

    // MARK: - Lines where they lie

    /// What ``offer(_:all:)`` and ``accept(_:_:isSample:)`` do, for a line of which nothing needs to be kept as it is. No block is open.
    ///
    /// - Returns: false when the line has to be made and offered, as if it had not been seen yet.
    mutating func take(_ line: borrowing LineView) -> Bool {
        glance(line, isSample: false, isOffer: true)
    }

    /// What ``look(_:isSample:)-(LogLine,_)`` does, in the same way.
    mutating func look(_ line: borrowing LineView, isSample: Bool) -> Bool {
        glance(line, isSample: isSample, isOffer: false)
    }

    private mutating func glance(_ line: borrowing LineView, isSample: Bool, isOffer: Bool) -> Bool {
        guard line.isWhole, isSelective, trace == nil, !quoted.contains(line.number) else { return false }
        let message = line.message
        let selection = rules.selector.select(message, &scratch)
        // What is tried in vain, because the line will be made and tried again, must not count twice.
        let (givenUp, failures) = (matcher.givenUp, judge.failures.count)
        if !selection.lineRules.isEmpty || !selection.blocks.isEmpty || !selection.milestones.isEmpty {
            let ruling = rule(on: line, selection, noise: false)
            if ruling != nil || isOffer && speaks(selection, message) {
                matcher.restore(givenUp: givenUp)
                judge.restore(failures: failures)
                return false
            }
        }
        noteTime(line, isSample: isSample)
        nodeRanks.note(message)
        drafts.noteRecoveries(message, line: line.number, &matcher)
        if !selection.progress.isEmpty {
            noteProgress(message, line.number, line.stated, stream: line.stream, selection)
        }
        // That a line means nothing only matters where there was none like it. What other rule it could be was seen above.
        let sight = OutstandingLines.Sight(message)
        let isNoise = outstanding.isNew(sight) && rule(on: line, selection, noise: true) != nil
        outstanding.note(sight, message, line: line.number, line.stated, isNoise: isNoise)
        return true
    }

    /// The rule that a line belongs to.
    private mutating func rule(
        on line: borrowing LineView, _ selection: RuleSelector.Selection, noise: Bool
    ) -> LineJudge.Ruling? {
        if selection.lineRules.isEmpty { return nil }
        return judge.judge(
            line.message, line: line.number, candidates: selection.lineRules,
            hits: scratch.isComplete ? scratch.hits : nil, all: true, noise: noise, &matcher)
    }

    /// Whether a line begins a block or is a milestone.
    private mutating func speaks(_ selection: RuleSelector.Selection, _ message: UnsafeBufferPointer<UInt8>) -> Bool {
        for group in selection.blocks {
            if let lead = rules.blockGroups[group].first, matcher.matches(lead.begin, message) { return true }
        }
        for index in selection.milestones where matcher.matchesAny(rules.milestones[index].match, message) {
            return true
        }
        return false
    }

    private mutating func noteTime(_ line: borrowing LineView, isSample: Bool) {
        if isSample || line.position < headBytes { sniffer.note(line, isSample: isSample) }
        if let stated = line.stated { noteTime(stated, line.message, line.number) }
    }

    /// - Parameter summary: what became of reading; its kind is not looked at.
    mutating func finish(_ summary: ReadSummary) -> SourceScan {
        for block in blocks.finish() { add(block) }
        var report = InputReport(
            source: source, kind: sniffer.kind, bytes: summary.bytes, lines: summary.lines,
            complete: summary.complete, problem: summary.problem)
        let problems = [report.problem].compactMap(\.self) + givenUp
        if !givenUp.isEmpty {
            report.complete = false
            report.problem = problems.joined(separator: "; ")
        }
        var scan = SourceScan(input: report)
        clock.noteDates(drafts.datesInWords)
        scan.findings = drafts.finish(clock)
        scan.uncounted = drafts.uncounted
        scan.nodeRanks = nodeRanks
        scan.progress = trail
        scan.progress.finish(clock)
        scan.successLines = successLines
        scan.checkpoints = checkpoints
        scan.checkpoints.finish(clock)
        scan.outstanding = outstanding
        scan.outstanding.finish(clock)
        scan.unfinishedBlocks = unfinished
        scan.isZoneStated = clock.isZoneStated
        scan.isDateAssumed =
            lastStated.map { clock.time(atLine: $0.line, stated: $0.stated).source == .fileTime } ?? false
        scan.isYearAssumed =
            lastStated.map { clock.time(atLine: $0.line, stated: $0.stated).isYearAssumed } ?? false
        scan.utcOffset = clock.utcOffset
        scan.longestSilence = silences.longest(clock)
        scan.lastDatedLine = silences.lastLine
        scan.firstTime = firstStated.flatMap { clock.time(atLine: $0.line, stated: $0.stated).date }
        scan.lastTime = lastStated.flatMap { clock.time(atLine: $0.line, stated: $0.stated).date }
        return scan
    }

    /// What PCRE2 gave up on, in words.
    private var givenUp: [String] {
        var words: [String] = []
        if let first = judge.failures.first {
            let more = judge.failures.count > 1 ? " (and \(judge.failures.count - 1) more)" : ""
            words.append("rule \(first.rule) gave up on line \(first.line): \(first.error.reason)\(more)")
        }
        let told = Set(judge.failures.map(\.error.pattern))
        for pattern in matcher.givenUp.keys.sorted() where !told.contains(pattern) {
            words.append("a pattern gave up on a line: '\(pattern.prefix(80))'")
        }
        for (pattern, times) in matcher.givenUp.sorted(by: { $0.key < $1.key }) where times >= Matcher.patience {
            words.append("given up too often and not tried any more: '\(pattern.prefix(80))'")
        }
        return words
    }

    // MARK: - Findings

    private mutating func add(_ ruling: LineJudge.Ruling, _ line: LogLine) {
        let captures = ruling.pattern.captures(of: ruling.match, in: line.message)
        let finding = Finding(
            ruling.rule.rule, source: source, line: line, captures: captures,
            text: Self.text(line.message))
        let scanned = ScannedFinding(
            finding: finding, firstLine: line.number, priority: ruling.rule.rule.priority, isKernel: line.isKernel)
        drafts.add(scanned, stated: line.stated, recoveredBy: ruling.rule.recoveredBy, advance: trail.count)
    }

    private mutating func add(_ closed: BlockCollector.Closed) {
        guard let first = closed.lines.first, let last = closed.lines.last else { return }
        guard let block = choose(from: closed) else {
            if !closed.ended, mayBecomeFinding(closed) {
                unfinished.append(
                    ExcerptLine(line: first.number, text: String(beginningOf: first.message, most: Self.keptBytes)))
            }
            return
        }
        trace?.winners.append(block.rule.id)
        if block.rule.role == .noise { return }
        let anchor = block.shape.anchor == .end ? last : first
        var captures: [String: String] = [:]
        for line in closed.lines {
            for pattern in [block.begin] + [block.until].compactMap(\.self) + block.captures {
                if let pattern = try? pattern.compiled(),
                    let found = try? matcher.captures(of: pattern, in: line.message)
                {
                    captures.merge(found) { $1 }
                }
            }
        }
        let lines = closed.lines.map { ExcerptLine(line: $0.number, text: Self.text($0.message)) }
        var finding = Finding(
            block.rule, source: source, line: anchor, captures: captures,
            text: Self.text(anchor.message))
        finding.excerpt = Self.thinned(lines)
        finding.lastLine = max(anchor.lastNumber, last.lastNumber)
        drafts.add(
            block: ScannedFinding(
                finding: finding, block: lines, firstLine: first.number, priority: block.rule.priority,
                isKernel: anchor.isKernel),
            stated: anchor.stated ?? first.stated, recoveredBy: block.recoveredBy)
    }

    /// The rule of the group that the lines of a closed block belong to.
    private mutating func choose(from closed: BlockCollector.Closed) -> CompiledBlock? {
        for block in closed.group {
            if block.shape.anchor == .end, !closed.ended { continue }
            if !block.contains.isEmpty,
                !closed.lines.contains(where: { matcher.matchesAny(block.contains, $0.message) })
            {
                continue
            }
            if closed.lines.contains(where: { matcher.matchesAny(block.excludes, $0.message) }) { continue }
            return block
        }
        return nil
    }

    /// Whether a rule of an unfinished block was on its way to say something: what it asks for was there, or it asks for
    /// nothing in particular.
    private mutating func mayBecomeFinding(_ closed: BlockCollector.Closed) -> Bool {
        for block in closed.group {
            if block.contains.isEmpty { return true }
            if closed.lines.contains(where: { matcher.matchesAny(block.contains, $0.message) }) { return true }
        }
        return false
    }

    /// The head and the tail of a long block; diagnosis still gets all of it.
    static func thinned(_ lines: [ExcerptLine], head: Int = 12, tail: Int = 12) -> [ExcerptLine] {
        lines.count <= head + tail ? lines : Array(lines.prefix(head) + lines.suffix(tail))
    }

    // MARK: - Landmarks

    private mutating func noteTime(_ line: LogLine, isSample: Bool) {
        if isSample || line.position < headBytes { sniffer.note(line, isSample: isSample) }
        guard let stated = line.stated else { return }
        line.message.withUnsafeBufferPointer { noteTime(stated, $0, line.number) }
    }

    private mutating func noteTime(_ stated: StatedTime, _ message: UnsafeBufferPointer<UInt8>, _ line: Int) {
        clock.note(stated, line: line)
        silences.note(message, line, stated, clock)
        if firstStated == nil { firstStated = (line, stated) }
        lastStated = (line, stated)
    }

    private mutating func noteProgress(_ line: LogLine, _ selection: RuleSelector.Selection) {
        if selection.progress.isEmpty { return }
        line.message.withUnsafeBufferPointer {
            noteProgress($0, line.number, line.stated, stream: line.origin.stream, selection)
        }
    }

    private mutating func noteProgress(
        _ message: UnsafeBufferPointer<UInt8>, _ line: Int, _ stated: StatedTime?, stream: String?,
        _ selection: RuleSelector.Selection
    ) {
        guard let (landmark, mark) = matcher.progress(message, selection.progress, rules.progress) else { return }
        trace?.landmarks.append(landmark.rule.id)
        var whole = mark
        whole.line = line
        whole.stream = stream
        whole.stated = stated
        trail.append(whole, message)
    }

    /// What a line states that is such a landmark.
    private mutating func captures(of landmark: CompiledLandmark, _ line: LogLine) -> [String: String]? {
        for pattern in landmark.match {
            guard let pattern = try? pattern.compiled(),
                let found = try? matcher.captures(of: pattern, in: line.message)
            else { continue }
            return matcher.matchesAny(landmark.unless, line.message) ? nil : found
        }
        return nil
    }

    private mutating func noteMilestone(_ line: LogLine, _ selection: RuleSelector.Selection) {
        for index in selection.milestones {
            let landmark = rules.milestones[index]
            if landmark.rule.kind == .checkpoint {
                guard let found = captures(of: landmark, line) else { continue }
                trace?.landmarks.append(landmark.rule.id)
                checkpoints.append(line, found)
            } else {
                guard matcher.matchesAny(landmark.match, line.message),
                    !matcher.matchesAny(landmark.unless, line.message),
                    line.message.withUnsafeBufferPointer({ matcher.progress($0, selection.progress, rules.progress) })
                        == nil
                else { continue }
                trace?.landmarks.append(landmark.rule.id)
                successLines.append(line.number)
                if successLines.count > 64 { successLines.removeFirst() }
            }
            return
        }
    }

    static func number(_ text: String) -> Int? {
        Int(text.filter { $0 != "," && $0 != "_" })
    }

    /// Bytes of a line that are kept. Lines can be very long, and findings many.
    static let keptBytes = 2000

    private static func text(_ message: [UInt8]) -> String {
        String(beginningOf: message, most: keptBytes)
    }
}

extension Finding {
    init(_ rule: Rule, source: String, line: LogLine, captures: [String: String], text: String) {
        let category = CaptureTemplate(rule.category).categoryText(captures)
        var origin = line.origin
        // Who a line is about, rather than who wrote it.
        origin.pid = captures["pid"].flatMap { Int($0) } ?? origin.pid
        if let rank = captures["rank"].flatMap({ Int($0) }) {
            (origin.rank, origin.isRankLocal) = (rank, false)
        } else if let rank = captures["local_rank"].flatMap({ Int($0) }) {
            (origin.rank, origin.isRankLocal) = (rank, true)
        }
        origin.gpu = captures["gpu"].flatMap { Int($0) } ?? origin.gpu
        origin.host = origin.host ?? captures["host"]
        self.init(
            rule: rule.id, title: TitleTemplate(rule.title).filled(captures),
            category: Category(category), severity: rule.severity, role: rule.role, source: source,
            line: line.number, offset: line.offset, origin: origin, text: text, captures: captures,
            lastLine: line.lastNumber)
    }
}
