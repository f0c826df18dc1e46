import CrashModel

/// Makes ``LogLine``s of a file's raw pieces: unwraps records, cleans, separates writers, takes prefixes off.
///
/// What needs the lines before (records cut in two, times that count from the last one) is learned from an input's head
/// (``ReadingLimits/headBytes``) and stays as it is from there on. So, unless ``needsEveryLine``, lines beyond may be made in
/// any order or not at all.
public struct LineMaker {
    private let inputOrigin: LineOrigin
    private let limit: Int
    private let headBytes: Int
    private var parser = PrefixParser()
    private var sawRecord = false
    private var sawRewritten = false
    private var isLearning = true
    /// The beginnings of lines that a container runtime cut, by stream.
    private var partials: [UInt8: Partial] = [:]
    /// Records joined of so many parts that they had to be cut.
    public private(set) var truncatedRecords = 0
    /// The line of the first.
    public private(set) var firstTruncated: Int?

    private struct Partial {
        var record: ContainerRecord
        var piece: LogSegment
        /// The line of the last piece.
        var lastNumber: Int
    }

    public init(_ input: LogInput, limits: ReadingLimits) {
        inputOrigin = input.origin
        limit = limits.lineBytes
        headBytes = limits.headBytes
    }

    /// Whether a line of the head was of a kind that says how to read the next one.
    public var needsEveryLine: Bool { sawRecord || sawRewritten || parser.needsEveryLine }

    public mutating func take(_ piece: LogSegment, _ body: (LogLine) -> Void) {
        isLearning = piece.position < headBytes
        parser.isLearning = isLearning
        guard isLearning || sawRecord, let record = ContainerRecord(piece.bytes) else {
            return make(piece.bytes, Prefix(), piece, body)
        }
        sawRecord = true
        var whole = Partial(record: record, piece: piece, lastNumber: piece.number)
        if var begun = partials.removeValue(forKey: record.channel) {
            begun.record.isPartial = record.isPartial
            begun.lastNumber = piece.number
            begun.record.payload += record.payload.prefix(max(0, limit - begun.record.payload.count))
            if begun.record.payload.count >= limit, !begun.piece.truncated {
                begun.piece.truncated = true
                truncatedRecords += 1
                firstTruncated = firstTruncated ?? begun.piece.number
            }
            whole = begun
        }
        if whole.record.isPartial {
            partials[record.channel] = whole
        } else {
            make(whole, body)
        }
    }

    /// A segment of a line where it lies, with nothing copied; `nil` when its bytes have to be changed before they can be read, and
    /// it is to be taken as a segment. What was viewed is not.
    public mutating func view(
        _ bytes: UnsafeBufferPointer<UInt8>, number: Int, offset: Int, position: Int, truncated: Bool
    ) -> LineView? {
        guard !LineCleaner.needsCleaning(bytes) else { return nil }
        isLearning = position < headBytes
        if isLearning || sawRecord, ContainerRecord.isLikely(bytes) { return nil }
        parser.isLearning = isLearning
        let prefix = parser.parse(bytes)
        let isWhole =
            prefix.rewritten == nil && GluedLines.nextStart(in: bytes, after: prefix.messageStart) == nil
            && !(prefix.isSyslog && Self.isJoined(bytes, from: prefix.messageStart))
        return LineView(
            number: number, offset: offset, position: position, text: bytes, prefix: prefix, truncated: truncated,
            input: inputOrigin, isWhole: isWhole)
    }

    /// Makes what was viewed: one line, or several that were glued together.
    public mutating func take(_ view: borrowing LineView, _ body: (LogLine) -> Void) {
        isLearning = view.position < headBytes
        parser.isLearning = isLearning
        let piece = LogSegment(
            number: view.number, offset: view.offset, position: view.position, bytes: [], truncated: view.truncated)
        make(segment: Array(view.text), Prefix(), piece, parsed: view.prefix, body)
    }

    /// Delivers what is still waiting for its end.
    public mutating func finish(_ body: (LogLine) -> Void) {
        for channel in partials.keys.sorted() {
            if let partial = partials.removeValue(forKey: channel) { make(partial, body) }
        }
    }

