/// Stated times of one source by line number, in order: at most ``most`` of them, evenly thinned, and the last.
struct StatedTimeTrail: Sendable {
    private static let most = 4096

    struct Anchor: Sendable {
        var line: Int
        var stated: StatedTime
        /// Counts reboots: seconds since boot are comparable only within one boot.
        var boot: Int
        /// The time of day that a line before stated last, and the line.
        var clock: (line: Int, seconds: Double)?
    }

    private(set) var anchors: [Anchor] = []
    private(set) var last: Anchor?
    private var stride = 1
    private var untilNext = 0

    var isEmpty: Bool { last == nil }

    mutating func note(_ anchor: Anchor) {
        last = anchor
        if untilNext > 0 {
            untilNext -= 1
            return
        }
        anchors.append(anchor)
        untilNext = stride - 1
        if anchors.count > Self.most {
            anchors = anchors.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
            stride *= 2
        }
    }

    /// Index of the first of ``anchors`` behind `line`.
    func firstIndex(after line: Int) -> Int {
        var (low, high) = (0, anchors.count)
        while low < high {
            let middle = (low + high) / 2
            if anchors[middle].line <= line { low = middle + 1 } else { high = middle }
        }
        return low
    }

    func anchor(atOrBefore line: Int) -> Anchor? {
        if let last, last.line <= line { return last }
        let index = firstIndex(after: line)
        return index > 0 ? anchors[index - 1] : nil
    }

    func anchor(after line: Int) -> Anchor? {
        guard let last, last.line > line else { return nil }
        let index = firstIndex(after: line)
        return index < anchors.count ? anchors[index] : last
    }

    /// The one nearest to a line, itself or before or behind it.
    func nearest(to line: Int) -> Anchor? {
        guard let before = anchor(atOrBefore: line) else { return anchor(after: line) }
        guard before.line < line, let after = anchor(after: line) else { return before }
        return after.line - line < line - before.line ? after : before
    }
}
