import ArgumentParser
import CrashModel
import Diagnosis
import Foundation
import Logs
import Reporting
import Rules
import Scanning

struct DraftCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "draft",
        abstract: "Drafts a rule from the most telling line of logs that no rule explains.",
        usage: "faultline rules draft [<options>] <paths> ...",
        discussion: """
            Prints a pack that passes 'rules lint' and 'rules test'. Say in it what the line means and what to do, and \
            put it into ~/.config/faultline/patterns/.

            EXAMPLES
              faultline rules draft run42/ > mine.yaml
              faultline rules draft train.log --line 812 --id mine.shard-lost
            """)

    @Argument(help: "Files and folders, or - for standard input.", completion: .file())
    var paths: [String]
    @Option(
        help: ArgumentHelp("Draft from this line of the first input, instead of the most telling one.", valueName: "n"))
    var line: Int?
    @Option(help: "The rule's id.")
    var id: String?
    @Option(help: ArgumentHelp("A log of a run that ended well.", valueName: "path"), completion: .file())
    var baseline: [String] = []
    @OptionGroup var rules: RuleOptions

    func validate() throws {
        guard let id else { return }
        let isPlain = id.wholeMatch(of: /[a-z0-9]+(?:[.-][a-z0-9]+)*/) != nil
        if !isPlain { throw ValidationError("an id is of lower-case letters, digits, '.' and '-': mine.shard-lost") }
    }

    func run() throws {
        let book = try rules.book()
        let scanner = LiteralScanner(try CompiledRules(book))
        let discovered = try Self.discover(paths)
        let scans = scanner.scan(discovered.inputs)
        let found = try Self.discover(baseline)
        let healthy = scanner.scan(found.inputs)
        let candidates = scans.flatMap { scan in
            scan.outstanding.candidates.map {
                (scan.input.source, $0.line, String(decoding: $0.message, as: UTF8.self))
            }
        }
        let chosen: (source: String, line: Int, text: String)
        if let line {
            guard let found = candidates.first(where: { $0.1 == line && $0.0 == scans.first?.input.source }) else {
                throw CommandFailure(
                    "line \(line) of \(SafeText.line(SourceName.of(paths[0]))) is not among the lines that stand out",
                    status: ExitStatus.usage)
            }
            chosen = found
        } else {
            guard let best = Diagnostician(book).tellingLines(scans, baseline: healthy, most: 1).first else {
                throw CommandFailure("no line stands out: name one with --line", status: ExitStatus.usage)
            }
            chosen = (best.source, best.line, best.text)
        }
        let others = candidates.map(\.2).filter { $0 != chosen.text }
        guard let draft = RuleDraft(line: chosen.text, others: others, id: id) else {
            throw CommandFailure(
                "\(SafeText.line(SourceName.of(chosen.source, line: chosen.line))) holds too little fixed text to find it by: "
                    + "choose another with --line", status: ExitStatus.usage)
        }
        Output.complain("drafted from \(SafeText.line(SourceName.of(chosen.source, line: chosen.line)))")
        Output.write(draft.yaml)
    }

    /// What can be read of the paths; the rest is said.
    private static func discover(_ paths: [String]) throws -> Discovered {
        let found = InputDiscovery().discover(paths)
        for input in found.unreadable {
            Output.complain("\(SafeText.line(SourceName.of(input.source))): \(SafeText.line(input.reason))")
        }
        if found.inputs.isEmpty, !found.unreadable.isEmpty { throw ExitCode(ExitStatus.incomplete) }
        return found
    }
}
