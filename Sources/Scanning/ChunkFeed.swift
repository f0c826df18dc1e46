import Foundation
internal import Literals
import Logs

/// A chunk of an input and what the search found in it.
struct SearchedChunk: Sendable {
    let chunk: LogChunk
    /// Where something stands that a rule may speak about, ascending; every such line has at least one place.
    let places: [Int]
    /// Newlines before each beginning of a block that lies in the chunk, so that nobody has to count them again.
    let marks: [(offset: Int, newlines: Int)]

    /// Looks for literals in what `chunk` holds, and in what it holds once cleaned of escape sequences.
    ///
    /// - Parameter deferred: `nil` where a rule has no literals, so that every line has to be taken.
    init(_ chunk: LogChunk, _ deferred: DeferredSearch?, _ limits: ReadingLimits) {
        self.chunk = chunk
        let bytes = chunk.bytes
        guard chunk.position + bytes.count > limits.headBytes else {
            // Every line of the head is taken anyway.
            places = []
            marks = []
            return
        }
        guard let search = deferred?.ready() else {
            places = Self.segmentStarts(of: bytes)
            marks = []
            return
        }
        let blockBytes = Neighbourhood.blockBytes(limits)
        var places = search.places(in: bytes)
        var marks: [(offset: Int, newlines: Int)] = []
        var newlines = 0
        var at = 0
        while at < bytes.count {
            marks.append((at, newlines))
            let blockStart = (chunk.position + at) / blockBytes * blockBytes
            let end = min(bytes.count, blockStart + blockBytes - chunk.position)
            var hasSpecial = false
            newlines += LineBytes.newlines(in: at..<end, of: bytes, hasSpecial: &hasSpecial)
            if hasSpecial { Self.searchCleaned(bytes, at..<end, search, &places) }
            at = end
        }
        places.sort()
        self.places = places
        self.marks = marks
    }

    private static func segmentStarts(of bytes: UnsafeRawBufferPointer) -> [Int] {
        bytes.indices.filter { $0 == 0 || bytes[$0 - 1] == 0x0a || bytes[$0 - 1] == 0x0d }
    }

    /// The newlines in `range`.
    func newlines(in range: Range<Int>) -> Int {
        var ignored = false
        let bytes = chunk.bytes
        guard marks.contains(where: { range.contains($0.offset) }) else {
            return LineBytes.newlines(in: range, of: bytes, hasSpecial: &ignored)
        }
        // Up to the last mark before either end they are counted already.
        func before(_ offset: Int) -> Int {
            let mark = marks.last { $0.offset <= offset } ?? (0, 0)
            return mark.newlines + LineBytes.newlines(in: mark.offset..<offset, of: bytes, hasSpecial: &ignored)
        }
        return before(range.upperBound) - before(range.lowerBound)
    }

    /// A literal may be torn by what the terminal would not show: such lines are searched as they will be read.
    private static func searchCleaned(
        _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, _ search: LiteralSearch, _ places: inout [Int]
    ) {
        var at = range.lowerBound
        while let special = LineBytes.firstSpecial(in: bytes, from: at), special < range.upperBound {
            let segment = bytes.segment(around: special)
            if LineCleaner.segments(of: Array(bytes[segment])).contains(where: { search.finds(anyIn: $0) }) {
                places.append(special)
            }
            at = max(segment.upperBound, special + 1)
        }
    }
}

extension UnsafeRawBufferPointer {
    /// The segment that the byte at `place` belongs to, without the newline or carriage return that ends it.
    func segment(around place: Int) -> Range<Int> {
        var start = place
        while start > 0, self[start - 1] != 0x0a, self[start - 1] != 0x0d { start -= 1 }
        return start..<segmentEnd(from: place)
    }

    /// Where the segment that `place` is part of ends.
    func segmentEnd(from place: Int) -> Int {
        guard let base = baseAddress, place < count else { return count }
        let newline =
            memchr(base + place, 0x0a, count - place).map { UnsafeRawPointer($0) - base } ?? count
        guard newline > place else { return place }
        return memchr(base + place, 0x0d, newline - place).map { UnsafeRawPointer($0) - base } ?? newline
    }
}

/// Reads an input's chunks and searches them, by one thread or by several; they come out in order either way.
final class ChunkFeed: @unchecked Sendable {
    /// What became of reading.
    struct Reading {
        var bytes = 0
        var trailingNewlines = 0
        var endsInsideLine = false
        var problem: String?
    }

    // `reader` is only touched inside `lock`.
    private let lock = NSCondition()
    private var reader: ChunkReader
    private let search: DeferredSearch
    private let limits: ReadingLimits

    init(_ reader: consuming ChunkReader, _ search: DeferredSearch, limits: ReadingLimits) {
        self.reader = reader
        self.limits = limits
        self.search = search
    }

    var reading: Reading {
        Reading(
            bytes: reader.bytes, trailingNewlines: reader.pendingNewlines, endsInsideLine: reader.endsInsideLine,
            problem: reader.problem)
    }

    func next() -> SearchedChunk? { reader.next().map { SearchedChunk($0, search, limits) } }

    /// Hands every chunk to `body` in order, on the calling thread, while `threads` others read and search ahead.
    func forEach(threads: Int, _ body: (SearchedChunk) -> Void) {
        // Far enough ahead to keep all busy, and no further: what is ahead is in memory.
        let ahead = threads * 2 + 2
        let queue = OrderedQueue()
        for _ in 0..<threads {
            Thread.detachNewThread { [self] in work(queue, ahead: ahead) }
        }
        while true {
            lock.lock()
            while queue.ready[queue.delivered] == nil, queue.total != queue.delivered || queue.working > 0 {
                lock.wait()
            }
            let next = queue.ready.removeValue(forKey: queue.delivered)
            if next != nil { queue.delivered += 1 }
            lock.broadcast()
            lock.unlock()
            guard let next else { return }
            body(next)
        }
    }

    private func work(_ queue: OrderedQueue, ahead: Int) {
        lock.lock()
        queue.working += 1
        while true {
            while queue.claimed - queue.delivered >= ahead, queue.total == nil { lock.wait() }
            guard queue.total == nil, let chunk = reader.next() else { break }
            let number = queue.claimed
            queue.claimed += 1
            lock.unlock()
            let searched = SearchedChunk(chunk, search, limits)
            lock.lock()
            queue.ready[number] = searched
            lock.broadcast()
        }
        queue.total = queue.total ?? queue.claimed
        queue.working -= 1
        lock.broadcast()
        lock.unlock()
    }

    /// Chunks on their way from those who search to the one who scans. Only touched inside `lock`.
    private final class OrderedQueue: @unchecked Sendable {
        /// Searched and not yet delivered, by number.
        var ready: [Int: SearchedChunk] = [:]
        /// How many were read.
        var claimed = 0
        /// How many were handed on.
        var delivered = 0
        /// How many there are, once that is known.
        var total: Int?
        /// Threads that may still touch the reader.
        var working = 0
    }
}
