// embed-patterns OUTPUT.swift PACK.yaml...
//
// Reads the rule packs and writes a Swift source that holds them as one image, so that the binary carries its knowledge
// with it and parses no YAML when it starts.
import CrashModel
import Foundation
import Rules

@main
struct EmbedPatterns {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        guard let output = arguments.first else {
            return fail("usage: embed-patterns OUTPUT.swift PACK.yaml...", status: 2)
        }
        do {
            // Read by relative names, so that no path of the machine that built it ends up in the binary.
            let packs = arguments.dropFirst().map { URL(filePath: $0) }
            if let folder = packs.first?.deletingLastPathComponent().deletingLastPathComponent() {
                _ = FileManager.default.changeCurrentDirectoryPath(folder.path())
            }
            let book = try RuleBook(packsIn: packs.map { "patterns/" + $0.lastPathComponent })
            try source(of: RuleImage.encode(book), version: RuleImage.version(of: book)).write(
                toFile: output, atomically: true, encoding: .utf8)
        } catch {
            fail("\(error)", status: 1)
        }
    }

    private static func source(of image: [UInt8], version: RulesVersion) -> String {
        var literal = ""
        for scalar in String(decoding: image, as: UTF8.self).unicodeScalars {
            switch scalar {
            case "\\": literal += "\\\\"
            case "\"": literal += "\\\""
            case "\n": literal += "\\n"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f:
                literal += "\\u{\(String(scalar.value, radix: 16))}"
            default: literal.unicodeScalars.append(scalar)
            }
        }
        return """
            // Written at build time from patterns/; do not edit.

            let builtInRuleHash: StaticString = "\(version.hash)"
            let builtInRuleCount = \(version.count)
            let builtInRuleImage: StaticString = "\(literal)"

            """
    }

    private static func fail(_ message: String, status: Int32) {
        FileHandle.standardError.write(Data((message + "\n").utf8))
        exit(status)
    }
}
