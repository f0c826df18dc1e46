#if os(Linux)
    import Foundation
    import Testing

    @Suite("faultline and sources that are no files")
    struct SweepSourcesTests {
        private let folder: TemporaryFolder

        init() throws { folder = try TemporaryFolder() }

        private func faultline(_ arguments: [String], path: String? = nil) throws -> FaultlineProcess.Run {
            let usual = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
            return try FaultlineProcess.run(
                arguments, in: folder.url,
                environment: [
                    "XDG_STATE_HOME": folder.url.path() + "/state", "HOME": folder.url.path(),
                    "PATH": (path.map { $0 + ":" } ?? "") + usual,
                ])
        }

        /// Two entries as journalctl 252 prints them.
        private let entries = """
            {"_HOSTNAME":"gpu-a12","__CURSOR":"s=3885c822a53848a1995a1735b66d7919;i=1;b=11111111111111111111111111111111;m=5;t=64beb26c36000;x=387dfd26b0dd834b","__REALTIME_TIMESTAMP":"1772323200000000","__MONOTONIC_TIMESTAMP":"5","_BOOT_ID":"11111111111111111111111111111111","_TRANSPORT":"kernel","SYSLOG_FACILITY":"0","SYSLOG_IDENTIFIER":"kernel","_SOURCE_MONOTONIC_TIMESTAMP":"0","MESSAGE":"Linux version 6.8.0"}
            {"_HOSTNAME":"gpu-a12","__CURSOR":"s=3885c822a53848a1995a1735b66d7919;i=2;b=11111111111111111111111111111111;m=f4245;t=64beb26d2a240;x=adaa8c54cfb0728a","__REALTIME_TIMESTAMP":"1772323201000000","__MONOTONIC_TIMESTAMP":"1000005","_BOOT_ID":"11111111111111111111111111111111","_TRANSPORT":"kernel","SYSLOG_FACILITY":"0","SYSLOG_IDENTIFIER":"kernel","_SOURCE_MONOTONIC_TIMESTAMP":"1000000","MESSAGE":"NVRM: Xid (PCI:0000:3b:00): 79, pid=4711, GPU has fallen off the bus."}

            """

        /// A folder with a journalctl that prints `entries` and notes how it was called.
        private func fakeJournal(_ script: String) throws -> String {
            let program = try folder.write(
                "bin/journalctl", "#!/bin/sh\nprintf '%s ' \"$@\" > '\(folder.url.path())/arguments'\n" + script)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.path())
            try folder.write("entries", entries)
            return folder.url.path() + "/bin"
        }

        @Test("scan --journal reads the journal, and the part of it that is asked for")
        func journal() throws {
            let bin = try fakeJournal("cat '\(folder.url.path())/entries'\n")
            let run = try faultline(
                ["scan", "--no-ledger", "--journal", "--boot", "-1", "--unit", "a.service", "--since", "2026-01-01"],
                path: bin)
            #expect(run.status == 1)
            #expect(run.output.contains("journal:2") && run.output.contains("gpu-a12"))
            let arguments = try String(contentsOf: folder.url.appending(path: "arguments"), encoding: .utf8)
            #expect(arguments.contains("--boot=-1") && arguments.contains("--unit=a.service"))
            #expect(arguments.contains("--since=@"))
            let other = try faultline(["scan", "--no-ledger", "--journal-directory", "/x"], path: bin)
            #expect(other.status == 1)
            #expect(
                try String(contentsOf: folder.url.appending(path: "arguments"), encoding: .utf8).contains(
                    "--directory=/x"))
        }

        @Test("scan --journal says why the journal could not be read, and is not complete then")
        func failing() throws {
            let bin = try fakeJournal("printf 'No journal files were opened \\033[31m\\n' >&2; exit 1\n")
            let run = try faultline(["scan", "--no-ledger", "--journal"], path: bin)
            #expect(run.status == 3)
            #expect(run.output.contains("journalctl: No journal files were opened"))
            #expect(!run.output.contains("\u{1b}"))
            #expect(try faultline(["scan", "--boot", "-1"]).status == 2)
            #expect(try faultline(["scan", "--journal", "--boot", "a b"]).status == 2)
        }

        @Test("sweep reads the journal on and on, and tells once")
        func sweep() throws {
            let bin = try fakeJournal("cat '\(folder.url.path())/entries'\n")
            try folder.write("faultline.yaml", "sources:\n  - journal: true\n")
            let first = try faultline(["sweep"], path: bin)
            #expect(first.status == 1)
            #expect(first.output.contains("journal.jsonl:2"))
            let mode =
                try FileManager.default.attributesOfItem(
                    atPath: folder.url.path() + "/state/faultline/sweep.d/journal.jsonl")[.posixPermissions] as? Int
            #expect(mode == 0o600)
            // This journalctl begins where it likes, which is said; nothing is told twice.
            let second = try faultline(["sweep"], path: bin)
            #expect(second.status == 0)
            #expect(second.output.contains("no longer holds the entry where the last sweep stopped"))
        }

        @Test(
            "scan /dev/kmsg reads the kernel's ring and does not wait for more",
            .enabled(if: access("/dev/kmsg", R_OK) == 0, "needs a /dev/kmsg that may be read"))
        func ring() throws {
            let before = ContinuousClock.now
            let run = try faultline(["scan", "--no-ledger", "--format", "json", "/dev/kmsg"])
            #expect([0, 1].contains(run.status))
            let lines = try (run.json()["inputs"] as? [[String: Any]])?.first?["lines"] as? Int
            #expect(lines ?? 0 > 0)
            #expect(ContinuousClock.now - before < .seconds(60))
        }

        @Test("the timer's service may read what its configuration names, and no more")
        func timer() throws {
            let path = folder.url.path()
            try folder.write("kernel.yaml", "sources:\n  - kernel: true\n")
            try folder.write("journal.yaml", "sources:\n  - journal: true\n")
            try folder.write("files.yaml", "sources:\n  - paths: /logs\n")
            func unit(_ arguments: [String]) throws -> String {
                try faultline(["sweep", "--print-timer"] + arguments).output
            }
            let kernel = try unit(["--config", path + "/kernel.yaml"])
            #expect(kernel.contains("DeviceAllow=/dev/kmsg r\n") && kernel.contains("CAP_SYSLOG"))
            #expect(!kernel.contains("\nPrivateDevices=yes") && kernel.contains("SupplementaryGroups=systemd-journal"))
            let journal = try unit(["--config", path + "/journal.yaml"])
            #expect(journal.contains("\nPrivateDevices=yes") && !journal.contains("CAP_SYSLOG"))
            #expect(journal.contains("SupplementaryGroups=systemd-journal"))
            for arguments in [["--config", path + "/files.yaml"], ["/logs"]] {
                let files = try unit(arguments)
                #expect(files.contains("\nPrivateDevices=yes") && !files.contains("CAP_SYSLOG"))
                #expect(!files.contains("SupplementaryGroups"))
            }
            // What cannot be read yet may come to name anything.
            #expect(try unit(["--config", path + "/later.yaml"]).contains("DeviceAllow=/dev/kmsg r\n"))
        }
    }
#endif
