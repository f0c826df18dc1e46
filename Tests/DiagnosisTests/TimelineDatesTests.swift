import CrashModel
import Foundation
import Scanning
import Testing

@testable import Diagnosis

@Suite("Years and days that no line states")
struct TimelineDatesTests {
    typealias Log = (source: String, lines: [String])

    /// Written, as every log of the bench, on the second of March 2026.
    private let clockOnly: Log = (
        "job/train.log", ["23:59:00 step 1", "00:01:00 step 2", "00:01:05 illegal memory access"]
    )

    private func align(_ logs: [Log], now: String = "2026-11-22T00:00:00Z") throws -> [SourceScan] {
        let bench = try Bench()
        let timeline = Timeline(book: bench.book, timeZone: .gmt, now: try #require(Date(iso8601: now)))
        return timeline.align(bench.scan(logs))
    }

    @Test(
        "a log of bare times of day is put on the day that a log beside it states",
        arguments: [
            "2025-06-24T00:01:00Z node7 kernel: NVRM: Xid 31", "2025-06-23 23:58:00 all is well",
            "2025-06-24 11:30:00 long after",
        ])
    func day(line: String) throws {
        let scan = try #require(try align([clockOnly, ("job/other.log", [line])]).first)
        #expect(scan.firstTime?.iso8601 == "2025-06-23T23:59:00.000Z")
        #expect(scan.lastTime?.iso8601 == "2025-06-24T00:01:05.000Z")
        #expect(scan.progress.last?.time.date?.iso8601 == "2025-06-24T00:01:00.000Z")
        let time = try #require(scan.findings.first?.finding.time)
        #expect(time == LogTime(date: Date(iso8601: "2025-06-24T00:01:05Z"), source: .stated))
        #expect(!scan.isDateAssumed)
    }

    @Test("the file's own time stays where another log's fits it, and where no other states any")
    func unmoved() throws {
        for other in ["2026-03-02 01:00:00 all is well", "no time at all"] {
            let scan = try #require(try align([clockOnly, ("job/other.log", [other])]).first)
            #expect(
                scan.lastTime?.iso8601 == "2026-03-01T00:01:05.000Z"
                    || scan.lastTime?.iso8601 == "2026-03-02T00:01:05.000Z")
            #expect(scan.isDateAssumed)
        }
    }

    @Test("a log in the same folder knows the day better than one elsewhere")
    func beside() throws {
        let logs: [Log] = [
            clockOnly, ("old/other.log", ["2024-01-01 00:01:00 a"]), ("job/other.log", ["2025-06-24 00:02:00 b"]),
        ]
        #expect(try align(logs).first?.lastTime?.iso8601 == "2025-06-24T00:01:05.000Z")
    }

    @Test("of the days of a long log the one is taken on which it tells of the same fault")
    func byFault() throws {
        let kernel = [
            "2025-06-20T00:00:00Z node7 kernel: up", "2025-06-22T00:01:03Z node7 kernel: NVRM: Xid 31",
            "2025-06-27T00:00:00Z node7 kernel: all is well",
        ]
        #expect(
            try align([clockOnly, ("job/kern.log", kernel)]).first?.lastTime?.iso8601 == "2025-06-22T00:01:05.000Z")
    }

    @Test("a log that states no time keeps its file's only where that can be")
    func noTime() throws {
        let silent: Log = ("job/slurm.out", ["illegal memory access"])
        let fits = try align([silent, ("job/other.log", ["2026-03-02 01:00:00 all is well"])])
        #expect(fits.first?.findings.first?.finding.time.source == .fileTime)
        let copied = try align([silent, ("job/other.log", ["2025-06-24 01:00:00 all is well"])])
        #expect(copied.first?.findings.first?.finding.time == .unknown)
    }

    @Test("no year is assumed that puts a line behind now, unless another log states one")
    func noFuture() throws {
        let kernel: Log = ("job/kern.log", ["Apr  2 22:48:09 node7 kernel: NVRM: Xid 31"])
        // By its file's time the line is of 2025, more than half a year before the other.
        let other: Log = ("job/other.log", ["2026-03-01 22:48:09 all is well"])
        let early = try align([kernel, other], now: "2026-03-02T00:00:00Z")
        #expect(early.first?.lastTime?.iso8601 == "2025-04-02T22:48:09.000Z")
        #expect(try align([kernel, other]).first?.lastTime?.iso8601 == "2026-04-02T22:48:09.000Z")
    }

    @Test("a log of bare times of day says nothing about the year of another")
    func noYear() throws {
        let kernel: Log = ("job/kern.log", ["Aug  2 22:48:09 node7 kernel: NVRM: Xid 31"])
        let scans = try align([kernel, ("job/train.log", ["22:47:00 step 1", "22:48:00 illegal memory access"])])
        #expect(scans.map(\.lastTime?.iso8601) == ["2025-08-02T22:48:09.000Z", "2025-08-02T22:48:00.000Z"])
    }
}
