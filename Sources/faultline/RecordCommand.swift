import ArgumentParser
import Foundation
import Recorder
import Recording
import Reporting

/// `256M`, `1G`, `65536`.
struct ByteCount: ExpressibleByArgument, CustomStringConvertible {
    let bytes: Int

    var description: String { bytes % (1 << 20) == 0 ? "\(bytes >> 20)M" : String(bytes) }

    init(_ bytes: Int) { self.bytes = bytes }

    init?(argument: String) {
        let units: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40]
        var digits = Substring(argument.uppercased())
        if digits.hasSuffix("IB") { digits.removeLast(2) } else if digits.hasSuffix("B") { digits.removeLast() }
        var unit = 1
        if let last = digits.last, let factor = units[last] {
            unit = factor
            digits.removeLast()
        }
        guard let number = Int(digits), number > 0 else { return nil }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: unit)
        guard !overflow else { return nil }
        self.bytes = bytes
    }
}

/// With `--store` of its own, the recorder has to be a subcommand: a parent would take the option of the others.
struct RecordCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Writes down what this machine looks like, once a second, until it is stopped.",
        discussion: """
            Memory, swap, pressure, cgroups, disks, network, the largest processes and each GPU. After a crash, \
            'faultline scan' shows the minutes around it. Runs in the foreground; '--print-unit' prints a systemd unit.

            EXAMPLES
              faultline record
              faultline record show --at "2026-03-01 10:22"
              faultline record status
              faultline record --filesystem /checkpoints
              faultline record --print-unit   a systemd unit, for /etc/systemd/system
            """,
        subcommands: [RecordRunCommand.self, RecordShowCommand.self, RecordStatusCommand.self],
        defaultSubcommand: RecordRunCommand.self)
}

struct RecordRunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Records; this is what 'faultline record' does by itself.",
        usage: "faultline record run [<options>]")

    @Option(help: ArgumentHelp("Keep the recording in this folder.", valueName: "dir"), completion: .directory)
    var store: String?
    @Option(
        help: ArgumentHelp("Seconds between two samples; four times as often while memory is short.", valueName: "s"))
    var interval = 1.0
    @Option(help: ArgumentHelp("The most disk to take: 256M, 2G. The oldest is dropped.", valueName: "size"))
    var keep = ByteCount(256 << 20)
    @Option(
        help: ArgumentHelp(
            "Also watch the filesystem of this path, such as that of the checkpoints.", valueName: "path"),
        completion: .file())
    var filesystem: [String] = []
    @Option(help: ArgumentHelp("Also watch this memory cgroup, as /proc/PID/cgroup spells it.", valueName: "path"))
    var cgroup: [String] = []
    @Flag(name: .customLong("no-gpu"), help: "Do not ask the drivers of GPUs.")
    var withoutGPUs = false
    @Flag(help: "Print a systemd unit for this machine, and do nothing else.")
    var printUnit = false
    @Option(help: ArgumentHelp("Stop after this many samples.", visibility: .hidden))
    var samples: Int?

    func validate() throws {
        // A day's samples in minutes, for measurements that end by themselves.
        let least = samples == nil ? 0.05 : 0.001
        guard interval >= least, interval <= 3600 else {
            throw ValidationError("'--interval' must be between \(least) and 3600 seconds.")
        }
        if store?.isEmpty == true { throw ValidationError("'--store' needs the name of a folder.") }
        if keep.bytes < 1 << 20 { throw ValidationError("'--keep' must be at least 1M.") }
    }

    func run() throws {
        if printUnit { return Output.write(unit) }
        let environment = ProcessInfo.processInfo.environment
        let folder = store ?? RecordingStore.ownFolder(environment: environment)
        let home = environment["HOME"].map { [$0] } ?? []
        let current = FileManager.default.currentDirectoryPath
        let recorder = try Recorder(
            RecorderOptions(
                store: folder, interval: interval, keep: keep.bytes,
                filesystems: filesystem + [current, folder, "/", "/tmp", "/dev/shm"] + home, cgroups: cgroup,
                asksGPUs: !withoutGPUs, version: Version.text, samples: samples)
        ) { Output.complain($0) }
        Output.complain("recording every \(Self.plain(interval)) s into \(SafeText.line(folder))", prefix: nil)
        for reason in recorder.missing { Output.complain("not recorded: \(reason)", prefix: "  ") }
        let reason = recorder.run()
        Output.complain("stopped (\(reason))", prefix: nil)
    }

    /// `1`, `0.25`; without the locale's data, which would stay in memory for weeks.
    private static func plain(_ seconds: Double) -> String {
        seconds == seconds.rounded() ? String(Int(seconds)) : String(seconds)
    }

    /// A word of `ExecStart=`, in which systemd would otherwise split at spaces and expand `%` and `$`.
    static func unitWord(_ word: String) -> String {
        let escaped = word.replacing("%", with: "%%").replacing("$", with: "$$")
        if escaped.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "/._-+:@%$=,".contains($0)) }) {
            return escaped
        }
        let quoted = escaped.unicodeScalars.map { scalar -> String in
            switch scalar {
            case "\"", "\\": "\\" + String(scalar)
            case _ where scalar.value < 0x20 || scalar.value == 0x7f:
                "\\x" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: String(scalar)
            }
        }
        return "\"\(quoted.joined())\""
    }

    private var unit: String {
        let program = Bundle.main.executablePath ?? "/usr/local/bin/faultline"
        let options = filesystem.map { ["--filesystem", $0] } + cgroup.map { ["--cgroup", $0] }
        let others = (keep.bytes == 256 << 20 ? [] : ["--keep", keep.description]) + (withoutGPUs ? ["--no-gpu"] : [])
        let extra = (options.joined() + others).map { " " + Self.unitWord($0) }.joined()
        return """
            # /etc/systemd/system/faultline-record.service
            # systemctl daemon-reload && systemctl enable --now faultline-record
            [Unit]
            Description=Faultline's recorder of what this machine looks like
            After=local-fs.target

            [Service]
            ExecStart=\(Self.unitWord(program)) record --store /var/lib/faultline/recording --interval \(Self.plain(interval))\(extra)
            StateDirectory=faultline/recording
            Restart=always
            RestartSec=10
            # The last to go when memory runs out, and never swapped.
            OOMScoreAdjust=-900
            LimitMEMLOCK=64M
            MemoryMin=16M
            # It reads, and writes only its own folder.
            ProtectSystem=strict
            ProtectHome=read-only
            NoNewPrivileges=yes
            RestrictAddressFamilies=AF_UNIX
            CapabilityBoundingSet=CAP_SYS_RESOURCE CAP_IPC_LOCK CAP_DAC_READ_SEARCH CAP_SYS_PTRACE

            [Install]
            WantedBy=multi-user.target

            """
    }
}
