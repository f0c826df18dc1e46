import Testing

@testable import evaluate

@Suite("Ablations")
struct AblationTests {
    @Test("a rule that another says the same for is idle, word for word or but for its words")
    func examples() throws {
        let ablation = ExampleAblation(try Samples.engine())
        #expect(ablation.removed == 5)
        #expect(ablation.idle == [.init(rule: "disk.twin", standIns: ["disk.full"])])
        #expect(ablation.onlyWords == [.init(rule: "disk.other", standIns: ["disk.full"])])
        #expect(ablation.silencesNothing == ["noise.idle"])
    }

    private let yaml = """
        category: storage/full
        root: {source: logs/rank0.log, lines: [2]}
        """

    private func examine(_ asked: Case, _ engine: Engine) -> CaseAblation.Examined {
        let scans = asked.inputs.map(engine.scan)
        return .init(asked: asked, scans: scans, mark: Mark(asked, engine.answer(scans)))
    }

    @Test("the rule that a case needs carries it, noise too; a rule with a stand-in does not")
    func cases() throws {
        let engine = try Samples.engine()
        let asked = [
            try Samples.made("alone", yaml, ["logs/rank0.log": "start\ndisk full\n", "logs/rank1.log": "start\n"]),
            try Samples.made("spare", yaml, ["logs/rank0.log": "start\ndisk full on sda\n"]),
            try Samples.made("clean", Samples.clean, ["logs/rank0.log": "start\ndisk full, not really\n"]),
        ]
        let examined = asked.map { examine($0, engine) }
        #expect(examined.allSatisfy { $0.mark.isAllRight })
        let ablation = try CaseAblation(examined, engine)
        #expect(
            ablation.carriers == [
                .init(rule: "disk.full", cases: ["alone"]), .init(rule: "noise.useful", cases: ["clean"]),
            ])
        #expect((ablation.trials, ablation.cases, ablation.dependent) == (3, 3, 2))
        #expect((ablation.spare, ablation.unused) == (1, 2))
    }

    @Test("a case that is wrong anyway depends on no rule")
    func wrongAnyway() throws {
        let engine = try Samples.engine()
        let asked = try Samples.made("wrong", yaml, ["logs/rank0.log": "disk full\nend\n"])
        let ablation = try CaseAblation([examine(asked, engine)], engine)
        #expect((ablation.trials, ablation.cases, ablation.dependent) == (0, 0, 0))
        #expect(ablation.unused == 4)
    }

    @Test("without rules only the telling lines count, and clean cases are not asked")
    func withoutRules() throws {
        let engine = try Samples.engine()
        let log = ["logs/rank0.log": "start\nend\n"]
        let crashes = try [1, 2, 9].map { line in
            try Samples.made("line \(line)", yaml.replacing("[2]", with: "[\(line)]"), log)
        }
        let (among, first) = try WithoutRules.measure(
            crashes + [Samples.made("clean", Samples.clean)], engine.book)
        #expect(among == Share(right: 2, of: 3))
        #expect(first == Share(right: 1, of: 3))
    }
}
