#if os(Linux)
    import CrashModel
    import Foundation
    import Recording
    import Testing

    @Suite("faultline record")
    struct RecordTests {
        private func samples(_ store: String, from: Date? = nil) throws -> [PlacedSample] {
            try RecordingStore(folder: store).read(.init(from: from)).samples
        }

        @Test("writes what this machine looks like, and stops when it is told")
        func records() throws {
            let recorder = try RecorderProcess(["--interval", "0.1"])
            #expect(try RecorderProcess.wait { try recorder.lines().count > 12 })
            #expect(recorder.end(SIGTERM) == 0)
            #expect(recorder.complaint.contains("stopped (SIGTERM)"))
            let recording = try RecordingStore(folder: recorder.store).read(.init())
            #expect(recording.problems.isEmpty)
            #expect(recording.marks.map(\.mark) == [.stop])
            let header = try #require(recording.headers.first)
            #expect(header.pid == Int(recorder.pid))
            #expect(header.host == ProcessInfo.processInfo.hostName)
            let last = try #require(recording.samples.last?.sample)
            #expect(try #require(last.memory?.total) > 1 << 20)
            #expect(try #require(last.memory?.available) > 0)
            #expect(last.cpu?.idle != nil)
            let processes = try #require(last.processes)
            #expect(processes.count >= processes.top.count)
            #expect(!processes.top.isEmpty)
            #expect(recording.samples.contains { $0.sample.filesystems.contains { $0.path == "/dev/shm" } })
            for (before, after) in zip(recording.samples, recording.samples.dropFirst()) {
                #expect(after.sample.uptime > before.sample.uptime)
                let interval = try #require(after.sample.interval)
                #expect(abs(after.sample.uptime - before.sample.uptime - interval) < 0.002)
            }
        }

        @Test("lets one recorder write into a folder")
        func second() throws {
            let first = try RecorderProcess(["--interval", "0.1"])
            #expect(try RecorderProcess.wait { try first.lines().count > 2 })
            let second = try FaultlineProcess.run(["record", "--store", first.store, "--samples", "1"])
            #expect(second.status == 2)
            #expect(second.complaint.contains("another recorder (pid \(first.pid)) writes into"))
            #expect(first.isRunning)
        }

        @Test(
            "killed a hundred times at random moments, it loses at most two seconds, and the recording opens each time")
        func killed() throws {
            let folder = try TemporaryFolder()
            var random = SystemRandomNumberGenerator()
            var taken = 0
            for round in 0..<100 {
                let recorder = try RecorderProcess(["--interval", "0.05", "--no-gpu"], in: folder)
                usleep(UInt32.random(in: 50_000..<500_000, using: &random))
                let killedAt = Date()
                #expect(recorder.end(SIGKILL) == -SIGKILL)
                let recording = try RecordingStore(folder: recorder.store).read(.init(from: recorder.startedAt))
                let last = recording.samples.last?.sample.time ?? recorder.startedAt
                #expect(killedAt.timeIntervalSince(last) <= 2, "round \(round)")
                taken += recording.samples.count
            }
            #expect(taken > 100)
            let recording = try RecordingStore(folder: folder.url.path(percentEncoded: false) + "store").read(.init())
            #expect(recording.samples.count == taken)
            // Not more than the line that was being written each time.
            #expect(recording.problems.reduce(0) { $0 + $1.count } <= 100)
        }

        @Test(
            "asks for no memory once it runs",
            .enabled(
                if: ReleaseBinary.path != nil,
                "debug builds box what release builds do not; 'make test' gives the release build"))
        func noMemory() throws {
            let folder = try TemporaryFolder()
            let counter = folder.url.appending(path: "counter").path(percentEncoded: false)
            let library = FaultlineProcess.binary.deletingLastPathComponent().appending(path: "libPreloadedShims.so")
            let recorder = try RecorderProcess(
                ["--interval", "0.05", "--no-gpu"], in: folder, binary: ReleaseBinary.path,
                environment: ["LD_PRELOAD": library.path(percentEncoded: false), "MALLOC_COUNTER": counter])
            func count() throws -> Int {
                try Data(contentsOf: URL(filePath: counter)).withUnsafeBytes { $0.loadUnaligned(as: Int.self) }
            }
            #expect(try RecorderProcess.wait { try recorder.lines().count > 40 })
            let before = try count()
            let lines = try recorder.lines().count
            #expect(try RecorderProcess.wait { try recorder.lines().count > lines + 60 })
            #expect(before > 100)
            #expect(try count() == before)
        }

        @Test("marks a clock that is set back an hour, and both hours are found")
        func clock() throws {
            let folder = try TemporaryFolder()
            let offset = folder.url.appending(path: "offset")
            func set(_ seconds: Int) throws {
                let file = try #require(
                    fopen(offset.path(percentEncoded: false), "r+") ?? fopen(offset.path(percentEncoded: false), "w"))
                var seconds = seconds
                fwrite(&seconds, MemoryLayout<Int>.size, 1, file)
                fclose(file)
            }
            try set(0)
            let library = FaultlineProcess.binary.deletingLastPathComponent().appending(path: "libPreloadedShims.so")
            let recorder = try RecorderProcess(
                ["--interval", "0.05", "--no-gpu"], in: folder,
                environment: [
                    "LD_PRELOAD": library.path(percentEncoded: false),
                    "CLOCK_OFFSET": offset.path(percentEncoded: false),
                ])
            #expect(try RecorderProcess.wait { try recorder.lines().count > 10 })
            try set(-3600)
            #expect(try RecorderProcess.wait { try recorder.lines().contains { $0.contains("\"mark\":\"clock\"") } })
            let count = try recorder.lines().count
            #expect(try RecorderProcess.wait { try recorder.lines().count > count + 10 })
            #expect(recorder.end(SIGTERM) == 0)
            let recording = try RecordingStore(folder: recorder.store).read(.init())
            let mark = try #require(recording.marks.first { $0.mark == .clock })
            #expect(abs(try #require(mark.shift) + 3600) < 0.1)
            let uptimes = recording.samples.map(\.sample.uptime)
            #expect(uptimes == uptimes.sorted())
            let back = recording.samples.first { $0.sample.time < recorder.startedAt }
            #expect(back != nil)
            // Whoever asks for the hour before finds what was written in it.
            let before = try RecordingStore(folder: recorder.store).read(
                .init(
                    from: recorder.startedAt.addingTimeInterval(-3700), to: recorder.startedAt.addingTimeInterval(-1800)
                ))
            #expect(before.samples.count >= 10)
        }

        @Test(
            "with a disk that fills up keeps the last minutes in memory, and writes them when it can",
            .enabled(if: Mount.isPossible, "mounting a small disk needs root, and not every container allows it"))
        func fullDisk() throws {
            let folder = try TemporaryFolder()
            let disk = folder.url.path(percentEncoded: false) + "disk"
            try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
            try #require(Mount.makeTmpfs(at: disk, options: "size=1m"))
            defer { Mount.unmount(disk) }
            let filler = disk + "/filler"
            let recorder = try RecorderProcess(["--interval", "0.05", "--no-gpu"], in: folder, store: disk + "/store")
            func lines() throws -> [Substring] {
                let store = disk + "/store"
                return try FileManager.default.contentsOfDirectory(atPath: store).filter { $0.hasSuffix(".jsonl") }
                    .sorted().flatMap {
                        try String(contentsOfFile: store + "/" + $0, encoding: .utf8).split(separator: "\n")
                    }
            }
            #expect(RecorderProcess.wait { (try? lines().count) ?? 0 > 3 })
            try Mount.fill(filler)
            #expect(RecorderProcess.wait { recorder.complaint.contains("cannot be written: No space left") })
            usleep(500_000)
            try FileManager.default.removeItem(atPath: filler)
            #expect(RecorderProcess.wait { recorder.complaint.contains("is written again") })
            #expect(recorder.end(SIGTERM) == 0)
            let recording = try RecordingStore(folder: disk + "/store").read(.init())
            #expect(recording.problems.isEmpty)
            // None is missing: each begins where the one before ended.
            for (before, after) in zip(recording.samples, recording.samples.dropFirst()) {
                let interval = try #require(after.sample.interval)
                #expect(abs(after.sample.uptime - before.sample.uptime - interval) < 0.002)
            }
        }

        @Test(
            "refuses what it cannot do, in a sentence",
            arguments: [
                (["--store", "/proc/nothing"], "the recording cannot be kept in /proc/nothing"),
                (["--store", ""], "'--store' needs the name of a folder"),
                (["--interval", "0"], "'--interval' must be between"),
                (["--interval", "0.0009"], "'--interval' must be between 0.001 and 3600 seconds"),
                (["--keep", "1k"], "'--keep' must be at least 1M"),
                (["--keep", "lots"], "lots"),
                (["--cgroup", "/no/such/cgroup"], "there is no memory cgroup '/no/such/cgroup'"),
            ])
        func refusals(arguments: [String], words: String) throws {
            let folder = try TemporaryFolder()
            let store = folder.url.appending(path: "store").path(percentEncoded: false)
            let run = try FaultlineProcess.run(
                ["record", "--samples", "1"] + (arguments.contains("--store") ? [] : ["--store", store]) + arguments)
            #expect(run.status == 2)
            #expect(run.complaint.contains(words))
        }

        @Test("goes on when its terminal ends, where it was started with nohup, and begins anew where it is deleted")
        func goesOn() throws {
            let folder = try TemporaryFolder()
            let script = folder.url.appending(path: "nohup")
            let program = FaultlineProcess.binary.path(percentEncoded: false)
            try Data("#!/bin/sh\ntrap '' HUP\nexec '\(program)' \"$@\"\n".utf8).write(to: script)
            chmod(script.path(percentEncoded: false), 0o755)
            let recorder = try RecorderProcess(["--interval", "0.1"], in: folder, binary: script)
            #expect(try RecorderProcess.wait { try recorder.lines().count > 3 })
            kill(recorder.pid, SIGHUP)
            try FileManager.default.removeItem(atPath: recorder.store)
            #expect(try RecorderProcess.wait { try recorder.lines().count > 3 })
            #expect(recorder.complaint.contains("the recording was deleted. It begins anew"))
            #expect(recorder.end(SIGTERM) == 0)
        }

        @Test("quotes what systemd would take apart")
        func unitQuotes() throws {
            let run = try FaultlineProcess.run(["record", "--print-unit", "--filesystem", "/a b\"c%d$e\n[Service]"])
            #expect(run.output.contains(#" --filesystem "/a b\"c%%d$$e\x0a[Service]""#))
            #expect(run.output.split(separator: "\n").count { $0 == "[Service]" } == 1)
        }

        @Test("takes samples faster than twenty times a second only where their number is given")
        func pace() throws {
            let endless = try FaultlineProcess.run(["record", "--print-unit", "--interval", "0.01"])
            #expect(endless.status == 2)
            #expect(endless.complaint.contains("'--interval' must be between 0.05 and 3600 seconds"))
            let folder = try TemporaryFolder()
            let store = folder.url.appending(path: "store").path(percentEncoded: false)
            let counted = try FaultlineProcess.run(
                ["record", "--no-gpu", "--store", store, "--interval", "0.001", "--samples", "40"])
            #expect(counted.status == 0)
            let names = try FileManager.default.contentsOfDirectory(atPath: store).filter { $0.hasSuffix(".jsonl") }
            let text = try names.map { try String(contentsOfFile: store + "/" + $0, encoding: .utf8) }.joined()
            #expect(text.split(separator: "\n").count { $0.hasPrefix(#"{"t""#) } == 40)
        }

        @Test("prints a systemd unit that systemd accepts")
        func unit() throws {
            let run = try FaultlineProcess.run(["record", "--print-unit", "--filesystem", "/ckpt"])
            #expect(run.status == 0)
            #expect(run.output.contains("ExecStart=/"))
            #expect(run.output.contains("record --store /var/lib/faultline/recording --interval 1 --filesystem /ckpt"))
            for section in ["[Unit]", "[Service]", "[Install]"] { #expect(run.output.contains(section)) }
        }
    }

    /// A build with optimisations, where one is given.
    enum ReleaseBinary {
        static let path = ProcessInfo.processInfo.environment["FAULTLINE_RELEASE"].map { URL(filePath: $0) }
    }

    /// A small filesystem for a test.
    enum Mount {
        static let isPossible: Bool = {
            guard let folder = try? TemporaryFolder() else { return false }
            let path = folder.url.path(percentEncoded: false)
            guard makeTmpfs(at: path, options: "size=1m") else { return false }
            unmount(path)
            return true
        }()

        /// Writes into a file until the disk is full.
        static func fill(_ path: String) throws {
            let file = try #require(fopen(path, "w"))
            while fputs(String(repeating: "x", count: 1024), file) >= 0, fflush(file) == 0 {}
            fclose(file)
        }

        static func makeTmpfs(at path: String, options: String) -> Bool {
            run("mount", ["-t", "tmpfs", "-o", options, "tmpfs", path])
        }

        static func unmount(_ path: String) { _ = run("umount", ["-l", path]) }

        private static func run(_ program: String, _ arguments: [String]) -> Bool {
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = [program] + arguments
            process.standardError = FileHandle.nullDevice
            guard (try? process.run()) != nil else { return false }
            process.waitUntilExit()
            return process.terminationStatus == 0
        }
    }
#endif
