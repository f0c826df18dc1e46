/// Names, for one line, the owners whose literals stand in it.
///
/// Every literal is looked for by its rarest three bytes. A bitmap of their hashes rejects almost every place of an
/// ordinary line; what passes is compared with the whole literal.
public struct LiteralFilter: Sendable {
    private struct Entry {
        var start: Int32
        var count: Int16
        /// Bytes of the literal before its window.
        var before: Int16
        var owner: Int32
    }

    private static let hashBits = 16
    private static let width = 3

    private let bitmap: [UInt64]
    /// Where each hash's entries begin.
    private let buckets: [Int32]
    private let entries: [Entry]
    private let bytes: [UInt8]
    /// Owners without literals, which every line has to be offered to.
    public let always: [Int]
    private let ownerCount: Int

    /// - Parameter owners: for each owner its literals, or `nil` when it has none that can be vouched for.
    public init(_ owners: [[[UInt8]]?]) {
        var bitmap = [UInt64](repeating: 0, count: (1 << Self.hashBits) / 64)
        var always: [Int] = []
        var bytes: [UInt8] = []
        var pairs: [(hash: Int, entry: Entry)] = []
        for (owner, literals) in owners.enumerated() {
            guard let literals, literals.allSatisfy({ $0.count >= Self.width && $0.count < Int16.max }) else {
                always.append(owner)
                continue
            }
            for literal in literals {
                let offset = ByteRarity.rarestWindow(in: literal, width: Self.width)
                let hash = Self.hash(
                    UInt32(literal[offset]) | UInt32(literal[offset + 1]) << 8 | UInt32(literal[offset + 2]) << 16)
                bitmap[hash >> 6] |= 1 << UInt64(hash & 63)
                pairs.append(
                    (
                        hash,
                        Entry(
                            start: Int32(bytes.count), count: Int16(literal.count), before: Int16(offset),
                            owner: Int32(owner))
                    ))
                bytes += literal
            }
        }
        var buckets = [Int32](repeating: 0, count: (1 << Self.hashBits) + 1)
        for pair in pairs { buckets[pair.hash + 1] += 1 }
        for index in 1..<buckets.count { buckets[index] += buckets[index - 1] }
        var next = buckets
        var entries = [Entry](repeating: Entry(start: 0, count: 0, before: 0, owner: 0), count: pairs.count)
        for pair in pairs {
            entries[Int(next[pair.hash])] = pair.entry
            next[pair.hash] += 1
        }
        self.bitmap = bitmap
        self.buckets = buckets
        self.entries = entries
        self.bytes = bytes
        self.always = always
        ownerCount = owners.count
    }

    /// The owners to try on `line`, in ascending order; those without literals are always among them.
    public func candidates(in line: [UInt8], _ scratch: inout Scratch) -> [Int] {
        scratch.begin(ownerCount)
        line.withUnsafeBufferPointer { text in
            bitmap.withUnsafeBufferPointer { bitmap in
                guard text.count >= Self.width else { return }
                var key =
                    UInt32(RequiredLiterals.folded(text[0])) << 8 | UInt32(RequiredLiterals.folded(text[1])) << 16
                for index in 2..<text.count {
                    key = key >> 8 | UInt32(RequiredLiterals.folded(text[index])) << 16
                    let hash = Self.hash(key)
                    if bitmap[hash >> 6] & (1 << UInt64(hash & 63)) != 0 {
                        confirm(hash, at: index - 2, in: text, &scratch)
                    }
                }
            }
        }
        for owner in always { scratch.add(owner) }
        return scratch.finish()
    }

    private func confirm(
        _ hash: Int, at index: Int, in text: UnsafeBufferPointer<UInt8>, _ scratch: inout Scratch
    ) {
        for entry in entries[Int(buckets[hash])..<Int(buckets[hash + 1])] where !scratch.has(Int(entry.owner)) {
            let start = index - Int(entry.before)
            let count = Int(entry.count)
            guard start >= 0, start + count <= text.count else { continue }
            var offset = 0
            while offset < count, RequiredLiterals.folded(text[start + offset]) == bytes[Int(entry.start) + offset] {
                offset += 1
            }
            if offset == count { scratch.add(Int(entry.owner)) }
        }
    }

    @inline(__always)
    private static func hash(_ key: UInt32) -> Int {
        Int((key &* 0x9e37_79b1) >> UInt32(32 - hashBits))
    }

    /// Memory that one thread reuses from line to line.
    public struct Scratch {
        private var stamp: [UInt32] = []
        private var line: UInt32 = 0
        private var found: [Int] = []

        public init() {}

        fileprivate mutating func begin(_ owners: Int) {
            if stamp.count != owners || line == .max {
                stamp = [UInt32](repeating: 0, count: owners)
                line = 0
            }
            line += 1
            found.removeAll(keepingCapacity: true)
        }

        fileprivate func has(_ owner: Int) -> Bool { stamp[owner] == line }

        fileprivate mutating func add(_ owner: Int) {
            guard stamp[owner] != line else { return }
            stamp[owner] = line
            found.append(owner)
        }

        fileprivate mutating func finish() -> [Int] {
            found.sort()
            return found
        }
    }
}

/// How rare single bytes are in logs; enough to choose three bytes by.
enum ByteRarity {
    /// Where the rarest `width` bytes of `literal` begin.
    static func rarestWindow(in literal: [UInt8], width: Int) -> Int {
        var best = (offset: 0, rarity: 0)
        for offset in 0...max(0, literal.count - width) {
            let rarity = literal[offset..<(offset + width)].reduce(0) { $0 + Self.rarity(of: $1) }
            if rarity > best.rarity { best = (offset, rarity) }
        }
        return best.offset
    }

    /// About -2 log2 of how often a byte stands in training and kernel logs, folded to lower case.
    private static func rarity(of byte: UInt8) -> Int {
        switch byte {
        case 0x20, UInt8(ascii: "0"), UInt8(ascii: "e"), UInt8(ascii: "1"), UInt8(ascii: "."): 7
        case 0x30...0x39: 9
        case UInt8(ascii: "t"), UInt8(ascii: "a"), UInt8(ascii: "o"), UInt8(ascii: "r"), UInt8(ascii: "i"),
            UInt8(ascii: "n"), UInt8(ascii: "s"):
            9
        case UInt8(ascii: "l"), UInt8(ascii: "d"), UInt8(ascii: "c"), UInt8(ascii: "p"), UInt8(ascii: "m"),
            UInt8(ascii: ":"), UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: ","), UInt8(ascii: "_"):
            11
        case UInt8(ascii: "u"), UInt8(ascii: "h"), UInt8(ascii: "g"), UInt8(ascii: "f"), UInt8(ascii: "b"),
            UInt8(ascii: "="), UInt8(ascii: "["), UInt8(ascii: "]"):
            13
        case UInt8(ascii: "y"), UInt8(ascii: "w"), UInt8(ascii: "k"), UInt8(ascii: "v"), UInt8(ascii: "x"): 15
        case 0x61...0x7a, 0x28, 0x29, 0x27, 0x22: 16
        default: 18
        }
    }
}
