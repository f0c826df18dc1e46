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
        /// The literal's place among those of its owner.
        var place: Int32
    }

    /// A literal that stands in a line.
    public struct Hit: Sendable {
        public var owner: Int32
        /// Its place among the owner's literals.
        public var place: Int32
    }

    /// Bits of a hash that tell where its entries are.
    private static let hashBits = 16
    /// Bits of it that only the bitmap knows: more of them reject more.
    private static let moreBits = 2
    private static let width = 3

    private let bitmap: [UInt64]
    /// Where each hash's entries begin.
    private let buckets: [Int32]
    private let entries: [Entry]
    private let bytes: [UInt8]
    /// Owners without literals, which every line has to be offered to.
    public let always: [Int]
    private let ownerCount: Int

    /// - Parameters:
    ///   - owners: for each owner its literals, or `nil` when it has none that can be vouched for.
    ///   - standing: owners that every line has to be offered to, whichever of their literals it holds.
    public init(_ owners: [[[UInt8]]?], standing: Set<Int> = []) {
        var bitmap = [UInt64](repeating: 0, count: (1 << (Self.hashBits + Self.moreBits)) / 64)
        var always: [Int] = []
        var bytes: [UInt8] = []
        var pairs: [(hash: Int, entry: Entry)] = []
        for (owner, literals) in owners.enumerated() {
            guard let literals, literals.allSatisfy({ $0.count >= Self.width && $0.count < Int16.max }) else {
                always.append(owner)
                continue
            }
            if standing.contains(owner) { always.append(owner) }
            for (place, literal) in literals.enumerated() {
                let offset = ByteRarity.rarestWindow(in: literal, width: Self.width)
                let hash = Self.hash(
                    UInt32(literal[offset]) | UInt32(literal[offset + 1]) << 8 | UInt32(literal[offset + 2]) << 16)
                bitmap[hash >> 6] |= 1 << UInt64(hash & 63)
                pairs.append(
                    (
                        hash >> Self.moreBits,
                        Entry(
                            start: Int32(bytes.count), count: Int16(literal.count), before: Int16(offset),
                            owner: Int32(owner), place: Int32(place))
                    ))
                bytes += literal
            }
        }
        var buckets = [Int32](repeating: 0, count: (1 << Self.hashBits) + 1)
        for pair in pairs { buckets[pair.hash + 1] += 1 }
        for index in 1..<buckets.count { buckets[index] += buckets[index - 1] }
        var next = buckets
        var entries = [Entry](repeating: Entry(start: 0, count: 0, before: 0, owner: 0, place: 0), count: pairs.count)
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
        line.withUnsafeBufferPointer { candidates(in: $0, &scratch) }
    }

    /// The owners to try on `text`, in ascending order; those without literals are always among them.
    public func candidates(in text: UnsafeBufferPointer<UInt8>, _ scratch: inout Scratch) -> [Int] {
        scratch.begin(ownerCount)
        if text.count >= Self.width {
            bitmap.withUnsafeBufferPointer { bitmap in
                var key = UInt32(text[0]) << 8 | UInt32(text[1]) << 16
                for index in 2..<text.count {
                    key = key >> 8 | UInt32(text[index]) << 16
                    let hash = Self.hash(key)
                    if bitmap[hash >> 6] & (1 << UInt64(hash & 63)) != 0 {
                        confirm(hash >> Self.moreBits, at: index - 2, in: text, &scratch)
                    }
                }
            }
        }
        for owner in always { scratch.add(owner) }
        return scratch.finish()
    }

    /// Compares whole literals. On bare memory: retaining the tables would cost more than the comparison.
    private func confirm(
        _ bucket: Int, at index: Int, in text: UnsafeBufferPointer<UInt8>, _ scratch: inout Scratch
    ) {
        buckets.withUnsafeBufferPointer { buckets in
            entries.withUnsafeBufferPointer { entries in
                bytes.withUnsafeBufferPointer { bytes in
                    for number in Int(buckets[bucket])..<Int(buckets[bucket + 1]) {
                        let entry = entries[number]
                        let start = index - Int(entry.before)
                        let count = Int(entry.count)
                        guard start >= 0, start + count <= text.count else { continue }
                        let literal = Int(entry.start)
                        var offset = 0
                        while offset < count, RequiredLiterals.folded(text[start + offset]) == bytes[literal + offset] {
                            offset += 1
                        }
                        if offset == count { scratch.add(Hit(owner: entry.owner, place: entry.place)) }
                    }
                }
            }
        }
    }

    /// Of three bytes, folded in the cheapest way: with one bit set, letters of either case are the same, and some signs too.
    @inline(__always)
    private static func hash(_ key: UInt32) -> Int {
        Int(((key | 0x20_2020) &* 0x9e37_79b1) >> UInt32(32 - hashBits - moreBits))
    }

    /// Memory that one thread reuses from line to line.
    public struct Scratch {
        private var stamp: [UInt32] = []
        private var line: UInt32 = 0
        private var found: [Int] = []
        /// The literals that the last line holds.
        public private(set) var hits: [Hit] = []

        public init() {}

        fileprivate mutating func begin(_ owners: Int) {
            if stamp.count != owners || line == .max {
                stamp = [UInt32](repeating: 0, count: owners)
                line = 0
            }
            line += 1
            found.removeAll(keepingCapacity: true)
            hits.removeAll(keepingCapacity: true)
        }

        fileprivate mutating func add(_ hit: Hit) {
            // A line may hold one literal thousands of times.
            if hits.count < Self.mostHits { hits.append(hit) }
            add(Int(hit.owner))
        }

        private static let mostHits = 256
        /// Whether ``hits`` holds all.
        public var isComplete: Bool { hits.count < Self.mostHits }

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
