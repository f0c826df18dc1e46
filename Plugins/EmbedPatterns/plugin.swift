import Foundation
import PackagePlugin

/// Compiles the rule packs in `patterns/` into the target that uses this plugin.
///
/// Every pack is an input of the build command, so that a changed, added or removed pack rebuilds the generated source.
@main
struct EmbedPatterns: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let folder = context.package.directoryURL.appending(path: "patterns")
        let packs = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "yaml" }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
        let output = context.pluginWorkDirectoryURL.appending(path: "BuiltInRuleImage.swift")
        return [
            .buildCommand(
                displayName: "Embedding \(packs.count) rule packs",
                executable: try context.tool(named: "embed-patterns").url,
                arguments: [output.path()] + packs.map { $0.path() },
                inputFiles: packs,
                outputFiles: [output])
        ]
    }
}
