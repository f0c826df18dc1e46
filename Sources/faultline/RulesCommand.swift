import ArgumentParser
import BuiltInRules
import CrashModel
import Foundation
import Reporting
import Rules
import Scanning

struct RulesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules",
        abstract: "Lists, shows, checks and tests the rules.",
        subcommands: [List.self, Show.self, Lint.self, Test.self, DraftCommand.self],
        defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists all rules, one a line.", usage: "faultline rules list [<options>]")

        @OptionGroup var rules: RuleOptions
        @Option(help: ArgumentHelp("Only rules of this family or category.", valueName: "category"))
        var category: String?
        @Option(help: "How to show them: text, or json with all patterns.")
        var format = ListFormat.text

        enum ListFormat: String, ExpressibleByArgument, CaseIterable { case text, json }

        func run() throws {
            let book = try rules.book()
            let chosen = book.rules.filter { rule in
                category.map { rule.category == $0 || rule.category.hasPrefix($0 + "/") } ?? true
            }
            if format == .json { return Output.write(try RuleEntry.json(chosen.map(RuleEntry.init))) }
            let width = chosen.map(\.id.count).max() ?? 0
            for rule in chosen {
                let id = rule.id.padding(toLength: width, withPad: " ", startingAt: 0)
                Output.write("\(id)  \(rule.category)  \(TitleTemplate(rule.title).outline)\n")
            }
            Output.write("\(chosen.count) rules\n")
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Shows one rule with its examples.")

        @OptionGroup var rules: RuleOptions
        @Argument(help: "The rule's id, such as gpu.xid.79.")
        var id: String

        func run() throws {
            let book = try rules.book()
            guard let rule = book.rule(id) else {
                let near = book.rules.map(\.id).filter { $0.contains(id) }.prefix(8)
                let hint = near.isEmpty ? "" : "; similar: " + near.joined(separator: ", ")
                throw CommandFailure("no rule '\(SafeText.line(id, limit: 80))'\(hint)", status: ExitStatus.usage)
            }
            Output.write(RuleSheet(rule).text)
        }
    }

    struct Lint: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Checks rule packs: keys, categories, patterns, ids, examples.")

        @Argument(help: "A pack or a folder of packs; without it, the built-in ones.", completion: .file())
        var path: String?

        func run() throws {
            let book = try path.map { try RuleBook(packsIn: [$0]) } ?? RuleBook.builtIn
            let problems = book.lint()
            if !problems.isEmpty { throw RuleProblems(problems: problems) }
            Output.write("\(book.rules.count) rules, no problems\n")
        }
    }

    struct Test: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Runs every example and counterexample against all rules.")

        @Argument(
            help: "A pack or a folder of packs to test against the built-in ones; without it, the built-in ones.",
            completion: .file())
        var path: String?
        @Flag(name: .shortAndLong, help: "Show which rule wins each example.")
        var verbose = false

        func run() throws {
            let own = try path.map { try RuleBook(packsIn: [$0]) }
            let book = try RuleBook(folders: path.map { [$0] } ?? [])
            let trial = try RuleTrial(book)
            let ids = own.map { Set($0.rules.map(\.id)) }
            let result = trial.run { rule in ids?.contains(rule.id) ?? true }
            if verbose {
                for rule in book.rules where ids?.contains(rule.id) ?? true {
                    for example in rule.examples {
                        let winners = trial.winners(of: example).joined(separator: ", ")
                        Output.write("\(rule.id): won by \(winners.isEmpty ? "no rule" : winners)\n")
                    }
                }
            }
            for failure in result.failures {
                Output.write(RuleSheet.describe(failure) + "\n")
            }
            Output.write("\(result.rules) rules, \(result.examples) examples, \(result.failures.count) failures\n")
            if !result.failures.isEmpty { throw ExitCode(ExitStatus.usage) }
        }
    }
}
