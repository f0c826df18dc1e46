import Foundation
import Testing

@Suite("Installing", .enabled(if: ShellCommand.has("python3"), "python3 writes the manual pages and is missing"))
struct InstallTests {
    static let script = FaultlineProcess.packageFolder.appending(path: "Scripts/install-files").path(
        percentEncoded: false)

    /// The files that an installation makes, by their paths below its folder.
    private func installed(_ prefix: String) throws -> [String] {
        let made = try ShellCommand.run([Self.script, FaultlineProcess.binary.path(percentEncoded: false), prefix])
        try #require(made.status == 0, "\(made.output)")
        return try files(below: prefix)
    }

    private func files(below folder: String) throws -> [String] {
        try ShellCommand.run(["find", folder, "-type", "f", "-printf", "%P\n"]).output.split(separator: "\n")
            .map(String.init).sorted()
    }

    @Test("puts program, completions and a manual page for each command in place, and takes them all away again")
    func layout() throws {
        let folder = try TemporaryFolder()
        let prefix = folder.url.path(percentEncoded: false) + "/a prefix"
        let names = try installed(prefix)
        #expect(
            names == [
                "bin/faultline", "share/bash-completion/completions/faultline",
                "share/fish/vendor_completions.d/faultline.fish", "share/man/man1/faultline-explain.1",
                "share/man/man1/faultline-history.1", "share/man/man1/faultline-notify.1",
                "share/man/man1/faultline-record.1", "share/man/man1/faultline-report.1",
                "share/man/man1/faultline-resolve.1",
                "share/man/man1/faultline-rules.1", "share/man/man1/faultline-scan.1",
                "share/man/man1/faultline-sweep.1", "share/man/man1/faultline.1", "share/man/man5/faultline.yaml.5",
                "share/zsh/site-functions/_faultline",
            ])
        let version = try ShellCommand.run([prefix + "/bin/faultline", "--version"])
        #expect(version.output == (try FaultlineProcess.run(["--version"])).output)
        let foreign = prefix + "/share/man/man1/other.1"
        try Data().write(to: URL(filePath: foreign))
        #expect(try ShellCommand.run([Self.script, "--uninstall", prefix]).status == 0)
        #expect(try files(below: prefix) == ["share/man/man1/other.1"])
        // What was empty went with it, and what is not ours stays.
        let folders = try ShellCommand.run(["find", prefix, "-mindepth", "1", "-type", "d", "-printf", "%P\n"]).output
        #expect(folders.split(separator: "\n").sorted() == ["share", "share/man", "share/man/man1"])
        try FileManager.default.removeItem(atPath: foreign)
        #expect(try ShellCommand.run([Self.script, "--uninstall", prefix]).status == 0)
        #expect(!FileManager.default.fileExists(atPath: prefix))
        #expect(FileManager.default.fileExists(atPath: folder.url.path(percentEncoded: false)))
    }

    @Test("a program that is not there, and a wrong call, are said and install nothing")
    func wrongCalls() throws {
        let folder = try TemporaryFolder()
        let prefix = folder.url.path(percentEncoded: false) + "/"
        let missing = try ShellCommand.run([Self.script, "/no/such/faultline", prefix])
        #expect(missing.status == 1)
        #expect(missing.output.contains("There is no program /no/such/faultline"))
        #expect(try ShellCommand.run([Self.script]).status == 2)
        // One that runs but is none leaves nothing half installed.
        #expect(try ShellCommand.run([Self.script, "/bin/false", prefix]).status != 0)
        #expect(try files(below: prefix).isEmpty)
    }

    @Test(
        "bash completes commands, forms, options and files",
        .enabled(if: ShellCommand.has("bash"), "bash is missing"),
        arguments: [
            ("faultline rep", "report"), ("faultline report --format ", "html json markdown prompt text"),
            ("faultline report --format h", "html"), ("faultline report ru", "run42 run43.log"),
            ("faultline scan run4", "run42 run43.log"), ("faultline scan --ledger ru", "run42 run43.log"),
            ("faultline report -o ru", "run42 run43.log"), ("faultline scan --recording ru", "run42"),
            ("faultline sweep --conf", "--config"),
        ])
    func completed(line: String, offers: String) throws {
        let folder = try TemporaryFolder()
        let root = folder.url.path(percentEncoded: false)
        _ = try installed(root + "/p")
        try folder.write("work/run43.log", "x")
        try folder.write("work/run42/train.log", "x")
        // As readline calls it; `complete -p` names the function.
        let script = """
            source "$0/p/share/bash-completion/completions/faultline"
            cd "$0/work"
            read -ra COMP_WORDS <<< "$1"
            [[ $1 == *' ' ]] && COMP_WORDS+=('')
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMP_LINE=$1 COMP_POINT=${#1} COMP_TYPE=9 COMP_KEY=9
            function=$(complete -p faultline | sed 's/.*-F \\([^ ]*\\).*/\\1/')
            "$function" faultline "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
            printf '%s\\n' "${COMPREPLY[@]}" | sort | paste -sd ' '
            """
        let run = try ShellCommand.run(["bash", "-c", script, root, line])
        #expect(run.output == offers + "\n")
    }

    @Test("help fits 80 columns, and no line of it is wrapped in its middle")
    func help() throws {
        let commands = [
            "", "scan", "sweep", "notify", "explain", "report", "history", "history list", "history stats",
            "history verify", "history repair", "history merge", "history export", "history rotate", "resolve",
            "record",
            "record run", "record show", "record status", "rules", "rules list", "rules show", "rules lint",
            "rules test",
            "rules draft",
        ].map { $0.split(separator: " ").map(String.init) }
        for command in commands {
            let run = try FaultlineProcess.run(["help"] + command)
            #expect(run.status == 0)
            let lines = run.output.split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.allSatisfy { $0.count <= 80 }, "\(command)")
            // Examples and statuses are indented; what is not, and stands below one, was broken off it.
            for (line, next) in zip(lines, lines.dropFirst()) where line.hasPrefix("  ") {
                #expect(next.isEmpty || next.hasPrefix(" "), "\(command): \(line)|\(next)")
            }
        }
    }

    @Test("the shells read the completions, and man the pages, without complaint")
    func readable() throws {
        let folder = try TemporaryFolder()
        let prefix = folder.url.path(percentEncoded: false) + "/"
        let names = try installed(prefix)
        for (shell, file) in [
            ("bash", "share/bash-completion/completions/faultline"), ("zsh", "share/zsh/site-functions/_faultline"),
            ("fish", "share/fish/vendor_completions.d/faultline.fish"),
        ] where ShellCommand.has(shell) {
            let parsed = try ShellCommand.run([shell, "-n", prefix + file])
            #expect(parsed.status == 0 && parsed.output.isEmpty, "\(shell): \(parsed.output)")
        }
        for page in names where page.contains("/man/") {
            if ShellCommand.has("man") {
                let warned = try ShellCommand.run([
                    "sh", "-c", "man --warnings -l \"$0\" 2>&1 >/dev/null", prefix + page,
                ])
                #expect(warned.output.isEmpty, "\(page): \(warned.output)")
            }
            if ShellCommand.has("mandoc") {
                let warned = try ShellCommand.run(["mandoc", "-T", "lint", "-W", "warning", prefix + page])
                #expect(warned.output.isEmpty, "\(page): \(warned.output)")
            }
        }
        let page = try String(contentsOfFile: prefix + "share/man/man1/faultline-scan.1", encoding: .utf8)
        for part in [".SH SYNOPSIS", ".SH EXAMPLES", ".SH EXIT STATUS", #"\fB\-\-no\-ledger\fR"#, #"\fB3\fR"#] {
            #expect(page.contains(part), "\(part)")
        }
    }

    @Test(
        "faultline.yaml(5) names every key that the program knows",
        arguments: [
            "wrong: 1", "sources: [{wrong: 1}]", "sources: [{journal: {wrong: 1}}]",
            "sources: [{paths: [x]}]\nnotify: [{wrong: 1}]",
            "sources: [{paths: [x]}]\nnotify: [{name: a, webhook: {wrong: 1}}]",
            "sources: [{paths: [x]}]\nnotify: [{name: a, webhook: {env: A}, when: {wrong: 1}}]",
        ])
    func keys(configuration: String) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("faultline.yaml", configuration)
        let run = try FaultlineProcess.run(["notify", "--queue", "--config", file.path(percentEncoded: false)])
        let sweep = try FaultlineProcess.run([
            "sweep", "--config", file.path(percentEncoded: false), "--state",
            folder.url.path(percentEncoded: false) + "/s",
            "--ledger", folder.url.path(percentEncoded: false) + "/l",
        ])
        let complaint = (run.complaint + sweep.complaint).replacing("known are", with: "known here are")
        // "unknown key 'wrong'; known here are a, b, c"
        let known = try #require(complaint.split(separator: "known here are ").dropFirst().first, "\(complaint)")
        let keys = known.prefix { $0 != "\n" }.split(separator: ", ").map(String.init)
        #expect(keys.count > 1)
        let page = try String(
            contentsOf: FaultlineProcess.packageFolder.appending(path: "Packaging/man/faultline.yaml.5"),
            encoding: .utf8)
        for key in keys {
            #expect(page.contains(try Regex("\\b\(key)\\b")), "\(key)")
        }
    }
}
