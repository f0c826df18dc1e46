import CrashModel
import Foundation
import Testing

@testable import Diagnosis

@Suite("Why another cause was not chosen")
struct RunnersUpTests {
    private func runnersUp(_ logs: [(source: String, lines: [String])]) throws -> (root: String, others: [RunnerUp]) {
        let incident = try #require(try Bench().diagnose(logs).first)
        return (incident.root.rule, incident.runnersUp)
    }

    private func train(_ lines: String...) -> (source: String, lines: [String]) {
        ("train.log", steps(0..<10) + lines)
    }

    @Test(
        "each reason",
        arguments: [
            (
                ["\(clock(10)) no space left", "\(clock(10, 12)) save failed"], "full", "save",
                "storage/full explains checkpoint/save-failed, 12s later"
            ),
            (
                ["no space left", "save failed"], "full", "save",
                "storage/full explains checkpoint/save-failed, 1 line further on"
            ),
            (
                ["\(clock(10)) no space left", "\(clock(10, 1)) lost a peer"], "full", "lost",
                "such a line follows from something else (its rule is a consequence, not a root)"
            ),
            (
                ["\(clock(10)) connection reset", "\(clock(10, 5)) no space left"], "full", "reset",
                "storage/full is the stronger kind of cause than network/reset"
            ),
            (
                ["\(clock(10)) connection reset", "\(clock(11, 5)) illegal memory access"], "reset", "illegal",
                "it came later, 1m 5s later"
            ),
        ] as [([String], String, String, String)])
    func reasons(lines: [String], root: String, other: String, reason: String) throws {
        let told = try runnersUp([("train.log", steps(0..<10) + lines)])
        #expect(told.root == root)
        #expect(told.others.map(\.finding.rule) == [other])
        #expect(told.others.first?.reason == reason)
    }

    @Test("it follows from something that follows from the root")
    func followsFromMiddle() throws {
        let told = try runnersUp([
            train("\(clock(10)) no space left", "\(clock(10, 1)) save failed", "\(clock(10, 2)) BadError: x")
        ])
        #expect(told.root == "full")
        #expect(
            told.others.first { $0.finding.rule == "error" }?.reason
                == "it follows from train.log:12, which follows from the root")
    }

    @Test("nothing of the run follows from it")
    func untouched() throws {
        let told = try runnersUp([
            train("\(clock(10)) connection reset"),
            ("kern.log", ["Mar  1 10:09:50 node7 kernel: [ 8123.1] NVRM: Xid 13"]),
        ])
        #expect(told.root == "reset")
        #expect(told.others.map(\.reason) == ["nothing in the logs of the run itself follows from it"])
    }

    @Test("nothing speaks against it but the order in which the logs were read")
    func asLikely() throws {
        let told = try runnersUp([("a.log", ["connection reset"]), ("b.log", ["illegal memory access"])])
        #expect(told.root == "reset")
        #expect(told.others.map(\.reason) == ["it is as likely, and the root was read first"])
    }

    @Test("what the root does not explain comes first, as the better rival")
    func order() throws {
        let told = try runnersUp([
            train("\(clock(10)) no space left", "\(clock(10, 1)) save failed", "\(clock(10, 2)) connection reset")
        ])
        #expect(told.root == "full")
        #expect(told.others.map(\.finding.rule) == ["reset", "save"])
    }

    @Test("what says the same as the root is no rival, and no more than five are told")
    func number() throws {
        let same = try runnersUp([train("BadError: x", "BadError: y"), ("other.log", ["BadError: x"])])
        #expect(same.others.isEmpty)
        let many = try runnersUp([
            train(
                "no space left", "AError: x", "BError: x", "CError: x", "DError: x", "EError: x", "FError: x",
                "GError: x")
        ])
        #expect(many.root == "full")
        #expect(many.others.count == Teller.mostRunnersUp)
    }
}
