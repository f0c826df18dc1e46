import Foundation
import TestSupport
import Testing

/// Whether there is what bundles are written with on this machine.
private let hasLibrary = (try? ShellTool("/sbin/ldconfig", "-p").run().contains("libarchive.so.13")) ?? false

/// A program of the system, for a look at bundles with other eyes.
struct ShellTool {
    var path: String
    var arguments: [String]

    init(_ path: String, _ arguments: String...) {
        self.path = path
        self.arguments = arguments
    }

    struct Failure: Error { var status: Int32 }

    /// What it writes; throws when it fails.
    func run(in folder: URL? = nil) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [path] + arguments
        process.currentDirectoryURL = folder
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let bytes = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(status: process.terminationStatus) }
        return String(decoding: bytes, as: UTF8.self)
    }
}

@Suite("Bundles of the real program", .enabled(if: hasLibrary, "libarchive is not installed"))
struct BundleTests {
    static let schema = FaultlineProcess.packageFolder.appending(path: "docs/schema/bundle.json")
    static let error =
        "RuntimeError: CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 79.11 GiB"

    private func report(_ arguments: [String], in folder: TemporaryFolder) throws -> FaultlineProcess.Run {
        try FaultlineProcess.run(["report"] + arguments, in: folder.url)
    }

    private func run(before: [String], error: String = "") -> String {
        (["[2026-03-01 10:05:00] step 200 loss 2.05"] + before + [
            "Traceback (most recent call last):", "  File \"train.py\", line 8, in main", "    step()",
            Self.error + error,
        ]).joined(separator: "\n") + "\n"
    }

