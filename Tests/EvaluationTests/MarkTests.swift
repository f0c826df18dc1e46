import CrashModel
import Testing

@testable import evaluate

@Suite("Marks")
struct MarkTests {
    @Test("what the case expects is right in every aspect")
    func right() throws {
        let mark = try Samples.mark(Samples.crash, [Samples.incident("oom/gpu", at: 4)])
        #expect(mark.isRight == Dictionary(uniqueKeysWithValues: Aspect.allCases.map { ($0, true) }))
        #expect(mark.isAllRight)
        #expect(mark.complaint.isEmpty)
    }

    @Test("an accepted category, its family and the same record elsewhere are as good")
    func accepted() throws {
        let incident = Samples.incident("cuda/launch", at: 9, of: "logs/launcher.log", verdict: .changeFirst)
        #expect(try Samples.mark(Samples.crash, [incident]).isAllRight)
    }

    @Test(
        "each aspect is wrong by itself, and said so",
        arguments: [
            (Samples.incident("oom/host", at: 3), Aspect.category, "expected oom/gpu or cuda/launch, said oom/host"),
            (
                Samples.incident("oom/gpu", at: 9), .rootLine,
                "expected root logs/rank0.log:3,4 or logs/launcher.log:9, said logs/rank0.log:9"
            ),
            (
                Samples.incident("oom/gpu", at: 3, verdict: .replaceHardware), .verdict,
                "expected restart or change-first, said replace-hardware"
            ),
            (
                Samples.incident("oom/gpu", at: 3, outcome: .unresolved), .outcome,
                "expected terminal, said unresolved"
            ),
            (Samples.incident("oom/gpu", at: 3, ranks: [1]), .ranks, "expected ranks [0], said [1]"),
        ])
    func wrong(incident: Incident, aspect: Aspect, words: String) throws {
        let mark = try Samples.mark(Samples.crash, [incident])
        #expect(mark.isRight.filter { !$0.value }.map(\.key) == [aspect])
        #expect(mark.complaint == "made: " + words)
    }

    @Test("a crash that nobody saw is wrong, even when something survived was seen")
    func missed() throws {
        let survived = Samples.incident("oom/gpu", at: 3, outcome: .progressed)
        for incidents in [[], [survived]] {
            let mark = try Samples.mark(Samples.crash, incidents)
            #expect(mark.isRight[.category] == false)
            #expect(mark.isRight[.rootLine] == false)
            #expect(mark.complaint.contains("said none"))
        }
    }

    @Test("what a clean case survived is no false alarm; a crash in it is")
    func clean() throws {
        let survived = Samples.incident("oom/gpu", at: 3, outcome: .recovered)
        let quiet = try Samples.mark(Samples.clean, [survived])
        #expect(quiet.isAllRight && !quiet.isFalseAlarm)
        #expect(quiet.isRight[.rootLine] == nil)
        let loud = try Samples.mark(Samples.clean, [Samples.incident("oom/gpu", at: 3), survived])
        #expect(!loud.isAllRight && loud.isFalseAlarm)
    }

    @Test("what the case says nothing about is neither right nor wrong")
    func unlabelled() throws {
        let yaml = "category: oom/gpu\nroot: {source: logs/rank0.log, lines: [3]}\n"
        let mark = try Samples.mark(yaml, [Samples.incident("oom/gpu", at: 3, ranks: [7])])
        #expect(Set(mark.isRight.keys) == [.category, .family, .rootLine])
    }

    @Test(
        "what is no case is refused with its file",
        arguments: [
            "category: none\nroot: {source: logs/a.log, lines: [1]}", "category: oom/gpu", "title: nothing else", "[",
        ])
    func refused(yaml: String) {
        #expect { try Samples.expectation(yaml) } throws: { "\($0)".hasPrefix("expected.yaml: ") }
    }

    @Test("a folder without cases is refused")
    func noCases() {
        #expect(throws: CaseError.self) { try Case.all(in: "/nonexistent") }
    }
}
