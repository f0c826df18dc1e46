/// Turns UTF-16 into UTF-8 across chunk borders. PowerShell's `>` writes logs in it, with a byte-order mark.
struct UTF16Decoder {
    private let isBigEndian: Bool
    private var pending: UInt8?
    private var high: UInt16?
    private var skipsMark = true

    /// Nil unless the bytes begin with UTF-16's byte-order mark.
    init?(mark bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= 2 else { return nil }
        switch (bytes[0], bytes[1]) {
        case (0xff, 0xfe): isBigEndian = false
        case (0xfe, 0xff): isBigEndian = true
        default: return nil
        }
    }

    mutating func decode(_ chunk: UnsafeRawBufferPointer) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(chunk.count)
        for byte in chunk {
            guard let first = pending else {
                pending = byte
                continue
            }
            pending = nil
            let unit = isBigEndian ? UInt16(first) << 8 | UInt16(byte) : UInt16(byte) << 8 | UInt16(first)
            if skipsMark {
                skipsMark = false
                continue
            }
            append(unit, to: &result)
        }
        return result
    }

    private mutating func append(_ unit: UInt16, to result: inout [UInt8]) {
        if unit < 0x80, high == nil { return result.append(UInt8(unit)) }
        if let before = high {
            high = nil
            if (0xdc00..<0xe000).contains(unit) {
                let value = 0x10000 + (UInt32(before) - 0xd800) << 10 + UInt32(unit) - 0xdc00
                return append(scalar: value, to: &result)
            }
        }
        if (0xd800..<0xdc00).contains(unit) { high = unit } else { append(scalar: UInt32(unit), to: &result) }
    }

    private func append(scalar value: UInt32, to result: inout [UInt8]) {
        let scalar = Unicode.Scalar(value) ?? "\u{fffd}"
        result += Array(String(Character(scalar)).utf8)
    }
}
