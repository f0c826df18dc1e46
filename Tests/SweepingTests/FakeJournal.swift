import Foundation

@testable import Logs

/// A journal of which the entries are given, behind a program that answers as journalctl 252 does.
final class FakeJournal {
    let folder: String
    private(set) var entries: [String] = []
    var program: String { folder + "/journalctl" }
    var query: JournalQuery {
        var query = JournalQuery()
        query.program = program
        return query
    }

    init(below parent: String) throws {
        folder = parent + "/journal"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try write("", to: "entries")
        // An entry that is gone is taken for the next one by time, without a word.
        let script = """
            #!/bin/sh
            cd '\(folder)' || exit 9
            cursor= since=0
            for argument in "$@"; do
              printf '%s\\n' "$argument" >> arguments
              case $argument in
                --cursor=*) cursor=${argument#--cursor=} ;;
                --since=@*) since=${argument#--since=@} ;;
              esac
            done
            echo "--" >> arguments
            [ -f complaint ] && cat complaint >&2
            [ -f status ] && exit "$(cat status)"
            [ -f hang ] && sleep 30
            awk -v cursor="$cursor" -v since="$since" '
              function place(text) { match(text, /;t=[0-9a-f]+/); return substr(text, RSTART + 3, RLENGTH - 3) }
              cursor != "" { if (place($0) >= place(cursor)) { print; found = 1 }; next }
              { match($0, /"__REALTIME_TIMESTAMP":"[0-9]+/)
                if (substr($0, RSTART + 24, RLENGTH - 30) + 0 >= since + 0) { print; found = 1 } }
              END { if (!found) print "-- No entries --" }
            ' entries
            """
        try write(script, to: "journalctl")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
    }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + name))
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: folder + "/" + name) }

    /// Each call's arguments.
    func arguments() throws -> [[String]] {
        try String(contentsOfFile: folder + "/arguments", encoding: .utf8).components(separatedBy: "--\n").dropLast()
            .map { $0.split(separator: "\n").map(String.init) }
    }

    /// Adds entries as they are.
    func add(_ lines: [String]) throws {
        entries += lines
        try save()
    }

    /// The oldest ones go, as `journalctl --vacuum-time` does it.
    func vacuum(_ count: Int) throws {
        entries.removeFirst(count)
        try save()
    }

    private func save() throws { try write(entries.map { $0 + "\n" }.joined(), to: "entries") }

    /// An entry as journalctl prints it. The message is JSON already.
    static func entry(_ date: Date, json message: String, number: Int, kernel: Bool = false, boot: Int = 1) -> String {
        let micros = Int(date.timeIntervalSince1970 * 1e6)
        let id = String(repeating: "\(boot)", count: 32)
        let monotonic = 1_000_000 * number
        let writer =
            kernel
            ? "\"_TRANSPORT\":\"kernel\",\"SYSLOG_FACILITY\":\"0\",\"SYSLOG_IDENTIFIER\":\"kernel\",\"_SOURCE_MONOTONIC_TIMESTAMP\":\"\(monotonic)\""
            : "\"_TRANSPORT\":\"stdout\",\"SYSLOG_IDENTIFIER\":\"python3\",\"_PID\":\"77\",\"_SYSTEMD_UNIT\":\"train.service\""
        return """
            {"_HOSTNAME":"gpu-a12","__CURSOR":"s=3885c822a53848a1995a1735b66d7919;i=\(String(number, radix: 16));b=\(id);\
            m=\(String(monotonic, radix: 16));t=\(String(micros, radix: 16));x=e6bf6483eae5e3fe",\
            "__REALTIME_TIMESTAMP":"\(micros)","__MONOTONIC_TIMESTAMP":"\(monotonic)","_BOOT_ID":"\(id)",\(writer),\
            "MESSAGE":\(message)}
            """
    }

    static func json(_ text: String) -> String {
        let data = try? JSONEncoder().encode(text)
        return data.map { String(decoding: $0, as: UTF8.self) } ?? "null"
    }

    /// What a log says, a line an entry, each at the time that the line states or the one before.
    static func entries(of log: String, from first: Int = 1, date: Date = Log.start) -> [String] {
        var date = date
        return log.split(separator: "\n").enumerated().map { index, line in
            date = Log.date(line) ?? date + 0.001
            return entry(date, json: json(String(line)), number: first + index)
        }
    }
}

extension Log {
    /// The first of March 2026.
    static let start = Date(timeIntervalSince1970: 1_772_323_200)

    /// The time at the beginning of a line.
    static func date(_ line: Substring) -> Date? {
        let digits = line.prefix(19).split { "- :".contains($0) }.compactMap { Double($0) }
        guard digits.count == 6, digits[0] == 2026 else { return nil }
        return start + (digits[2] - 1) * 86_400 + digits[3] * 3600 + digits[4] * 60 + digits[5]
    }
}
