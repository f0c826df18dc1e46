#if os(Linux)
    import Foundation
    import Testing

    /// A folder that is a machine's root to what runs in it: there is nothing of Swift, and no more than a package asks for.
    private struct SmallRoot {
        /// What has to stand before a command for it to be let change its root.
        static let privilege = getuid() == 0 ? [] : ["unshare", "--user", "--map-root-user"]
        static let isPossible =
            (try? ShellCommand.run(
                privilege + ["unshare", "--mount", "sh", "-c", "mount --rbind /proc /mnt && chroot / true"]
            ).status) == 0

        private let folder: TemporaryFolder
        let path: String

        init() throws {
            folder = try TemporaryFolder()
            path = folder.url.path(percentEncoded: false)
            for name in ["lib", "lib64", "bin", "sbin"] {
                let isLink = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/" + name)) != nil
                try FileManager.default.createDirectory(
                    atPath: path + (isLink ? "/usr/" : "/") + name, withIntermediateDirectories: true)
                if isLink {
                    try FileManager.default.createSymbolicLink(
                        atPath: path + "/" + name, withDestinationPath: "usr/" + name)
                }
            }
            for name in ["updates", "info", "triggers"] {
                try FileManager.default.createDirectory(
                    atPath: path + "/var/lib/dpkg/" + name, withIntermediateDirectories: true)
            }
            try Data().write(to: URL(filePath: path + "/var/lib/dpkg/status"))
            try put(package: "dash", files: #"/bin/(da)?sh$"#)
            try put(package: "libc6", files: #"\.so[.0-9]*$"#)
        }

        /// Copies this machine's files of a package, and lets dpkg know that it is installed.
        func put(package: String, files pattern: String) throws {
            let listed = try ShellCommand.run(["dpkg-query", "--listfiles", package])
            try #require(listed.status == 0, "\(listed.output)")
            let wanted = try Regex(pattern)
            for file in listed.output.split(separator: "\n").map(String.init)
            where file.hasPrefix("/") && !file.contains("/gconv/") && file.contains(wanted) {
                let target = URL(filePath: path + file)
                try FileManager.default.createDirectory(
                    at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
                try ShellCommand.run(["cp", "-a", file, target.path(percentEncoded: false)])
            }
            // With what it depends on left out: that is this machine's business.
            let status = try ShellCommand.run(["dpkg-query", "--status", package]).output.split(separator: "\n")
                .filter { !$0.hasPrefix("Depends:") && !$0.hasPrefix("Pre-Depends:") && !$0.hasPrefix("Conffiles:") }
                .filter { !$0.hasPrefix(" /") }.joined(separator: "\n")
            let file = try FileHandle(forWritingTo: URL(filePath: path + "/var/lib/dpkg/status"))
            try file.seekToEnd()
            try file.write(contentsOf: Data((status + "\n\n").utf8))
            try file.close()
        }

        func dpkg(_ arguments: [String]) throws -> ShellCommand {
            try ShellCommand.run(Self.privilege + ["dpkg", "--root=" + path] + arguments)
        }

        /// Runs in it, with an environment that is empty. What is mounted for it is gone with it.
        func run(_ words: [String], hasProc: Bool = true) throws -> ShellCommand {
            let mount = hasProc ? #"mkdir -p "$0/proc" && mount --rbind /proc "$0/proc" && "# : ""
            return try ShellCommand.run(
                Self.privilege + [
                    "unshare", "--mount", "sh", "-c", mount + #"exec env -i "$(command -v chroot)" "$0" "$@""#, path,
                ]
                    + words)
        }

        func files() throws -> [String] {
            try ShellCommand.run(["find", path, "!", "-type", "d", "-printf", "/%P\n"]).output.split(separator: "\n")
                .map(String.init)
        }
    }

    @Suite(
        "The Debian package",
        .enabled(if: ReleaseBinary.path != nil, "'make test' gives the release build"),
        .enabled(if: ShellCommand.has("dpkg-deb") && ShellCommand.has("python3"), "dpkg-deb or python3 is missing"))
    struct DebianPackageTests {
        private func package(in folder: TemporaryFolder) throws -> String {
            let binary = try #require(ReleaseBinary.path).path(percentEncoded: false)
            var environment = ProcessInfo.processInfo.environment
            // Compressing takes longer than all else.
            environment["DPKG_DEB_COMPRESSOR_TYPE"] = "none"
            let script = FaultlineProcess.packageFolder.appending(path: "Scripts/build-deb").path(percentEncoded: false)
            let built = try ShellCommand.run(
                [script, binary, folder.url.path(percentEncoded: false)], environment: environment)
            try #require(built.status == 0, "\(built.output)")
            return try #require(built.output.split(separator: "\n").last.map(String.init))
        }

        @Test("is the same, byte for byte, when it is made twice")
        func reproducible() throws {
            let (first, second) = (try TemporaryFolder(), try TemporaryFolder())
            #expect(try ShellCommand.run(["cmp", try package(in: first), try package(in: second)]).output.isEmpty)
        }

        @Test(
            "installed with nothing but what it depends on, it diagnoses a crash; removed, it leaves nothing",
            .enabled(if: SmallRoot.isPossible, "needs the right to mount and to change the root folder"))
        func installed() throws {
            let folder = try TemporaryFolder()
            let package = try package(in: folder)
            let root = try SmallRoot()
            let before = Set(try root.files())
            #expect(try root.dpkg(["--install", package]).status != 0, "installed without its libraries")
            _ = try root.dpkg(["--purge", "faultline"])

            let depends = try ShellCommand.run(["dpkg-deb", "--field", package, "Depends"]).output
            for part in depends.split(separator: ",") where !part.contains("libc6 ") {
                let name = try #require(part.split(whereSeparator: { $0 == " " || $0 == "\n" }).first)
                try root.put(package: String(name), files: #"\.so[.0-9]*$"#)
            }
            let libraries = Set(try root.files())
            #expect(!libraries.contains { $0.contains("swift") })
            let installed = try root.dpkg(["--install", package])
            try #require(installed.status == 0, "\(installed.output)")
            #expect(try root.dpkg(["--verify", "faultline"]).output.isEmpty)

            let version = try root.run(["/usr/bin/faultline", "--version"])
            #expect(version.output == (try FaultlineProcess.run(["--version"])).output)
            let blind = try root.run(["/usr/bin/faultline", "--version"], hasProc: false)
            #expect(blind.status == 2)
            #expect(blind.output.contains("the arguments cannot be read: mount /proc"))

            let logs = FaultlineProcess.packageFolder.appending(path: "fixtures/host-oom-needs-kernel-log/logs")
            try FileManager.default.copyItem(atPath: logs.path(percentEncoded: false), toPath: root.path + "/logs")
            let scan = try root.run(["/usr/bin/faultline", "scan", "--format", "json", "--ledger", "/l.jsonl", "/logs"])
            #expect(scan.status == 1, "\(scan.output)")
            let report = try #require(
                try JSONSerialization.jsonObject(with: Data(scan.output.utf8)) as? [String: Any], "\(scan.output)")
            #expect((report["incidents"] as? [[String: Any]])?.first?["category"] as? String == "oom/host")
            #expect(try root.run(["/usr/bin/faultline", "explain", "--ledger", "/l.jsonl"]).output.contains("CAUSE"))
            let example = "/usr/share/doc/faultline/examples/faultline.yaml"
            let queue = try root.run(
                ["/usr/bin/faultline", "notify", "--queue", "--config", example, "--state", "/s.json"])
            #expect(queue.status == 0, "\(queue.output)")

            for name in ["/logs", "/proc", "/l.jsonl", "/l.jsonl.lock", "/s.json"] {
                try? FileManager.default.removeItem(atPath: root.path + name)
            }
            #expect(try root.dpkg(["--purge", "faultline"]).status == 0)
            let left = Set(try root.files()).subtracting(libraries).subtracting(before)
            #expect(left.filter { !$0.hasPrefix("/var/lib/dpkg/") && !$0.hasPrefix("/var/log/") } == [])
        }

        @Test("its units start the installed program, and systemd accepts them")
        func units() throws {
            let folder = try TemporaryFolder()
            let path = folder.url.path(percentEncoded: false) + "/"
            let package = try package(in: folder)
            try ShellCommand.run(["dpkg-deb", "--extract", package, path + "root"])
            let units = path + "root/usr/lib/systemd/system/"
            for name in ["faultline-record.service", "faultline-sweep.service"] {
                let unit = try String(contentsOfFile: units + name, encoding: .utf8)
                let start = try #require(unit.split(separator: "\n").first { $0.hasPrefix("ExecStart=") })
                #expect(start.hasPrefix("ExecStart=/usr/bin/faultline "))
                #expect(!unit.contains(FaultlineProcess.packageFolder.path(percentEncoded: false)))
            }
            let sweep = try String(contentsOfFile: units + "faultline-sweep.service", encoding: .utf8)
            #expect(sweep.contains("--config /etc/faultline/faultline.yaml"))
            #expect(sweep.contains("ConditionPathExists=/etc/faultline/faultline.yaml"))
            // What the configuration will come to name is not known: nothing of it is shut out.
            #expect(!sweep.contains("PrivateNetwork=yes"))
            #expect(sweep.contains("DeviceAllow=/dev/kmsg r"))
            let timer = try String(contentsOfFile: units + "faultline-sweep.timer", encoding: .utf8)
            #expect(timer.contains("WantedBy=timers.target"))
            guard ShellCommand.has("systemd-analyze") else { return }
            let verified = try ShellCommand.run(
                [
                    "systemd-analyze", "verify", "--man=no", units + "faultline-record.service",
                    units + "faultline-sweep.timer",
                ])
            let complaints = verified.output.split(separator: "\n").filter {
                $0.contains("faultline") && !$0.contains("is not executable")
            }
            #expect(complaints.isEmpty, "\(verified.output)")
        }
    }
#endif
