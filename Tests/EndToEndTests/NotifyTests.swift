#if os(Linux)
    import Foundation
    import TestSupport
    import Testing

    @Suite("sweeps that tell others")
    struct NotifyTests {
        private let folder: TemporaryFolder
        private let key = "T0PS3CRETKEY"

        init() throws { folder = try TemporaryFolder() }

        private func environment(_ server: LocalServer) -> [String: String] {
            [
                "XDG_STATE_HOME": folder.url.path() + "/state", "HOME": folder.url.path(), "no_proxy": "127.0.0.1",
                "OPS_HOOK": server.url + "/" + key,
            ]
        }

        private func run(_ arguments: [String], _ server: LocalServer) throws -> FaultlineProcess.Run {
            try FaultlineProcess.run(arguments, in: folder.url, environment: environment(server))
        }

        private func configure(_ more: String = "") throws {
            try folder.write(
                "faultline.yaml",
                """
                sources:
                  - paths: [logs/*]
                    together: file
                    labels: {job: llama, host: gpu-a12}
                notify:
                  - name: ops
                    webhook: {env: OPS_HOOK}
                    timeout: 2
                \(more)
                """)
        }

        private func crash(_ name: String, _ size: String) throws {
            try folder.write("logs/\(name).log", SweepLoad.crash(hour: 1, size))
            try FileManager.default.setAttributes(
                [.modificationDate: Date() - 60],
                ofItemAtPath: folder.url.appending(path: "logs/\(name).log").path())
        }

        private func stored() -> String {
            let state = folder.url.path() + "/state"
            return (FileManager.default.enumerator(atPath: state)?.allObjects as? [String] ?? []).map { name in
                name
                    + String(
                        decoding: FileManager.default.contents(atPath: state + "/" + name) ?? Data(), as: UTF8.self)
            }.joined()
        }

        @Test("a secret of a log is not told")
        func redacted() throws {
            let server = try LocalServer()
            defer { server.stop() }
            server.behaviour = .ok
            try configure("  - {name: slack, webhook: {env: OPS_HOOK}, format: slack}")
            let token = "hf_" + String(repeating: "aQ7x", count: 9)
            let text = SweepLoad.crash(hour: 1, "1.01")
                .replacing("GiB is free.", with: "GiB is free. HF_TOKEN=\(token)")
            try folder.write("logs/a.log", text)
            try FileManager.default.setAttributes(
                [.modificationDate: Date() - 60], ofItemAtPath: folder.url.appending(path: "logs/a.log").path())
            #expect(try run(["sweep"], server).status == 1)
            let told = server.taken.map { String(decoding: $0.body, as: UTF8.self) }.joined()
            #expect(server.taken.count == 2)
            #expect(told.contains("1.01 GiB") && !told.contains(token))
            #expect(told.contains("redacted"))
        }

        @Test("a crash is told once, also when the server was away, and nobody sees its address")
        func recovery() throws {
            let server = try LocalServer()
            defer { server.stop() }
            try configure("  - {name: slack, webhook: {env: OPS_HOOK}, format: slack}")
            try crash("a", "1.01")
            server.behaviour = .answer("500 Oops", body: key)
            let first = try run(["sweep"], server)
            // The crash was found and is kept: that the server is away is said, and is no failure of the sweep.
            #expect(first.status == 1)
            #expect(
                first.complaint.contains(
                    "notify: ops (127.0.0.1:\(server.port)): it answered 500. 1 crash will be told"))
            try crash("b", "2.02")
            #expect(try run(["sweep"], server).status == 1)
            let list = try run(["notify", "--queue"], server)
            #expect(list.output.contains("ops: 2 crashes") && list.output.contains("tried"))
            let json = try run(["notify", "--queue", "--format", "json"], server).json()
            #expect((json["waiting"] as? [[String: Any]])?.count == 2)
            #expect(server.taken.isEmpty)
            server.behaviour = .ok
            let flushed = try run(["notify", "--flush"], server)
            #expect(flushed.status == 0, "\(flushed)")
            #expect(flushed.output.contains("told of 2 crashes"))
            #expect(server.taken.count == 2)
            #expect(try run(["sweep"], server).status == 0)
            #expect(try run(["notify", "--flush"], server).output == "Nothing waits.\n")
            #expect(server.taken.count == 2)
            let ops = try #require(server.taken.first { $0.json["receiver"] as? String == "ops" }).json
            let incidents = try #require(ops["incidents"] as? [[String: Any]])
            #expect(incidents.compactMap { $0["host"] as? String } == ["gpu-a12", "gpu-a12"])
            #expect(incidents.compactMap { $0["job"] as? String } == ["llama", "llama"])
            let id = try #require(incidents.first?["id"] as? String)
            #expect(try run(["explain", id], server).status == 0)
            let slack = try #require(server.taken.first { $0.json["receiver"] == nil }).json
            #expect((slack["text"] as? String)?.contains("1.01 GiB") == true)
            for text in [first.output, first.complaint, list.output, flushed.output, flushed.complaint, stored()] {
                #expect(!text.contains(key))
            }
        }

        @Test("a sweep that is killed while it tells loses nothing and tells nothing twice")
        func killed() throws {
            let server = try LocalServer(.stall)
            defer { server.stop() }
            try configure()
            try crash("a", "1.01")
            let process = Process()
            process.executableURL = FaultlineProcess.binary
            process.arguments = ["sweep", "--quiet"]
            process.currentDirectoryURL = folder.url
            process.environment = ProcessInfo.processInfo.environment.merging(environment(server)) { $1 }
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            for _ in 0..<1000 where server.requests.isEmpty { usleep(10_000) }
            #expect(!server.requests.isEmpty)
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            #expect(process.terminationReason == .uncaughtSignal)
            server.behaviour = .ok
            // It is on the disk, and marked as one that may have arrived: another crash does not join it.
            try crash("b", "2.02")
            #expect(try run(["sweep"], server).status == 1)
            #expect(server.taken.count == 2)
            let ids = server.taken.compactMap {
                ($0.json["incidents"] as? [[String: Any]])?.compactMap { $0["id"] as? String }
            }
            #expect(ids.allSatisfy { $0.count == 1 } && Set(ids).count == 2)
            #expect(try run(["sweep"], server).status == 0 && server.taken.count == 2)
        }

        @Test("crashes that an earlier sweep wrote down and did not live to tell are told")
        func untold() throws {
            let server = try LocalServer()
            defer { server.stop() }
            try configure()
            try crash("a", "1.01")
            // As if killed between the ledger and the queue: both have it, and the state still waits to tell.
            #expect(try run(["sweep", "logs"], server).status == 1)
            let state = folder.url.path() + "/state/faultline/sweep.json"
            let ledger = folder.url.path() + "/state/faultline/ledger.jsonl"
            let record = try #require(
                try JSONSerialization.jsonObject(
                    with: Data(try String(contentsOfFile: ledger, encoding: .utf8).split(separator: "\n")[0].utf8))
                    as? [String: Any])
            let id = try #require(record["id"] as? String)
            var text = try String(contentsOfFile: state, encoding: .utf8)
            #expect(text.contains("\"pending\":[]"))
            text = text.replacingOccurrences(
                of: "\"pending\":[]", with: "\"pending\":[{\"id\":\"\(id)\",\"title\":\"t\"}]")
            try text.write(toFile: state, atomically: true, encoding: .utf8)
            #expect(try run(["sweep"], server).output.contains("stopped before it could tell"))
            #expect(server.taken.count == 1)
            let told = (server.taken.first?.json["incidents"] as? [[String: Any]])?.first
            #expect(told?["id"] as? String == id && told?["severity"] as? String == "fatal")
            #expect(try run(["sweep"], server).status == 0 && server.taken.count == 1)
        }

        @Test("a queue that cannot be written keeps the sweep from forgetting")
        func noQueue() throws {
            let server = try LocalServer()
            defer { server.stop() }
            try configure()
            try crash("a", "1.01")
            // A file where the folder should be.
            try folder.write("state/faultline/sweep.notify", "")
            let first = try run(["sweep"], server)
            #expect(first.status == 3)
            #expect(first.output.contains("1.01 GiB") && first.complaint.contains("where messages wait"))
            try FileManager.default.removeItem(atPath: folder.url.path() + "/state/faultline/sweep.notify")
            #expect(try run(["sweep"], server).status == 0)
            #expect(server.taken.count == 1)
        }

        @Test("the timer's unit has the network when somebody is to be told, and only then")
        func timer() throws {
            let server = try LocalServer()
            defer { server.stop() }
            try configure()
            let told = try run(["sweep", "--print-timer", "--config", "faultline.yaml"], server)
            #expect(told.output.contains("AF_INET6") && !told.output.contains("PrivateNetwork"))
            let printed = try run(["sweep", "--init"], server)
            try folder.write("plain.yaml", printed.output)
            let silent = try run(["sweep", "--print-timer", "--config", "plain.yaml"], server)
            #expect(silent.output.contains("PrivateNetwork=yes\nRestrictAddressFamilies=AF_UNIX\n"))
            // The block that it prints as a comment is right, once it is none.
            let uncommented = printed.output.components(separatedBy: "\n").drop { $0 != "# notify:" }
                .map { $0.hasPrefix("# ") ? String($0.dropFirst(2)) : $0 }.joined(separator: "\n")
            try folder.write("faultline.yaml", "sources: [{paths: [x.log]}]\n" + uncommented)
            let list = try run(["notify", "--queue"], server)
            #expect(list.status == 0, "\(list)")
            #expect(uncommented.contains("notify:") && list.output.hasPrefix("Nothing waits"))
        }

        @Test("a test is sent at once, is marked, and says whether it arrived")
        func test() throws {
            let server = try LocalServer()
            defer { server.stop() }
            try configure("  - {name: page, command: [/bin/sh, -c, 'cat > got.json']}")
            let good = try run(["notify", "--test"], server)
            #expect(good.status == 0)
            #expect(good.output == "ops (127.0.0.1:\(server.port)): delivered\npage (/bin/sh): delivered\n")
            #expect(server.taken.first?.json["test"] as? Bool == true)
            let got = try String(contentsOf: folder.url.appending(path: "got.json"), encoding: .utf8)
            #expect(got.contains("\"test\":true"))
            server.behaviour = .answer("404 Not Found", body: "no_service")
            let bad = try run(["notify", "--test", "ops"], server)
            #expect(bad.status == 3)
            #expect(bad.output == "ops (127.0.0.1:\(server.port)): not delivered: it answered 404 (no_service)\n")
            let unknown = try run(["notify", "--test", "nobody"], server)
            #expect(
                unknown.status == 2 && unknown.complaint.contains("no receiver is named 'nobody'; there are ops, page"))
            #expect(try run(["notify"], server).status == 2)
            #expect(try run(["notify", "--test", "--queue"], server).status == 2)
        }
    }
#endif