    /// All bytes of all files of a folder.
    private func contents(of folder: URL) throws -> [String: Data] {
        var files: [String: Data] = [:]
        for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path()) {
            let file = folder.appending(path: path)
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: file.path(), isDirectory: &isFolder)
            if !isFolder.boolValue { files[path] = try Data(contentsOf: file) }
        }
        return files
    }

    @Test(
        "tar unpacks it, sha256sum agrees, the manifest fits its schema, and every form is made again elsewhere",
        arguments: ["crash.tar.zst", "crash.tar.gz", "crash.tgz"])
    func whole(name: String) throws {
        let folder = try TemporaryFolder()
        let place = FaultlineProcess.packageFolder.appending(path: "fixtures/recorded-host-oom")
        let made = try report(
            [
                place.path() + "/logs", "--recording", place.path() + "/recording", "--no-ledger", "--bundle", name,
            ], in: folder)
        #expect(made.status == 0 && made.output.isEmpty && made.complaint.isEmpty, "\(made.complaint)")
        let listed = try ShellTool("tar", name.hasSuffix("zst") ? "--zstd" : "-z", "-tf", name).run(in: folder.url)
        #expect(listed.hasPrefix("crash/manifest.json\ncrash/report.json\n"), "\(listed)")
        _ = try ShellTool("tar", name.hasSuffix("zst") ? "--zstd" : "-z", "-xf", name).run(in: folder.url)
        let unpacked = folder.url.appending(path: "crash")
        let manifest = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: unpacked.appending(path: "manifest.json")))
                as? [String: Any])
        #expect(try JSONSchema(contentsOf: Self.schema).problems(in: manifest, isClosed: true) == [])
        let files = try #require(manifest["files"] as? [[String: Any]])
        for file in files {
            let path = try #require(file["path"] as? String)
            let sum = try ShellTool("sha256sum", path).run(in: unpacked)
            #expect(sum.prefix(64) == (file["sha256"] as? String ?? "")[...])
        }
        #expect(Set(listed.split(separator: "\n")).count == files.count + 1)
        for part in ["report.json", "report.md", "report.txt", "excerpts/1-", "recording/1-"] {
            #expect(files.contains { ($0["path"] as? String)?.hasPrefix(part) == true }, "\(part)")
        }
        let json = try JSONSerialization.jsonObject(
            with: Data(contentsOf: unpacked.appending(path: "report.json")))
        let check = try JSONSchema(contentsOf: ReportTests.schema)
        #expect(check.problems(in: json, isClosed: true).filter { !$0.contains("/machine/") } == [])
        // On another machine there are no logs, no ledger, and no such name.
        let elsewhere = try TemporaryFolder()
        try FileManager.default.copyItem(
            at: folder.url.appending(path: name), to: elsewhere.url.appending(path: "download (1)"))
        for (form, file) in [("json", "report.json"), ("markdown", "report.md"), ("text", "report.txt")] {
            let again = try report(["download (1)", "--format", form], in: elsewhere)
            #expect(again.status == 0, "\(again.complaint)")
            #expect(
                again.output == String(decoding: try Data(contentsOf: unpacked.appending(path: file)), as: UTF8.self))
        }
        #expect(try report(["download (1)", "--format", "prompt"], in: elsewhere).output.contains("## Verdict"))
        #expect(try contents(of: elsewhere.url).keys.sorted() == ["download (1)"], "reading writes nothing")
    }

    @Test("none of the planted secrets of more than 25 kinds is in a bundle, packed or not, and none comes out of one")
    func secrets() throws {
        let folder = try TemporaryFolder()
        let planted = Planted.all
        #expect(Set(planted.map(\.kind)).count >= 25)
        let body = ["-----BEGIN RSA PRIVATE KEY-----", Planted.noise(64), "Q3k9xB==", "-----END RSA PRIVATE KEY-----"]
        try folder.write("run/train.log", run(before: planted.map(\.line), error: "with " + planted[30].line))
        try folder.write("run/key.log", run(before: body, error: planted[40].line))
        func check(_ files: [String: Data]) {
            for (path, bytes) in files {
                for secret in planted.map(\.secret) + [Planted.noise(64)] where !secret.hasSuffix("-----") {
                    // Of 'session=…' and its like, the value.
                    let tail = String(secret.suffix(7))
                    #expect(bytes.range(of: Data(tail.utf8)) == nil, "\(path) shows '\(tail)' of \(secret)")
                }
            }
        }
        let options = ["--context", "100", "--ledger", "l.jsonl"]
        for (subject, name) in [("run", "logs.tar.gz"), ("last", "ledger.tar.gz")] {
            let made = try report([subject] + options + ["--bundle", name], in: folder)
            #expect(made.status == 0, "\(made.complaint)")
            let unpacked = folder.url.appending(path: "unpacked-" + subject)
            try FileManager.default.createDirectory(at: unpacked, withIntermediateDirectories: true)
            _ = try ShellTool("tar", "-xzf", name, "-C", unpacked.path()).run(in: folder.url)
            _ = try ShellTool("sh", "-c", "gzip -dc \(name) > \(unpacked.path())/whole.tar").run(in: folder.url)
            let files = try contents(of: unpacked)
            #expect(files.count >= 6)
            #expect(files.values.contains { $0.range(of: Data("[redacted:github-token]".utf8)) != nil })
            check(files)
            for form in ReportTests.forms {
                let opened = try report([name, "--format", form, "--budget", "100000"], in: folder)
                #expect(opened.output.contains("redacted:"))
                check(["\(name) as \(form)": Data(opened.output.utf8)])
            }
        }
        for arguments in [
            ["scan", "run", "--format", "markdown", "--no-ledger"],
            ["history", "export", "--csv", "--ledger", "l.jsonl"],
        ] {
            let run = try FaultlineProcess.run(arguments, in: folder.url)
            #expect(run.output.contains("redacted:"), "\(arguments): \(run.complaint)")
            check([arguments.joined(separator: " "): Data(run.output.utf8)])
            let open = try FaultlineProcess.run(arguments + ["--no-redact"], in: folder.url)
            #expect(open.output.contains(String(planted[40].secret.suffix(7))), "--no-redact leaves them in")
        }
    }

    @Test("a bundle made with --no-redact loses its secrets when it is opened, and when it is bundled again")
    func again() throws {
        let folder = try TemporaryFolder()
        let secret = "ghp_" + Planted.noise(36)
        try folder.write("train.log", run(before: [], error: " token \(secret) of project Otter"))
        _ = try report(["train.log", "--no-ledger", "--no-redact", "--bundle", "open.tar.gz"], in: folder)
        let open = try report(["open.tar.gz", "--no-redact", "--format", "json"], in: folder)
        #expect(open.output.contains(secret))
        #expect(try open.json()["redaction"] == nil)
        #expect(try !report(["open.tar.gz", "--format", "json"], in: folder).output.contains(secret))
        let strict = try report(["open.tar.gz", "--redact", "Otter", "--bundle", "strict.tar.zst"], in: folder)
        #expect(strict.status == 0, "\(strict.complaint)")
        let json = try report(["strict.tar.zst", "--format", "json", "--no-redact"], in: folder).json()
        let counts = try #require((json["redaction"] as? [String: Any])?["counts"] as? [String: Int])
        #expect(counts["custom"] ?? 0 > 0 && counts["github-token"] ?? 0 > 0)
        let twice = try report(["strict.tar.zst", "--format", "json"], in: folder).json()
        #expect((twice["redaction"] as? [String: Any])?["counts"] as? [String: Int] == counts, "a mark is no secret")
    }

    @Test("a bundle's paths are another machine's: no file of this one is looked up")
    func paths() throws {
        let folder = try TemporaryFolder()
        try folder.write("train.log", run(before: ["line of the other machine"]))
        _ = try report(["train.log", "--no-ledger", "--bundle", "b.tar.gz"], in: folder)
        try folder.write("train.log", run(before: ["secret of this machine"]))
        let opened = try report(["b.tar.gz", "--format", "json", "--context", "100"], in: folder)
        #expect(opened.output.contains("line of the other machine"))
        #expect(!opened.output.contains("secret of this machine"))
    }

    @Test(
        "what somebody made is refused with a reason, and nothing of it comes into being",
        arguments: [
            ("link", "is a link"), ("hardlink", "is a link"), ("device", "is no regular file"),
            ("fifo", "is no regular file"), ("absolute", "is no plain path"), ("outside", "is no plain path"),
            ("sparse", "larger than"), ("bomb", "larger than"), ("nested", "no archive"), ("logs", "no bundle"),
            ("text", "no archive"), ("empty", "no archive"), ("zip", "no archive"), ("altered", "hash"),
            ("escape", "is no plain path"),
        ])
    func refused(kind: String, words: String) throws {
        let folder = try TemporaryFolder()
        try folder.write("train.log", run(before: []))
        _ = try report(["train.log", "--no-ledger", "--bundle", "good.tar.gz"], in: folder)
        try folder.write("make.py", Self.maker)
        _ = try ShellTool("python3", "make.py", kind).run(in: folder.url)
        let before = try contents(of: folder.url)
        let opened = try report(["bad.tar.gz"], in: folder)
        #expect(opened.status == 3, "\(opened.output)")
        #expect(opened.output.isEmpty)
        #expect(opened.complaint.contains(words), "\(opened.complaint)")
        #expect(!opened.complaint.contains("\u{1b}"))
        #expect(try contents(of: folder.url) == before)
        #expect(!FileManager.default.fileExists(atPath: "/tmp/faultline-owned"))
    }

    /// Alters a good bundle with Python's own tar.
    static let maker = """
        import gzip, io, sys, tarfile, zipfile
        kind = sys.argv[1]
        good = tarfile.open("good.tar.gz")
        files = [(m, good.extractfile(m).read()) for m in good.getmembers()]
        def put(tar, info, data=b""):
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
        if kind == "text":
            open("bad.tar.gz", "wb").write(gzip.compress(b"step 1 loss 2\\n" * 9999))
        elif kind == "empty":
            open("bad.tar.gz", "wb").close()
        elif kind == "zip":
            with zipfile.ZipFile("bad.tar.gz", "w") as z: z.writestr("manifest.json", "{}")
        elif kind == "nested":
            open("bad.tar.gz", "wb").write(gzip.compress(open("good.tar.gz", "rb").read()))
        elif kind == "bomb":
            with gzip.open("bad.tar.gz", "wb") as out:
                info = tarfile.TarInfo("good/zeros"); info.size = 1 << 30
                out.write(info.tobuf())
                for _ in range(300): out.write(bytes(1 << 20))
        else:
            tar = tarfile.open("bad.tar.gz", "w:gz", format=tarfile.GNU_FORMAT)
            for info, data in files if kind != "logs" else []:
                if kind == "altered" and info.name.endswith("report.json"):
                    data = data.replace(b"GPU", b"gpu", 1)
                put(tar, info, data)
            info = tarfile.TarInfo("good/more")
            if kind in ("link", "hardlink"):
                info.type = tarfile.SYMTYPE if kind == "link" else tarfile.LNKTYPE
                info.linkname = "/etc/passwd"
            elif kind == "device": info.type = tarfile.CHRTYPE; info.devmajor, info.devminor = 1, 5
            elif kind == "fifo": info.type = tarfile.FIFOTYPE
            elif kind == "absolute": info.name = "/tmp/faultline-owned"
            elif kind == "outside": info.name = "good/../../../tmp/faultline-owned"
            elif kind == "escape": info.name = "good/\\x1b]0;owned\\x07"
            elif kind == "logs": info.name = "logs/train.log"
            if kind == "sparse":
                tar.close()
                import os, subprocess
                with open("more", "wb") as f: f.truncate(1 << 40)
                subprocess.run(["tar", "-czSf", "bad.tar.gz", "more"], check=True)
                os.remove("more")
            elif kind != "altered":
                put(tar, info, b"" if info.type != tarfile.REGTYPE else b"owned")
                tar.close()
            else: tar.close()
        """

    @Test(
        "wrong usage is said",
        arguments: [
            (["--bundle", "a.zip"], "ends in .tar.zst"), (["--bundle", "a.tar.gz", "-o", "x.md"], "leave out '-o'"),
            (["--bundle", "/nowhere/a.tar.gz"], "/nowhere/a.tar.gz"), (["b.tar.gz", "train.log"], "name it alone"),
            (["b.tar.gz", "--since", "2d ago"], "shown whole"),
        ])
    func usage(arguments: [String], words: String) throws {
        let folder = try TemporaryFolder()
        try folder.write("train.log", run(before: []))
        _ = try report(["train.log", "--no-ledger", "--bundle", "b.tar.gz"], in: folder)
        let isOfLog = arguments.first?.hasPrefix("--") == true
        let wrong = try report((isOfLog ? ["train.log", "--no-ledger"] : []) + arguments, in: folder)
        #expect(wrong.status == 2, "\(wrong.complaint)")
        #expect(wrong.complaint.contains(words), "\(wrong.complaint)")
    }

    @Test("a compressed log is no bundle, whatever its name begins with")
    func log() throws {
        let folder = try TemporaryFolder()
        try folder.write("train.log", run(before: []))
        _ = try ShellTool("gzip", "-k", "train.log").run(in: folder.url)
        let scanned = try report(["train.log.gz", "--no-ledger", "--format", "json"], in: folder)
        #expect(try scanned.incidents().count == 1)
    }

    @Test("what was read incompletely is exit 3 for who makes the bundle, and none for who opens it")
    func incomplete() throws {
        let folder = try TemporaryFolder()
        try folder.write("run/train.log", run(before: []))
        try folder.write("run/torn.log.gz", Data([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3]))
        let made = try report(["run", "--no-ledger", "--bundle", "b.tar.gz"], in: folder)
        #expect(made.status == 3, "\(made.complaint)")
        let opened = try report(["b.tar.gz"], in: folder)
        #expect(opened.status == 0)
        #expect(opened.output.contains("NOT EVERYTHING WAS READ"))
    }

    @Test("scan's text and JSON take no options of redaction")
    func scan() throws {
        let run = try FaultlineProcess.run(["scan", "fixtures/cuda-oom-one-rank/logs", "--no-ledger", "--no-redact"])
        #expect(run.status == 2)
        #expect(run.complaint.contains("--format markdown"))
    }
}
