public import Foundation

/// Which entries of the journal are asked for.
public struct JournalQuery: Sendable, Hashable {
    /// A folder of journal files, or one of them (`*.journal`): another machine's. The running machine's when `nil`.
    public var path: String?
    /// Entries of these units only. Globs are fine.
    public var units: [String] = []
    /// What the kernel wrote only.
    public var isKernelOnly = false
    /// Journals that came from other machines too.
    public var isMerged = false
    /// A boot, as `journalctl --boot` names it: `0` is this one, `-1` the one before.
    public var boot: String?
    /// What is asked: looked for in PATH.
    public var program = "journalctl"

    public init(path: String? = nil) {
        self.path = path
    }

    /// Where reading begins.
    public enum Start: Sendable, Hashable {
        case beginning
        case since(Date)
        /// With the entry of this cursor, itself included: that it still comes first shows that nothing was removed
        /// between. Asked for what comes *after* a removed entry, journalctl leaves out one that is there.
        case cursor(String)
    }

    /// The whole command line: no shell reads it, and no value can be taken for an option.
    func arguments(from start: Start) -> [String] {
        var arguments = [
            "--output=json", "--no-pager", "--all",
            // The rest of an entry, some forty fields, is for other readers.
            "--output-fields=MESSAGE,_HOSTNAME,SYSLOG_IDENTIFIER,SYSLOG_PID,SYSLOG_FACILITY,PRIORITY,_PID,_TRANSPORT,"
                + "_BOOT_ID,_SYSTEMD_UNIT,_SOURCE_MONOTONIC_TIMESTAMP,_SOURCE_REALTIME_TIMESTAMP",
        ]
        if let path { arguments.append((path.hasSuffix(".journal") ? "--file=" : "--directory=") + path) }
        arguments += units.map { "--unit=" + $0 }
        if isMerged { arguments.append("--merge") }
        if let boot { arguments.append("--boot=" + boot) }
        switch start {
        case .beginning: break
        case .since(let date):
            // Whole seconds: what was read twice is told once, and what was not read is never told.
            let seconds = date.timeIntervalSince1970.rounded(.down)
            if seconds > 0, seconds < 1e11 { arguments.append("--since=@\(Int(seconds))") }
        case .cursor(let cursor): arguments.append("--cursor=" + cursor)
        }
        if isKernelOnly { arguments.append("_TRANSPORT=kernel") }
        return arguments
    }

    /// What it asks for, in few words.
    public var description: String {
        var words = isKernelOnly ? "the kernel's journal" : "the journal"
        if !units.isEmpty { words += " of " + units.joined(separator: ", ") }
        if let path { words += " in " + path }
        return words
    }

    /// Whether this machine's journal outlives a restart, and so knows what the kernel said before it.
    public static func isPersistent(below folder: String = "/var/log/journal") -> Bool {
        let machines = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return machines.prefix(1000).contains { machine in
            let files = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/" + machine)) ?? []
            return files.contains { $0.hasPrefix("system") && $0.hasSuffix(".journal") }
        }
    }
}
