import Foundation

/// A program of the system, run to its end.
struct ShellCommand {
    var status: Int32
    /// Standard output and standard error together.
    var output: String

    @discardableResult
    static func run(_ words: [String], environment: [String: String]? = nil) throws -> ShellCommand {
        let folder = try TemporaryFolder()
        let file = try folder.write("out", "")
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = words
        // Where programs for the machine's keeper lie need not be in a user's path.
        var variables = environment ?? ProcessInfo.processInfo.environment
        variables["PATH"] = (variables["PATH"].map { $0 + ":" } ?? "") + "/usr/sbin:/sbin:/usr/bin:/bin"
        process.environment = variables
        let output = try FileHandle(forWritingTo: file)
        process.standardOutput = output
        process.standardError = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return ShellCommand(
            status: process.terminationStatus, output: String(decoding: try Data(contentsOf: file), as: UTF8.self))
    }

    static func has(_ program: String) -> Bool {
        (try? run(["sh", "-c", "command -v \(program)"]).status) == 0
    }
}
