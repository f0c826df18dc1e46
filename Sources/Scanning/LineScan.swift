import Foundation
import Logs

/// Takes the lines of a source that rules may speak about, and decides with ``Neighbourhood`` which lines are looked at
/// closely besides.
struct LineScan<Held: HeldLines>: ~Copyable {
    private var pass: SourcePass
    private(set) var area: Neighbourhood
    /// The first lines of the present block, as they were offered, unless they were looked at.
    private var sample: [(line: LogLine, verdict: SourcePass.Verdict)] = []
    /// Lines that were not looked at, of the present block and the one before.
    var held: Held

    init(_ pass: consuming SourcePass, _ held: Held, limits: ReadingLimits) {
        self.pass = pass
        area = Neighbourhood(limits)
        self.held = held
    }

    /// Whether the next line must be taken, whatever it holds.
    var needsNextLine: Bool { area.isClose || pass.needsNextLine }

    mutating func take(_ line: LogLine) {
        if area.arrive(at: line.position) {
            leaveBlock(for: line)
            held.beginBlock()
        }
        let isSample = line.position == area.start
        let isClose = area.isClose
        let verdict = pass.offer(line, all: isClose || isSample)
        if verdict.isFinding {
            area.found()
            lookBack()
        }
        if isClose || verdict.isFinding {
            pass.accept(line, verdict, isSample: isSample)
        } else {
            held.hold(line)
            if isSample { sample.append((line, verdict)) }
        }
    }

    mutating func finish(_ summary: ReadSummary) -> SourceScan {
        lookBack()
        return pass.finish(summary)
    }

    /// All that a look at the end changes.
    struct Saved {
        fileprivate var pass: SourcePass.Saved
        fileprivate var area: Neighbourhood
        fileprivate var sample: [(line: LogLine, verdict: SourcePass.Verdict)]
        fileprivate var held: Held
    }

    var saved: Saved { Saved(pass: pass.saved, area: area, sample: sample, held: held) }

    mutating func restore(_ saved: Saved) {
        pass.restore(saved.pass)
        area = saved.area
        sample = saved.sample
        held = saved.held
    }

    mutating func noteModified(_ date: Date) { pass.noteModified(date) }
    var changes: Int { pass.changes }
    var advances: Int { pass.advances }
    mutating func forgetFindings(before line: Int) { pass.forgetFindings(before: line) }

    private mutating func lookBack() {
        sample.removeAll()
        held.look(&pass, sampleAt: area.start)
    }

    /// Of the block that ends here the first line is looked at; the block before it is forgotten.
    private mutating func leaveBlock(for next: LogLine) {
        held.forgetBeforeBlock()
        guard let first = sample.first else { return }
        held.dropFirst()
        let isSilent = Neighbourhood.isSilent(from: first.line.stated, to: next.stated)
        for (line, verdict) in sample { pass.accept(line, verdict, isSample: true) }
        sample.removeAll()
        guard isSilent else { return }
        held.look(&pass, sampleAt: nil)
    }
}

extension LineScan where Held == ChunkText {
    /// Takes the next segment.
    mutating func takeNext() {
        // Most lines that are looked at closely mean nothing. Those are looked at where they lie.
        if area.block >= 0, area.isClose, held.position < area.nextBoundary, !pass.needsNextLine,
            let view = held.viewNext()
        {
            if !pass.take(view) { for line in held.make(view) { take(line) } }
        } else {
            for line in held.takeSegment() { take(line) }
        }
    }
}

/// Lines that may be looked at later: those of the present block and of the one before that nobody looked at.
protocol HeldLines {
    /// The line that is taken now is the first of a block.
    mutating func beginBlock()
    /// The line that is taken now was not looked at.
    mutating func hold(_ line: LogLine)
    /// Drops what was held before the block that began last.
    mutating func forgetBeforeBlock()
    /// Drops the lines with which the block began that began last.
    mutating func dropFirst()
    /// Has all looked at that is held before the line that is taken now, and forgets it. The line at `sample`, if it is among them, stands
    /// for those around it.
    mutating func look(_ pass: inout SourcePass, sampleAt sample: Int?)
}

/// Holds the lines themselves.
struct LinesInMemory: HeldLines {
    private var lines: [LogLine] = []
    /// How many of them were held when the last block began.
    private var beforeBlock = 0

    mutating func beginBlock() { beforeBlock = lines.count }

    mutating func hold(_ line: LogLine) { lines.append(line) }

    mutating func forgetBeforeBlock() {
        lines.removeFirst(min(beforeBlock, lines.count))
        beforeBlock = 0
    }

    mutating func dropFirst() {
        guard let position = lines.first?.position else { return }
        lines.removeFirst(lines.prefix { $0.position == position }.count)
    }

    mutating func look(_ pass: inout SourcePass, sampleAt sample: Int?) {
        for line in lines { pass.look(line, isSample: line.position == sample) }
        lines = []
        beforeBlock = 0
    }
}
