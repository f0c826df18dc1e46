/// A hash that is the same on every machine and in every version: 64-bit FNV-1a, as 16 hexadecimal digits.
///
/// Ids and fingerprints need no secrecy, only stability, so a cryptographic hash would be a dependency for nothing.
public struct StableHash: Sendable {
    private var state: UInt64 = 0xcbf2_9ce4_8422_2325

    public init() {}

    /// Adds one field. Fields are kept apart, so that ("ab", "c") differs from ("a", "bc").
    public mutating func combine(_ field: String) {
        for byte in field.utf8 { mix(byte) }
        mix(0xff)
    }

    public var hex: String {
        let digits = String(state, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private mutating func mix(_ byte: UInt8) {
        state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
    }
}
