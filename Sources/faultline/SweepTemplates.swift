import Foundation
import Reporting

/// What `sweep --init`, `--print-timer` and `--print-cron` print.
enum SweepTemplates {
    static func configuration(host: String) -> String {
        let logs = ["/var/log/kern.log", "/var/log/syslog", "/var/log/messages"].filter {
            FileManager.default.fileExists(atPath: $0)
        }
        let machine = logs.isEmpty ? ["/var/log/kern.log"] : logs
        let mark = logs.isEmpty ? "# " : ""
        let paths = machine.map { "\"\($0)*\"" }.joined(separator: ", ")
        return """
            # What 'faultline sweep' reads. An unknown key is an error. Relative paths are relative to this file.

            # Seconds: a file written more lately may be in the middle of a failure, which then waits for the next sweep.
            # settle: 10

            sources:
              # Logs of runs: files, folders (all that can be a log below them) and globs; '**' is any folders between.
              # 'together' says which files are of one run: all below one 'folder' named or matched here (the usual), each
              # 'file' by itself, or 'all' of the source. Here each folder of ~/logs is a run.
              - paths: ["\(NSHomeDirectory())/logs/*"]
                together: folder
                # labels: {job: my-run, host: \(host)}

              # What the machine says is judged with each of the runs. Match the rotated pieces too.
            \(mark)  - paths: [\(paths)]
            \(mark)    machine: true
            \(mark)    labels: {host: \(host)}

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

    /// - Parameter tellsOthers: whether the configuration names somebody to tell, who is reached over the network.
    static func timer(program: String, arguments: [String], tellsOthers: Bool) -> String {
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
            PrivateDevices=yes
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
            CapabilityBoundingSet=CAP_DAC_READ_SEARCH
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
