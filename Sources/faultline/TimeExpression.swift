import ArgumentParser
import CrashModel
import Foundation

/// A moment as people type it: `2h ago`, `yesterday`, `2026-03-01 10:22`, an ISO 8601 time.
struct TimeExpression: ExpressibleByArgument {
    private let resolve: @Sendable (Date) -> Date

    func date(now: Date) -> Date { resolve(now) }

    init?(argument: String) {
        let text = argument.trimmingCharacters(in: .whitespaces)
        if text == "now" {
            resolve = { $0 }
        } else if text == "today" || text == "yesterday" {
            let days = text == "today" ? 0.0 : 1.0
            resolve = { Calendar.current.startOfDay(for: $0.addingTimeInterval(-days * 86400)) }
        } else if let seconds = Self.secondsAgo(text) {
            resolve = { $0.addingTimeInterval(-seconds) }
        } else if let date = Date(iso8601: text) ?? Self.localDate(text) {
            resolve = { _ in date }
        } else {
            return nil
        }
    }

    /// `2h ago`, `90 minutes ago`, `1d ago`.
    private static func secondsAgo(_ text: String) -> Double? {
        guard text.hasSuffix(" ago") else { return nil }
        let body = text.dropLast(4).filter { $0 != " " }
        let digits = body.prefix { $0.isNumber || $0 == "." }
        guard let number = Double(digits) else { return nil }
        let units: [(names: [String], seconds: Double)] = [
            (["s", "sec", "secs", "second", "seconds"], 1), (["m", "min", "mins", "minute", "minutes"], 60),
            (["h", "hour", "hours"], 3600), (["d", "day", "days"], 86400), (["w", "week", "weeks"], 604_800),
        ]
        let unit = String(body.dropFirst(digits.count))
        return units.first { $0.names.contains(unit) }.map { number * $0.seconds }
    }

    /// `2026-03-01`, `2026-03-01 10:22`, `2026-03-01T10:22:31`, in local time.
    private static func localDate(_ text: String) -> Date? {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        for format in ["yyyy-MM-dd", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss"] {
            formatter.dateFormat = format
            if let date = formatter.date(from: text) { return date }
        }
        return nil
    }
}
