internal import CLiteralScan

/// Looks for many literals at once in a large buffer, at several bytes in each of the processor's cycles.
///
/// Only the four bytes at every fourth place are looked at. A Bloom filter of the windows of all literals rejects nearly
/// all of them; what passes is compared with the whole literals that have such a window. Letters match in either case.
public struct LiteralSearch: Sendable {
    /// How the first pass is done. All give the same answer.
    public enum Kernel: Sendable, CaseIterable {
        case portable, avx2

        /// The fastest that this processor has.
        public static var best: Kernel { literal_scan_best_kernel() == LITERAL_SCAN_AVX2 ? .avx2 : .portable }

        /// Those that this processor has.
        public static var available: [Kernel] { best == .portable ? [.portable] : allCases }

        fileprivate var code: literal_scan_kernel { self == .avx2 ? LITERAL_SCAN_AVX2 : LITERAL_SCAN_PORTABLE }
    }

    private struct Entry {
        var literal: Int32
        var offset: Int32
    }

    private struct Slot {
        /// 0 in an empty slot: folding sets a bit of every byte of a window.
        var key: UInt32 = 0
        var start: Int32 = 0
        var end: Int32 = 0
    }

    private let filter: [UInt32]
    private let filterBits: UInt32
    /// An open-addressed table: a window, and where its entries begin and end.
    private let slots: [Slot]
    private let entries: [Entry]
    private let bytes: [UInt8]
    private let ends: [Int32]
    private let kernel: Kernel

    /// - Parameter literals: folded, as ``RequiredLiterals`` gives them, none shorter than
    ///   ``LiteralSearch/shortestLiteral``.
    public init(_ literals: some Sequence<[UInt8]>, kernel: Kernel = .best) {
        self.kernel = kernel
        var seen: Set<[UInt8]> = []
        var known: Set<UInt32> = []
        var pairs: [(key: UInt32, entry: Entry)] = []
        var bytes: [UInt8] = []
        var ends: [Int32] = []
        for literal in literals where seen.insert(literal).inserted {
            for window in LiteralWindow.covering(literal, known: known) {
                known.insert(window.key)
                pairs.append((window.key, Entry(literal: Int32(ends.count), offset: Int32(window.offset))))
            }
            bytes += literal
            ends.append(Int32(bytes.count))
        }
        var filterBits: UInt32 = 12
        while known.count * 32 > 1 << filterBits, filterBits < 24 { filterBits += 1 }
        var filter = [UInt32](repeating: 0, count: 1 << (filterBits - 5))
        var slotBits = 4
        while known.count * 2 > 1 << slotBits { slotBits += 1 }
        var slots = [Slot](repeating: Slot(), count: 1 << slotBits)
        // First how many entries each window has, then where they begin, then they themselves.
        let places = pairs.map { pair in
            let hash = literal_scan_hash(pair.key)
            filter[Int(hash >> (32 - (filterBits - 5)))] |= 1 << ((hash >> 3) & 31) | 1 << ((hash >> 8) & 31)
            var slot = Int(hash >> UInt32(32 - slotBits))
            while slots[slot].key != 0, slots[slot].key != pair.key { slot = (slot + 1) & (slots.count - 1) }
            slots[slot].key = pair.key
            slots[slot].end += 1
            return slot
        }
        var total: Int32 = 0
        for slot in slots.indices where slots[slot].key != 0 {
            let count = slots[slot].end
            slots[slot].start = total
            slots[slot].end = total
            total += count
        }
        var entries = [Entry](repeating: Entry(literal: 0, offset: 0), count: pairs.count)
        for (pair, slot) in zip(pairs, places) {
            entries[Int(slots[slot].end)] = pair.entry
            slots[slot].end += 1
        }
        self.filter = filter
        self.filterBits = filterBits
        self.slots = slots
        self.bytes = bytes
        self.ends = ends
        self.entries = entries
    }

    /// Shorter literals can't be looked for.
    public static var shortestLiteral: Int { LiteralWindow.shortestLiteral }

    /// Where literals begin in `buffer`, roughly ascending: at most a literal's length out of order.
    public func places(in buffer: UnsafeRawBufferPointer) -> [Int] {
        var places: [Int] = []
        guard let base = buffer.baseAddress, !buffer.isEmpty else { return [] }
        findLiterals(
            UnsafeBufferPointer(start: base.assumingMemoryBound(to: UInt8.self), count: buffer.count), &places)
        return places
    }

