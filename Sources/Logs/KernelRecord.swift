import Foundation

/// One record of `/dev/kmsg`: `6,436,8979189044,-;text`, then lines of keys and values that are no part of the text
/// (Documentation/ABI/testing/dev-kmsg).
public struct KernelRecord: Sendable, Hashable {
    /// Level and facility, as syslog counts them: the facility times eight, and the level.
    public var priority: Int
    /// Ascends by one from record to record of a boot.
    public var sequence: Int
    /// Microseconds since boot.
    public var micros: Int
    /// `-`, `c` for a piece of a line, and `+` of older kernels for a piece that goes on with the one before.
    public var flag: UInt8
    /// What was said; newlines in it are real ones, and control bytes are left out.
    public var text: [UInt8]

    public init?(_ bytes: [UInt8]) {
        guard let record = bytes.withUnsafeBufferPointer({ KernelRecord(reading: $0) }) else { return nil }
        self = record
    }

    private init?(reading bytes: UnsafeBufferPointer<UInt8>) {
        var cursor = ByteCursor(bytes)
        guard let priority = cursor.number(digits: 1...4), cursor.take(UInt8(ascii: ",")),
            let sequence = cursor.number(digits: 1...18), cursor.take(UInt8(ascii: ",")),
            let micros = cursor.number(digits: 1...18), cursor.take(UInt8(ascii: ","))
        else { return nil }
        self.priority = priority
        self.sequence = sequence
        self.micros = micros
        flag = cursor.peek()
        cursor.skip(limit: 80) { $0 != UInt8(ascii: ";") && $0 > 0x20 }
        guard cursor.take(UInt8(ascii: ";")) else { return nil }
        text = Self.unescaped(Array(bytes[cursor.at...].prefix { $0 != 0x0a })[...])
    }

    /// With `\xNN` put back: newlines and bytes of UTF-8, and no control bytes, which are nothing for a terminal.
    private static func unescaped(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var rest = text
        while let byte = rest.first {
            rest = rest.dropFirst()
            guard byte == UInt8(ascii: "\\"), rest.first == UInt8(ascii: "x"), rest.count >= 3,
                let high = rest.dropFirst().first?.hexValue, let low = rest.dropFirst(2).first?.hexValue
            else {
                result.append(byte)
                continue
            }
            rest = rest.dropFirst(3)
            let real = UInt8(high) << 4 | UInt8(low)
            if real == 0x0a || real == 0x09 || (real >= 0x20 && real != 0x7f) { result.append(real) }
        }
        return result
    }

    /// Puts pieces of lines back together: most often what a driver says in several calls.
    public static func joined(_ records: [KernelRecord]) -> [KernelRecord] {
        var joined: [KernelRecord] = []
        var last = -1
        for (index, record) in records.enumerated() {
            defer { last = record.sequence }
            // An older kernel marks a line's first piece too, and its next ones with a plus.
            let isFirst = index + 1 < records.count && records[index + 1].flag == UInt8(ascii: "+")
            let isPiece = record.flag == UInt8(ascii: "+") || record.flag == UInt8(ascii: "c") && !isFirst
            if isPiece, !joined.isEmpty, last >= 0, record.sequence - 1 == last {
                joined[joined.count - 1].text += record.text
                joined[joined.count - 1].sequence = record.sequence
            } else {
                joined.append(record)
            }
        }
        return joined
    }
}

/// The device that gives the kernel's records one by one, from the oldest that is left.
public struct KernelDevice: ~Copyable {
    private let descriptor: Int32
    private var buffer = [UInt8](repeating: 0, count: 8192)

    /// `nil` with `errno` set when it cannot be opened.
    public init?(path: String = "/dev/kmsg") {
        descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { return nil }
    }

    deinit { close(descriptor) }

    public enum Reading: Sendable, Hashable {
        case record([UInt8])
        /// Records were overwritten before they were read; the next one that is left comes next.
        case overwritten
        case end
    }

    /// Never waits.
    public mutating func next() -> Reading {
        while true {
            let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count > 0 { return .record(Array(buffer[..<count])) }
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EPIPE { return .overwritten }
            return .end
        }
    }

    /// The running boot's name, without dashes as the journal writes it.
    public static func boot(path: String = "/proc/sys/kernel/random/boot_id") -> String? {
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        let id = String(decoding: data.prefix(64), as: UTF8.self).filter(\.isHexDigit)
        return id.count == 32 ? id : nil
    }

    /// When the machine was started, by its clock now: microseconds since 1970.
    public static func bootTime() -> Int {
        var (real, boot) = (timespec(), timespec())
        #if canImport(Darwin)
            let clock = CLOCK_MONOTONIC
        #else
            let clock = CLOCK_BOOTTIME
        #endif
        guard clock_gettime(CLOCK_REALTIME, &real) == 0, clock_gettime(clock, &boot) == 0 else { return 0 }
        return (Int(real.tv_sec) - Int(boot.tv_sec)) * 1_000_000 + (Int(real.tv_nsec) - Int(boot.tv_nsec)) / 1000
    }
}
