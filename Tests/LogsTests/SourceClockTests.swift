import CrashModel
import Foundation
import Testing

@testable import Logs

struct SourceClockTests {
    let utc = TimeZone.gmt

    func clock(
        _ modified: String?, _ stated: [(Int, StatedTime)], zone: TimeZone? = nil, now: String = "2100-01-01T00:00:00Z"
    ) -> SourceClock {
        var clock = SourceClock(modified: modified.map(date), timeZone: zone ?? utc, now: date(now))
        for (line, time) in stated { clock.note(time, line: line) }
        return clock
    }

    func day(_ month: Int, _ day: Int, _ seconds: Double = 0) -> StatedTime {
        StatedTime(form: .yearless(month: month, day: day, secondsOfDay: seconds))
    }

    func wall(_ text: String, zoneStated: Bool = true, sinceBoot: Double? = nil) -> StatedTime {
        StatedTime(form: .wall(date(text)), zoneStated: zoneStated, sinceBoot: sinceBoot)
    }

    @Test(
        "A missing year is the latest that is not after the file's time plus a day",
        arguments: [
            (3, 1, "2026-03-01T12:00:00Z", "2026-03-01T00:00:00.000Z"),
            (3, 2, "2026-03-01T12:00:00Z", "2026-03-02T00:00:00.000Z"),
            (3, 4, "2026-03-01T12:00:00Z", "2025-03-04T00:00:00.000Z"),
            (12, 31, "2026-01-01T00:00:00Z", "2025-12-31T00:00:00.000Z"),
            (1, 1, "2025-12-31T23:00:00Z", "2026-01-01T00:00:00.000Z"),
        ])
    func missingYear(_ month: Int, _ dayOfMonth: Int, _ modified: String, _ expected: String) {
        let time = clock(modified, [(1, day(month, dayOfMonth))]).time(atLine: 1, stated: day(month, dayOfMonth))
        #expect(time.date?.iso8601 == expected)
        #expect(time.source == .stated)
    }

    @Test("The year steps where December becomes January")
    func rollOver() {
        let lines = [
            (1, day(11, 30)), (2, day(12, 31, 86_399)), (3, day(1, 1)), (4, day(12, 31, 86_399)), (5, day(1, 1, 5)),
        ]
        let clock = clock("2026-01-01T08:00:00Z", lines)
        let years = lines.map { clock.time(atLine: $0.0, stated: $0.1).date?.iso8601.prefix(4) }
        #expect(years == ["2025", "2025", "2026", "2025", "2026"])
    }

    @Test("Two years in one file")
    func twoYears() {
        let lines = [(1, day(5, 1)), (2, day(12, 1)), (3, day(2, 1)), (4, day(12, 1)), (5, day(2, 1))]
        let clock = clock("2026-02-02T00:00:00Z", lines)
        let years = lines.map { clock.time(atLine: $0.0, stated: $0.1).date?.iso8601.prefix(4) }
        #expect(years == ["2024", "2024", "2025", "2025", "2026"])
    }

    @Test("A dated neighbour knows the year better than the file")
    func datedNeighbour() {
        let clock = clock("2026-06-01T00:00:00Z", [(1, wall("2023-12-31T23:59:59Z")), (2, day(1, 1))])
        #expect(clock.time(atLine: 2, stated: day(1, 1)).date == date("2024-01-01T00:00:00Z"))
    }

    @Test("Without any date, a time of day is placed before the file's own, and midnights are counted")
    func timeOfDay() {
        let times = [80_000.0, 86_000, 100, 500].enumerated().map {
            ($0.offset + 1, StatedTime(form: .timeOfDay($0.element)))
        }
        let clock = clock("2026-06-02T00:10:00Z", times)
        #expect(clock.time(atLine: 2, stated: times[1].1).date == date("2026-06-01T23:53:20Z"))
        #expect(clock.time(atLine: 3, stated: times[2].1).date == date("2026-06-02T00:01:40Z"))
        #expect(clock.time(atLine: 3, stated: times[2].1).source == .fileTime)
    }

    func clockOnly(_ seconds: Double) -> StatedTime { StatedTime(form: .timeOfDay(seconds)) }

