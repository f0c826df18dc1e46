public import CrashModel
import Logs

/// What one source's lines look like, for the case that no rule knows what happened: which shapes there are, which
/// lines stand alone, and which counter rises.
///
/// Only lines that are looked at closely are seen: both ends of a log, the surroundings of findings, and samples.
public struct OutstandingLines: Sendable {
    /// The first line of its shape.
    public struct Candidate: Sendable {
        public var line: Int
        public var message: [UInt8]
        public var shape: LineShape
        public var time: LogTime
        var stated: StatedTime?
    }

    /// A line that came again and again with a number that rose.
    public struct Counter: Sendable {
        public var line: Int
        public var message: [UInt8]
        public var value: Int
        public var rises: Int
        public var first: LogTime
        public var last: LogTime
        fileprivate var stated: (first: StatedTime?, firstLine: Int, last: StatedTime?) = (nil, 0, nil)

        fileprivate mutating func follow(
            _ number: Int, _ text: UnsafeBufferPointer<UInt8>, line: Int, _ time: StatedTime?
        ) {
            value = number
            self.line = line
            stated.last = time
            // In place: there is one of these for most lines of a log.
            message.removeAll(keepingCapacity: true)
            message.append(contentsOf: text.prefix(OutstandingLines.keptBytes + 1))
        }
    }

    /// How often each shape came.
    public private(set) var shapes: [LineShape: Int] = [:]
    /// The last lines whose shape was new, in the order of their lines.
    public private(set) var candidates: [Candidate] = []
    /// The counter that rose most often.
    public private(set) var counter: Counter?
    /// Lines seen.
    public private(set) var seen = 0

    /// What keeps memory small, whatever a log holds.
    static let mostShapes = 20_000
    static let mostCandidates = 160
    /// Of a line that is longer one byte more is kept, which says so.
    package static let keptBytes = 600
    /// A shape that came more often than this is no rarity.
    public static let rare = 3

    private var counters: [LineShape: Counter] = [:]
    /// How many of the counters never rose.
    private var resting = 0
    private var falling: Set<LineShape> = []
    /// Shapes of the candidates.
    private var held: Set<LineShape> = []
    private static let mostCounters = 64

    /// - Parameter isNoise: a rule knows that the line means nothing.
    mutating func note(_ line: LogLine, isNoise: Bool) {
        line.message.withUnsafeBufferPointer {
            note(Sight($0), $0, line: line.number, line.stated, isNoise: isNoise)
        }
    }

    /// What is seen of a line.
    struct Sight {
        fileprivate let shape: LineShape
        /// The first whole number that stands alone in it.
        fileprivate let number: Int?

        init(_ message: UnsafeBufferPointer<UInt8>) {
            var first: Int?
            shape = LineShape(message) { if first == nil { first = $0 } }
            number = first
        }
    }

    /// Whether there was no line of this shape yet.
    func isNew(_ sight: Sight) -> Bool { shapes[sight.shape] == nil }

    /// The same of a line's message alone.
    mutating func note(
        _ sight: Sight, _ message: UnsafeBufferPointer<UInt8>, line: Int, _ stated: StatedTime?, isNoise: Bool
    ) {
        guard !message.isEmpty else { return }
        seen += 1
        let (shape, number) = (sight.shape, sight.number)
        let before = shapes.index(forKey: shape)
        if let before {
            shapes.values[before] += 1
        } else if shapes.count < Self.mostShapes {
            shapes[shape] = 1
        }
        // Beyond that many shapes only those of the candidates are remembered.
        if before == nil, !isNoise, shapes.count < Self.mostShapes || !held.contains(shape) {
            held.insert(shape)
            if candidates.count == Self.mostCandidates * 2 { thin() }
            candidates.append(
                Candidate(
                    line: line, message: Array(message.prefix(Self.keptBytes + 1)), shape: shape,
                    time: .unknown, stated: stated))
        }
        if let number { follow(number, of: shape, message, line: line, stated) }
    }

    private mutating func follow(
        _ number: Int, of shape: LineShape, _ message: UnsafeBufferPointer<UInt8>, line: Int, _ stated: StatedTime?
    ) {
        guard let place = counters.index(forKey: shape) else {
            if counters.count == Self.mostCounters {
                if resting == 0 { return }
                // Settings have numbers too, which never rise.
                counters = counters.filter { $0.value.rises > 0 }
                resting = 0
            }
            if falling.contains(shape) { return }
            var fresh = Counter(
                line: line, message: Array(message.prefix(Self.keptBytes + 1)), value: number, rises: 0,
                first: .unknown, last: .unknown)
            fresh.stated = (stated, line, stated)
            counters[shape] = fresh
            resting += 1
            return
        }
        let (value, rises) = (counters.values[place].value, counters.values[place].rises)
        if number < value {
            counters.remove(at: place)
            if rises == 0 { resting -= 1 }
            if falling.count < Self.mostShapes { falling.insert(shape) }
            return
        }
        if number > value {
            counters.values[place].rises += 1
            if rises == 0 { resting -= 1 }
        }
        counters.values[place].follow(number, message, line: line, stated)
    }

    /// Drops what turned out to be common, and then the oldest half.
    private mutating func thin() {
        if candidates.count > Self.mostCandidates { candidates = candidates.filter { !isCommon($0.shape) } }
        if candidates.count > Self.mostCandidates { candidates.removeFirst(candidates.count - Self.mostCandidates) }
        held = Set(candidates.map(\.shape))
    }

    /// Whether a shape came too often to be remarkable.
    public func isCommon(_ shape: LineShape) -> Bool { shapes[shape, default: 0] > Self.rare }

    /// Places what was kept in time.
    mutating func finish(_ clock: SourceClock) {
        thin()
        for index in candidates.indices {
            candidates[index].time = clock.time(atLine: candidates[index].line, stated: candidates[index].stated)
        }
        counter = counters.values.filter { $0.rises >= Self.fewestRises }
            .max { ($0.rises, $1.line) < ($1.rises, $0.line) }
        counters = [:]
        falling = []
        held = []
        if let found = counter {
            counter?.first = clock.time(atLine: found.stated.firstLine, stated: found.stated.first)
            counter?.last = clock.time(atLine: found.line, stated: found.stated.last)
        }
    }

    mutating func eachTime(_ change: (inout LogTime) -> Void) {
        for index in candidates.indices { change(&candidates[index].time) }
        if var found = counter {
            change(&found.first)
            change(&found.last)
            counter = found
        }
    }

    /// Fewer rises happen by chance.
    static let fewestRises = 5
}
