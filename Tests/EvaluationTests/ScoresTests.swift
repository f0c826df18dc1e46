import CrashModel
import Foundation
import Testing

@testable import evaluate

@Suite("Scores")
struct ScoresTests {
    /// Four cases: a cascade that is right, a crash of the wrong family, a quiet clean one and a false alarm.
    private func marks() throws -> [Mark] {
        [
            try Samples.mark(Samples.crash, [Samples.incident("oom/gpu", at: 3)], sources: 2),
            try Samples.mark(Samples.crash, [Samples.incident("signal/killed", at: 3)]),
            try Samples.mark(Samples.clean, []),
            try Samples.mark(Samples.clean, [Samples.incident("divergence/spike", at: 3)]),
        ]
    }

    private func limits(_ percent: String = "\"category\": 50") throws -> Regression {
        let json = """
            {"maximum_false_alarms": 1, "minimum_cases": 4, "minimum_cascades": 1, "minimum_clean_percent": 50,
             "minimum_percent": {\(percent)}}
            """
        return try Regression(Data(json.utf8), file: "expected.json")
    }

    @Test("shares count only the cases that say something")
    func shares() throws {
        let scores = Scores(try marks())
        #expect((scores.cases, scores.crashes, scores.clean, scores.cascades) == (4, 2, 2, 1))
        #expect(scores.falseAlarms == 1)
        #expect(scores[.category] == Share(right: 2, of: 4))
        #expect(scores[.rootLine] == Share(right: 2, of: 2))
        #expect(scores[.cascadeRootLine] == Share(right: 1, of: 1))
        #expect(scores[.tellingLine] == nil)
        #expect(scores.wrong.count == 2)
    }

    @Test("of nothing, nothing is wrong; a share is never rounded up")
    func percent() {
        #expect(Share(right: 0, of: 0).percent == 100)
        #expect(Layout.percent(Share(right: 9999, of: 10000).percent) == "99.9 %")
    }

    @Test("the table shows the families that something is wrong with, or all")
    func table() throws {
        let table = ConfusionTable(try marks())
        #expect(table.rows.map(\.expected) == ["none", "oom"])
        #expect(table.rows.map(\.said) == [["none": 1, "divergence": 1], ["oom": 1, "signal": 1]])
        #expect(table.lines(all: false).last == "oom                2     1  signal 1")
        let right = ConfusionTable([try marks()[0]])
        #expect(right.lines(all: false).isEmpty)
        #expect(right.lines(all: true).count == 2)
    }

    @Test("numbers that are as good as they were make no complaint")
    func noComplaint() throws {
        let scores = Scores(try marks())
        #expect(try limits().complaints(about: scores).isEmpty)
    }

    @Test("each number that fell makes a sentence; what was not measured makes none")
    func complaints() throws {
        let limits = try limits("\"category\": 50.1, \"root-line\": 100, \"telling-line\": 90")
        var one = Scores(try marks())
        #expect(
            limits.complaints(about: one)
                == ["The share of 'category' is 50.0 % (2 of 4); it was at least 50.1 %."])
        one[.tellingLine] = Share(right: 1, of: 2)
        #expect(limits.complaints(about: one).count == 2)
        let worse = Scores([try marks()[3], try marks()[3]].dropLast() + [try marks()[1], try marks()[1]])
        #expect(
            limits.complaints(about: worse).map { $0.prefix(24) } == [
                "There are 3 cases; at le", "There are 0 crashes with", "33.3 % of the cases are ",
                "The share of 'category' ",
            ])
    }

    @Test("what is written passes, and keeps what is promised")
    func updated() throws {
        var scores = Scores(try marks())
        scores[.tellingLine] = Share(right: 2, of: 3)
        let fresh = try limits().updated(to: scores)
        #expect(fresh.minimumPercent["telling-line"] == 66.6)
        #expect(fresh.minimumCases == 4)
        #expect(fresh.complaints(about: scores).isEmpty)
        #expect(try Regression(fresh.encoded(), file: "expected.json") == fresh)
    }

    @Test("a share that nobody measures is refused")
    func unknownShare() {
        #expect { try limits("\"luck\": 50") } throws: { "\($0)".contains("'luck' is not measured") }
    }

    @Test("the checked-in numbers can be read")
    func checkedIn() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Evaluation/expected.json")
        let limits = try Regression(Data(contentsOf: file), file: "expected.json")
        #expect(Set(limits.minimumPercent.keys) == Set(Measure.allCases.map(\.rawValue)))
    }

    @Test("the report fits 80 columns and the JSON reads back")
    func report() throws {
        let marks = try marks()
        var results = Results(scores: Scores(marks), confusion: ConfusionTable(marks))
        results.rulesOnExamples = ExampleAblation(try Samples.engine())
        #expect(results.text(all: true).split(separator: "\n").allSatisfy { $0.count <= 80 })
        let json = try #require(
            JSONSerialization.jsonObject(with: Data(results.json().utf8)) as? [String: Any])
        let scores = try #require(json["scores"] as? [String: Any])
        #expect(scores["false_alarms"] as? Int == 1)
    }
}
