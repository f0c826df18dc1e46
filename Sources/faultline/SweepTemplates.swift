import Foundation
import Logs
import Reporting
import Sweeping

/// What `sweep --init`, `--print-timer` and `--print-cron` print.
enum SweepTemplates {
    /// - Parameter home: The folder whose `logs` is read. Written out, since a timer may run as somebody else.
    static func configuration(host: String, home: String) -> String {
        let logs = ["/var/log/kern.log", "/var/log/syslog", "/var/log/messages"].filter {
            FileManager.default.fileExists(atPath: $0)
        }
        let machine = logs.isEmpty ? ["/var/log/kern.log"] : logs
        // Log files know the boots before this one, and the ring does not.
        let isPersistent = JournalQuery.isPersistent()
        let usesKernel = isPersistent || (logs.isEmpty && access("/dev/kmsg", R_OK) == 0)
        let hasPstore = FileManager.default.fileExists(atPath: "/sys/fs/pstore")
        let mark = logs.isEmpty || isPersistent ? "# " : ""
        let paths = machine.map { "\"\($0)*\"" }.joined(separator: ", ")
        return """
            # What 'faultline sweep' reads. An unknown key is an error. Relative paths are relative to this file.

            # Seconds: a file written more lately may be in the middle of a failure, which then waits for the next sweep.
            # settle: 10

            sources:
              # Logs of runs: files, folders (all that can be a log below them) and globs; '**' is any folders between.
              # 'together' says which files are of one run: all below one 'folder' named or matched here (the usual), each
              # 'file' by itself, or 'all' of the source. Here each folder of ~/logs is a run.
              - paths: ["\(yamlText(home))/logs/*"]
                together: folder
                # labels: {job: my-run, host: \(host)}

              # What the machine says is judged with each of the runs. 'kernel' reads the kernel's journal where there is one
              # that outlives a restart, and else its ring, /dev/kmsg; 'pstore' what a kernel that died left behind.
            \(usesKernel ? "" : "# ")  - kernel: true
            \(hasPstore ? "" : "# ")  - pstore: true
              # - paths: ["/var/crash/*/vmcore-dmesg.txt"]   # what kdump kept
              #   machine: true

              # The journal, of some units or of all, and of another machine's files. The first sweep looks so far back.
              # - journal: {units: ["slurmd.service", "kubelet.service"]}
              #   first: 24h
              # - journal: {directory: /srv/journals/gpu-a13}

              # Log files of the machine; match the rotated pieces too. With 'kernel: true' these say the kernel's part twice.
            \(mark)  - paths: [\(paths)]
            \(mark)    machine: true
            \(mark)    labels: {host: \(host)}

              # Containers' logs, a pod a run, and other launchers'.
              # - paths: ["/var/log/pods/*"]
              # - paths: ["/home/*/runs/slurm-*.out"]
              #   together: file
              # - paths: ["/logs/torchrun/*", "/tmp/ray/session_*"]

            # Whom to tell of new crashes; 'faultline notify --test' tries it out, docs/notify.md says all of it.
            # notify:
            #   - name: ops
            #     webhook: {env: SLACK_WEBHOOK}   # or {file: /etc/faultline/slack}, or the address itself
            #     format: slack                   # or json
            #     when: {severity: [fatal, error], category: [oom, gpu/*]}
            #     group: 5m                       # wait so long for others to join
            #     hourly: 20                      # messages in an hour, at most
            #   - name: page
            #     command: [/usr/local/bin/page, --team, ml]   # reads JSON on standard input

            """
    }

