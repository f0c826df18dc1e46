import CrashModel
import Diagnosis
import Foundation
import Logs
import Recording
import Rules
import Scanning

/// Faultline in this process, with some rules.
struct Engine: Sendable {
    let book: RuleBook
    let rules: CompiledRules

    /// - Throws: ``RuleProblems`` for patterns that do not compile.
    init(_ book: RuleBook) throws(RuleProblems) {
        self.book = book
        rules = try CompiledRules(book)
    }

    private init(book: RuleBook, rules: CompiledRules) {
        self.book = book
        self.rules = rules
    }

    /// The same with one rule less. Cheap: nothing is compiled again.
    func without(_ id: String) -> Engine {
        Engine(book: book.keeping { $0.id != id }, rules: rules.without(id))
    }

    func scan(_ input: LogInput) -> SourceScan {
        // In no zone in particular, so that the numbers are the same everywhere.
        LiteralScanner(rules, timeZone: .gmt).scan(input)
    }

    func answer(_ scans: [SourceScan], _ archive: RecordingArchive = RecordingArchive()) -> Answer {
        Answer(Diagnostician(book).diagnose(scans, recorded: archive.contexts))
    }

    func tellingLines(_ scans: [SourceScan]) -> [TellingLine] {
        Diagnostician(book).tellingLines(scans)
    }
}
