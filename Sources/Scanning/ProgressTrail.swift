public import CrashModel
public import Foundation
import Logs

/// The lines of one source that show training advancing, thinned to a bounded number.
///
/// The last mark and every mark's neighbourhood survive thinning in the sense that matters here: whether training
/// advanced after a given line.
public struct ProgressTrail: Sendable {
    public struct Mark: Sendable, Hashable {
        public var line: Int
        var message: [UInt8]
        public var step: Int?
        public var epoch: Int?
        /// ``epoch`` with its fraction, which is all that some trainers state.
        var exactEpoch: Double?
        public var total: Int?
        /// `nil` when the line states none; NaN and infinity are kept as such.
        public var loss: Double?
        /// Steps per second, where the line states it.
        public var rate: Double?
        /// The rule that read it: steps of one dialect are not compared with those of another.
        public var dialect: String
        /// The writer, where several are interleaved.
        public var stream: String?
        public var time: LogTime
        /// What the line states of its time, from which ``time`` comes at the end.
        var stated: StatedTime?

        /// The line, cut to a length that can be shown.
        public var text: String { String(beginningOf: message, most: 300) }
    }

    public private(set) var marks: [Mark] = []
    /// The newest mark, which thinning never drops.
    public private(set) var last: Mark?
    /// How many there were before thinning.
    public private(set) var count = 0
    private var stride = 1

    static let capacity = 4096

    public init() {}

    /// Appends a mark whose line is `message`.
    mutating func append(_ mark: Mark, _ message: UnsafeBufferPointer<UInt8>) {
        var mark = mark
        if count % stride == 0 {
            mark.message = Array(message)
        } else if var kept = last?.message {
            // Thinned away, so its memory is used again for the next one.
            last = nil
            kept.removeAll(keepingCapacity: true)
            kept.append(contentsOf: message)
            mark.message = kept
        }
        append(mark)
    }

    mutating func append(_ mark: Mark) {
        last = mark
        if count % stride == 0 {
            marks.append(mark)
            if marks.count > Self.capacity {
                marks = marks.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
                stride *= 2
            }
        }
        count += 1
    }

    /// Places the marks that state their time.
    mutating func finish(_ clock: SourceClock) {
        func place(_ mark: inout Mark) {
            if let stated = mark.stated { mark.time = clock.time(atLine: mark.line, stated: stated) }
        }
        for index in marks.indices { place(&marks[index]) }
        if var mark = last {
            place(&mark)
            last = mark
        }
    }

    mutating func eachTime(_ change: (inout LogTime) -> Void) {
        for index in marks.indices { change(&marks[index].time) }
        if var time = last?.time {
            change(&time)
            last?.time = time
        }
    }

    /// The last mark at or before `line`.
    public func last(before line: Int) -> Mark? {
        if let last, last.line <= line { return last }
        return marks.last { $0.line <= line }
    }

    /// How often training advanced after `line`: later marks whose steps grow, with a finite loss where they state one.
    ///
    /// One more print of the same step is no advance: progress bars repaint when a program dies. Nor is a mark that
    /// states an earlier time: it was written before and only came out late.
    ///
    /// - Parameter stream: count only what this writer and unlabelled ones print.
    public func advances(after line: Int, since date: Date? = nil, stream: String? = nil) -> Int {
        var previous = last(before: line)
        var advances = 0
        let later = marks.filter { $0.line > line } + [last].compactMap(\.self).filter { $0.line > line }
        for mark in later where mark.loss?.isFinite ?? true {
            if let date, let stated = mark.time.date, stated <= date { continue }
            if let stream, let other = mark.stream, other != stream { continue }
            if let previous, previous.dialect == mark.dialect, mark.isBeyond(previous) { advances += 1 }
            previous = mark
        }
        return advances
    }

    /// When training advanced for the last time, by the marks that say when they were written.
    public var lastStatedDate: Date? { last?.statedDate ?? marks.lazy.compactMap(\.statedDate).last }

    /// How often training advanced after a moment, by the marks that state their own time.
    public func advances(since date: Date) -> Int {
        var previous = marks.last { $0.statedDate.map { $0 <= date } ?? false }
        var advances = 0
        for mark in marks where mark.loss?.isFinite ?? true {
            guard let stated = mark.statedDate, stated > date else { continue }
            if let previous, previous.dialect == mark.dialect, mark.isBeyond(previous) { advances += 1 }
            previous = mark
        }
        return advances
    }

    /// Steps per second before `line`: what the marks state themselves, else from their times. The median, since one
    /// evaluation or one slow save says little.
    public func speed(before line: Int) -> Double? {
        let recent = marks.filter { $0.line <= line }.suffix(24)
        let stated = recent.compactMap(\.rate).sorted()
        if !stated.isEmpty { return stated[stated.count / 2] }
        let rates = zip(recent, recent.dropFirst()).compactMap { earlier, later -> Double? in
            guard earlier.dialect == later.dialect, let step = earlier.step, let next = later.step, next > step,
                let from = earlier.time.date, let to = later.time.date, to > from
            else { return nil }
            return Double(next - step) / to.timeIntervalSince(from)
        }.sorted()
        return rates.isEmpty ? nil : rates[rates.count / 2]
    }

    /// Whether training advanced after `line` beyond doubt: at least twice.
    public func isAdvancing(after line: Int) -> Bool { advances(after: line) >= 2 }
}

extension ProgressTrail.Mark {
    /// When the line says that it was written.
    public var statedDate: Date? { time.source == .stated ? time.date : nil }

    /// Whether this mark stands further in training than `other`.
    public func isBeyond(_ other: Self) -> Bool {
        if let exactEpoch, let otherEpoch = other.exactEpoch, exactEpoch != otherEpoch {
            return exactEpoch > otherEpoch
        }
        if let step, let otherStep = other.step { return step > otherStep }
        return false
    }
}
