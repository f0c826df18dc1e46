/// Looks for all literals of all rules in one pass over a line, and names the owners whose literals stand in it.
///
/// Every literal is looked for by its rarest three bytes. A bitmap of their hashes rejects almost every place of an
/// ordinary line; what passes is compared with the whole literal.
struct LiteralFilter: Sendable {
    private struct Entry: Sendable {
        var literal: [UInt8]
        /// Bytes of the literal before its window.
        var before: Int
        var owner: Int
    }

    private static let hashBits = 16

    private let bitmap: [UInt64]
    private let buckets: [[Entry]]
    /// Owners without literals, which every line has to be offered to.
    let always: [Int]
    private let ownerCount: Int

    /// - Parameter owners: for each owner its literals, or `nil` when it has none that can be vouched for.
    init(_ owners: [[[UInt8]]?]) {
        var bitmap = [UInt64](repeating: 0, count: (1 << Self.hashBits) / 64)
        var buckets = [[Entry]](repeating: [], count: 1 << Self.hashBits)
        var always: [Int] = []
        for (owner, literals) in owners.enumerated() {
            guard let literals, literals.allSatisfy({ $0.count >= LiteralWindow.width }) else {
                always.append(owner)
                continue
            }
            for literal in literals {
                let offset = LiteralWindow.rarest(in: literal).offset
                let hash = Self.hash(
                    UInt32(literal[offset]) | UInt32(literal[offset + 1]) << 8 | UInt32(literal[offset + 2]) << 16)
                bitmap[hash >> 6] |= 1 << UInt64(hash & 63)
                buckets[hash].append(Entry(literal: literal, before: offset, owner: owner))
            }
        }
        self.bitmap = bitmap
        self.buckets = buckets
        self.always = always
        ownerCount = owners.count
    }

    /// The owners to try on `line`, in ascending order; those without literals are always among them.
    func candidates(in line: [UInt8], _ scratch: inout Scratch) -> [Int] {
        scratch.begin(ownerCount)
        line.withUnsafeBufferPointer { bytes in
            bitmap.withUnsafeBufferPointer { bitmap in
                guard bytes.count >= LiteralWindow.width else { return }
                var key = UInt32(Self.fold(bytes[0])) << 8 | UInt32(Self.fold(bytes[1])) << 16
                for index in 2..<bytes.count {
                    key = key >> 8 | UInt32(Self.fold(bytes[index])) << 16
                    let hash = Self.hash(key)
                    if bitmap[hash >> 6] & (1 << UInt64(hash & 63)) != 0 {
                        confirm(buckets[hash], at: index - 2, in: bytes, &scratch)
                    }
                }
            }
        }
        for owner in always { scratch.add(owner) }
        return scratch.finish()
    }

    private func confirm(
        _ entries: [Entry], at index: Int, in bytes: UnsafeBufferPointer<UInt8>, _ scratch: inout Scratch
    ) {
        for entry in entries where !scratch.has(entry.owner) {
            let start = index - entry.before
            guard start >= 0, start + entry.literal.count <= bytes.count else { continue }
            var offset = 0
            while offset < entry.literal.count, Self.fold(bytes[start + offset]) == entry.literal[offset] {
                offset += 1
            }
            if offset == entry.literal.count { scratch.add(entry.owner) }
        }
    }

    @inline(__always)
    private static func fold(_ byte: UInt8) -> UInt8 {
        byte &- 0x41 < 26 ? byte | 0x20 : byte
    }

    @inline(__always)
    private static func hash(_ key: UInt32) -> Int {
        Int((key &* 0x9e37_79b1) >> UInt32(32 - hashBits))
    }

    /// Memory that one thread reuses from line to line.
    struct Scratch {
        private var stamp: [UInt32] = []
        private var line: UInt32 = 0
        private var found: [Int] = []

        mutating func begin(_ owners: Int) {
            if stamp.count != owners || line == .max {
                stamp = [UInt32](repeating: 0, count: owners)
                line = 0
            }
            line += 1
            found.removeAll(keepingCapacity: true)
        }

        func has(_ owner: Int) -> Bool { stamp[owner] == line }

        mutating func add(_ owner: Int) {
            guard stamp[owner] != line else { return }
            stamp[owner] = line
            found.append(owner)
        }

        mutating func finish() -> [Int] {
            found.sort()
            return found
        }
    }
}
