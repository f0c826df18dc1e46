import Foundation
import Logs

/// Takes the lines of a source that rules may speak about, and decides with ``Neighbourhood`` which lines are looked at
/// closely besides.
struct LineScan<Held: HeldLines>: ~Copyable {
    private var pass: SourcePass
    private(set) var area = Neighbourhood()
    /// Lines that were not looked at, of the present block and the one before.
    var held: Held

    init(_ pass: consuming SourcePass, _ held: Held) {
        self.pass = pass
        self.held = held
    }

    /// Whether the next line must be taken, whatever it holds.
    var needsNextLine: Bool { area.isClose || pass.needsNextLine }

    mutating func take(_ line: LogLine) {
        let previous = area.start
        if area.arrive(at: line.position) {
            leaveBlock(startingAt: previous, for: line)
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
        }
    }

    mutating func finish(_ summary: ReadSummary) -> SourceScan {
        lookBack()
        return pass.finish(summary)
    }

    private mutating func lookBack() {
        for line in held.takeAll() { pass.look(line, isSample: line.position == area.start) }
    }

    /// Of the block that ends here the first line is looked at; the block before it is forgotten.
    private mutating func leaveBlock(startingAt start: Int, for next: LogLine) {
        held.forgetBeforeBlock()
        let first = held.takeFirst(at: start)
        let isSilent = Neighbourhood.isSilent(from: first.first?.stated, to: next.stated)
        for line in first { pass.look(line, isSample: true) }
        guard isSilent else { return }
        for line in held.takeAll() { pass.look(line, isSample: false) }
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
    /// Gives back the lines that begin at `position`, where the block that began last does, if they are held.
    mutating func takeFirst(at position: Int) -> [LogLine]
    /// Gives back all that is held before the line that is taken now.
    mutating func takeAll() -> [LogLine]
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

    mutating func takeFirst(at position: Int) -> [LogLine] {
        let first = Array(lines.prefix { $0.position == position })
        lines.removeFirst(first.count)
        return first
    }

    mutating func takeAll() -> [LogLine] {
        defer {
            lines = []
            beforeBlock = 0
        }
        return lines
    }
}
