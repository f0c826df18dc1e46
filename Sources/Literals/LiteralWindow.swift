/// Four bytes by which a literal is looked for, and where they stand in it.
///
/// The filter looks at every fourth place only. So a literal needs a window for each of the four ways in which it can
/// lie on that grid. From seven bytes on there is a whole one for each, and in a long literal a choice, of which the
/// rarest is taken. Of five or six bytes some windows hold a neighbour of the literal that may be any byte.
struct LiteralWindow: Sendable, Hashable {
    /// Shorter literals can't be looked for in this way.
    static let shortestLiteral = 5

    /// The folded bytes, the first one lowest.
    var key: UInt32
    /// Bytes of the literal before the window; -1 when the window begins one byte before the literal.
    var offset: Int

    static func key(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8) -> UInt32 {
        (UInt32(a) | UInt32(b) << 8 | UInt32(c) << 16 | UInt32(d) << 24) | 0x2020_2020
    }

    /// The windows by which a literal of at least ``shortestLiteral`` bytes is found wherever it lies.
    ///
    /// - Parameter known: windows that other literals are found by; of windows about as rare they are taken first, since
    ///   each that is shared is one less in the filter.
    static func covering(
        _ literal: [UInt8], known: Set<UInt32> = [], _ frequency: WindowFrequency = .logs
    ) -> [LiteralWindow] {
        guard literal.count >= shortestLiteral else { return [] }
        var windows: [LiteralWindow] = []
        for residue in 0..<4 {
            var best: (window: LiteralWindow, cost: Double)?
            for offset in stride(from: residue, through: literal.count - 4, by: 4) {
                let window = window(literal, at: offset)
                let share = frequency.share(of: window.key)
                let cost = known.contains(window.key) ? share / 2 : share
                if cost < best?.cost ?? .infinity { best = (window, cost) }
            }
            if let best {
                windows.append(best.window)
            } else {
                windows += overlapping(literal, residue: residue, frequency)
            }
        }
        return windows
    }

    private static let crowding = 1e-4

    /// What looking for the literal costs, in units of one look at a window that passed the first pass: how often that
    /// happens, and how often, by its rarest window, the literal itself stands in a line that is then read for nothing.
    static func cost(_ literal: [UInt8], _ frequency: WindowFrequency = .logs) -> Double {
        guard literal.count >= shortestLiteral else { return 1 }
        var cost = 0.0
        var rarest = 1.0
        for offset in 0...(literal.count - 4) {
            rarest = min(rarest, frequency.share(of: window(literal, at: offset).key))
        }
        for residue in 0..<4 {
            var least = 1.0
            for offset in stride(from: residue, through: literal.count - 4, by: 4) {
                least = min(least, frequency.share(of: window(literal, at: offset).key))
            }
            if least == 1 {
                // A hundred windows for one crowd the filter, which has to stay small to stay in the cache.
                cost += crowding
                let (before, after) = neighbours(literal, residue: residue)
                if let before { least = min(least, frequency.share(endingWith: before)) }
                if let after { least = min(least, frequency.share(beginningWith: after)) }
            }
            cost += least
        }
        return cost + 30 * rarest
    }

    private static func window(_ literal: [UInt8], at offset: Int) -> LiteralWindow {
        LiteralWindow(
            key: key(literal[offset], literal[offset + 1], literal[offset + 2], literal[offset + 3]), offset: offset)
    }

    /// The three bytes of the literal that share a window with the byte before it, or with the byte after it, when the
    /// grid cuts the literal at `residue`.
    private static func neighbours(_ literal: [UInt8], residue: Int) -> (before: UInt32?, after: UInt32?) {
        func three(_ start: Int) -> UInt32 {
            key(literal[start], literal[start + 1], literal[start + 2], 0) & 0xff_ffff
        }
        return (
            residue == 3 ? three(0) : nil,
            residue + 3 == literal.count ? three(residue) : nil
        )
    }

    private static func overlapping(
        _ literal: [UInt8], residue: Int, _ frequency: WindowFrequency
    ) -> [LiteralWindow] {
        let (before, after) = neighbours(literal, residue: residue)
        let beforeShare = before.map { frequency.share(endingWith: $0) } ?? 2
        let afterShare = after.map { frequency.share(beginningWith: $0) } ?? 2
        // Folding sets bit 5, so half of all bytes stand for the other half.
        let others = (UInt32(0)...255).filter { $0 & 0x20 != 0 }
        if let before, beforeShare <= afterShare {
            return others.map { LiteralWindow(key: before << 8 | $0, offset: -1) }
        }
        guard let after else { return [] }
        return others.map { LiteralWindow(key: after | $0 << 24, offset: residue) }
    }
}
