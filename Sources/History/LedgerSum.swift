import Foundation
import Gzip

/// The checksum at the end of a record's line: `,"sum":"cbf43926"}`.
///
/// It is the CRC-32 of the line without that member, so of `{…}`, without CR and LF, as eight hexadecimal digits in
/// lower case. docs/ledger.md shows how another program checks it.
enum LedgerSum {
    enum Finding: Hashable { case none, matches, differs }

    private static let key: StaticString = ",\"sum\":\""
    private static let digits = 8
    /// Behind the last member: the key, the digits, a quote and the brace.
    static let length = key.utf8CodeUnitCount + digits + 2

    /// A whole object, with its sum as its last member.
    static func sealed(_ json: Data) -> Data {
        guard json.last == UInt8(ascii: "}"), json.count > 2 else { return json }
        let sum = json.withUnsafeBytes { spelled(CRC32.of($0)) }
        return json.dropLast() + Data(",\"sum\":\"\(sum)\"}".utf8)
    }

    static func check(_ line: UnsafeRawBufferPointer) -> Finding {
        guard let body = body(of: line) else { return .none }
        let start = line.count - digits - 2
        // The sum is over the body and the brace that closed it before.
        let sum = CRC32.of(brace, after: CRC32.of(body))
        return spelled(sum).utf8.elementsEqual(line[start..<start + digits]) ? .matches : .differs
    }

    /// The line without its sum and without its closing brace; nil where it has no sum.
    static func body(of line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        guard let start = line.baseAddress, line.count > length, line[line.count - 1] == UInt8(ascii: "}"),
            line[line.count - 2] == UInt8(ascii: "\""),
            memcmp(start + line.count - length, key.utf8Start, key.utf8CodeUnitCount) == 0
        else { return nil }
        return UnsafeRawBufferPointer(rebasing: line[..<(line.count - length)])
    }

    private static var brace: UnsafeRawBufferPointer {
        let brace: StaticString = "}"
        return UnsafeRawBufferPointer(start: brace.utf8Start, count: 1)
    }

    private static func spelled(_ sum: UInt32) -> String {
        let digits = String(sum, radix: 16)
        return String(repeating: "0", count: Self.digits - digits.count) + digits
    }
}
