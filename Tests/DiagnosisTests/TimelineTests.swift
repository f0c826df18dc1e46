import CrashModel
import Foundation
import Scanning
import Testing

@testable import Diagnosis

@Suite("One timeline")
struct TimelineTests {
    /// A training log whose clock shows no zone, two hours ahead of UTC.
    private func training(_ words: String) -> (source: String, lines: [String]) {
        ("train.log", steps(110..<120) + ["\(clock(120, 4)) \(words)"])
    }

    private func kernel(_ words: String, at time: String = "2026-03-01T10:00:01+00:00") -> (
        source: String, lines: [String]
    ) {
        ("kern.log", ["\(time) node7 kernel: [ 8123.100000] \(words)"])
    }

    /// By how many seconds the first log was moved.
    private func shift(_ logs: [(source: String, lines: [String])], timeZone: TimeZone = .gmt) throws -> Double? {
        let bench = try Bench(timeZone: timeZone)
        let scans = bench.scan(logs)
        let aligned = Timeline(book: bench.book, timeZone: timeZone).align(scans)
        let before = try #require(scans.first?.findings.last?.finding.time.date)
        let after = try #require(aligned.first?.findings.last?.finding.time.date)
        #expect(aligned.first?.firstTime == scans.first?.firstTime?.addingTimeInterval(after.timeIntervalSince(before)))
        return after.timeIntervalSince(before)
    }

    @Test("a process that both logs name ties a log without zone to one with")
    func byProcess() throws {
        #expect(try shift([training("worker 4242 was killed"), kernel("Killed process 4242 (python)")]) == -7200)
    }

    @Test("such a process counts at half hours too, and before or after midnight")
    func byProcessAtHalfHour() throws {
        let late = kernel("Killed process 4242 (python)", at: "2026-02-28T22:30:01+00:00")
        #expect(try shift([training("worker 4242 was killed"), late]) == -13.5 * 3600)
    }

    @Test("a fault and its consequence tie them at a whole hour")
    func byFault() throws {
        #expect(try shift([training("illegal memory access"), kernel("NVRM: Xid 31")]) == -7200)
    }

    @Test(
        "nothing is moved without a reason",
        arguments: [
            // Another process; a consequence of nothing; a fault that explains no such thing.
            ("worker 4242 was killed", "Killed process 17 (java)", "2026-03-01T09:30:01+00:00"),
            ("illegal memory access", "all is well", "2026-03-01T10:00:01+00:00"),
            ("connection reset", "NVRM: Xid 31", "2026-03-01T10:00:01+00:00"),
            // At half an hour, which is nobody's zone here, and minutes away from a whole hour.
            ("illegal memory access", "NVRM: Xid 31", "2026-03-01T10:30:01+00:00"),
            ("illegal memory access", "NVRM: Xid 31", "2026-03-01T10:05:01+00:00"),
            // They agree as they are.
            ("illegal memory access", "NVRM: Xid 31", "2026-03-01T12:00:01+00:00"),
            ("worker 4242 was killed", "Killed process 4242 (python)", "2026-03-01T12:00:01+00:00"),
        ])
    func unmoved(words: String, kernelWords: String, time: String) throws {
        #expect(try shift([training(words), kernel(kernelWords, at: time)]) == 0)
    }

    @Test("without a log that states its zone nothing is moved")
    func allZoneless() throws {
        let kernel = ("kern.log", ["Mar  1 10:00:01 node7 kernel: [ 8123.100000] Killed process 4242 (python)"])
        #expect(try shift([training("worker 4242 was killed"), kernel]) == 0)
    }

    @Test("a banner that states the zone of one log places those beside it that state none")
    func byBanner() throws {
        let job = ("job.out", ["Sun Mar  1 10:00:00 CET 2026 job 5 on node7"] + steps(0..<9))
        let scheduler = ("slurmctld.log", ["\(clock(9)) worker 4242 was killed"])
        #expect(try shift([scheduler, job]) == -3600)
        let other = ("other.out", ["Sun Mar  1 10:00:00 PST 2026 job 6 on node8"] + steps(0..<9))
        #expect(try shift([scheduler, job, other]) == 0)
    }

    @Test("the zone that another log states is believed at half an hour too")
    func byStatedOffset() throws {
        // The log without zone was read in the scan's, which is the machine's own.
        let here = TimeZone.current
        let moment = try #require(Date(iso8601: "2026-03-01T10:00:00Z"))
        let offset = here.secondsFromGMT(for: moment) + 5 * 3600 + 1800
        let sign = offset < 0 ? "-" : "+"
        let zone = String(format: "%@%02d:%02d", sign, abs(offset) / 3600, abs(offset) / 60 % 60)
        func local(_ seconds: Double) -> String { (moment + Double(offset) + seconds).iso8601.prefix(19).description }
        let train = ("train.log", ["\(local(-60)) step 1", "\(local(3)) illegal memory access"])
        let kernel = ("kern.log", ["\(local(0))\(zone) node7 kernel: [ 8123.100000] NVRM: Xid 31"])
        #expect(try shift([train, kernel], timeZone: here) == Double(-5 * 3600 - 1800))
    }

