import Foundation
import Logs

/// Which lines a scan looks at closely: for their time, their progress and their recoveries, and not only for rules.
///
/// A source is divided into blocks, a quarter of its head each (64 KiB). Looked at closely are the first blocks and the last two, the block
/// of each finding with those before and after it, a block in which time stood still, and of every other block its first
/// line. What a scan finds therefore depends on the source alone, and not on how it was read or by how many.
struct Neighbourhood {
    /// Seconds between the first lines of two blocks from which the first one is looked at for a silence.
    static let silence = 600.0

    /// The block that was entered last.
    private(set) var block = -1
    /// Where the first line of ``block`` begins.
    private(set) var start = 0
    private let blockBytes: Int
    private var closeThrough: Int

    init(_ limits: ReadingLimits) {
        blockBytes = Self.blockBytes(limits)
        closeThrough = limits.headBytes / blockBytes - 1
    }

    static func blockBytes(_ limits: ReadingLimits) -> Int { max(limits.headBytes / 4, 1) }

    /// Whether the lines of ``block`` are looked at closely.
    var isClose: Bool { block <= closeThrough }

    /// Where the next block begins at the earliest.
    var nextBoundary: Int { (block + 1) * blockBytes }

    /// Tells of a line. Returns whether it is the first of its block.
    mutating func arrive(at position: Int) -> Bool {
        let arrived = position / blockBytes
        guard arrived > block else { return false }
        block = arrived
        start = position
        return true
    }

    /// Something was found in ``block``.
    mutating func found() { closeThrough = max(closeThrough, block + 1) }

    /// Whether so much time lies between the first lines of two blocks that the lines between are worth a look.
    static func isSilent(from first: StatedTime?, to second: StatedTime?) -> Bool {
        guard let first, let second, let seconds = first.seconds(to: second) else { return false }
        return seconds > silence
    }
}

extension StatedTime {
    /// The time from this one to another of the same form.
    func seconds(to other: StatedTime) -> Double? {
        switch (form, other.form) {
        case (.wall(let first), .wall(let second)): second.timeIntervalSince(first)
        case (.sinceBoot(let first), .sinceBoot(let second)): second - first
        case (.timeOfDay(let first), .timeOfDay(let second)): second - first
        case (.yearless(let month, let day, let first), .yearless(let laterMonth, let laterDay, let second)):
            // Another day of a log without years is worth a look in any case.
            (month, day) == (laterMonth, laterDay) ? second - first : .infinity
        default: nil
        }
    }
}
