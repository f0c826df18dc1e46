public import Foundation

extension Finding {
    /// When what it tells of can have begun; `nil` when nobody knows.
    public var span: ClosedRange<Date>? {
        guard time.source != .fileTime, let date = time.date else { return nil }
        let span = time.span ?? date...date
        return (span.lowerBound - waited)...(span.upperBound - waited)
    }

    /// When what it tells of most likely began: of a line without a time, as near to its neighbours' as can be. What
    /// stands before the first time of a log can have been written days before, and hardly ever was.
    public var likelyBegin: Date? {
        guard time.source != .fileTime, let date = time.date else { return nil }
        return date - waited
    }

    /// The seconds for which something had been waited for when the line was written.
    private var waited: Double {
        // Nothing waits for more than some days; a longer number is no duration.
        let stated = (captures["ran"].flatMap(Double.init) ?? 0) / 1000
        return (0...7 * 86400).contains(stated) ? stated : 0
    }
}
