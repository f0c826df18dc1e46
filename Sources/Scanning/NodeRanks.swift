/// Which ranks of the world the processes of one machine have, as torchrun's table of failures states it:
/// `  rank      : 11 (local_rank: 3)`.
public struct NodeRanks: Sendable, Hashable {
    /// The ranks of a machine follow one another, so that the rank of its first process says them all.
    private var firsts: Set<Int> = []

    public init() {}

    /// The rank of the world, unless no line says so, or several machines wrote the log.
    public func rank(ofLocal local: Int) -> Int? {
        guard let first = firsts.first, firsts.count == 1 else { return nil }
        return first + local
    }

    /// Whether a line says that this is not the first machine, or not the only one.
    public var isOfManyMachines: Bool { firsts.contains { $0 > 0 } }

    /// Takes the message of any line.
    mutating func note(_ message: UnsafeBufferPointer<UInt8>) {
        var rest = message.prefix(120)
        rest = rest.drop { $0 == 0x20 || $0 == 0x09 }
        guard rest.starts(with: "rank".utf8) else { return }
        rest = rest.dropFirst(4).drop { $0 == 0x20 }
        guard rest.first == UInt8(ascii: ":") else { return }
        rest = rest.dropFirst().drop { $0 == 0x20 }
        guard let rank = Self.number(&rest), rest.starts(with: " (local_rank: ".utf8) else { return }
        rest = rest.dropFirst(14)
        guard let local = Self.number(&rest), rest.first == UInt8(ascii: ")"), rank >= local else { return }
        firsts.insert(rank - local)
    }

    private static func number(_ text: inout Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
        let digits = text.prefix(7).prefix { (0x30...0x39).contains($0) }
        text = text.dropFirst(digits.count)
        return Int(String(decoding: digits, as: UTF8.self))
    }
}
