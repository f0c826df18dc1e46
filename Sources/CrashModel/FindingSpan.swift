public import Foundation

extension Finding {
    /// When what it tells of can have begun; `nil` when nobody knows.
    public var span: ClosedRange<Date>? {
        guard time.source != .fileTime, let date = time.date else { return nil }
        // Nothing waits for more than some days; a longer number is no duration.
        let stated = (captures["ran"].flatMap(Double.init) ?? 0) / 1000
        let waited = (0...7 * 86400).contains(stated) ? stated : 0
        let span = time.span ?? date...date
        return (span.lowerBound - waited)...(span.upperBound - waited)
    }
}
