public import Foundation

/// When a line was written, and how that is known.
public struct LogTime: Hashable, Sendable {
    public enum Source: String, Sendable, Codable {
        /// The line says so.
        case stated
        /// From the stated times of the lines around it.
        case interpolated
        /// Seconds since boot, with no way to tie them to a calendar.
        case bootRelative = "boot-relative"
        /// Only the file's own time is known.
        case fileTime = "file-time"
        case unknown
    }

    /// The moment, when it can be placed on a calendar. Times without a zone are taken in the scan's time zone.
    public var date: Date?
    /// Seconds since the machine booted, when the line says so.
    public var sinceBoot: Double?
    public var source: Source
    /// The line states no year, and the one here is a guess from the file's own time.
    public var isYearAssumed: Bool
    /// When ``date`` was taken from the lines around: the time in which the line can have been written.
    public var span: ClosedRange<Date>?

    public init(
        date: Date? = nil, sinceBoot: Double? = nil, source: Source, isYearAssumed: Bool = false,
        span: ClosedRange<Date>? = nil
    ) {
        self.date = date
        self.sinceBoot = sinceBoot
        self.source = source
        self.isYearAssumed = isYearAssumed
        self.span = span
    }

    public static let unknown = LogTime(source: .unknown)

    /// Takes the day from something better than the file's own time: then the line's time of day, or those of the lines
    /// around, tell the rest.
    public mutating func noteDateKnown() {
        if source == .fileTime { source = span == nil ? .stated : .interpolated }
    }

    /// The same moment by a clock that is this far ahead.
    public func shifted(by seconds: Double) -> LogTime {
        var time = self
        time.date = date.map { $0 + seconds }
        time.span = span.map { ($0.lowerBound + seconds)...($0.upperBound + seconds) }
        return time
    }
}

extension Date {
    /// `2026-03-01T10:22:31.120Z`, the one spelling of a time in Faultline's JSON.
    public var iso8601: String {
        // The style cuts off what a binary fraction lacks to the millisecond that was meant.
        (self + 0.0001).formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    /// Reads ``iso8601``, with or without fractional seconds.
    public init?(iso8601 text: String) {
        var copy = text
        if let date = copy.withUTF8({ InstantText.parse(UnsafeRawBufferPointer($0)) }) {
            self = date
        } else if let date = try? Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(text) {
            self = date
        } else if let date = try? Date.ISO8601FormatStyle().parse(text) {
            self = date
        } else {
            return nil
        }
    }
}
