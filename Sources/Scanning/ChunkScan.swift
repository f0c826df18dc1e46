import Foundation
internal import Literals
import Logs

/// Scans a source chunk by chunk: takes the lines of the places that the search found and of what is to be looked at
/// closely, and passes over all else.
struct ChunkScan: ~Copyable {
    private var lines: LineScan<ChunkText>
    private let limits: ReadingLimits
    private var cut = CutLines()

    init(_ pass: consuming SourcePass, _ input: LogInput, limits: ReadingLimits) {
        lines = LineScan(
            pass, ChunkText(LineMaker(input, limits: limits), linesBefore: input.linesBefore), limits: limits)
        self.limits = limits
    }

    mutating func take(_ searched: SearchedChunk) {
        let chunk = searched.chunk
        lines.held.append(searched)
        if chunk.isCut { cut.note(line: lines.held.lineNumber) }
        var nextPlace = 0
        while lines.held.offset < chunk.bytes.count {
            let at = lines.held.offset
            if !mustTakeNext(chunk.position + at) {
                while nextPlace < searched.places.count, searched.places[nextPlace] < at { nextPlace += 1 }
                let place = nextPlace < searched.places.count ? searched.places[nextPlace] : chunk.bytes.count
                let target = min(segmentStart(of: place, in: chunk), blockBoundary(in: chunk))
                lines.held.skip(to: target, newlines: searched.newlines(in: at..<target), in: chunk)
                if target == chunk.bytes.count { break }
            }
            lines.takeNext()
        }
    }

    mutating func finish(_ reading: ChunkFeed.Reading) -> SourceScan {
        for line in lines.held.takeRest() { lines.take(line) }
        let newlines = lines.held.lineNumber - 1 + reading.trailingNewlines
        cut.note(lines.held.maker.truncatedRecords, first: lines.held.maker.firstTruncated)
        return lines.finish(
            ReadSummary(
                bytes: reading.bytes, lines: newlines + (reading.endsInsideLine ? 1 : 0),
                problems: [reading.problem, cut.problem(limits)].compactMap(\.self)))
    }

    /// What the source would hold if it ended here, or with `rest`; taking goes on afterwards as if nobody had asked.
    mutating func preview(_ reading: ChunkFeed.Reading, rest: SearchedChunk?) -> SourceScan {
        let (saved, savedCut) = (lines.saved, cut)
        defer {
            lines.restore(saved)
            cut = savedCut
        }
        if let rest { take(rest) }
        return finish(reading)
    }

    mutating func noteModified(_ date: Date) { lines.noteModified(date) }
    var changes: Int { lines.changes }
    var advances: Int { lines.advances }
    /// The number of the line that comes next.
    var lineNumber: Int { lines.held.lineNumber }
    mutating func forgetFindings(before line: Int) { lines.forgetFindings(before: line) }

    private func mustTakeNext(_ position: Int) -> Bool {
        lines.needsNextLine || lines.held.maker.needsEveryLine || position >= lines.area.nextBoundary
    }

    /// Where the segment begins that the byte at `place` belongs to; not before the present place.
    private func segmentStart(of place: Int, in chunk: LogChunk) -> Int {
        guard place < chunk.bytes.count else { return chunk.bytes.count }
        return max(lines.held.offset, chunk.bytes.segment(around: place).lowerBound)
    }

    /// Where the first segment of the next block begins, or the chunk's end.
    private func blockBoundary(in chunk: LogChunk) -> Int {
        let bytes = chunk.bytes
        let offset = lines.area.nextBoundary - chunk.position
        guard offset < bytes.count else { return bytes.count }
        guard offset > 0 else { return lines.held.offset }
        // The segment that the byte before the boundary belongs to is of the old block, and so is its end.
        return max(lines.held.offset, min(bytes.count, bytes.segmentEnd(from: offset - 1) + 1))
    }
}
