import Logs

/// The part of a source that is in memory: chunks, a place in them, and the lines there that nobody looked at, which are
/// held as bytes and made again when they are wanted.
struct ChunkText: HeldLines {
    /// Where a segment begins.
    struct Place {
        /// Counts chunks from the beginning of the source.
        var chunk: Int
        var offset = 0
        /// Of the physical line.
        var number: Int
        var lineStart: Int
    }

    /// Chunks that are kept to look back at, at most.
    private static let mostChunksHeld = 8

    /// Where the line begins that is taken now, or the next one.
    private(set) var place: Place {
        didSet { heldHere.removeAll(keepingCapacity: true) }
    }
    private var next: Place
    private(set) var maker: LineMaker
    /// The newest last.
    private var chunks: [SearchedChunk] = []
    private var firstChunk = 0
    /// Where what nobody looked at begins; it ends at ``place``.
    private var heldFrom: Place?
    /// Lines from before ``heldFrom``, made so that their chunks could go.
    private var made: [LogLine] = []
    /// Lines of the segment at ``place`` that nobody looked at.
    private var heldHere: [LogLine] = []
    private var blockStart: Place?
    /// Where ``blockStart`` is in the source.
    private var blockPosition = 0
    /// For sources in which a line says how to read the next, and none can be made again.
    private var lines = LinesInMemory()

    init(_ maker: LineMaker, linesBefore: Int = 0) {
        self.maker = maker
        place = Place(chunk: -1, number: linesBefore + 1, lineStart: 0)
        next = place
    }

    // MARK: - Going forward

    /// Goes on to the beginning of `chunk`, which follows the last one.
    mutating func append(_ searched: SearchedChunk) {
        chunks.append(searched)
        next = Self.start(of: searched.chunk, number: firstChunk + chunks.count - 1, after: next)
        place = next
        if let from = heldFrom, place.chunk - from.chunk > Self.mostChunksHeld {
            // Only what makes no line, such as empty lines, goes on for so long without a new block.
            makeAll()
        }
        let needed = min(heldFrom?.chunk ?? place.chunk, place.chunk)
        if needed > firstChunk {
            chunks.removeFirst(needed - firstChunk)
            firstChunk = needed
        }
    }

    private static func start(of chunk: LogChunk, number: Int, after last: Place) -> Place {
        let isNewLine = chunk.newlinesBefore > 0
        return Place(
            chunk: number, number: last.number + chunk.newlinesBefore,
            lineStart: isNewLine ? chunk.position : last.lineStart)
    }

    /// Goes on to `offset` in the newest chunk, which lies `newlines` further and begins a segment or ends the chunk.
    mutating func skip(to offset: Int, newlines: Int, in chunk: LogChunk) {
        guard offset > next.offset else { return }
        if heldFrom == nil { heldFrom = next }
        let bytes = chunk.bytes
        var index = offset
        while index > next.offset, bytes[index - 1] != 0x0a { index -= 1 }
        if index > next.offset { next.lineStart = chunk.position + index }
        next.number += newlines
        next.offset = offset
        place = next
    }

    /// The lines of the next segment.
    mutating func takeSegment() -> [LogLine] {
        place = next
        var following = next
        defer { next = following }
        return makeLines(at: &following)
    }

    /// The next segment where it lies. `nil`, with nothing changed, when there is none or it has to be made.
    mutating func viewNext() -> LineView? {
        var following = next
        guard let view = view(at: &following) else { return nil }
        place = next
        next = following
        return view
    }

    /// The lines of what was viewed.
    mutating func make(_ view: borrowing LineView) -> [LogLine] {
        var lines: [LogLine] = []
        maker.take(view) { lines.append($0) }
        return lines
    }

    /// Where the next segment of the newest chunk begins.
    var offset: Int { next.offset }
    /// The same in the source.
    var position: Int { chunks[next.chunk - firstChunk].chunk.position + next.offset }
    /// The number of the line that comes next.
    var lineNumber: Int { next.number }

    /// What the maker still held back when the source ended.
    mutating func takeRest() -> [LogLine] {
        place = next
        var lines: [LogLine] = []
        maker.finish { lines.append($0) }
        return lines
    }

