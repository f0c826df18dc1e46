#if os(Linux)
    import Foundation
    import Testing

    /// A memory cgroup with a limit, which only root can make, and not in every container.
    final class LimitedCgroup {
        private let path: String
        private let processes: String

        static let isPossible = (try? LimitedCgroup(bytes: 1 << 30)) != nil

        init(bytes: Int) throws {
            let isOne = FileManager.default.fileExists(atPath: "/sys/fs/cgroup/memory/memory.limit_in_bytes")
            path =
                (isOne ? "/sys/fs/cgroup/memory" : "/sys/fs/cgroup") + "/faultline-test-\(UUID().uuidString.prefix(8))"
            processes = path + "/cgroup.procs"
            guard mkdir(path, 0o755) == 0 else { throw POSIXError(.EACCES) }
            do {
                try write("\(bytes)", to: path + (isOne ? "/memory.limit_in_bytes" : "/memory.max"))
            } catch {
                rmdir(path)
                throw error
            }
        }

        deinit { rmdir(path) }

        var name: String { String(path.suffix(from: path.lastIndex(of: "/") ?? path.startIndex)) }

        /// A shell that goes into the cgroup, and there becomes what follows.
        func entering(_ command: String) -> String { "sh -c 'echo $$ > \(processes) && exec \(command)'" }

        private func write(_ text: String, to file: String) throws {
            guard let stream = fopen(file, "w") else { throw POSIXError(.EACCES) }
            defer { fclose(stream) }
            guard fputs(text, stream) >= 0, fflush(stream) == 0 else { throw POSIXError(.EACCES) }
        }
    }

    @Suite("A process that is really killed for memory while the recorder runs", .serialized)
    struct RealKillTests {
        /// A training loop that keeps 20 MB more with every step, and prints no times, as most do.
        private static let training = """
            for step in $(seq 1 40); do
                printf -v batch '%20000000s' x
                kept+=("$batch")
                echo "step $step loss 2.1"
                sleep 0.2
            done
            """

        @Test(
            "is named by a scan that has only a log without times and the recording",
            .enabled(if: LimitedCgroup.isPossible, "making a memory cgroup needs root and a writable /sys/fs/cgroup"))
        func killed() throws {
            let folder = try TemporaryFolder()
            let cgroup = try LimitedCgroup(bytes: 200 << 20)
            let script = try folder.write("train.sh", Self.training)
            let log = folder.url.appending(path: "train.log").path(percentEncoded: false)
            let recorder = try RecorderProcess(["--interval", "0.5", "--no-gpu"], in: folder)
            #expect(try RecorderProcess.wait { try recorder.lines().count > 3 })
            let run = Process()
            run.executableURL = URL(filePath: "/bin/sh")
            // The outer shell says "Killed", as a job script's does.
            let inner = cgroup.entering("bash \(script.path(percentEncoded: false))")
            run.arguments = ["-c", "\(inner) > \(log) 2>&1; echo Killed >> \(log)"]
            try run.run()
            run.waitUntilExit()
            let count = try recorder.lines().count
            #expect(try RecorderProcess.wait { try recorder.lines().count > count + 4 })
            #expect(recorder.end(SIGTERM) == 0)

            let scan = try FaultlineProcess.run([
                "scan", log, "--recording", recorder.store, "--no-ledger", "--format", "json",
            ])
            #expect(scan.status == 1)
            let incident = try #require(try scan.incidents().first)
            #expect(incident["category"] as? String == "oom/cgroup")
            let root = try #require(incident["root"] as? [String: Any])
            let text = try #require(root["text"] as? String)
            #expect(text.contains("the kernel killed bash (pid "))
            #expect(text.contains(cgroup.name))
            #expect(text.hasSuffix("at that moment"))
            // The place is a line that a person can open.
            let source = try #require(root["source"] as? String)
            let line = try #require(root["line"] as? Int)
            let lines = try String(contentsOfFile: source, encoding: .utf8).split(separator: "\n")
            #expect(lines[line - 1].contains("\"oom_kills\":1"))
            let context = try #require(incident["context"] as? [String: Any])
            let window = try #require(context["window"] as? [String: Any])
            let series = try #require(window["series"] as? [[String: Any]])
            let resident = try #require(
                series.first { ($0["subject"] as? String)?.contains("(bash)") == true && $0["limit"] != nil })
            let values = (resident["values"] as? [Any] ?? []).compactMap { $0 as? Double }
            #expect(try #require(values.max()) > 120_000_000)
        }
    }
#endif
