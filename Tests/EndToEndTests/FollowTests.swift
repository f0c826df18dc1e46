#if os(Linux)
    import Foundation
    import Testing

    /// `faultline scan --follow` in the background, with all that it wrote so far.
    final class FollowProcess {
        let folder: TemporaryFolder
        private let process = Process()
        private let outputs: URL
        private let complaints: URL
        let input = Pipe()

        init(_ arguments: [String], in folder: TemporaryFolder) throws {
            self.folder = folder
            let kept = try TemporaryFolder()
            keeper = kept
            outputs = try kept.write("out", "")
            complaints = try kept.write("err", "")
            process.executableURL = FaultlineProcess.binary
            process.currentDirectoryURL = folder.url
            process.arguments = ["scan", "--follow"] + arguments
            process.standardInput = input
            process.standardOutput = try FileHandle(forWritingTo: outputs)
            process.standardError = try FileHandle(forWritingTo: complaints)
            process.environment = ProcessInfo.processInfo.environment.filter { $0.key != "NO_COLOR" }.merging([
                "XDG_CONFIG_HOME": "/nonexistent", "XDG_STATE_HOME": kept.url.path(percentEncoded: false) + "state",
            ]) { $1 }
            try process.run()
            let isReady = try RecorderProcess.wait { try complaint.contains("following ") }
            #expect(isReady)
        }

        private let keeper: TemporaryFolder

        deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

        var output: String { get throws { try String(contentsOf: outputs, encoding: .utf8) } }
        var complaint: String { get throws { try String(contentsOf: complaints, encoding: .utf8) } }

        var recorded: [String] {
            let ledger = keeper.url.path(percentEncoded: false) + "state/faultline/ledger.jsonl"
            return ((try? String(contentsOfFile: ledger, encoding: .utf8)) ?? "").split(separator: "\n").map {
                String($0)
            }
        }

        /// Waits until the text was written; false when it was not.
        func says(_ text: String) throws -> Bool {
            try RecorderProcess.wait { try output.contains(text) || complaint.contains(text) }
        }

        func end(_ signal: Int32) -> Int32 {
            kill(process.processIdentifier, signal)
            return wait()
        }

        func wait() -> Int32 {
            process.waitUntilExit()
            return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
        }
    }

    @Suite("faultline scan --follow")
    struct FollowTests {
        private let folder: TemporaryFolder

        init() throws { folder = try TemporaryFolder() }

        private func append(_ text: String, to name: String) throws {
            let path = folder.url.appending(path: name).path(percentEncoded: false)
            let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o644)
            defer { close(descriptor) }
            let bytes = Array(text.utf8)
            #expect(write(descriptor, bytes, bytes.count) == bytes.count)
        }

        /// Hours apart from others, and with a time at its end, so that each is one of its own.
        private func crash(_ hour: Int, _ size: String) -> String {
            let time = Date(timeIntervalSince1970: 1_772_323_200 + Double(hour * 3600)).formatted(.iso8601)
            let lines = (0..<70).map { "\(time) INFO trainer: shard \($0) is loaded\n" }
            return lines.joined() + SweepLoad.crash(hour: hour, size) + "\(time) INFO launcher: bye\n"
        }

        @Test("tells of two crashes as they come, records both once, and ends with 1 when it is told to")
        func twoCrashes() throws {
            try append(crash(0, "9.01"), to: "train.log")
            let follow = try FollowProcess(["train.log"], in: folder)
            try append(crash(5, "1.01"), to: "train.log")
            #expect(try follow.says("asking for 1.01 GiB"))
            try append(crash(15, "2.02"), to: "train.log")
            #expect(try follow.says("asking for 2.02 GiB"))
            #expect(follow.end(SIGTERM) == 1)
            #expect(try !follow.output.contains("9.01"))
            #expect(try follow.complaint.contains("2 crashes"))
            #expect(try follow.complaint.contains("by inotify") || follow.complaint.contains("times a second"))
            #expect(follow.recorded.count == 2)
            // The same ids as a scan gives.
            let scan = try FaultlineProcess.run(
                ["scan", "--no-ledger", "--format", "json", "train.log"], in: folder.url)
            let ids = try scan.incidents().compactMap { $0["id"] as? String }
            for line in follow.recorded { #expect(ids.contains { line.contains("\"\($0)\"") }, "\(line.prefix(200))") }
        }

        @Test("ends with 0 where nothing happened, whatever signal ends it", arguments: [SIGINT, SIGTERM, SIGHUP])
        func nothing(signal: Int32) throws {
            try append("step 1 loss 2.0\n", to: "train.log")
            let follow = try FollowProcess(["train.log", "--no-ledger"], in: folder)
            #expect(follow.end(signal) == 0)
            #expect(try follow.complaint.contains("followed to the end: no crash"))
            #expect(try follow.output.isEmpty)
        }

        @Test("follows a log through both ways of rotation")
        func rotation() throws {
            try append("step 1 loss 2.0\n", to: "train.log")
            let follow = try FollowProcess(["train.log"], in: folder)
            let log = folder.url.appending(path: "train.log").path(percentEncoded: false)
            #expect(rename(log, log + ".1") == 0)
            try append(crash(5, "1.01"), to: "train.log")
            #expect(try follow.says("asking for 1.01 GiB"))
            try FileManager.default.copyItem(atPath: log, toPath: log + ".2")
            #expect(truncate(log, 0) == 0)
            #expect(try follow.says("was emptied"))
            try append(crash(15, "2.02"), to: "train.log")
            #expect(try follow.says("asking for 2.02 GiB"))
            #expect(follow.end(SIGTERM) == 1)
        }

        @Test("waits for a file, and reads what comes into a folder")
        func later() throws {
            let logs = folder.url.appending(path: "logs")
            try FileManager.default.createDirectory(at: logs, withIntermediateDirectories: true)
            let follow = try FollowProcess(["logs", "later.log", "more-*.log"], in: folder)
            #expect(try follow.says("later.log is not there yet"))
            #expect(try follow.says("nothing matches more-*.log yet"))
            try append(crash(5, "1.01"), to: "later.log")
            #expect(try follow.says("asking for 1.01 GiB"))
            try append(crash(15, "2.02"), to: "logs/rank1.log")
            #expect(try follow.says("asking for 2.02 GiB"))
            try append(crash(30, "3.03"), to: "more-7.log")
            #expect(try follow.says("asking for 3.03 GiB"))
            #expect(follow.end(SIGINT) == 1)
        }

        @Test("half a line is told when the other half has come")
        func halfLine() throws {
            try append("step 1 loss 2.0\n", to: "train.log")
            let follow = try FollowProcess(["train.log"], in: folder)
            let text = crash(5, "1.01")
            let cut = text.index(text.startIndex, offsetBy: text.count / 2)
            try append(String(text[..<cut]), to: "train.log")
            usleep(300_000)
            try append(String(text[cut...]), to: "train.log")
            #expect(try follow.says("asking for 1.01 GiB"))
            #expect(follow.end(SIGTERM) == 1)
        }

        @Test("reads standard input as it comes, and ends when that does, with JSON in lines")
        func standardInput() throws {
            let follow = try FollowProcess(["--format", "json", "-"], in: folder)
            try follow.input.fileHandleForWriting.write(contentsOf: Data(crash(5, "1.01").utf8))
            #expect(try follow.says("1.01 GiB"))
            try follow.input.fileHandleForWriting.write(contentsOf: Data(crash(15, "2.02").utf8))
            try follow.input.fileHandleForWriting.close()
            #expect(follow.wait() == 1)
            let events = try follow.output.split(separator: "\n").compactMap {
                try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
            }
            #expect(events.compactMap { $0["event"] as? String } == ["crash", "crash", "end"])
            #expect(events.allSatisfy { $0["schema"] as? String == "faultline.follow/1" })
            #expect(events.last?["crashes"] as? Int == 2)
            #expect((events.first?["incident"] as? [String: Any])?["category"] as? String == "oom/gpu")
            #expect(follow.recorded.count == 2)
        }

        @Test("calls standard input by one name, and puts no spaces inside brackets")
        func names() throws {
            let follow = try FollowProcess(["--no-ledger", "-"], in: folder)
            #expect(try follow.says("following standard input; what is new is told"))
            try follow.input.fileHandleForWriting.write(contentsOf: Data(crash(5, "1.01").utf8))
            #expect(try follow.says("1.01 GiB"))
            // It goes on: what was told changes.
            let more = (6...40).map { "2026-03-01T10:\($0 < 10 ? "0" : "")\($0):00Z step \($0) loss 2.\($0)\n" }
            try follow.input.fileHandleForWriting.write(contentsOf: Data(more.joined().utf8))
            #expect(try follow.says("the run went on"))
            try follow.input.fileHandleForWriting.close()
            _ = follow.wait()
            let all = try follow.output + follow.complaint
            #expect(all.contains("standard input:"))
            for wrong in [" -:", "( ", " )", " ,", "[ ", " ]", "and -", " -\n"] {
                #expect(!all.contains(wrong), "'\(wrong)' in \(all)")
            }
        }

        @Test("tells what stands in the logs already when asked to")
        func fromStart() throws {
            try append(crash(5, "1.01"), to: "train.log")
            let follow = try FollowProcess(["--from-start", "--no-ledger", "train.log"], in: folder)
            #expect(try follow.says("asking for 1.01 GiB"))
            #expect(follow.end(SIGTERM) == 1)
            #expect(follow.recorded.isEmpty)
        }

        @Test("names of files do not drive a terminal")
        func escapes() throws {
            let follow = try FollowProcess(["\u{1b}]0;x\u{7}.log"], in: folder)
            #expect(try follow.says("is not there yet"))
            try append(crash(5, "1.01"), to: "\u{1b}]0;x\u{7}.log")
            #expect(try follow.says("asking for 1.01 GiB"))
            #expect(follow.end(SIGTERM) == 1)
            #expect(try !(follow.output + follow.complaint).contains("\u{1b}]"))
        }

        @Test(
            "options that cannot go together are refused",
            arguments: [
                ["--follow", "--since", "1h ago"], ["--follow", "--format", "markdown"], ["--from-start"],
            ])
        func refused(arguments: [String]) throws {
            let run = try FaultlineProcess.run(["scan"] + arguments + ["x.log"], in: folder.url)
            #expect(run.status == 2)
            #expect(run.complaint.contains("--follow"))
        }
    }
#endif