    /// Goes on to the next segment. Returns where the one at `place` ends.
    private func step(_ place: inout Place) -> Int {
        let chunk = chunks[place.chunk - firstChunk].chunk
        let end = chunk.bytes.segmentEnd(from: place.offset)
        place.offset = end + 1
        if end < chunk.bytes.count, chunk.bytes[end] == 0x0a {
            place.number += 1
            place.lineStart = chunk.position + end + 1
        }
        return end
    }

    /// The segment at `place` where it lies, from which `place` then goes on to the next; or `nil`.
    private mutating func view(at place: inout Place) -> LineView? {
        let chunk = chunks[place.chunk - firstChunk].chunk
        let bytes = chunk.bytes
        var following = place
        let end = step(&following)
        guard end > place.offset, let base = bytes.baseAddress else { return nil }
        let text = UnsafeBufferPointer(
            start: (base + place.offset).assumingMemoryBound(to: UInt8.self), count: end - place.offset)
        let view = maker.view(
            text, number: place.number, offset: place.lineStart, position: chunk.position + place.offset,
            truncated: chunk.isCut)
        if view != nil { place = following }
        return view
    }

    /// Makes the lines of the segment at `place`, and goes on to the next.
    private mutating func makeLines(at place: inout Place) -> [LogLine] {
        let chunk = chunks[place.chunk - firstChunk].chunk
        let (start, number, lineStart) = (place.offset, place.number, place.lineStart)
        let end = step(&place)
        guard end > start else { return [] }
        var lines: [LogLine] = []
        maker.take(
            LogSegment(
                number: number, offset: lineStart, position: chunk.position + start,
                bytes: Array(chunk.bytes[start..<end]), truncated: chunk.isCut)
        ) { lines.append($0) }
        return lines
    }

    // MARK: - Looking back

    mutating func beginBlock() {
        blockStart = place
        blockPosition = chunks[place.chunk - firstChunk].chunk.position + place.offset
        lines.beginBlock()
    }

    mutating func hold(_ line: LogLine) {
        if maker.needsEveryLine {
            lines.hold(line)
        } else {
            heldFrom = heldFrom ?? place
            heldHere.append(line)
        }
    }

    mutating func forgetBeforeBlock() {
        if maker.needsEveryLine { return lines.forgetBeforeBlock() }
        made.removeAll { $0.position < blockPosition }
        guard let from = heldFrom, let start = blockStart, Self.isBefore(from, start) else { return }
        heldFrom = start
    }

    mutating func dropFirst() {
        if maker.needsEveryLine { return lines.dropFirst() }
        if !made.isEmpty { return made.removeAll { $0.position == blockPosition } }
        guard let from = heldFrom, let start = blockStart, !Self.isBefore(start, from) else { return }
        var following = from
        _ = step(&following)
        heldFrom = following
    }

    mutating func look(_ pass: inout SourcePass, sampleAt sample: Int?) {
        if maker.needsEveryLine { return lines.look(&pass, sampleAt: sample) }
        for line in made { pass.look(line, isSample: line.position == sample) }
        made.removeAll()
        guard var from = heldFrom else { return }
        heldFrom = nil
        while goOn(&from) {
            if let view = view(at: &from) {
                if pass.look(view, isSample: view.position == sample) { continue }
                for line in make(view) { pass.look(line, isSample: line.position == sample) }
            } else {
                for line in makeLines(at: &from) { pass.look(line, isSample: line.position == sample) }
            }
        }
        for line in heldHere { pass.look(line, isSample: line.position == sample) }
        heldHere.removeAll()
    }

    /// Makes all lines that are held, so that their chunks can go.
    private mutating func makeAll() {
        guard var from = heldFrom else { return }
        heldFrom = nil
        while goOn(&from) { made += makeLines(at: &from) }
        made += heldHere
        heldHere.removeAll()
    }

    /// Goes on to where there is a segment, or an end of one. Returns whether there is any before the present place.
    private func goOn(_ from: inout Place) -> Bool {
        while Self.isBefore(from, place) {
            if from.offset < chunks[from.chunk - firstChunk].chunk.bytes.count { return true }
            let following = from.chunk + 1
            guard following - firstChunk < chunks.count else { return false }
            from = Self.start(of: chunks[following - firstChunk].chunk, number: following, after: from)
        }
        return false
    }

    private static func isBefore(_ first: Place, _ second: Place) -> Bool {
        (first.chunk, first.offset) < (second.chunk, second.offset)
    }
}