    /// Whether any literal stands in `text`.
    public func finds(anyIn text: [UInt8]) -> Bool {
        text.withUnsafeBytes { !places(in: $0).isEmpty }
    }

    private func findLiterals(_ text: UnsafeBufferPointer<UInt8>, _ found: inout [Int]) {
        guard !entries.isEmpty else { return }
        withTables { tables in
            withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 1024) { places in
                var at = 0
                while at + 4 <= text.count {
                    var resume = 0
                    let count = literal_scan_windows(
                        text.baseAddress, at, text.count, tables.filter.baseAddress, filterBits, kernel.code,
                        places.baseAddress, places.count, &resume)
                    for index in 0..<count {
                        if let start = tables.literal(at: Int(places[index]), in: text) { found.append(start) }
                    }
                    at = resume
                }
                if at < text.count, let start = tables.literal(at: at, in: text) { found.append(start) }
            }
        }
    }

    /// The tables as bare memory, for the loop in which retaining and releasing them would cost more than the work.
    private struct Tables {
        let filter: UnsafeBufferPointer<UInt32>
        let slots: UnsafeBufferPointer<Slot>
        let entries: UnsafeBufferPointer<Entry>
        let bytes: UnsafeBufferPointer<UInt8>
        let ends: UnsafeBufferPointer<Int32>
        let slotShift: UInt32

        /// Where the literal begins that has the window at `place`, if one stands there. Of a window that reaches over
        /// the end of the text any bytes will do.
        @inline(__always)
        func literal(at place: Int, in text: UnsafeBufferPointer<UInt8>) -> Int? {
            func byte(_ offset: Int) -> UInt8 { place + offset < text.count ? text[place + offset] : 0 }
            let key = LiteralWindow.key(byte(0), byte(1), byte(2), byte(3))
            var slot = Int(literal_scan_hash(key) >> slotShift)
            while slots[slot].key != 0, slots[slot].key != key { slot = (slot + 1) & (slots.count - 1) }
            for index in Int(slots[slot].start)..<Int(slots[slot].end) {
                let start = place - Int(entries[index].offset)
                if stands(Int(entries[index].literal), at: start, text) { return start }
            }
            return nil
        }

        private func stands(_ literal: Int, at start: Int, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
            let first = literal == 0 ? 0 : Int(ends[literal - 1])
            let count = Int(ends[literal]) - first
            guard start >= 0, start + count <= text.count else { return false }
            for offset in 0..<count where RequiredLiterals.folded(text[start + offset]) != bytes[first + offset] {
                return false
            }
            return true
        }
    }

    private func withTables(_ body: (Tables) -> Void) {
        filter.withUnsafeBufferPointer { filter in
            slots.withUnsafeBufferPointer { slots in
                entries.withUnsafeBufferPointer { entries in
                    bytes.withUnsafeBufferPointer { bytes in
                        ends.withUnsafeBufferPointer { ends in
                            body(
                                Tables(
                                    filter: filter, slots: slots, entries: entries, bytes: bytes, ends: ends,
                                    slotShift: UInt32(32 - slots.count.trailingZeroBitCount)))
                        }
                    }
                }
            }
        }
    }
}

/// What a buffer holds besides literals.
public enum LineBytes {
    /// Counts the newlines in `range` of `buffer`.
    ///
    /// - Parameter hasSpecial: set when there may be bytes that a line has to be cleaned of: control characters, or the
    ///   end of an escape sequence whose beginning was lost.
    public static func newlines(
        in range: Range<Int>, of buffer: UnsafeRawBufferPointer, hasSpecial: inout Bool,
        kernel: LiteralSearch.Kernel = .best
    ) -> Int {
        guard let base = buffer.baseAddress, !range.isEmpty else { return 0 }
        var special: Int32 = 0
        let count = literal_scan_lines(
            base.assumingMemoryBound(to: UInt8.self), range.lowerBound, min(range.upperBound, buffer.count),
            kernel.code, &special)
        if special != 0 { hasSpecial = true }
        return count
    }

    /// The place of the first byte at or after `start` that a line may have to be cleaned of, or `nil`.
    public static func firstSpecial(in buffer: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard let base = buffer.baseAddress, start < buffer.count else { return nil }
        let place = literal_scan_next_special(base.assumingMemoryBound(to: UInt8.self), start, buffer.count)
        return place < buffer.count ? place : nil
    }
}