    @Test("a log without a year is put into the year that another states")
    func years() throws {
        let bench = try Bench()
        let train = (source: "train.log", lines: ["2023-03-01T10:00:03Z worker 4242 was killed"])
        let kernel = (source: "kern.log", lines: ["Mar  1 10:00:01 node7 kernel: Killed process 4242 (python)"])
        let aligned = Timeline(book: bench.book, timeZone: .gmt).align(bench.scan([train, kernel]))
        #expect(aligned.map(\.lastTime?.iso8601) == ["2023-03-01T10:00:03.000Z", "2023-03-01T10:00:01.000Z"])
        #expect(try #require(bench.diagnose([train, kernel]).first).category == Category("oom/host"))
    }

    @Test("what is moved is the whole source: steps, saved states and silences")
    func whole() throws {
        let bench = try Bench()
        let logs = [training("worker 4242 was killed"), kernel("Killed process 4242 (python)")]
        let aligned = Timeline(book: bench.book, timeZone: .gmt).align(bench.scan(logs))
        #expect(aligned[0].lastTime?.iso8601 == "2026-03-01T10:00:04.000Z")
        #expect(aligned[0].progress.last?.time.date?.iso8601 == "2026-03-01T09:59:00.000Z")
        #expect(aligned[1].lastTime?.iso8601 == "2026-03-01T10:00:01.000Z")
        let incident = try #require(bench.diagnose(logs).first)
        #expect(incident.category == Category("oom/host"))
        #expect(incident.consequences.map(\.source) == ["train.log"])
    }
}

@Suite("A log that counts from boot")
struct BootTimelineTests {
    private let dmesg = (source: "dmesg.txt", lines: ["[ 8123.100000] Killed process 4242 (python)"])

    private func time(besides other: (source: String, lines: [String])) throws -> LogTime {
        let bench = try Bench()
        let aligned = Timeline(book: bench.book, timeZone: .gmt).align(bench.scan([dmesg, other]))
        return try #require(aligned.first?.findings.first?.finding.time)
    }

    @Test("gets its times from the same line in a log that also knows the date")
    func bySameLine() throws {
        let time = try time(
            besides: ("kern.log", ["Mar  1 10:06:02 node7 kernel: [ 8123.100000] Killed process 4242 (python)"]))
        #expect(time.date?.iso8601 == "2026-03-01T10:06:02.000Z")
        #expect(time.source == .interpolated)
        #expect(time.sinceBoot == 8123.1)
        #expect(time.span.map { $0.upperBound == $0.lowerBound } == true)
    }

    @Test("gets them from a process whose end another log tells of, which may have been noticed late")
    func byProcess() throws {
        let time = try time(besides: ("train.log", ["\(clock(6, 3)) worker 4242 was killed"]))
        #expect(time.date?.iso8601 == "2026-03-01T10:06:03.000Z")
        #expect(time.span == moment(363 - 120)...moment(363))
    }

    @Test(
        "stays undated without either",
        arguments: [
            "Mar  1 10:06:02 node7 kernel: [ 9000.000000] Killed process 4242 (python)",
            "Mar  1 10:06:02 node7 kernel: [ 8123.100000] Killed process 17 (java)",
            "2026-03-01 10:06:03 worker 17 was killed", "worker 4242 was killed",
            "2026-03-01 10:06:03 illegal memory access",
        ])
    func untied(line: String) throws {
        let time = try time(besides: ("other.log", [line]))
        #expect(time.date == nil)
        #expect(time.source == .bootRelative)
        #expect(time.sinceBoot == 8123.1)
    }

    @Test(
        "a failure without a time is placed beside the times around it, and not as early as it can have been",
        arguments: [
            (["connection reset", "2026-03-01T10:00:09Z started"], 9),
            (["2026-03-01T10:00:05Z started", "connection reset"], 5),
            (["2026-03-01T10:00:00Z a", "connection reset", "2026-03-01T10:00:08Z b"], 4),
        ] as [([String], Double)])
    func undated(lines: [String], seconds: Double) throws {
        let bench = try Bench()
        let incident = try #require(bench.diagnose([("train.log", lines)]).first)
        let expected = try #require(Date(iso8601: "2026-03-01T10:00:00Z")) + seconds
        #expect(incident.firstSeen == expected)
        #expect(incident.root.time.source == .interpolated)
    }
}
