import CrashModel
import Foundation
import Logs

/// Looks out for the longest time between two lines of a source that state theirs.
struct SilenceWatch {
    private struct Dated {
        var line: Int
        var stated: StatedTime
        var date: Date
    }

    /// Seconds without a line that are no silence yet.
    private static let least = 60.0

    private var last: Dated?
    /// The text of that line.
    private var message: [UInt8] = []
    private var longest: (from: Dated, text: String, to: Dated, seconds: Double)?

    /// The last line that states its time.
    var lastLine: ExcerptLine? { last.map { ExcerptLine(line: $0.line, text: Self.text(message)) } }

    mutating func note(_ words: UnsafeBufferPointer<UInt8>, _ line: Int, _ stated: StatedTime, _ clock: SourceClock) {
        guard let date = clock.time(atLine: line, stated: stated).date else { return }
        let dated = Dated(line: line, stated: stated, date: date)
        if let last {
            let seconds = date.timeIntervalSince(start(last, stated, clock))
            if seconds > longest?.seconds ?? Self.least { longest = (last, Self.text(message), dated, seconds) }
        }
        last = dated
        // In place, since every line that states its time comes here.
        message.removeAll(keepingCapacity: true)
        message.append(contentsOf: words.prefix(SourcePass.keptBytes))
    }

    /// Where the day had to be guessed, the guess may be another one by now.
    private func start(_ last: Dated, _ stated: StatedTime, _ clock: SourceClock) -> Date {
        if case .wall = stated.form, case .wall = last.stated.form { return last.date }
        return clock.time(atLine: last.line, stated: last.stated).date ?? last.date
    }

    /// The silence by all that is known of dates in the end.
    func longest(_ clock: SourceClock) -> Silence? {
        guard let longest, let from = clock.time(atLine: longest.from.line, stated: longest.from.stated).date,
            let to = clock.time(atLine: longest.to.line, stated: longest.to.stated).date,
            to.timeIntervalSince(from) > Self.least
        else { return nil }
        return Silence(line: longest.from.line, text: longest.text, from: from, to: to)
    }

    private static func text(_ message: [UInt8]) -> String {
        String(decoding: message.prefix(SourcePass.keptBytes), as: UTF8.self)
    }
}
