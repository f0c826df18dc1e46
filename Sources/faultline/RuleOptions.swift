import ArgumentParser
import BuiltInRules
import Foundation
import Rules

/// Where rules come from.
struct RuleOptions: ParsableArguments {
    @Option(
        name: .customLong("patterns"),
        help: ArgumentHelp("Add the rule packs of this folder; a rule with a known id replaces it.", valueName: "dir"),
        completion: .directory)
    var folders: [String] = []

    @Flag(
        name: .customLong("without-rules"),
        help: "Use no rules at all: show only the lines that stand out. For logs that no rule should explain.")
    var withoutRules = false

    /// The built-in packs, then the user's own, then those of `--patterns`.
    func book(environment: [String: String] = ProcessInfo.processInfo.environment) throws -> RuleBook {
        let book = try RuleBook(folders: userFolder(environment).map { [$0] + folders } ?? folders)
        return withoutRules ? book.keeping { _ in false } : book
    }

    /// `$XDG_CONFIG_HOME/faultline/patterns`, where it exists.
    private func userFolder(_ environment: [String: String]) -> String? {
        let home =
            environment["XDG_CONFIG_HOME"].flatMap { $0.isEmpty ? nil : $0 }
            ?? environment["HOME"].map { $0 + "/.config" }
        guard let folder = home.map({ $0 + "/faultline/patterns" }),
            FileManager.default.fileExists(atPath: folder)
        else { return nil }
        return folder
    }
}
