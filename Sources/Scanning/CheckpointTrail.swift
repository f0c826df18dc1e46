public import CrashModel
public import Foundation
import Logs

/// Where one source says that the state of the training was saved.
public struct CheckpointTrail: Sendable {
    public struct Mark: Sendable, Hashable {
        public var line: Int
        var message: [UInt8]
        /// Where it was saved, when the line says so.
        public var path: String?
        public var step: Int?
        public var epoch: Int?
        /// The line only says that saving began.
        public var isBegun: Bool
        /// The line says that it was read, not that it was saved.
        public var isRead: Bool
        public var time: LogTime
        fileprivate var stated: StatedTime?

        /// The line, cut to a length that can be shown.
        public var text: String { String(beginningOf: message, most: 300) }

        public static func == (a: Self, b: Self) -> Bool { (a.line, a.message, a.time) == (b.line, b.message, b.time) }

        public func hash(into hasher: inout Hasher) { hasher.combine(line) }
    }

    /// The last ones, in the order of their lines.
    public private(set) var marks: [Mark] = []

    static let most = 64

    mutating func append(_ line: LogLine, _ captures: [String: String]) {
        if marks.count == Self.most { marks.removeFirst() }
        marks.append(
            Mark(
                line: line.number, message: Array(line.message.prefix(SourcePass.keptBytes)),
                path: captures["path"].flatMap(Self.path),
                step: captures["step"].flatMap(SourcePass.number), epoch: captures["epoch"].flatMap { Int($0) },
                isBegun: captures["begun"] != nil, isRead: captures["read"] != nil, time: .unknown, stated: line.stated)
        )
    }

    /// The one that was read last before `line`.
    public func read(before line: Int) -> Mark? { marks.last { $0.isRead && $0.line < line } }

    /// What is captured of a path up to the next blank, without the sentence around it.
    private static func path(_ text: String) -> String? {
        let path = text.trimmingCharacters(in: CharacterSet(charactersIn: "\"'`.,;:()[]<>!"))
        return path.contains(where: \.isLetter) ? path : nil
    }

    mutating func finish(_ clock: SourceClock) {
        for index in marks.indices {
            marks[index].time = clock.time(atLine: marks[index].line, stated: marks[index].stated)
        }
    }

    mutating func eachTime(_ change: (inout LogTime) -> Void) {
        for index in marks.indices { change(&marks[index].time) }
    }

    /// The last checkpoint that was whole before `line`. One that was only begun counts when training went on after it.
    ///
    /// - Parameters:
    ///   - latest: those that state a later time do not count.
    ///   - isDamaged: those that are known to be of no use do not count either.
    public func last(
        before line: Int, progress: ProgressTrail, latest: Date? = nil, isDamaged: (Mark) -> Bool = { _ in false }
    ) -> Mark? {
        marks.last { mark in
            guard mark.line < line, !mark.isRead, !isDamaged(mark) else { return false }
            if let latest, let date = mark.time.date, date > latest { return false }
            return !mark.isBegun || (progress.last(before: line).map { $0.line > mark.line } ?? false)
        }
    }
}
