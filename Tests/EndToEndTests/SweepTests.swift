#if os(Linux)
    import Foundation
    import Testing

    @Suite("faultline sweep")
    struct SweepTests {
        private let folder: TemporaryFolder

        init() throws { folder = try TemporaryFolder() }

        private func sweep(_ arguments: [String]) throws -> FaultlineProcess.Run {
            try FaultlineProcess.run(
                ["sweep"] + arguments, in: folder.url,
                environment: ["XDG_STATE_HOME": folder.url.path() + "/state", "HOME": folder.url.path()])
        }

        private func age(_ name: String) throws {
            try FileManager.default.setAttributes(
                [.modificationDate: Date() - 60], ofItemAtPath: folder.url.path(percentEncoded: false) + "/" + name)
        }

        @Test("tells of a crash once, and says by its status whether there is a new one")
        func statuses() throws {
            try folder.write("logs/train.log", SweepLoad.crash(hour: 1, "1.01"))
            try age("logs/train.log")
            let first = try sweep(["logs"])
            #expect(first.status == 1)
            #expect(first.output.contains("1.01 GiB"))
            let second = try sweep(["logs"])
            #expect(second.status == 0)
            #expect(second.output == "Nothing new in 1 file.\n")
            let quiet = try sweep(["logs", "--quiet"])
            #expect(quiet.status == 0 && quiet.output.isEmpty && quiet.complaint.isEmpty)
        }

        @Test("says what is wrong with its configuration, and where to get one")
        func configuration() throws {
            let missing = try sweep([])
            #expect(missing.status == 2)
            #expect(missing.complaint.contains("faultline sweep --init > faultline.yaml"))
            try folder.write("faultline.yaml", "sources:\n  - path: x\n")
            let wrong = try sweep([])
            #expect(wrong.status == 2)
            #expect(wrong.complaint.contains("faultline.yaml:2: unknown key 'path'"))
            // The one it writes itself is right.
            let printed = try sweep(["--init"])
            #expect(printed.status == 0)
            try folder.write("faultline.yaml", printed.output)
            #expect(try sweep([]).status != 2)
        }

        @Test("a pattern that matches nothing is a note, a broken link what could not be read")
        func notThere() throws {
            try folder.write("logs/a/train.log", "step 1 loss 2.0\n")
            try age("logs/a/train.log")
            try folder.write("faultline.yaml", "sources:\n  - paths: [logs/*, more-*/*.log]\n")
            let none = try sweep([])
            #expect(none.status == 0, "\(none.output)\(none.complaint)")
            #expect(none.output.contains("- nothing matches more-*/*.log"), "\(none.output)")
            let argument = try sweep(["none-*.log"])
            #expect(argument.status == 0 && argument.output.contains("- nothing matches none-*.log"))
            let named = try sweep(["none.log"])
            #expect(named.status == 3)
            #expect(named.output.contains("not read: none.log - no such file or folder\n"), "\(named.output)")
            try FileManager.default.createSymbolicLink(
                atPath: folder.url.path() + "/logs/a/dead.log", withDestinationPath: "gone")
            let dead = try sweep([])
            #expect(dead.status == 3)
            #expect(dead.output.contains("not read: logs/a/dead.log - a broken link, to gone\n"), "\(dead.output)")
            let glob = try sweep(["logs/a/*.log", "--state", "s.json"])
            #expect(glob.status == 3 && glob.output.contains("logs/a/dead.log - a broken link"), "\(glob.output)")
            try FileManager.default.removeItem(at: folder.url.appending(path: "logs/a/dead.log"))
            #expect(try sweep([]).status == 0)
        }

        @Test("names of one character are names as others are")
        func short() throws {
            try folder.write("a", SweepLoad.crash(hour: 1, "1.01"))
            try age("a")
            try folder.write("c", "sources:\n  - paths: [a]\n")
            for arguments in [
                ["a", "--state", "s", "--ledger", "l"], ["--config", "c", "--state", "t", "--ledger", "m"],
            ] {
                let run = try sweep(arguments)
                #expect(run.status == 1 && run.output.contains("1.01 GiB"), "\(arguments): \(run)")
            }
            let read = try FaultlineProcess.run(["report", "last", "--ledger", "l", "-o", "r"], in: folder.url)
            #expect(read.status == 0, "\(read.complaint)")
            let rotated = try FaultlineProcess.run(
                ["history", "rotate", "--keep", "1K", "--ledger", "l"], in: folder.url)
            #expect(rotated.status == 0, "\(rotated.complaint)")
            let all = try FaultlineProcess.run(["history", "--all", "--ledger", "l"], in: folder.url)
            #expect(all.output.contains("ran out of memory"), "\(all)")
        }

        @Test("~ and the configuration that it writes follow HOME, as a shell does")
        func home() throws {
            let home = folder.url.path() + "/ho me"
            let environment = ["HOME": home, "XDG_STATE_HOME": folder.url.path() + "/state"]
            let printed = try FaultlineProcess.run(["sweep", "--init"], in: folder.url, environment: environment)
            #expect(printed.output.contains("- paths: [\"\(home)/logs/*\"]"), "\(printed.output)")
            try folder.write("ho me/logs/a/train.log", SweepLoad.crash(hour: 1, "1.01"))
            try age("ho me/logs/a/train.log")
            for (name, text) in [("printed", printed.output), ("tilde", "sources:\n  - paths: [\"~/logs/*\"]\n")] {
                // What the machine itself says is none of this.
                let own = text.split(separator: "\n", omittingEmptySubsequences: false).filter {
                    !$0.contains("kernel: true") && !$0.contains("pstore: true") && !$0.contains("/var/log")
                        && !$0.hasPrefix("    machine:") && !$0.hasPrefix("    labels:")
                }
                try folder.write("\(name).yaml", own.joined(separator: "\n"))
                let run = try FaultlineProcess.run(
                    ["sweep", "--config", "\(name).yaml", "--state", "\(name).json", "--ledger", "\(name).jsonl"],
                    in: folder.url, environment: environment)
                #expect(run.status == 1 && run.output.contains("1.01 GiB"), "\(name): \(run)")
            }
        }

        @Test("leaves with a clear message while another sweep runs")
        func busy() throws {
            try folder.write("logs/train.log", "x\n")
            let lock = folder.url.path() + "/state/faultline/sweep.json.lock"
            try folder.write("state/faultline/sweep.json.lock", "")
            let descriptor = open(lock, O_RDWR | O_CLOEXEC)
            #expect(flock(descriptor, LOCK_EX) == 0)
            defer { close(descriptor) }
            let run = try sweep(["logs", "--wait", "0.1"])
            #expect(run.status == 4)
            #expect(run.complaint.contains("another sweep is running"))
        }

        @Test("prints a timer and a line for crontab", arguments: [["--print-timer"], ["--print-cron"]])
        func templates(arguments: [String]) throws {
            let run = try sweep(arguments + ["--config", "/etc/it's 50%.yaml"])
            #expect(run.status == 0)
            if arguments == ["--print-timer"] {
                #expect(run.output.contains("--config \"/etc/it's 50%%.yaml\"\n"))
                #expect(run.output.contains("SuccessExitStatus=1 4"))
                #expect(run.output.contains("OnUnitInactiveSec="))
            } else {
                #expect(run.output.contains("*/5 * * * * "))
                #expect(run.output.contains("--config '/etc/it'\\''s 50\\%.yaml'\n"))
            }
        }

        /// As many as `FAULTLINE_SWEEP_KILLS` says, with the program that `FAULTLINE_RELEASE` names: `make test` asks for 300.
        @Test("killed at random moments while logs are rotated and packed, records every crash exactly once")
        func killed() throws {
            let environment = ProcessInfo.processInfo.environment
            let kills = environment["FAULTLINE_SWEEP_KILLS"].flatMap { Int($0) } ?? 15
            let logs = folder.url.path() + "/logs"
            try FileManager.default.createDirectory(atPath: logs, withIntermediateDirectories: true)
            try folder.write(
                "faultline.yaml", "settle: 1\nsources:\n  - paths: ['\(logs)/*']\n    together: file\n")
            let load = SweepLoad(folder: logs, seed: 20_260_301)
            load.start()
            let binary = environment["FAULTLINE_RELEASE"].map { URL(filePath: $0) } ?? FaultlineProcess.binary
            var generator = SystemRandomNumberGenerator()
            var killed = 0
            var finished = 0
            while killed < kills {
                let process = Process()
                process.executableURL = binary
                process.arguments = ["sweep", "--quiet", "--config", folder.url.path() + "/faultline.yaml"]
                process.environment = environment.merging([
                    "XDG_STATE_HOME": folder.url.path() + "/state", "XDG_CONFIG_HOME": "/nonexistent",
                ]) { $1 }
                process.standardOutput = FileHandle.nullDevice
                process.standardError = FileHandle.nullDevice
                try process.run()
                let limit = Date() + Double.random(in: 0...0.6, using: &generator)
                while process.isRunning, Date() < limit { usleep(2000) }
                if process.isRunning {
                    kill(process.processIdentifier, SIGKILL)
                    killed += 1
                } else {
                    finished += 1
                }
                process.waitUntilExit()
            }
            let planted = load.stop()
            usleep(1_300_000)
            for _ in 0..<3 { #expect(try sweep(["--quiet"]).status <= 1) }
            let ledger = try String(
                contentsOf: folder.url.appending(path: "state/faultline/ledger.jsonl"), encoding: .utf8)
            // By the size that each asked for, which tells them apart; what they say of themselves, for a failure's sake.
            var found: [String: [String]] = [:]
            for line in ledger.split(separator: "\n") {
                let record = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                let root = record?["root"] as? [String: Any]
                let text = root?["text"] as? String ?? ""
                let size = text.split(separator: " ").drop { $0 != "allocate" }.dropFirst().first
                found[size.map(String.init) ?? text, default: []].append(
                    ["id", "fingerprint", "firstSeen"].map { "\(record?[$0] ?? "-")" }.joined(separator: " ")
                        + " \(root?["source"] ?? "-"):\(root?["line"] ?? "-") \(text)")
            }
            #expect(planted.count > 10)
            #expect(found.filter { $0.value.count > 1 }.isEmpty)
            #expect(Set(found.keys) == Set(planted), "killed \(killed), finished \(finished)")
        }
    }
#endif
