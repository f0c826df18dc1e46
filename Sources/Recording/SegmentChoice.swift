import Foundation
import Gzip

/// Which segments can hold lines of some time, without opening all of them.
///
/// The clock that named them may have been set, so that a name is only a hint. Segments far from the asked time by
/// their own name and their neighbours' are left out; of the others the first lines are read, which tell by the uptime
/// how far the clock was moved between them. A clock that was set away and back within one segment is not seen.
struct SegmentChoice {
    private let all: [RecordingSegment]

    /// Seconds by which a segment may lie outside of what its name and its neighbour's say. More than one lasts.
    private let margin: Double

    init(_ all: [RecordingSegment]) {
        self.all = all
        let lengths = zip(all, all.dropFirst()).map { abs($1.start.timeIntervalSince($0.start)) }.sorted()
        margin = max(3600, 2 * (lengths.isEmpty ? 0 : lengths[lengths.count / 2]))
    }

    func segments(for query: RecordingStore.Query) -> [RecordingSegment] {
        guard query.from != nil || query.to != nil else { return all }
        let near = all.indices.filter { meets(hull(byName: $0), query, margin: margin) }
        var heads: [Int: RecordingHeader] = [:]
        for index in Set(near + near.map { $0 + 1 }) where index < all.count {
            heads[index] = Self.header(of: all[index])
        }
        return near.filter { index in
            guard let span = hull(heads[index], heads[index + 1]) else { return true }
            return meets(span, query, margin: 5)
        }.map { all[$0] }
    }

    private func hull(byName index: Int) -> ClosedRange<Date> {
        let start = all[index].start
        guard index + 1 < all.count else { return min(start, .distantFuture)...(.distantFuture) }
        let end = all[index + 1].start
        return min(start, end)...max(start, end)
    }

    /// Between two headers of one boot the clock shows what lies between them, moved by no more than they differ.
    private func hull(_ head: RecordingHeader?, _ next: RecordingHeader?) -> ClosedRange<Date>? {
        guard let head, let next, let boot = head.boot, boot == next.boot else { return nil }
        let length = next.uptime - head.uptime
        guard length >= 0, length.isFinite else { return nil }
        return min(head.time, next.time - length)...max(next.time, head.time + length)
    }

    private func meets(_ span: ClosedRange<Date>, _ query: RecordingStore.Query, margin: Double) -> Bool {
        if let from = query.from, span.upperBound < from - margin { return false }
        if let to = query.to, span.lowerBound > to + margin { return false }
        return true
    }

    /// The first line, when it is a header.
    static func header(of segment: RecordingSegment) -> RecordingHeader? {
        guard let bytes = try? segment.open() else { return nil }
        var reader = RecordingLineReader(bytes)
        var found: RecordingHeader?
        _ = reader.forEach(step: 4096) { text, _, _ in
            if case .line(.header(let header)) = RecordingDecoder().decode(text) { found = header }
            return false
        }
        return found
    }
}
