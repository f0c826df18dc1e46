import Foundation

/// The built binary, run as a person or a script would.
struct FaultlineProcess {
    struct Run {
        var status: Int32
        var output: String
        var complaint: String

        /// The report as JSON; fails the test that asks for it when it is none.
        func json() throws -> [String: Any] {
            guard let object = try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any] else {
                throw NoReport(output: output, complaint: complaint)
            }
            return object
        }

        func incidents() throws -> [[String: Any]] {
            try json()["incidents"] as? [[String: Any]] ?? []
        }
    }

    struct NoReport: Error {
        var output: String
        var complaint: String
    }

    static let packageFolder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The test program lies beside the binary it tests.
    static var binary: URL {
        #if os(macOS)
            Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL.deletingLastPathComponent()
                .appending(path: "faultline") ?? URL(filePath: "faultline")
        #else
            URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "faultline")
        #endif
    }

    static func run(
        _ arguments: [String], in folder: URL = packageFolder, input: Data? = nil, environment: [String: String] = [:]
    ) throws -> Run {
        let process = Process()
        process.executableURL = binary
        process.arguments = arguments
        process.currentDirectoryURL = folder
        var variables = ProcessInfo.processInfo.environment.filter { $0.key != "NO_COLOR" }
        // Nothing of the machine that runs the tests may leak in, and nothing of the tests out.
        variables["XDG_CONFIG_HOME"] = "/nonexistent"
        variables["XDG_STATE_HOME"] = FileManager.default.temporaryDirectory.path() + "/faultline-tests"
        process.environment = variables.merging(environment) { $1 }
        let folder = try TemporaryFolder()
        let outputFile = folder.url.appending(path: "out")
        let complaintFile = folder.url.appending(path: "err")
        let inputFile = folder.url.appending(path: "in")
        for file in [outputFile, complaintFile] { try Data().write(to: file) }
        try (input ?? Data()).write(to: inputFile)
        process.standardOutput = try FileHandle(forWritingTo: outputFile)
        process.standardError = try FileHandle(forWritingTo: complaintFile)
        process.standardInput = try FileHandle(forReadingFrom: inputFile)
        try process.run()
        process.waitUntilExit()
        return Run(
            status: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
            output: String(decoding: try Data(contentsOf: outputFile), as: UTF8.self),
            complaint: String(decoding: try Data(contentsOf: complaintFile), as: UTF8.self))
    }
}

/// A folder that is gone when the test is over.
final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "faultline-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    @discardableResult
    func write(_ name: String, _ bytes: some DataProtocol) throws -> URL {
        let file = url.appending(path: name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
        return file
    }

    @discardableResult
    func write(_ name: String, _ text: String) throws -> URL { try write(name, Array(text.utf8)) }
}
