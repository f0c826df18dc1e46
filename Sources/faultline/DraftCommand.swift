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
        discussion: """
            Prints a pack that passes 'rules lint' and 'rules test'. Say in it what the line means and what to do, and
            put it into ~/.config/faultline/patterns/.

            EXAMPLES
              faultline rules draft run42/ > mine.yaml
              faultline rules draft train.log --line 812 --id mine.shard-lost
            """)

    @Argument(help: "Files and folders, or - for standard input.")
    var paths: [String]
    @Option(
        help: ArgumentHelp("Draft from this line of the first input, instead of the most telling one.", valueName: "n"))
    var line: Int?
    @Option(help: "The rule's id.")
    var id: String?
    @Option(help: ArgumentHelp("A log of a run that ended well.", valueName: "path"))
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
        let discovered = InputDiscovery().discover(paths)
        if let problem = discovered.unreadable.first {
            throw ValidationError(SafeText.line(problem.problem ?? problem.source))
        }
        let scans = scanner.scan(discovered.inputs)
        let found = InputDiscovery().discover(baseline)
        if let problem = found.unreadable.first {
            throw ValidationError(SafeText.line(problem.problem ?? problem.source))
        }
        let healthy = scanner.scan(found.inputs)
        let candidates = scans.flatMap { scan in
            scan.outstanding.candidates.map {
                (scan.input.source, $0.line, String(decoding: $0.message, as: UTF8.self))
            }
        }
        let chosen: (source: String, line: Int, text: String)
        if let line {
            guard let found = candidates.first(where: { $0.1 == line && $0.0 == scans.first?.input.source }) else {
                throw ValidationError(
                    "line \(line) of \(SafeText.line(paths[0])) is not among the lines that stand out")
            }
            chosen = found
        } else {
            guard let best = Diagnostician(book).tellingLines(scans, baseline: healthy, most: 1).first else {
                throw ValidationError("no line stands out: name one with --line")
            }
            chosen = (best.source, best.line, best.text)
        }
        let others = candidates.map(\.2).filter { $0 != chosen.text }
        guard let draft = RuleDraft(line: chosen.text, others: others, id: id) else {
            throw ValidationError(
                "\(SafeText.line(chosen.source)):\(chosen.line) holds too little fixed text to find it by: choose another with --line"
            )
        }
        Output.complain("drafted from \(SafeText.line(chosen.source)):\(chosen.line)")
        Output.write(draft.yaml)
    }
}
