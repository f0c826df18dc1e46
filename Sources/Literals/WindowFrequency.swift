/// How often four bytes stand in logs, by which the rarest window of a literal is chosen: one common window costs more
/// than all rare ones together.
struct WindowFrequency: Sendable {
    static let logs = WindowFrequency(commonWindows)

    /// What a window that is in no table is taken for.
    static let rare = 4e-6

    /// Open-addressed tables of the same size: a window's hash leads to its key and its share.
    private var windows = ShareTable(bits: 14)
    private var beginnings = ShareTable(bits: 13)
    private var ends = ShareTable(bits: 13)

    init(_ table: [(power: Int, windows: StaticString)]) {
        for (power, text) in table {
            let share = Double(sign: .plus, exponent: power, significand: 1.4)
            text.withUTF8Buffer { bytes in
                var at = 0
                while at + 4 <= bytes.count {
                    let window = LiteralWindow.key(bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3])
                    windows.add(share, to: window)
                    beginnings.add(share, to: window & 0x00ff_ffff)
                    ends.add(share, to: window >> 8)
                    at += 4
                }
            }
        }
    }

    /// The share of all windows that are this one.
    func share(of window: UInt32) -> Double { windows[window] ?? Self.rare }

    /// The share of the windows that begin with these three bytes.
    func share(beginningWith bytes: UInt32) -> Double { beginnings[bytes] ?? Self.rare * 4 }

    /// The share of the windows that end with these three bytes.
    func share(endingWith bytes: UInt32) -> Double { ends[bytes] ?? Self.rare * 4 }
}

/// A small table of shares by window. Keys are never 0, since folding sets a bit of every byte.
private struct ShareTable: Sendable {
    private var keys: [UInt32]
    private var shares: [Double]
    private let shift: UInt32
    private var count = 0

    init(bits: Int) {
        keys = [UInt32](repeating: 0, count: 1 << bits)
        shares = [Double](repeating: 0, count: 1 << bits)
        shift = UInt32(32 - bits)
    }

    private func slot(of key: UInt32) -> Int {
        var slot = Int((key &* 0x9e37_79b1) >> shift)
        while keys[slot] != 0, keys[slot] != key { slot = (slot + 1) & (keys.count - 1) }
        return slot
    }

    subscript(key: UInt32) -> Double? {
        let slot = slot(of: key)
        return keys[slot] == 0 ? nil : shares[slot]
    }

    mutating func add(_ share: Double, to key: UInt32) {
        let slot = slot(of: key)
        // A full table would be searched for ever; what no longer fits counts as rare.
        if keys[slot] == 0 {
            guard count < keys.count / 2 else { return }
            count += 1
            keys[slot] = key
        }
        shares[slot] += share
    }
}
