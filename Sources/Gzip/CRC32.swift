internal import CZlib

/// The checksum of gzip, PNG and zlib's `crc32()`: CRC-32 of ISO 3309, reflected polynomial EDB88320.
///
/// It finds each altered stretch of up to 32 bits, and of longer ones all but one in four billion. It keeps nobody from
/// altering both.
public enum CRC32 {
    /// - Parameter before: The checksum of the bytes before these, where there are any.
    public static func of(_ bytes: UnsafeRawBufferPointer, after before: UInt32 = 0) -> UInt32 {
        var sum = UInt(before)
        var rest = bytes
        while let start = rest.bindMemory(to: UInt8.self).baseAddress, rest.count > 0 {
            let count = min(rest.count, 1 << 30)
            sum = UInt(crc32(CUnsignedLong(sum), start, CUnsignedInt(count)))
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
        return UInt32(truncatingIfNeeded: sum)
    }
}
