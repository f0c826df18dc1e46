import Foundation
import Testing

/// Where `faultline report` writes, and what it says when it cannot.
@Suite("What a report is of and where it goes")
struct ReportOutputTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static let crash = """
        [2026-03-01 10:00:00] step 100 loss 2.10
        [2026-03-01 10:05:00] step 200 loss 2.05
        Traceback (most recent call last):
          File "train.py", line 8, in main
        RuntimeError: CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 79.11 GiB

        """

    private func run(_ arguments: [String]) throws -> FaultlineProcess.Run {
        try FaultlineProcess.run(arguments, in: folder.url)
    }

    /// A ledger with one incident, in the test's folder.
    private func record() throws {
        try folder.write("train.log", Self.crash)
        #expect(try run(["scan", "train.log", "--ledger", "l.jsonl"]).status == 1)
    }

    private func text(_ name: String) throws -> String {
        try String(contentsOf: folder.url.appending(path: name), encoding: .utf8)
    }

    /// That something which is no wrong usage is said in one line, without the usage of any command.
    private func expectPlain(_ run: FaultlineProcess.Run, _ words: [String], status: Int32) {
        #expect(run.status == status, "\(run.complaint)")
        for word in words { #expect(run.complaint.contains(word), "\(word): \(run.complaint)") }
        #expect(run.complaint.hasPrefix("faultline: ") && !run.complaint.contains("Usage:"), "\(run.complaint)")
        #expect(run.complaint.filter { $0 == "\n" }.count == 1, "\(run.complaint)")
        #expect(run.output.isEmpty)
    }

    // MARK: - The name after -o

    @Test(
        "an ending that is no form's is wrong usage, and says which there are",
        arguments: [
            ("x.pdf", "prints to PDF from a browser"), ("x.PDF", "prints to PDF"), ("out/x.docx", "--format"),
            ("x.tar.zst", "--bundle"), ("x.html.gz", "--bundle"), ("slurm.4711", ".html, .md, .json and .txt"),
            ("x.", ".html, .md"), ("a\u{1b}[2J.pdf", ".html, .md"),
        ])
    func unknownEnding(name: String, words: String) throws {
        try record()
        let wrong = try run(["report", "last", "--ledger", "l.jsonl", "-o", name])
        #expect(wrong.status == 2)
        #expect(wrong.complaint.contains(words), "\(wrong.complaint)")
        #expect(wrong.complaint.contains("Usage: faultline report"), "\(wrong.complaint)")
        #expect(!wrong.complaint.contains("\u{1b}"))
        #expect(!FileManager.default.fileExists(atPath: folder.url.appending(path: name).path()))
    }

    @Test(
        "a known ending, and none, have a form; with --format the name is free",
        arguments: [
            ("a.htm", "<!doctype html>"), ("a.HTML", "<!doctype html>"), ("a.markdown", "## "), ("a.md", "## "),
            ("a.JSON", "{"), ("a.text", "Change something"), ("a.log", "Change something"), ("a", "Change something"),
            (".a", "Change something"), ("json", "Change something"), ("v1.2/a", "Change something"),
        ])
    func form(name: String, beginning: String) throws {
        try record()
        try FileManager.default.createDirectory(
            at: folder.url.appending(path: "v1.2"), withIntermediateDirectories: true)
        let made = try run(["report", "last", "--ledger", "l.jsonl", "-o", name])
        #expect(made.status == 0 && made.output.isEmpty && made.complaint.isEmpty, "\(made.complaint)")
        #expect(try text(name).lowercased().hasPrefix(beginning.lowercased()))
        let free = try run(["report", "last", "--ledger", "l.jsonl", "-o", "b.pdf", "--format", "json"])
        #expect(free.status == 0)
        #expect(try text("b.pdf").hasPrefix("{"))
    }

    // MARK: - Where it cannot be written

    @Test(
        "a place that cannot be written to is said before anything is read",
        arguments: [
            (["-o", "none/x.html"], ["cannot write none/x.html", "no folder 'none'", "make it"], 2),
            (["-o", "dir"], ["'-o dir' names a folder", "dir/crash.html"], 2),
            (["-o", "dir/"], ["names a folder", "dir/crash.html"], 2),
            (["-o", "new/"], ["names a folder"], 2),
            (["-o", "train.log/x.html"], ["cannot write train.log/x.html", "no folder"], 2),
            (["--bundle", "none/x.tar.gz"], ["cannot write none/x.tar.gz", "'--bundle'"], 2),
            (["--all", "-o", "train.log"], ["'-o train.log' is a file", "needs a folder"], 2),
        ] as [([String], [String], Int32)])
    func place(arguments: [String], words: [String], status: Int32) throws {
        try record()
        try FileManager.default.createDirectory(
            at: folder.url.appending(path: "dir"), withIntermediateDirectories: true)
        let subject = arguments.contains("--all") ? [] : ["last"]
        expectPlain(try run(["report"] + subject + ["--ledger", "l.jsonl"] + arguments), words, status: status)
        if subject.isEmpty { return }
        // Logs are not read for nothing, and the ledger does not learn of them.
        expectPlain(try run(["report", "train.log", "--ledger", "other.jsonl"] + arguments), words, status: status)
        #expect(!FileManager.default.fileExists(atPath: folder.url.appending(path: "other.jsonl").path()))
    }

    #if os(Linux)
        @Test(
            "a disk that is full and a folder that lets nobody write are said, with exit status 3",
            arguments: [
                (["-o", "/dev/full"], ["/dev/full", "No space left", "make room"]),
                (["-o", "/sys/x.html"], ["/sys/x.html", "where you may write"]),
                (["--all", "-o", "/sys/kernel"], ["/sys/kernel"]),
            ] as [([String], [String])])
        func refused(arguments: [String], words: [String]) throws {
            try record()
            let subject = arguments.contains("--all") ? [] : ["last"]
            expectPlain(try run(["report"] + subject + ["--ledger", "l.jsonl"] + arguments), words, status: 3)
            // A device is written to, and never replaced by a file.
            var info = stat()
            #expect(stat("/dev/full", &info) == 0 && info.st_mode & S_IFMT == S_IFCHR)
        }

        @Test("a device and a pipe are written to, a link stays one, and a file keeps its permissions")
        func places() throws {
            try record()
            let root = folder.url.path(percentEncoded: false)
            let shown = try run(["report", "last", "--ledger", "l.jsonl", "-o", "/dev/stdout"])
            #expect(shown.status == 0 && shown.output.hasPrefix("Change something"))
            #expect(try run(["report", "last", "--ledger", "l.jsonl", "-o", "/dev/null"]).status == 0)
            var info = stat()
            #expect(stat("/dev/null", &info) == 0 && info.st_mode & S_IFMT == S_IFCHR)
            try folder.write("real.txt", "old")
            chmod(root + "/real.txt", 0o640)
            try FileManager.default.createSymbolicLink(atPath: root + "/link.txt", withDestinationPath: "real.txt")
            #expect(try run(["report", "last", "--ledger", "l.jsonl", "-o", "link.txt"]).status == 0)
            #expect(try text("real.txt").hasPrefix("Change something"))
            #expect(lstat(root + "/link.txt", &info) == 0 && info.st_mode & S_IFMT == S_IFLNK)
            #expect(stat(root + "/real.txt", &info) == 0 && info.st_mode & 0o777 == 0o640)
            let left = try FileManager.default.contentsOfDirectory(atPath: root).filter { $0.hasSuffix(".tmp") }
            #expect(left == [])
        }
    #endif

    // MARK: - What it is of

    @Test(
        "a ledger without an answer says which ledger, and what to do",
        arguments: [
            (["report", "--ledger", "/nope/l.jsonl"], ["no ledger /nope/l.jsonl", "--ledger FILE"]),
            (["report", "last", "--ledger", "empty.jsonl"], ["ledger empty.jsonl is empty", "without --no-ledger"]),
            (
                ["report", "ffff", "--ledger", "l.jsonl"],
                ["no incident 'ffff' in the ledger l.jsonl", "faultline history"]
            ),
            (["explain", "last", "--ledger", "/nope/l.jsonl"], ["no ledger /nope/l.jsonl"]),
            (["resolve", "ffff", "--fix", "x", "--ledger", "l.jsonl"], ["no incident 'ffff' in the ledger l.jsonl"]),
            (["rules", "show", "no.such.rule"], ["no rule 'no.such.rule'"]),
        ] as [([String], [String])])
    func ledger(arguments: [String], words: [String]) throws {
        try record()
        try folder.write("empty.jsonl", "")
        expectPlain(try run(arguments), words, status: 2)
    }

    @Test("the beginning of several ids names them")
    func ambiguous() throws {
        try record()
        let line = try text("l.jsonl").split(separator: "\n")[0]
        let id = try #require(line.firstMatch(of: /"id":"([0-9a-f]+)"/)).1
        // Without their checksums, which would tell that they were changed.
        let plain = String(line).replacing(/,"(?:sum|check|checksum|crc)":"[^"]*"/, with: "")
        let others = (0..<10).map { plain.replacing(id, with: id.prefix(4) + "000\($0)") }
        try folder.write("many.jsonl", others.joined(separator: "\n") + "\n")
        let wrong = try run(["report", String(id.prefix(4)), "--ledger", "many.jsonl"])
        expectPlain(wrong, ["is the beginning of 10 ids", "\(id.prefix(4))0000, ", "and 2 more"], status: 2)
    }

    @Test("a ledger that cannot be read is exit status 3")
    func unreadable() throws {
        for command in [["report"], ["report", "--since", "1d ago"], ["report", "--all", "-o", "x"], ["history"]] {
            let wrong = try run(command + ["--ledger", folder.url.path(percentEncoded: false)])
            #expect(wrong.status == 3 && wrong.complaint.contains("is not a regular file"), "\(command): \(wrong)")
            #expect(!wrong.complaint.contains("Usage:"))
        }
    }

    @Test("a time since which nothing happened makes a report that says so")
    func silence() throws {
        try record()
        let none = try run(["report", "--since", "2026-06-01", "--ledger", "l.jsonl"])
        #expect(none.status == 0)
        for text in [none.output.split(whereSeparator: \.isWhitespace).joined(separator: " "), none.complaint] {
            #expect(text.contains("the ledger l.jsonl holds nothing since 2026-0"), "\(text)")
            #expect(text.contains("its last incident is of 2026-03-01"), "\(text)")
        }
        let missing = try run(["report", "--since", "2026-06-01", "--ledger", "no.jsonl", "-o", "x.md"])
        #expect(missing.status == 0 && missing.complaint == "faultline: there is no ledger no.jsonl\n")
        #expect(try text("x.md").contains("there is no ledger no.jsonl"))
        let all = try run(["report", "--all", "--ledger", "no.jsonl", "-o", "pages"])
        #expect(all.status == 0 && all.complaint == "faultline: there is no ledger no.jsonl\n")
    }

    @Test("--all without a folder is wrong usage")
    func all() throws {
        let wrong = try run(["report", "--all"])
        #expect(wrong.status == 2 && wrong.complaint.contains("'--all' needs a folder: -o DIR."))
        #expect(wrong.complaint.contains("Usage: faultline report "))
    }

    @Test(
        "wrong usage that shows while a command runs has the usage of that command",
        arguments: [
            (["report", "last", "--redact", "("], "Usage: faultline report "),
            (["scan", "x.log", "--baseline", "x.log", "--no-ledger"], "Usage: faultline scan "),
        ])
    func usage(arguments: [String], words: String) throws {
        try folder.write("x.log", "x\n")
        let wrong = try run(arguments)
        #expect(wrong.status == 2)
        #expect(wrong.complaint.contains(words) && wrong.complaint.hasPrefix("Error: "), "\(wrong.complaint)")
        #expect(wrong.complaint.contains("See 'faultline \(arguments[0]) --help'"), "\(wrong.complaint)")
    }

    // MARK: - What is not there

    @Test(
        "a path and a pattern that are not there are inputs that could not be read, each named once",
        arguments: [
            (["none/x.log"], "none/x.log", "no such file or folder"), (["none.log"], "none.log", "no such file"),
            (["logs/*.log"], "logs/*.log", "nothing matches this pattern"),
            (["dead.log"], "dead.log", "a broken link, to gone"),
        ])
    func missing(paths: [String], name: String, words: String) throws {
        try FileManager.default.createSymbolicLink(
            atPath: folder.url.path(percentEncoded: false) + "/dead.log", withDestinationPath: "gone")
        for command in [["report"], ["scan"], ["scan", "--format", "markdown"], ["report", "--format", "markdown"]] {
            let wrong = try run(command + paths + ["--no-ledger"])
            #expect(wrong.status == 3, "\(command)")
            #expect(wrong.output.contains(words), "\(command): \(wrong.output)")
            let line = try #require(wrong.output.split(separator: "\n").first { $0.contains(words) })
            #expect(line.components(separatedBy: name).count == 2, "\(command): \(line)")
            #expect(!wrong.complaint.contains("Usage:"))
        }
    }

    @Test("a broken link in a folder is told, and the others are read")
    func brokenLink() throws {
        try folder.write("run/train.log", Self.crash)
        for (name, target) in [("dead.log", "gone.log"), (".#train.log", "me@host.1"), ("round.log", "round.log")] {
            try FileManager.default.createSymbolicLink(
                atPath: folder.url.path(percentEncoded: false) + "/run/" + name, withDestinationPath: target)
        }
        let scan = try run(["scan", "run", "--no-ledger"])
        #expect(scan.status == 3)
        let words = scan.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(words.contains("a broken link, to gone.log: run/dead.log"), "\(words)")
        #expect(words.contains("a broken link, to round.log: run/round.log"), "\(words)")
        #expect(!words.contains("me@host.1") && words.contains("CUDA out of memory"))
        let json = try run(["scan", "run", "--no-ledger", "--format", "json"])
        let inputs = try #require(try json.json()["inputs"] as? [[String: Any]])
        #expect(inputs.filter { $0["complete"] as? Bool == false }.count == 2)
        #expect(try json.incidents().count == 1)
    }
}