    @Test("A year is never assumed that lies in the future, whatever the file's time says")
    func future() {
        let ahead = clock("2027-06-01T00:00:00Z", [(1, day(4, 2))], now: "2026-11-22T00:00:00Z")
        #expect(ahead.time(atLine: 1, stated: day(4, 2)).date == date("2026-04-02T00:00:00Z"))
        let beside = [(1, wall("2026-11-20T00:00:00Z")), (2, day(1, 15))]
        #expect(
            clock(nil, beside, now: "2026-11-22T00:00:00Z").time(atLine: 2, stated: day(1, 15)).date
                == date("2026-01-15T00:00:00Z"))
        #expect(
            clock(nil, beside, now: "2027-01-16T00:00:00Z").time(atLine: 2, stated: day(1, 15)).date
                == date("2027-01-15T00:00:00Z"))
    }

    @Test(
        "A time of day gets the date of a line beside it, with a year or without, and not that of the file",
        arguments: [StatedTime(form: .yearless(month: 6, day: 24, secondsOfDay: 36_005)), nil])
    func datedClock(_ yearless: StatedTime?) {
        let dated = yearless ?? wall("2026-06-24T10:00:05Z")
        let clock = clock("2026-11-21T12:00:00Z", [(1, clockOnly(36_000)), (3, dated), (4, clockOnly(36_010))])
        for (line, seconds) in [(1, 36_000.0), (4, 36_010)] {
            let time = clock.time(atLine: line, stated: clockOnly(seconds))
            #expect(time.date == date("2026-06-24T00:00:00Z") + seconds)
            #expect(time.source == .stated)
            #expect(time.isYearAssumed == (yearless != nil))
        }
    }

    @Test("From a date in a banner, days are counted by midnights, and not by half days")
    func banner() {
        let hours: [Double] = [8, 23, 2, 14, 23.5, 1]
        let lines = hours.enumerated().map { ($0.offset + 2, clockOnly($0.element * 3600)) }
        let clock = clock("2026-11-21T12:00:00Z", [(1, wall("2026-03-01T07:59:00Z"))] + lines)
        let days = lines.map { clock.time(atLine: $0.0, stated: $0.1).date?.iso8601.prefix(13) }
        #expect(
            days == [
                "2026-03-01T08", "2026-03-01T23", "2026-03-02T02", "2026-03-02T14", "2026-03-02T23", "2026-03-03T01",
            ])
    }

    @Test("A date at the end of a log that counts days goes back over its midnights")
    func dateAtEnd() {
        let lines = [(1, clockOnly(20 * 3600)), (2, clockOnly(3600)), (3, clockOnly(13 * 3600))]
        let clock = clock("2026-11-21T12:00:00Z", lines + [(4, day(6, 24, 13 * 3600 + 5))])
        let days = lines.map { clock.time(atLine: $0.0, stated: $0.1).date?.iso8601.prefix(13) }
        #expect(days == ["2026-06-23T20", "2026-06-24T01", "2026-06-24T13"])
    }

    @Test("A clock that is a little off stays as it is")
    func slightlyOff() {
        let clock = clock(nil, [(1, wall("2026-06-24T10:00:05Z")), (2, clockOnly(36_000))])
        #expect(clock.time(atLine: 2, stated: clockOnly(36_000)).date == date("2026-06-24T10:00:00Z"))
    }

    @Test("A date in the words of a line counts where no line begins with one")
    func dateInWords() {
        let clocks = [(1, clockOnly(36_000)), (2, clockOnly(36_060))]
        var alone = clock("2026-11-21T12:00:00Z", clocks)
        alone.noteDates([(3, wall("2026-10-12T10:02:00Z")), (4, clockOnly(5))])
        #expect(alone.time(atLine: 1, stated: clockOnly(36_000)).date == date("2026-10-12T10:00:00Z"))
        var dated = clock("2026-11-21T12:00:00Z", clocks + [(3, day(6, 24, 36_100))])
        dated.noteDates([(3, wall("2026-10-12T10:02:00Z"))])
        #expect(dated.time(atLine: 1, stated: clockOnly(36_000)).date == date("2026-06-24T10:00:00Z"))
    }

    @Test("One date among very many times of day is not forgotten")
    func rareDate() {
        var lines = (1...20_000).map { ($0, clockOnly(Double($0))) }
        lines[7_777].1 = day(6, 24, 7_778)
        let clock = clock("2026-11-21T12:00:00Z", lines)
        #expect(clock.time(atLine: 19_999, stated: clockOnly(19_999)).date == date("2026-06-24T05:33:19Z"))
    }

    @Test("A time without a zone is taken in the scan's, over a change of the clocks too")
    func zones() throws {
        let berlin = try #require(TimeZone(identifier: "Europe/Berlin"))
        let clock = clock(nil, [], zone: berlin)
        #expect(
            clock.time(atLine: 1, stated: wall("2026-07-01T12:00:00Z", zoneStated: false)).date
                == date("2026-07-01T10:00:00Z"))
        #expect(
            clock.time(atLine: 1, stated: wall("2026-01-01T12:00:00Z", zoneStated: false)).date
                == date("2026-01-01T11:00:00Z"))
        #expect(clock.time(atLine: 1, stated: wall("2026-07-01T12:00:00Z")).date == date("2026-07-01T12:00:00Z"))
    }

    @Test("A line that states nothing lies between its neighbours")
    func interpolation() {
        let clock = clock(nil, [(10, wall("2026-01-01T00:00:00Z")), (20, wall("2026-01-01T00:01:40Z"))])
        let middle = clock.time(atLine: 15, stated: nil)
        #expect(middle.date == date("2026-01-01T00:00:50Z"))
        #expect(middle.source == .interpolated)
        #expect(clock.time(atLine: 1, stated: nil).date == date("2026-01-01T00:00:00Z"))
        #expect(clock.time(atLine: 99, stated: nil).date == date("2026-01-01T00:01:40Z"))
    }

    @Test("With nothing stated only the file's time is left, or nothing")
    func nothing() {
        #expect(clock("2026-01-01T00:00:00Z", []).time(atLine: 3, stated: nil).source == .fileTime)
        #expect(clock(nil, []).time(atLine: 3, stated: nil) == .unknown)
        #expect(clock(nil, [(1, day(1, 1))]).time(atLine: 1, stated: day(1, 1)).date == nil)
    }

    @Test("Seconds since boot are tied to the calendar by a line that states both")
    func boot() {
        let bare = StatedTime(form: .sinceBoot(100), sinceBoot: 100)
        let tied = clock(nil, [(1, bare), (2, wall("2026-01-01T00:10:00Z", sinceBoot: 700))])
        let time = tied.time(atLine: 1, stated: bare)
        #expect(time.date == date("2026-01-01T00:00:00Z"))
        #expect(time.sinceBoot == 100)
        #expect(time.source == .interpolated)
        let loose = clock("2026-01-01T00:10:00Z", [(1, bare)]).time(atLine: 1, stated: bare)
        #expect(loose == LogTime(sinceBoot: 100, source: .bootRelative))
    }

    @Test("A backlog that syslog stamped late is put right by its brackets")
    func lateStamps() {
        let late = wall("2026-01-01T01:00:00Z", sinceBoot: 10)
        let clock = clock(
            nil,
            [
                (1, late), (2, wall("2026-01-01T01:00:00Z", sinceBoot: 500)),
                (3, wall("2026-01-01T01:00:01Z", sinceBoot: 3001)),
            ])
        #expect(clock.time(atLine: 1, stated: late).date == date("2026-01-01T00:10:10Z"))
    }

    @Test("A reboot starts another count")
    func reboot() {
        let second = StatedTime(form: .sinceBoot(5), sinceBoot: 5)
        let clock = clock(
            nil,
            [
                (1, wall("2026-01-01T00:00:00Z", sinceBoot: 9000)), (2, second),
                (3, wall("2026-01-01T01:00:10Z", sinceBoot: 10)),
            ])
        #expect(clock.time(atLine: 2, stated: second).date == date("2026-01-01T01:00:05Z"))
    }

    @Test("Many lines keep it small and right")
    func bounded() throws {
        var clock = SourceClock(modified: nil, timeZone: utc)
        let start = date("2026-01-01T00:00:00Z")
        for line in 1...50_000 {
            clock.note(StatedTime(form: .wall(start + Double(line)), zoneStated: true), line: line)
        }
        let time = try #require(clock.time(atLine: 43_457, stated: nil).date)
        #expect(abs(time.timeIntervalSince(start + 43_457)) < 1)
    }
}