    private mutating func make(_ whole: Partial, _ body: (LogLine) -> Void) {
        for line in whole.record.payload.split(separator: 0x0a).map(Array.init) {
            // What runs in a container may have a logger that writes JSON.
            let inner = ContainerRecord(structured: line, inside: whole.record.context)
            for line in inner?.payload.split(separator: 0x0a).map(Array.init) ?? [line] {
                make(line, inner?.context ?? whole.record.context, whole.piece, isRecord: true) { line in
                    var line = line
                    line.lastNumber = whole.lastNumber
                    body(line)
                }
            }
        }
    }

    private mutating func make(
        _ raw: [UInt8], _ context: Prefix, _ piece: LogSegment, isRecord: Bool = false, _ body: (LogLine) -> Void
    ) {
        for segment in LineCleaner.segments(of: raw) {
            make(segment: segment, context, piece) { line in
                var line = line
                line.isRecord = isRecord
                body(line)
            }
        }
    }

    /// One segment: itself, or the several lines that were glued together in it.
    ///
    /// - Parameter parsed: what stands before the first of them, when it is known already.
    private mutating func make(
        segment: [UInt8], _ context: Prefix, _ piece: LogSegment, parsed: Prefix? = nil, _ body: (LogLine) -> Void
    ) {
        var rest = segment
        var known = parsed
        while true {
            var prefix = known ?? rest.withUnsafeBufferPointer { parser.parse($0, inherited: context) }
            known = nil
            if prefix.rewritten != nil {
                if isLearning { sawRewritten = true }
                if !sawRewritten { prefix.rewritten = nil }
            }
            let next =
                prefix.rewritten == nil
                ? rest.withUnsafeBufferPointer { GluedLines.nextStart(in: $0, after: prefix.messageStart) } : nil
            if let next {
                deliver(Array(rest[..<next]), prefix, piece, body)
                rest = Array(rest[next...])
                continue
            }
            if prefix.isSyslog, prefix.rewritten == nil, let parts = Self.joinedLines(rest, from: prefix.messageStart) {
                deliver(parts[0], prefix, piece, body)
                var continued = prefix
                continued.messageStart = 0
                for part in parts.dropFirst() where !part.isEmpty { deliver(part, continued, piece, body) }
                return
            }
            return deliver(rest, prefix, piece, body)
        }
    }

    private static let joint: StaticString = "#012"

    /// Whether syslog wrote a newline inside a message, as `#012`.
    private static func isJoined(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Bool {
        var index = start
        while index + 3 < text.count {
            if text[index] == UInt8(ascii: "#"), ByteCursor(text, at: index).isNext(joint) { return true }
            index += 1
        }
        return false
    }

    private static func joinedLines(_ text: [UInt8], from start: Int) -> [[UInt8]]? {
        var parts: [[UInt8]] = []
        var begin = 0
        var index = start
        while index + 3 < text.count {
            if text[index] == UInt8(ascii: "#"), ByteCursor.reading(text, at: index, { $0.isNext(joint) }) {
                parts.append(Array(text[begin..<index]))
                index += 4
                begin = index
            } else {
                index += 1
            }
        }
        guard !parts.isEmpty else { return nil }
        return parts + [Array(text[begin...])]
    }

    private mutating func deliver(
        _ text: [UInt8], _ prefix: Prefix, _ piece: LogSegment, _ body: (LogLine) -> Void
    ) {
        var origin = prefix.origin
        origin.host = origin.host ?? inputOrigin.host
        if origin.rank == nil { (origin.rank, origin.isRankLocal) = (inputOrigin.rank, inputOrigin.isRankLocal) }
        origin.pid = origin.pid ?? inputOrigin.pid
        origin.gpu = origin.gpu ?? inputOrigin.gpu
        origin.stream = origin.stream ?? inputOrigin.stream
        let start = min(prefix.messageStart, text.count)
        let message = prefix.rewritten ?? (start == 0 ? text : Array(text[start...]))
        var line = LogLine(
            number: piece.number, offset: piece.offset, position: piece.position, text: text, message: message,
            stated: prefix.stated,
            origin: origin, isKernel: prefix.isKernel, truncated: piece.truncated)
        line.isSyslog = prefix.isSyslog
        body(line)
    }
}
