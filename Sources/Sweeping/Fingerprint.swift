/// What a stretch of a file's bytes looks like: its length and a hash, for telling one content from another.
public struct Fingerprint: Sendable, Hashable, Codable {
    /// How many bytes were taken, at most ``longest``.
    public var bytes: Int
    public var hash: UInt64

    /// As much as the usual banner of a program and some lines with times.
    static let longest = 1024
}

/// 64-bit FNV-1a over bytes. Contents are told apart by it, and nobody gains from making two look alike.
struct ByteHash {
    private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func mix(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    }

    static func of(_ bytes: some Sequence<UInt8>) -> UInt64 {
        var hash = ByteHash()
        hash.mix(bytes)
        return hash.value
    }
}

extension Fingerprint {
    init(of bytes: some Collection<UInt8>) {
        self.init(bytes: bytes.count, hash: ByteHash.of(bytes))
    }
}