    /// What stands between double quotes.
    private static func yamlText(_ text: String) -> String {
        text.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"")
    }

    /// What a service has to be let do for the sources that are no plain files.
    private struct Permissions {
        var lines: [String] = []
        var capabilities = ["CAP_DAC_READ_SEARCH"]

        /// - Parameter configuration: `nil` when it cannot be read yet: then whatever it may come to name is allowed.
        init(_ configuration: SweepConfiguration?) {
            let feeds = configuration?.sources.compactMap(\.feed)
            let usesKernel = feeds?.contains { if case .kernel = $0 { true } else { false } } ?? true
            let usesJournal = feeds?.contains { if case .journal = $0 { true } else { false } } ?? true
            if usesKernel {
                lines += [
                    "# The kernel's ring: /dev/kmsg and no other device, which PrivateDevices=yes would hide.",
                    "DevicePolicy=closed", "DeviceAllow=/dev/kmsg r",
                ]
                capabilities.append("CAP_SYSLOG")
            } else {
                lines.append("PrivateDevices=yes")
            }
            if usesKernel || usesJournal {
                lines += [
                    "# The journal. It matters where User= is added above.", "SupplementaryGroups=systemd-journal",
                ]
            }
        }
    }

    /// - Parameters:
    ///   - configuration: What is to be read, where that is known.
    ///   - tellsOthers: Whether it names somebody to tell, who is reached over the network.
    static func timer(program: String, arguments: [String], configuration: SweepConfiguration?, tellsOthers: Bool)
        -> String
    {
        let permissions = Permissions(configuration)
        let network =
            tellsOthers
            ? """
            # It tells others over the network. For '{env: NAME}' of 'notify:' make a file with NAME=... that only root reads:
            # EnvironmentFile=/etc/faultline/secrets
            RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
            """
            : """
            # When 'notify:' is added to the configuration, print this unit again: it needs the network then.
            PrivateNetwork=yes
            RestrictAddressFamilies=AF_UNIX
            """
        let command = ([program] + arguments).map(unitWord).joined(separator: " ")
        return """
            # /etc/systemd/system/faultline-sweep.service
            [Unit]
            Description=Faultline looks for new crashes in the logs

            [Service]
            Type=oneshot
            ExecStart=\(command)
            # 1: a new crash was found and told. 4: the sweep before still runs.
            SuccessExitStatus=1 4
            Environment=XDG_STATE_HOME=/var/lib
            StateDirectory=faultline
            StateDirectoryMode=0700
            Nice=19
            IOSchedulingClass=idle
            # It reads logs, and writes only its own folder.
            ProtectSystem=strict
            ProtectHome=read-only
            PrivateTmp=yes
            \(permissions.lines.joined(separator: "\n"))
            \(network)
            ProtectKernelModules=yes
            ProtectKernelTunables=yes
            ProtectControlGroups=yes
            ProtectClock=yes
            RestrictNamespaces=yes
            RestrictSUIDSGID=yes
            LockPersonality=yes
            MemoryDenyWriteExecute=yes
            NoNewPrivileges=yes
            CapabilityBoundingSet=\(permissions.capabilities.joined(separator: " "))
            SystemCallArchitectures=native
            SystemCallFilter=@system-service

            # /etc/systemd/system/faultline-sweep.timer
            # systemctl daemon-reload && systemctl enable --now faultline-sweep.timer
            [Unit]
            Description=Faultline looks for new crashes every five minutes

            [Timer]
            OnBootSec=2min
            OnUnitInactiveSec=5min
            RandomizedDelaySec=20s

            [Install]
            WantedBy=timers.target

            """
    }

    static func cron(program: String, arguments: [String]) -> String {
        let command = ([program] + arguments).map(shellWord).joined(separator: " ")
        // In a crontab a percent sign ends the command.
        return """
            # crontab -e; cron mails what it prints, and it prints only what is new.
            */5 * * * * \(command.replacingOccurrences(of: "%", with: "\\%"))

            """
    }

    private static let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./=:,@+")

    private static func shellWord(_ word: String) -> String {
        if !word.isEmpty, word.allSatisfy(plain.contains) { return word }
        return "'" + word.replacingOccurrences(of: "'", with: "'\\''") + "'"
    }

    private static func unitWord(_ word: String) -> String {
        let escaped = word.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"")
            .replacingOccurrences(of: "%", with: "%%").replacingOccurrences(of: "$", with: "$$")
        return word.allSatisfy(plain.contains) ? word : "\"\(escaped)\""
    }
}
