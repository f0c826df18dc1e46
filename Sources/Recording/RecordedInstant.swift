import CrashModel
import Foundation

/// The times of a recording, in its lines and in the names of its segments.
enum RecordedInstant {
    /// Reads `2026-11-21T18:40:52.002Z`; nil for any other spelling, which `Date(iso8601:)` may know.
    static func parse(_ bytes: UnsafeRawBufferPointer) -> Date? { InstantText.parse(bytes) }

    static func parse(_ text: String) -> Date? {
        var text = text
        return text.withUTF8 { parse(UnsafeRawBufferPointer($0)) } ?? Date(iso8601: text)
    }

    /// The time in the name of a segment, `20261121T182546Z`.
    static func parse(segmentName text: Substring) -> Date? {
        let bytes = Array(text.utf8)
        guard bytes.count == 16 else { return nil }
        var spelled: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            if index == 4 || index == 6 { spelled.append(UInt8(ascii: "-")) }
            if index == 11 || index == 13 { spelled.append(UInt8(ascii: ":")) }
            spelled.append(byte)
        }
        return spelled.withUnsafeBytes { parse($0) }
    }
}
