/// What stays of a line when the figures, names and paths that differ from print to print are taken out.
///
/// Two lines that one print statement wrote have one shape, so that a line whose shape appears nowhere else was written
/// by something that happened once.
public struct LineShape: Hashable, Sendable {
    private let hash: UInt64

    /// Bytes of a line that its shape is made of.
    static let longest = 400

    /// - Parameter message: a line without colour and transport prefixes.
    public init(_ message: [UInt8]) {
        self = message.withUnsafeBufferPointer { LineShape($0, number: { _ in }) }
    }

    init(_ message: [UInt8], number: (Int) -> Void) {
        self = message.withUnsafeBufferPointer { LineShape($0, number: number) }
    }

    /// - Parameter number: is told of every whole number that stands alone, as a counter does.
    init(_ bytes: UnsafeBufferPointer<UInt8>, number: (Int) -> Void) {
        var hash = Self.seed
        let end = min(bytes.count, Self.longest)
        var at = 0
        var last: UInt8 = 0
        while at < end {
            let byte = bytes[at]
            if Self.isWord(byte) {
                let start = at
                var hasDigit = false
                while at < end, Self.isWord(bytes[at]) {
                    hasDigit = hasDigit || Self.isDigit(bytes[at])
                    at += 1
                }
                if !hasDigit, !bytes[start..<at].contains(where: Self.isLetter) {
                    // A ruler or a bar of word characters.
                    Self.mix(bytes[start], &hash)
                } else if hasDigit {
                    if let value = Self.wholeNumber(bytes[start..<at]) { number(value) }
                    Self.mix(UInt8(ascii: "#"), &hash)
                } else {
                    // "wait..." and "wait......." are one.
                    var end = at
                    while !Self.isLetter(bytes[end - 1]) { end -= 1 }
                    for index in start..<end { Self.mix(bytes[index], &hash) }
                    if end < at { Self.mix(bytes[end], &hash) }
                }
                last = 0
            } else {
                // Rulers, bars and indentation grow and shrink.
                if byte != last { Self.mix(byte, &hash) }
                last = byte
                at += 1
            }
        }
        self.hash = hash
    }

    private static let seed: UInt64 = 0xcbf2_9ce4_8422_2325

    /// FNV-1a.
    private static func mix(_ byte: UInt8, _ hash: inout UInt64) {
        hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7a) || byte >= 0x80
    }

    /// Letters, digits and what holds paths, hosts, versions and decimals together.
    private static func isWord(_ byte: UInt8) -> Bool {
        // A bit for each ASCII character: `-`, `.` and digits in the first half, letters and `_` in the second.
        let bits: UInt64 = byte < 64 ? 0x03ff_6000_0000_0000 : 0x07ff_fffe_87ff_fffe
        return byte >= 0x80 || bits >> UInt64(byte & 63) & 1 != 0
    }

    private static func wholeNumber(_ word: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
        guard word.count <= 15 else { return nil }
        var value = 0
        for byte in word {
            guard isDigit(byte) else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        return value
    }
}
