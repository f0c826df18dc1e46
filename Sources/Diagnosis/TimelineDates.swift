import CrashModel
import Foundation
import Scanning

// Years and days that no line of a log states: they were taken from the file's own time, which a copy makes new. Other
// logs of the job may state them.
extension Timeline {
    private static let day = 86_400.0
    private static let year = 365.2425 * 86_400

    func inOneYear(_ scans: [SourceScan]) -> [SourceScan] {
        let stated = scans.filter { !$0.isYearAssumed && !$0.isDateAssumed }.compactMap(\.lastTime).sorted()
        guard !stated.isEmpty else { return scans }
        let middle = stated[stated.count / 2]
        return scans.map { scan in
            guard scan.isYearAssumed, let last = scan.lastTime else { return scan }
            let years = (middle.timeIntervalSince(last) / Self.year).rounded()
            guard years != 0, abs(middle.timeIntervalSince(last)) > Self.year / 2,
                let moved = calendar.date(byAdding: .year, value: Int(years), to: last),
                // Nothing is logged tomorrow, unless a log says so.
                moved <= max(middle, now) + Self.day
            else { return scan }
            return scan.shifted(by: moved.timeIntervalSince(last))
        }
    }

    /// A log that states no more than times of day is put on the day of the logs beside it, unless its file's own time fits
    /// them.
    func inOneDay(_ scans: [SourceScan]) -> [SourceScan] {
        let dated = scans.filter { !$0.isDateAssumed && $0.firstTime != nil && $0.lastTime != nil }
        guard !dated.isEmpty else { return scans }
        return scans.map { scan in
            guard scan.lastTime != nil else { return withoutFileTime(scan, besides: dated) }
            guard scan.isDateAssumed, let first = scan.firstTime, let last = scan.lastTime, first <= last else {
                return scan
            }
            let beside = dated.filter { Self.folder($0) == Self.folder(scan) }
            let others = beside.isEmpty ? dated : beside
            guard !others.contains(where: { Self.overlap(first...last, $0) }) else { return scan }
            let known = scan.withDatesKnown
            guard let seconds = shift(of: known, last: last, besides: others) else { return scan }
            return known.shifted(by: seconds)
        }
    }

    /// A log that states no time at all was written when its file was, unless that is no time of any other log.
    private func withoutFileTime(_ scan: SourceScan, besides dated: [SourceScan]) -> SourceScan {
        var scan = scan
        for index in scan.findings.indices {
            let time = scan.findings[index].finding.time
            guard time.source == .fileTime, let date = time.date,
                !dated.contains(where: { Self.overlap(date...date, $0) })
            else { continue }
            scan.findings[index].finding.time = .unknown
            scan.findings[index].lastTime = .unknown
        }
        return scan
    }

    /// How far whole days move a log to where it agrees best with the others: in what both tell, and else in its end.
    private func shift(of scan: SourceScan, last: Date, besides others: [SourceScan]) -> Double? {
        let runs = others.filter { $0.input.kind == .training }
        let ends = (runs.isEmpty ? others : runs).compactMap(\.lastTime).sorted()
        guard !ends.isEmpty else { return nil }
        let end = ends[ends.count / 2]
        let own = words(of: scan)
        let theirs = others.map { words(of: $0) }
        func days(to date: Date) -> Int {
            Int(min(max((date.timeIntervalSince(last) / Self.day).rounded(), -1e6), 1e6))
        }
        let usual = days(to: end)
        var best: (seconds: Double, score: Int)?
        let told = Set((own.isEmpty ? [] : theirs.joined().map { days(to: $0.span.lowerBound) }) + ends.map(days))
        let candidates = [usual] + told.subtracting([usual]).sorted { abs($0 - usual) < abs($1 - usual) }
        for days in candidates.prefix(64) {
            guard let moved = calendar.date(byAdding: .day, value: days, to: last) else { continue }
            let seconds = moved.timeIntervalSince(last)
            let score = theirs.reduce(0) { $0 + agreement(of: own, $1, shift: seconds, isStated: false) }
            if score > best?.score ?? -1 { best = (seconds, score) }
        }
        return best?.seconds
    }

    /// Whether a log can be of the time of another: half a day before or behind it, as far as their zones may differ.
    private static func overlap(_ span: ClosedRange<Date>, _ other: SourceScan) -> Bool {
        guard let first = other.firstTime, let last = other.lastTime else { return false }
        return span.upperBound >= min(first, last) - day / 2 && span.lowerBound <= max(first, last) + day / 2
    }

    private static func folder(_ scan: SourceScan) -> Substring {
        let source = scan.input.source
        return source[..<(source.lastIndex(of: "/") ?? source.startIndex)]
    }

    private var calendar: Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = timeZone
        return calendar
    }
}
