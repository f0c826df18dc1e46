import Foundation
import Testing

private let fatalLine = "RuntimeError: CUDA error: an illegal memory access was encountered\n"

/// Whatever is thrown at it, Faultline answers: with a verdict, with a problem, never with a crash of its own.
@Suite("Bad input")
struct BadInputTests {
    private func scan(_ folder: TemporaryFolder, _ paths: [String] = ["."]) throws -> FaultlineProcess.Run {
        try FaultlineProcess.run(["scan", "--no-ledger", "--format", "json"] + paths, in: folder.url)
    }

    @Test("an empty file, an empty folder and an empty pipe hold no crash")
    func empty() throws {
        let folder = try TemporaryFolder()
        try folder.write("empty.log", "")
        #expect(try scan(folder).status == 0)
        #expect(try scan(TemporaryFolder()).status == 0)
        #expect(try FaultlineProcess.run(["scan", "--no-ledger", "-"]).status == 0)
    }

    @Test("a folder that contains itself by a link is walked once")
    func folderLoop() throws {
        let folder = try TemporaryFolder()
        try folder.write("a/train.log", fatalLine)
        try FileManager.default.createSymbolicLink(
            at: folder.url.appending(path: "a/again"), withDestinationURL: folder.url)
        let run = try scan(folder)
        #expect(try run.incidents().count == 1)
        #expect((try run.json()["skipped"] as? [Any])?.isEmpty == false)
    }

    @Test("binary and hidden files are passed over and said so; text beside them is read")
    func binary() throws {
        let folder = try TemporaryFolder()
        try folder.write("weights.pt", [UInt8](repeating: 0, count: 5000))
        try folder.write(".hidden.log", fatalLine)
        try folder.write("train.log", fatalLine)
        let run = try scan(folder)
        #expect(run.status == 1)
        #expect((try run.json()["skipped"] as? [Any])?.count == 2)
    }

    @Test("a torn archive gives what could be read and exit status 3")
    func tornGzip() throws {
        let folder = try TemporaryFolder()
        let filler = (0..<20_000).map { "step \($0) loss \(Double($0 * 7919 % 1009) / 100)" }.joined(separator: "\n")
        let log = try folder.write("train.log", fatalLine + filler)
        let gzip = Process()
        gzip.executableURL = URL(filePath: "/usr/bin/env")
        gzip.arguments = ["gzip", "-k", log.path()]
        try gzip.run()
        gzip.waitUntilExit()
        let whole = try Data(contentsOf: folder.url.appending(path: "train.log.gz"))
        let torn = try TemporaryFolder()
        try torn.write("train.log.gz", whole.prefix(whole.count / 2))
        let run = try scan(torn)
        #expect(run.status == 3)
        let input = try #require((try run.json()["inputs"] as? [[String: Any]])?.first)
        #expect(input["complete"] as? Bool == false)
        #expect((input["lines"] as? Int ?? 0) > 100)
    }

    @Test("one line of 200 MB costs bounded memory, is said so, and hides nothing after it")
    func hugeLine() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("train.log", "start\n")
        let handle = try FileHandle(forWritingTo: file)
        try handle.seekToEnd()
        let chunk = Data(repeating: UInt8(ascii: "x"), count: 1 << 20)
        for _ in 0..<200 { try handle.write(contentsOf: chunk) }
        try handle.write(contentsOf: Data(("\n" + fatalLine).utf8))
        try handle.close()
        let run = try scan(folder)
        #expect(run.status == 3)
        #expect(try run.incidents().first?["category"] as? String == "cuda/illegal-access")
        #expect(((try run.incidents().first?["root"] as? [String: Any])?["line"] as? Int) == 3)
        let input = try #require((try run.json()["inputs"] as? [[String: Any]])?.first)
        #expect((input["problem"] as? String)?.isEmpty == false)
    }

    @Test(
        "CRLF, NUL, invalid UTF-8, no last newline",
        arguments: [
            Array("a\r\nb\r\n".utf8) + Array(fatalLine.dropLast().utf8) + [13, 10],
            [0, 0, 10] + Array(fatalLine.utf8), [0xff, 0xc3, 0xe2, 10, 10] + Array(fatalLine.dropLast().utf8),
        ])
    func oddBytes(bytes: [UInt8]) throws {
        let folder = try TemporaryFolder()
        try folder.write("train.log", bytes)
        let run = try scan(folder, ["train.log"])
        #expect(run.status == 1)
        #expect(try run.incidents().first?["category"] as? String == "cuda/illegal-access")
    }

    @Test("random bytes are survived")
    func noise() throws {
        var generator = SystemRandomNumberGenerator()
        let folder = try TemporaryFolder()
        let bytes = (0..<300_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
        try folder.write("noise.log", bytes)
        let run = try scan(folder, ["noise.log"])
        #expect([0, 1, 3].contains(run.status))
        #expect(try run.json()["schema"] as? String == "faultline.scan/1")
    }

    @Test("a line made to exhaust patterns is given up on, aloud")
    func pathologicalLine() throws {
        let folder = try TemporaryFolder()
        let line = String(repeating: "Error: ", count: 8000) + "\n"
        try folder.write("train.log", line + fatalLine)
        let run = try scan(folder)
        #expect([1, 3].contains(run.status))
        #expect(try run.incidents().first?["category"] as? String == "cuda/illegal-access")
    }
}
