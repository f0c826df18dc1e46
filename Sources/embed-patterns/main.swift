// embed-patterns OUTPUT.swift PACK.yaml...
//
// Writes a Swift source with the text of every rule pack, so that the binary carries its knowledge with it.
import Foundation

let arguments = CommandLine.arguments.dropFirst()
guard let output = arguments.first else {
    FileHandle.standardError.write(Data("usage: embed-patterns OUTPUT.swift PACK.yaml...\n".utf8))
    exit(2)
}

do {
    var source =
        "// Written at build time from patterns/; do not edit.\n\nlet embeddedPackTexts: [(name: String, text: String)] = [\n"
    for path in arguments.dropFirst() {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        // A raw string needs more pound signs than any run of them that follows a quote in the text.
        let longest = text.split(whereSeparator: { $0 != "#" }).map(\.count).max() ?? 0
        let fence = String(repeating: "#", count: longest + 1)
        let name = URL(filePath: path).lastPathComponent
        source += "    (name: \(fence)\"\(name)\"\(fence), text: \(fence)\"\"\"\n\(text)\n\"\"\"\(fence)),\n"
    }
    source += "]\n"
    try source.write(toFile: output, atomically: true, encoding: .utf8)
} catch {
    FileHandle.standardError.write(Data("embed-patterns: \(error)\n".utf8))
    exit(1)
}
