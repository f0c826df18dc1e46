import Dispatch
import Foundation
internal import Literals
import Logs
import Synchronization

/// A chunk of an input and what the search found in it.
struct SearchedChunk: Sendable {
    let chunk: LogChunk
    /// Where something stands that a rule may speak about, ascending; every such line has at least one place.
    let places: [Int]
    /// Newlines before each of the multiples of ``Neighbourhood/blockBytes`` that lie in the chunk, so that nobody has
    /// to count them again.
    let marks: [(offset: Int, newlines: Int)]

    /// Looks for literals in what `chunk` holds, and in what it holds once cleaned of escape sequences.
    init(_ chunk: LogChunk, _ deferred: DeferredSearch) {
        self.chunk = chunk
        let bytes = chunk.bytes
        guard chunk.position + bytes.count > LineMaker.headBytes else {
            // Every line of the head is taken anyway.
            places = []
            marks = []
            return
        }
        let search = deferred.ready()
        var places = search.places(in: bytes)
        var marks: [(offset: Int, newlines: Int)] = []
        var newlines = 0
        var at = 0
        while at < bytes.count {
            marks.append((at, newlines))
            let next = (chunk.position + at) / Neighbourhood.blockBytes * Neighbourhood.blockBytes
            let end = min(bytes.count, next + Neighbourhood.blockBytes - chunk.position)
            var hasSpecial = false
            newlines += LineBytes.newlines(in: at..<end, of: bytes, hasSpecial: &hasSpecial)
            if hasSpecial { Self.searchCleaned(bytes, at..<end, search, &places) }
            at = end
        }
        places.sort()
        self.places = places
        self.marks = marks
    }

    /// The newlines in `range`.
    func newlines(in range: Range<Int>) -> Int {
        var ignored = false
        let bytes = chunk.bytes
        // Up to the last mark before either end they are counted already.
        func before(_ offset: Int) -> Int {
            let mark = marks.last { $0.offset <= offset } ?? (0, 0)
            return mark.newlines + LineBytes.newlines(in: mark.offset..<offset, of: bytes, hasSpecial: &ignored)
        }
        if range.count < Neighbourhood.blockBytes / 2 {
            return LineBytes.newlines(in: range, of: bytes, hasSpecial: &ignored)
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

    init(_ reader: consuming ChunkReader, _ search: DeferredSearch) {
        self.reader = reader
        self.search = search
    }

    var reading: Reading {
        Reading(
            bytes: reader.bytes, trailingNewlines: reader.pendingNewlines, endsInsideLine: reader.endsInsideLine,
            problem: reader.problem)
    }

    func next() -> SearchedChunk? { reader.next().map { SearchedChunk($0, search) } }

    /// Hands every chunk to `body` in order, on the calling thread, while `threads` others read and search ahead.
    func forEach(threads: Int, _ body: (SearchedChunk) -> Void) {
        // Far enough ahead to keep all busy, and no further: what is ahead is in memory.
        let ahead = threads * 2 + 2
        let group = DispatchGroup()
        let shared = Shared()
        for _ in 0..<threads {
            DispatchQueue.global().async(group: group) { [self] in
                while true {
                    lock.lock()
                    while shared.claimed - shared.delivered >= ahead, shared.total == nil { lock.wait() }
                    guard shared.total == nil, let chunk = reader.next() else {
                        if shared.total == nil { shared.total = shared.claimed }
                        lock.broadcast()
                        lock.unlock()
                        return
                    }
                    let number = shared.claimed
                    shared.claimed += 1
                    lock.unlock()
                    let searched = SearchedChunk(chunk, search)
                    lock.lock()
                    shared.ready[number] = searched
                    lock.broadcast()
                    lock.unlock()
                }
            }
        }
        while true {
            lock.lock()
            while shared.ready[shared.delivered] == nil, shared.total != shared.delivered { lock.wait() }
            let next = shared.ready.removeValue(forKey: shared.delivered)
            if next != nil { shared.delivered += 1 }
            lock.broadcast()
            lock.unlock()
            guard let next else { break }
            body(next)
        }
        group.wait()
    }

    /// Only touched inside `lock`.
    private final class Shared: @unchecked Sendable {
        var ready: [Int: SearchedChunk] = [:]
        var claimed = 0
        var delivered = 0
        var total: Int?
    }
}
