import CrashModel
import Foundation
import Rules
import Testing

@testable import Diagnosis

/// How a piece of evidence is placed, for a table.
struct Placed: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var time: LogTime
    var rank: Int?
    var isKernel = false
    var isEchoed = false

    static func stated(_ seconds: Double) -> Placed {
        Placed(testDescription: "stated at \(seconds)", time: LogTime(date: moment(seconds), source: .stated))
    }

    static func within(_ from: Double, _ to: Double) -> Placed {
        Placed(
            testDescription: "within \(from)…\(to)",
            time: LogTime(date: moment(from), source: .interpolated, span: moment(from)...moment(to)))
    }

    static let unknown = Placed(testDescription: "unknown", time: .unknown)

    var kernel: Placed { with { $0.isKernel = true } }
    var ofRank: Placed { with { $0.rank = 3 } }
    var echoed: Placed { with { $0.isEchoed = true } }

    private func with(_ change: (inout Placed) -> Void) -> Placed {
        var placed = self
        change(&placed)
        placed.testDescription += placed.isKernel ? ", kernel" : ""
        placed.testDescription += placed.rank != nil ? ", rank" : ""
        placed.testDescription += placed.isEchoed ? ", echoed" : ""
        return placed
    }

    func evidence(_ rule: Rule, _ index: Int) -> Evidence {
        var piece = DiagnosisTests.evidence(
            rule, index: index, source: index, time: time, rank: rank, isKernel: isKernel)
        piece.isEchoed = isEchoed
        return piece
    }
}

@Suite("The order of evidence")
struct EvidenceOrderTests {
    private func rule(_ id: String = "error") throws -> Rule { try #require(try Bench().book.rule(id)) }

    @Test(
        "across sources is that of time where spans do not overlap; else who knows best comes first",
        arguments: [
            (Placed.stated(0), Placed.stated(1)),
            (.within(0, 60), .stated(61)), (.stated(0), .within(1, 60)), (.within(0, 60), .within(61, 90)),
            // Even before the kernel's word.
            (.within(0, 60), .stated(61).kernel), (.stated(0), .within(1, 60).kernel),
            // May have been at once: the kernel, then a stated time, then a rank's own log, then a mere span.
            (.within(0, 60).kernel, .stated(30)), (.within(0, 60).kernel, .stated(0)),
            (.stated(30).kernel, .stated(30)), (.unknown.kernel, .stated(0)),
            (.stated(30), .within(0, 60)), (.stated(60), .within(0, 60).ofRank), (.stated(0), .unknown.ofRank),
            (.within(0, 60).ofRank, .within(0, 60)), (.unknown.ofRank, .within(0, 60)), (.within(0, 60), .unknown),
            // What a launcher repeats stands behind what it repeats.
            (.within(0, 60).ofRank.echoed, .within(0, 60).ofRank), (.stated(5).echoed, .stated(5)),
        ])
    func pairs(first: Placed, second: Placed) throws {
        let rule = try rule()
        // Whatever their order in the list.
        for (a, b) in [(0, 1), (1, 0)] {
            let (one, other) = (first.evidence(rule, a), second.evidence(rule, b))
            #expect(one.isBefore(other))
            #expect(!other.isBefore(one))
        }
    }

    @Test("is known only where lines or times tell", arguments: [(0.0, 10.0), (5, 5), (5, 20)])
    func unknown(from: Double, to: Double) throws {
        let rule = try rule()
        let (one, other) = (Placed.within(0, 10).evidence(rule, 0), Placed.within(from, to).evidence(rule, 1))
        #expect(one.precedes(other) == nil)
        #expect(one.seconds(until: other) == 0)
    }

    @Test("within one source is that of lines, whatever their times")
    func oneSource() throws {
        let rule = try rule()
        let late = LogTime(date: moment(60), source: .stated)
        let early = LogTime(date: moment(0), source: .stated)
        let first = evidence(rule, index: 1, line: 3, time: late)
        let second = evidence(rule, index: 0, line: 9, time: early, isKernel: true)
        #expect(first.isBefore(second))
        #expect(!second.isBefore(first))
        #expect(first.seconds(until: second) == -60)
    }

    @Test("puts what a watchdog waited for where its waiting began")
    func waited() throws {
        let rule = try rule("timeout")
        let time = LogTime(date: moment(700), source: .stated)
        let timeout = evidence(rule, source: 0, time: time, captures: ["ran": "600000"])
        #expect(timeout.date == moment(100))
        #expect(timeout.isBefore(Placed.stated(101).evidence(rule, 1)))
        #expect(Placed.stated(99).evidence(rule, 1).isBefore(timeout))
    }

    @Test("does not trust the file's own time")
    func fileTime() throws {
        let piece = evidence(try rule(), time: LogTime(date: moment(0), source: .fileTime))
        #expect(piece.span == nil)
        #expect(piece.date == nil)
    }
}

@Suite("Episodes")
struct EpisodeTests {
    private func sizes(_ seconds: [Double], lastStep: Double? = nil) throws -> [Int] {
        let rule = try #require(try Bench().book.rule("error"))
        let pieces = seconds.enumerated().map { index, seconds in
            evidence(
                rule, index: index, source: index, time: LogTime(date: moment(seconds), source: .stated))
        }
        return Episodes.divide(pieces, lastStep: lastStep.map(moment)).map(\.count)
    }

    @Test(
        "hold together what is no more than an hour and a half apart, link by link",
        arguments: [
            ([0, 5400], [2]), ([0, 5401], [1, 1]), ([0, 5000, 10_000, 15_000], [4]), ([0, 20_000, 100], [2, 1]),
        ]
            as [([Double], [Int])])
    func gaps(seconds: [Double], expected: [Int]) throws {
        #expect(try sizes(seconds) == expected)
    }

    @Test(
        "hold together all that comes after the last step, however late",
        arguments: [
            ([0, 20_000, 90_000], -60, [3]), ([0, 20_000, 90_000], 899, [3]), ([0, 20_000, 90_000], 901, [1, 2]),
            ([0, 20_000, 90_000], 50_000, [1, 1, 1]),
        ] as [([Double], Double, [Int])])
    func afterLastStep(seconds: [Double], lastStep: Double, expected: [Int]) throws {
        #expect(try sizes(seconds, lastStep: lastStep) == expected)
    }

    @Test("take in what has no time")
    func undated() throws {
        let rule = try #require(try Bench().book.rule("error"))
        let pieces = [
            evidence(rule, index: 0, source: 0, time: LogTime(date: moment(0), source: .stated)),
            evidence(rule, index: 1, source: 1),
            evidence(rule, index: 2, source: 2, time: LogTime(date: moment(90), source: .stated)),
        ]
        #expect(Episodes.divide(pieces).map(\.count) == [3])
        #expect(Episodes.divide([]).isEmpty)
    }

    @Test("of one log without dates are told apart by seconds since boot")
    func sinceBoot() throws {
        let rule = try #require(try Bench().book.rule("error"))
        let pieces = [10.0, 20, 9000].enumerated().map { index, seconds in
            evidence(rule, index: index, line: index + 1, time: LogTime(sinceBoot: seconds, source: .bootRelative))
        }
        #expect(Episodes.divide(pieces).map(\.count) == [2, 1])
    }
}
