public import Foundation

/// What places an entry of the journal, as `journalctl -o json` prints it in one line.
///
/// Entries that Faultline makes itself, of the kernel's own records, have the same form, so that whatever reads the one
/// reads the other.
public struct JournalEntry: Sendable, Hashable {
    /// By which journalctl finds the entry again.
    public var cursor: String
    /// Of the boot in which it was written, without dashes.
    public var boot: String?
    /// When journald took it: microseconds since 1970.
    public var realtime: Int?
    /// When the kernel wrote it, by its own clock: microseconds since boot.
    public var sourceMonotonic: Int?

    /// `nil` when the line is no entry.
    public init?(_ line: [UInt8]) {
        guard line.first == UInt8(ascii: "{"), let json = FlatJSON(line), let cursor = json.text("__CURSOR"),
            !cursor.isEmpty, cursor.count <= 1024
        else { return nil }
        self.cursor = String(decoding: cursor, as: UTF8.self)
        boot = json.text("_BOOT_ID").map { String(decoding: $0, as: UTF8.self) }
        realtime = json.integer("__REALTIME_TIMESTAMP")
        sourceMonotonic = json.integer("_SOURCE_MONOTONIC_TIMESTAMP")
    }

    /// When it was written, if it says so.
    public var date: Date? { realtime.map { Date(timeIntervalSince1970: Double($0) / 1e6) } }

    /// Whether two cursors are of one entry. The file it stands in, and so its number there (`s`, `i`), may be another by
    /// now: journals are copied and merged.
    public static func areSame(_ one: String, _ other: String) -> Bool {
        if one == other { return true }
        let (one, other) = (place(one), place(other))
        return one == other && one["t"] != nil && one["x"] != nil
    }

    private static func place(_ cursor: String) -> [Substring: Substring] {
        var fields: [Substring: Substring] = [:]
        for field in cursor.split(separator: ";") {
            let parts = field.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, ["b", "m", "t", "x"].contains(parts[0]) else { continue }
            fields[parts[0]] = parts[1]
        }
        return fields
    }
}

extension JournalEntry {
    /// What goes into an entry that Faultline makes of a kernel record.
    public struct Kernel: Sendable {
        public var cursor: String
        public var boot: String?
        public var host: String?
        /// Microseconds since 1970.
        public var realtime: Int?
        /// Microseconds since boot.
        public var monotonic: Int?
        /// Facility times eight, and level.
        public var priority: Int
        public var message: [UInt8]

        public init(
            cursor: String, boot: String?, host: String?, realtime: Int?, monotonic: Int?, priority: Int,
            message: [UInt8]
        ) {
            self.cursor = cursor
            self.boot = boot
            self.host = host
            self.realtime = realtime
            self.monotonic = monotonic
            self.priority = priority
            self.message = message
        }
    }

    /// A line as journalctl would print it, without its newline.
    public static func line(_ kernel: Kernel) -> [UInt8] {
        var line: [UInt8] = Array("{\"__CURSOR\":".utf8)
        append(kernel.cursor.utf8, to: &line)
        func field(_ name: String, _ value: some Sequence<UInt8>) {
            line += Array(",\"\(name)\":".utf8)
            append(value, to: &line)
        }
        if let realtime = kernel.realtime { field("__REALTIME_TIMESTAMP", "\(realtime)".utf8) }
        if let monotonic = kernel.monotonic {
            field("__MONOTONIC_TIMESTAMP", "\(monotonic)".utf8)
            field("_SOURCE_MONOTONIC_TIMESTAMP", "\(monotonic)".utf8)
        }
        if let boot = kernel.boot { field("_BOOT_ID", boot.utf8) }
        if let host = kernel.host { field("_HOSTNAME", host.utf8) }
        field("_TRANSPORT", "kernel".utf8)
        field("SYSLOG_FACILITY", "\(kernel.priority >> 3)".utf8)
        field("PRIORITY", "\(kernel.priority & 7)".utf8)
        field("MESSAGE", kernel.message)
        line.append(UInt8(ascii: "}"))
        return line
    }

    private static func append(_ text: some Sequence<UInt8>, to line: inout [UInt8]) {
        line.append(UInt8(ascii: "\""))
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): line += [UInt8(ascii: "\\"), byte]
            case 0x0a: line += Array("\\n".utf8)
            case 0x09: line += Array("\\t".utf8)
            case 0..<0x20: line += Array((byte < 16 ? "\\u000" : "\\u00").utf8) + Array(String(byte, radix: 16).utf8)
            default: line.append(byte)
            }
        }
        line.append(UInt8(ascii: "\""))
    }
}
