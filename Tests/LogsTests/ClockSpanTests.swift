import CrashModel
import Foundation
import Testing

@testable import Logs

private let start = date("2026-03-01T10:00:00Z")

/// A clock that was told these times, by line.
private func clock(_ stated: [(line: Int, time: StatedTime)], modified: Date? = nil) -> SourceClock {
    var clock = SourceClock(modified: modified, timeZone: .gmt)
    for (line, time) in stated { clock.note(time, line: line) }
    return clock
}

private func at(_ seconds: Double) -> StatedTime { StatedTime(form: .wall(start + seconds), zoneStated: true) }

/// One stamp in every tenth line from `first` on, each this many seconds after the one before.
private func stamps(from first: Int, count: Int, lines: Int = 10, seconds: Double) -> [(line: Int, time: StatedTime)] {
    (0..<count).map { (first + $0 * lines, at(Double($0) * seconds)) }
}

@Suite("When an undated line can have been written")
struct ClockSpanTests {
    private let week: Double = 7 * 86_400

    /// The span of a line, in seconds after the first stamp.
    private func span(_ clock: SourceClock, _ line: Int) -> ClosedRange<Double>? {
        clock.time(atLine: line, stated: nil).span.map {
            $0.lowerBound.timeIntervalSince(start)...$0.upperBound.timeIntervalSince(start)
        }
    }

    @Test("between two stamps it is the whole time between them, wherever the line stands", arguments: [11, 15, 19])
    func between(line: Int) {
        #expect(span(clock([(10, at(0)), (20, at(100))]), line) == 0...100)
    }

    @Test("of two neighbours only the nearest count")
    func nearest() {
        #expect(span(clock([(1, at(0)), (10, at(20)), (20, at(30)), (30, at(900))]), 15) == 20...30)
    }

    @Test("a line that states its time has no span")
    func stated() {
        let clock = clock([(10, at(0)), (20, at(100))])
        #expect(clock.time(atLine: 20, stated: at(100)).span == nil)
    }

    @Test("stamps that run backwards leave the earlier line's time and what may follow it")
    func backwards() {
        let time = clock([(10, at(100)), (20, at(0))]).time(atLine: 15, stated: nil)
        #expect(time.date == start + 100)
        #expect(time.span == (start + 100)...(start + 100 + week))
    }

    @Test(
        "after the last stamp it is an hour more than four times the pace of the log",
        arguments: [(41, 3640.0), (70, 4800.0)])
    func afterLast(line: Int, slack: Double) {
        // Four stamps in 31 lines, 100 seconds apart: 10 seconds a line.
        let clock = clock(stamps(from: 10, count: 4, seconds: 100))
        #expect(span(clock, line) == 300...(300 + slack))
    }

    @Test("before the first stamp it is the same to the other side")
    func beforeFirst() {
        let clock = clock(stamps(from: 10, count: 4, seconds: 100))
        #expect(clock.time(atLine: 5, stated: nil).date == start)
        #expect(span(clock, 5) == -(3600 + 4 * 50.0)...0)
    }

    @Test("fewer than four stamps have no pace", arguments: 1...3)
    func fewStamps(count: Int) {
        let clock = clock(stamps(from: 10, count: count, seconds: 100))
        #expect(span(clock, 500) == (Double(count - 1) * 100)...(Double(count - 1) * 100 + week))
        #expect(span(clock, 1) == -week...0)
    }

    @Test("a banner with many stamps says nothing about the end of a long undated tail")
    func banner() throws {
        let clock = clock(stamps(from: 1, count: 20, lines: 1, seconds: 1))
        #expect(try #require(span(clock, 5000)) == 19...(19 + week))
        // Just behind it, it does.
        #expect(try #require(span(clock, 40)).upperBound < 2 * 3600)
    }

    @Test("a few stamps at the end say nothing about a long undated head either")
    func undatedHead() {
        let clock = clock(stamps(from: 5000, count: 4, lines: 1, seconds: 1))
        #expect(span(clock, 10).map { $0.lowerBound <= -86_400 } == true)
    }

    @Test("a span around guesses is no better than they are")
    func guesses() {
        let yearless = { (day: Int) in StatedTime(form: .yearless(month: 2, day: day, secondsOfDay: 0)) }
        let time = clock([(1, yearless(3)), (9, yearless(5))], modified: start).time(atLine: 5, stated: nil)
        #expect(time.isYearAssumed)
        #expect(time.span == date("2026-02-03T00:00:00Z")...date("2026-02-05T00:00:00Z"))
        let clockOnly = { (seconds: Double) in StatedTime(form: .timeOfDay(seconds)) }
        let ofDay = clock([(1, clockOnly(100)), (9, clockOnly(200))], modified: start).time(atLine: 5, stated: nil)
        #expect(ofDay.source == .fileTime)
    }

    @Test("moving a time moves its span")
    func shifted() throws {
        let time = clock([(10, at(0)), (20, at(100))]).time(atLine: 15, stated: nil).shifted(by: -3600)
        #expect(time.date == start - 3550)
        #expect(time.span == (start - 3600)...(start - 3500))
    }
}

@Suite("The zone of one source")
struct SourceZoneTests {
    private func parsed(_ text: String) throws -> StatedTime { try #require(StatedTime(text: text)) }

    @Test(
        "that some lines state is the zone of its other lines, before them and after",
        arguments: [
            ("2026-03-01T10:00:00+02:00", "2026-03-01 10:00:05", "2026-03-01T08:00:05.000Z"),
            ("2026-03-01T10:00:00-0800", "2026-03-01 10:00:05", "2026-03-01T18:00:05.000Z"),
            ("2026-03-01T10:00:00+05:30", "2026-03-01 10:00:05", "2026-03-01T04:30:05.000Z"),
            // Written in UTC it says nothing about the zone of the machine: the scan's own counts.
            ("2026-03-01T10:00:00Z", "2026-03-01 10:00:05", "2026-03-01T10:00:05.000Z"),
            ("2026-03-01T10:00:00+02:00", "Mar  1 10:00:05", "2026-03-01T08:00:05.000Z"),
            ("2026-03-01T10:00:00+02:00", "10:00:05", "2026-03-01T08:00:05.000Z"),
        ])
    func stated(zoned: String, zoneless: String, expected: String) throws {
        let (zoned, zoneless) = (try parsed(zoned), try parsed(zoneless))
        for lines in [[(1, zoned), (2, zoneless)], [(1, zoneless), (2, zoned)]] {
            let clock = clock(lines.map { (line: $0.0, time: $0.1) })
            let line = lines[0].1 == zoneless ? 1 : 2
            #expect(clock.time(atLine: line, stated: zoneless).date?.iso8601 == expected)
        }
    }

    @Test("is stated when most of its lines state one")
    func majority() throws {
        let zoned = try parsed("2026-03-01T10:00:00+02:00")
        let zoneless = try parsed("2026-03-01 10:00:05")
        #expect(clock([(1, zoned), (2, zoned), (3, zoneless)]).isZoneStated)
        #expect(!clock([(1, zoned), (2, zoneless), (3, zoneless)]).isZoneStated)
        #expect(!clock([]).isZoneStated)
        #expect(clock([(1, zoned), (2, zoneless)]).utcOffset == 7200)
        #expect(clock([(1, zoneless)]).utcOffset == nil)
    }
}
