import CrashModel
import Foundation
import Scanning
import Testing

@testable import Diagnosis

@Suite("Clocks that disagree")
struct TimelineClocksTests {
    private func because(_ logs: [(source: String, lines: [String])]) throws -> [String] {
        try #require(try Bench().diagnose(logs).first).because.filter { $0.contains("clock") || $0.contains("moved") }
    }

    private let kernel = ("b/kern.log", ["2026-03-01T10:12:00Z node-b kernel: Killed process 4242 (python)"])

    /// A log of nine steps, one in each minute, with an end.
    private func train(_ source: String, minutes: Int = 0, end: String) -> (source: String, lines: [String]) {
        (source, (0..<9).map { "2026-03-01T10:0\($0 + minutes):10Z step \($0) loss 2" } + [end])
    }

    private let early = "2026-03-01T10:09:11Z worker 4242 was killed"

    @Test("are told of with what the steps of training show")
    func bySteps() throws {
        let ahead = train("b/train.log", minutes: 1, end: "2026-03-01T10:10:20Z all is well")
        #expect(
            try because([train("a/train.log", end: early), ahead, kernel]) == [
                "the clocks of node-b and a disagree by about 1 min: both tell when step 4 was made"
            ])
    }

    @Test("are told of with what followed before its cause, where no step shows more")
    func byOrder() throws {
        #expect(
            try because([train("a/train.log", end: early), kernel]) == [
                "the clocks of node-b and a seem to disagree by about 2 min 50 s or more: what followed is stated so long "
                    + "before its cause"
            ])
    }

    @Test(
        "are no matter where the order is right, but for moments, or within one machine",
        arguments: [
            ("a/train.log", "2026-03-01T10:12:20Z worker 4242 was killed"),
            ("a/train.log", "2026-03-01T10:11:45Z worker 4242 was killed"),
            ("b/train.log", "2026-03-01T10:09:11Z worker 4242 was killed"),
            ("a/train.log", "worker 4242 was killed"),
        ])
    func quiet(source: String, end: String) throws {
        #expect(try because([train(source, end: end), kernel]) == [])
    }

    @Test("and were put right are told of")
    func moved() throws {
        let lines = (0..<9).map { "2026-03-01 12:0\($0):10 step \($0) loss 2" }
        let notes = try because([
            ("train.log", lines + ["2026-03-01 12:12:03 worker 4242 was killed"]),
            ("kern.log", ["2026-03-01T10:12:00+00:00 node-b kernel: Killed process 4242 (python)"]),
        ])
        #expect(
            notes == [
                "the times of train.log state no zone, and were moved back by 2 h to the zone of the other logs"
            ])
    }
}
