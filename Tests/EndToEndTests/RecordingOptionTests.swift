import Foundation
import Testing

@Suite("--recording")
struct RecordingOptionTests {
    static let folder = FixtureTests.folder.appending(path: "recorded-host-oom")

    @Test(
        "the report tells what the recording shows, in 80 columns, and Markdown tells it too",
        arguments: ["text", "markdown"])
    func told(format: String) throws {
        let run = try FaultlineProcess.run(
            ["scan", "--no-ledger", "--format", format, "--recording", "recording", "logs"], in: Self.folder)
        #expect(run.status == 1)
        #expect(run.output.contains("The machine around that moment, as recorded"))
        #expect(run.output.contains("available memory fell 61 GiB in 41 s"))
        if format == "text" { #expect(run.output.split(separator: "\n").allSatisfy { $0.count <= 80 }) }
    }

    @Test("the window is in the JSON, thinned")
    func json() throws {
        let run = try FaultlineProcess.run(
            ["scan", "--no-ledger", "--format", "json", "--recording", "recording", "logs"], in: Self.folder)
        let context = try #require(try run.incidents().first?["context"] as? [String: Any])
        #expect(context["origin"] as? String == "recording")
        let window = try #require(context["window"] as? [String: Any])
        #expect(window["sample_count"] as? Int == 112)
        #expect((window["times"] as? [Double])?.count ?? 99 <= 48)
        let kinds = try #require(window["observations"] as? [[String: Any]]).compactMap { $0["kind"] as? String }
        #expect(kinds.contains("oom-kill") && kinds.contains("memory-exhausted"))
    }

    @Test("without it, and with one of another day, the log's own word stands")
    func without() throws {
        let other = "../recorded-container-limit/recording"
        for options in [[], ["--recording", other]] {
            let run = try FaultlineProcess.run(
                ["scan", "--no-ledger", "--format", "json"] + options + ["logs"], in: Self.folder)
            #expect(try run.incidents().first?["category"] as? String == "signal/killed")
            let notes = try #require(try run.json()["notes"] as? [String])
            #expect(notes.contains { $0.contains("holds nothing of") } == !options.isEmpty)
        }
    }

    @Test("this machine's own recording is used unasked")
    func own() throws {
        let state = try TemporaryFolder()
        let recording = Self.folder.appending(path: "recording")
        for name in try FileManager.default.contentsOfDirectory(atPath: recording.path()) {
            try state.write("faultline/recording/" + name, try Data(contentsOf: recording.appending(path: name)))
        }
        let run = try FaultlineProcess.run(
            ["scan", "--no-ledger", "--format", "json", "logs"], in: Self.folder,
            environment: ["XDG_STATE_HOME": state.url.path()])
        #expect(try run.incidents().first?["category"] as? String == "oom/host")
    }

    @Test("a folder that is none is a mistake of usage")
    func missing() throws {
        let run = try FaultlineProcess.run(["scan", "--no-ledger", "--recording", "nowhere", "logs"], in: Self.folder)
        #expect(run.status == 2)
        #expect(run.complaint.contains("'--recording nowhere' is no folder"))
    }
}
