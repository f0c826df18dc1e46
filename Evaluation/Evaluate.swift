import ArgumentParser
import BuiltInRules
import Foundation
import Rules

/// Measures how right the diagnoses of `fixtures/` are, and what the rules do for it.
@main
struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Diagnoses all cases and says how much of it is right.",
        discussion: "Exits with 1 when a number is worse than the file of expected numbers allows.")

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

    @Option(help: ArgumentHelp("The folder with the cases.", valueName: "dir"))
    var cases = "fixtures"
    @Option(help: ArgumentHelp("The numbers that must not get worse.", valueName: "file"))
    var expected = "Evaluation/expected.json"
    @Flag(help: "Also remove rules, one at a time and all at once, and say what becomes of it.")
    var ablations = false
    @Flag(help: "Show the families too that nothing is wrong with.")
    var all = false
    @Option(help: "How to show the numbers.")
    var format = Format.text
    @Flag(help: "Make the numbers of this run the expected ones.")
    var write = false

    func run() throws {
        // Before the long part, so that a mistake shows at once.
        let file = URL(filePath: expected)
        let regression = try Regression(Data(contentsOf: file), file: expected)
        var results = try measure(Case.all(in: cases))
        if write {
            try regression.updated(to: results.scores).encoded().write(to: file)
        } else {
            results.complaints = regression.complaints(about: results.scores)
        }
        print(try format == .json ? results.json() : results.text(all: all))
        for complaint in results.complaints { FileHandle.standardError.write(Data((complaint + "\n").utf8)) }
        if !results.complaints.isEmpty { throw ExitCode.failure }
    }

    private func measure(_ found: [Case]) throws -> Results {
        let cases = found.filter(\.isRead)
        var stopwatch = Stopwatch()
        let engine = try Engine(.builtIn)
        let examined = cases.mapInParallel { asked in
            let scans = asked.inputs.map(engine.scan)
            return CaseAblation.Examined(
                asked: asked, scans: scans, mark: Mark(asked, engine.answer(scans, asked.archive)))
        }
        let marks = examined.map(\.mark)
        var results = Results(scores: Scores(marks), confusion: ConfusionTable(marks))
        results.unread = found.filter { !$0.isRead }.map(\.name)
        stopwatch.lap("diagnoses")
        if ablations {
            let (among, first) = try WithoutRules.measure(cases, engine.book)
            results.scores[.tellingLine] = among
            results.scores[.tellingLineFirst] = first
            stopwatch.lap("telling lines")
            results.rulesOnExamples = ExampleAblation(engine)
            stopwatch.lap("rules on examples")
            results.rulesOnCases = try CaseAblation(examined, engine)
            stopwatch.lap("rules on cases")
        }
        results.seconds = stopwatch.finish()
        return results
    }
}

/// Says how long each part of the run took.
struct Stopwatch {
    private let start = ContinuousClock.now
    private var last = ContinuousClock.now
    private var seconds: [String: Double] = [:]

    mutating func lap(_ part: String) {
        let now = ContinuousClock.now
        seconds[part] = (now - last) / .seconds(1)
        last = now
    }

    func finish() -> [String: Double] {
        seconds.merging(["in all": (ContinuousClock.now - start) / .seconds(1)]) { $1 }
    }
}
