import ArgumentParser
import CrashModel
import Foundation
import Logs

/// The journal as an input of a scan.
struct JournalOptions: ParsableArguments {
    @Flag(help: "Read the journal: of all boots, or of what --boot, --unit and --since leave.")
    var journal = false
    @Option(
        help: ArgumentHelp(
            "Read a journal from another machine: a folder of *.journal, or one file.", valueName: "path"),
        completion: .file())
    var journalDirectory: String?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Of the journal, one boot: 0 is this one, -1 the one before.", valueName: "n"))
    var boot: String?
    @Option(help: ArgumentHelp("Of the journal, entries of this unit. May be given several times.", valueName: "unit"))
    var unit: [String] = []

    var isWanted: Bool { journal || journalDirectory != nil }

    func validate() throws {
        if !isWanted, boot != nil || !unit.isEmpty {
            throw ValidationError("'--boot' and '--unit' say which part of the journal to read: add '--journal'.")
        }
        if let boot, boot.isEmpty || !boot.allSatisfy({ $0.isASCII && ($0.isHexDigit || "+-".contains($0)) }) {
            throw ValidationError("'--boot' is a number such as -1, or the id of a boot.")
        }
    }

    /// Starts journalctl, of which the entries are read as they come.
    func start(since: Date?) throws(JournalProgram.Problem) -> RunningJournal? {
        guard isWanted else { return nil }
        var query = JournalQuery(path: journalDirectory)
        query.boot = boot
        query.units = unit
        return RunningJournal(try JournalProgram(query, from: since.map { .since($0) } ?? .beginning))
    }
}

/// journalctl, and its output as an input.
struct RunningJournal {
    static let source = "journal"
    private let program: JournalProgram

    init(_ program: JournalProgram) {
        self.program = program
    }

    var input: LogInput { LogInput(source: Self.source, location: .descriptor(program.output), modified: Date()) }

    /// Waits for its end once all was read, and notes what went wrong.
    func finish(_ inputs: inout [InputReport]) {
        guard let problem = program.finish().problem,
            let index = inputs.firstIndex(where: { $0.source == Self.source })
        else { return }
        inputs[index].complete = false
        inputs[index].problem = "journalctl: \(problem)"
    }
}
