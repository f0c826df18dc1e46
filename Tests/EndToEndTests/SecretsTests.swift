#if os(Linux)
    import Foundation
    import TestSupport
    import Testing

    /// Secrets in all places where logs have them, looked for in all that is made to be sent.
    @Suite("Secrets in what is sent to others")
    struct SecretsTests {
        private let folder: TemporaryFolder

        init() throws { folder = try TemporaryFolder() }

        /// A run that dies of an exception, with these lines before the end of it.
        private func dyingRun(minute: Int = 0, before: [String] = [], error: String) -> String {
            let clock = String(format: "2026-03-01 10:%02d", minute)
            return
                (["[\(clock):00] step 100 loss 2.10", "[\(clock):05] step 200 loss 2.05"] + before + [
                    "Traceback (most recent call last):", "  File \"train.py\", line 8, in main", "    step()", error,
                ]).joined(separator: "\n") + "\n"
        }

        private func run(_ arguments: [String]) throws -> FaultlineProcess.Run {
            try FaultlineProcess.run(arguments, in: folder.url)
        }

        /// All that is sent of these logs, by what it is: of the logs, of the ledger, and of the ledger without the logs.
        private func everything(of logs: String, _ options: [String] = []) throws -> [String: String] {
            var made: [String: String] = [:]
            func keep(_ name: String, _ arguments: [String]) throws {
                let run = try run(arguments)
                // A scan that found a crash says so.
                #expect(run.status == (arguments.first == "scan" ? 1 : 0), "\(name): \(run.complaint)")
                made[name] = run.output + run.complaint
            }
            let whole = ["--context", "100", "--budget", "200000", "--ledger", "l.jsonl"]
            let forms = ["html", "text", "markdown", "json", "prompt"]
            for form in forms { try keep("logs as \(form)", ["report", logs, "--format", form] + whole + options) }
            try keep("scan as markdown", ["scan", logs, "--format", "markdown", "--no-ledger"] + options)
            for (subject, bundle) in [([logs], "a"), (["--since", "2020-01-01"], "b")] {
                try keep("bundle \(bundle)", ["report"] + subject + whole + ["--bundle", bundle + ".tar.gz"] + options)
                let place = folder.url.appending(path: "unpacked-" + bundle)
                try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
                _ = try ShellTool("tar", "-xzf", bundle + ".tar.gz", "-C", place.path()).run(in: folder.url)
                try readAll(place, "bundle \(bundle): ", &made)
                for form in forms {
                    try keep("\(bundle) opened as \(form)", ["report", bundle + ".tar.gz", "--format", form])
                }
            }
            for isThere in [true, false] {
                let name = isThere ? "ledger" : "ledger without logs"
                if !isThere { try FileManager.default.removeItem(at: folder.url.appending(path: logs)) }
                for form in forms {
                    try keep("\(name) as \(form)", ["report", "--since", "2020-01-01", "--format", form] + whole)
                }
                let pages = isThere ? "pages" : "pages-without"
                try keep("\(name), all", ["report", "--all", "-o", pages, "--ledger", "l.jsonl"])
                try readAll(folder.url.appending(path: pages), "\(name), all: ", &made)
            }
            try keep("csv", ["history", "export", "--csv", "--ledger", "l.jsonl"])
            return made
        }

        private func readAll(_ place: URL, _ name: String, _ made: inout [String: String]) throws {
            let files = try #require(FileManager.default.enumerator(atPath: place.path())?.allObjects as? [String])
            #expect(!files.isEmpty)
            for file in files {
                guard let data = FileManager.default.contents(atPath: place.appending(path: file).path()) else {
                    continue
                }
                made[name + file] = file + "\n" + String(decoding: data, as: UTF8.self)
            }
        }

        /// The seven last characters: of 'session=…' and its like, of the value.
        private func tail(_ secret: String) -> String {
            // Of a key in one line, what stands before its end mark; of a cookie the value before what is no secret.
            let body = secret.replacing("\\n", with: "").replacing("-----END PRIVATE KEY-----", with: "")
            let value = body.hasSuffix("HttpOnly") ? body.prefix { $0 != ";" }[...] : body[...]
            return String(value.suffix(7))
        }

        @Test("none of more than 150 planted secrets of more than 30 kinds is in anything that is sent")
        func planted() throws {
            let planted = Planted.all.filter { !$0.secret.hasSuffix("KEY-----") }
            #expect(planted.count > 150 && Set(planted.map(\.kind)).count > 30)
            for (number, start) in stride(from: 0, to: planted.count, by: 40).enumerated() {
                let some = planted[start..<min(start + 40, planted.count)]
                try folder.write(
                    "run/part\(number).log",
                    dyingRun(minute: number, before: some.map(\.line), error: "ValueError: \(some[start].line)"))
            }
            let open = try run(["report", "run", "--format", "json", "--context", "100", "--no-ledger", "--no-redact"])
            let shown = planted.count { open.output.contains(tail($0.secret)) }
            #expect(shown > planted.count * 8 / 10, "without redaction \(shown) of \(planted.count) are there")
            for (name, text) in try everything(of: "run") {
                for secret in planted where text.contains(tail(secret.secret)) {
                    Issue.record("\(name) shows '\(tail(secret.secret))' of \(secret.line)")
                }
            }
        }

        @Test("a secret is gone wherever a title, an advice, a ledger or a scan cuts the line")
        func cut() throws {
            let secrets = [
                "hf_" + Planted.noise(34), "token=" + Planted.noise(30), "password='" + Planted.noise(30) + "'",
                "postgres://trainer:" + Planted.noise(30) + "@db/runs", "AccountKey=" + Planted.noise(60),
                "Authorization: Bearer " + Planted.noise(50), "dapi" + Planted.hex(32),
            ]
            var number = 0
            for limit in [200, 300, 500, 600, 2000] {
                for back in [4, 12, 19, 27, 36] {
                    let secret = secrets[number % secrets.count]
                    let message = String(repeating: "x", count: max(0, limit - back - 24)) + " " + secret + " refused"
                    try folder.write(
                        "run/cut\(number).log",
                        dyingRun(minute: number, before: [message], error: "RuntimeError: \(message)"))
                    number += 1
                }
            }
            for (name, text) in try everything(of: "run") {
                for body in [Planted.noise(60), Planted.hex(32)] {
                    let letters = Array(body)
                    for start in 0...(letters.count - 8) {
                        let part = String(letters[start..<(start + 8)])
                        #expect(!text.contains(part), "\(name) shows \(part)")
                    }
                }
            }
        }

        @Test("names of files and folders, of hosts, of ranks and of exceptions may hold secrets, too")
        func names() throws {
            let (file, host, type) = (
                "ghp_" + Planted.noise(36), "hf_" + Planted.noise(34), "LTAI" + Planted.noise(20) + "Error"
            )
            let place = "run/token=\(file)"
            for rank in 0..<2 {
                try folder.write(
                    "\(place)/\(host)-rank\(rank).log",
                    dyingRun(
                        before: [
                            "2026-03-01T10:01:00.000Z \(host) trainer[41]: [rank\(rank)]: \(type): starts",
                            "[\(type)]:[default\(rank)]: saved /ckpt/\(file)/step_200.pt",
                        ], error: "\(type): connection to \(host) lost"))
            }
            try folder.write(
                "run/kern.log",
                "Mar  1 10:06:00 \(host) kernel: Out of memory: Killed process 41 (\(file.prefix(15))) "
                    + "total-vm:1kB, anon-rss:1kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:1kB oom_score_adj:0\n")
            for (name, text) in try everything(of: "run") {
                for secret in [file, host, type] {
                    #expect(!text.contains(secret.dropLast(5).suffix(12)), "\(name)")
                    #expect(!text.contains(secret.dropFirst(6).prefix(12)), "\(name)")
                }
            }
        }

        @Test("names of processes in a recording are looked at, too")
        func recording() throws {
            let place = FaultlineProcess.packageFolder.appending(path: "fixtures/recorded-host-oom")
            let name = "hf_" + Planted.noise(12)
            try FileManager.default.copyItem(
                at: place.appending(path: "logs"), to: folder.url.appending(path: "run"))
            for file in try FileManager.default.contentsOfDirectory(atPath: place.path() + "/recording") {
                let text = try String(contentsOfFile: place.path() + "/recording/" + file, encoding: .utf8)
                let edited = text.replacing("\"name\":\"python\"", with: "\"name\":\"\(name)\"")
                #expect(edited != text)
                try folder.write("recording/" + file, edited)
            }
            for (what, text) in try everything(of: "run", ["--recording", "recording"]) {
                #expect(!text.contains(name.suffix(8)), "\(what)")
            }
        }

        @Test("what a sweep tells others, keeps for them and says of a command holds none of them")
        func notices() throws {
            let server = try LocalServer()
            defer { server.stop() }
            server.behaviour = .ok
            try folder.write(
                "faultline.yaml",
                """
                sources:
                  - paths: [logs/*]
                    together: file
                notify:
                  - name: ops
                    webhook: {env: OPS_HOOK}
                  - {name: slack, webhook: {env: OPS_HOOK}, format: slack}
                  - name: script
                    command: [/bin/sh, -c, "cat >&2; exit 1"]
                """)
            let planted = Planted.all.filter { !$0.secret.hasSuffix("KEY-----") }
            for (number, item) in planted.enumerated() {
                let path = "logs/\(number).log"
                try folder.write(path, dyingRun(minute: number % 60, error: "ValueError: \(item.line)"))
                try FileManager.default.setAttributes(
                    [.modificationDate: Date() - 60], ofItemAtPath: folder.url.appending(path: path).path())
            }
            let run = try FaultlineProcess.run(
                ["sweep"], in: folder.url,
                environment: [
                    "XDG_STATE_HOME": folder.url.path() + "/state", "HOME": folder.url.path(), "no_proxy": "127.0.0.1",
                    "OPS_HOOK": server.url + "/x",
                ])
            let told = server.taken.map { String(decoding: $0.body, as: UTF8.self) }.joined(separator: "\n")
            #expect(server.taken.count >= 2 && told.contains("redacted:"), "\(run.complaint)")
            var queue: [String: String] = [:]
            let state = folder.url.appending(path: "state")
            for file in FileManager.default.enumerator(atPath: state.path())?.allObjects as? [String] ?? []
            where file.contains("notify") || file.contains("queue") || file.contains("messages") {
                queue[file] = FileManager.default.contents(atPath: state.appending(path: file).path())
                    .map { String(decoding: $0, as: UTF8.self) }
            }
            #expect(queue.values.contains { $0.contains("redacted:") }, "the script's message waits: \(queue.keys)")
            for secret in planted {
                #expect(!told.contains(tail(secret.secret)), "\(secret.line)")
                #expect(!run.complaint.contains(tail(secret.secret)), "\(secret.line)")
                for (file, text) in queue { #expect(!text.contains(tail(secret.secret)), "\(file): \(secret.line)") }
            }
        }
    }
#endif
