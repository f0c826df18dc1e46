import CrashModel
import Foundation

@testable import Logs

/// Reads text or bytes as one input in memory.
func read(
    _ text: String, origin: LineOrigin = LineOrigin(), limit: Int = 64 * 1024
) -> (lines: [LogLine], summary: ReadSummary) {
    read(Array(text.utf8), origin: origin, limit: limit)
}

func read(
    _ bytes: [UInt8], origin: LineOrigin = LineOrigin(), limit: Int = 64 * 1024
) -> (lines: [LogLine], summary: ReadSummary) {
    read(LogInput(source: "test", location: .memory(bytes), origin: origin), limit: limit)
}

func read(_ input: LogInput, limit: Int = 64 * 1024) -> (lines: [LogLine], summary: ReadSummary) {
    var lines: [LogLine] = []
    let summary = LogReader(input, limits: ReadingLimits(lineBytes: limit)).forEachLine { lines.append($0) }
    return (lines, summary)
}

extension LogLine {
    var words: String { String(decoding: message, as: UTF8.self) }
    var whole: String { String(decoding: text, as: UTF8.self) }
}

func date(_ text: String) -> Date { Date(iso8601: text) ?? .distantFuture }

/// Runs `body` with an empty folder that is removed afterwards.
func withFolder(_ body: (String) throws -> Void) throws {
    let folder = NSTemporaryDirectory() + "faultline-logs-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
}

func write(_ bytes: [UInt8], to path: String) throws {
    try FileManager.default.createDirectory(
        atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(fileURLWithPath: path))
}

func write(_ text: String, to path: String) throws { try write(Array(text.utf8), to: path) }

/// What the system's program makes of some bytes.
func compressed(_ bytes: [UInt8], by program: String) throws -> [UInt8] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program, "-c"]
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    let writer = Thread {
        input.fileHandleForWriting.write(Data(bytes))
        try? input.fileHandleForWriting.close()
    }
    writer.start()
    let result = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Array(result)
}
