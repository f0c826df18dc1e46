public import CrashModel
import Foundation

/// Bounds on what reading may cost.
public struct ReadingLimits: Sendable {
    /// Bytes kept of one line; the rest of a longer one is skipped to its end.
    public var lineBytes: Int
    /// Bytes at the beginning of an input of which every line is made, in order: what they teach holds for the rest.
    public var headBytes: Int

    public init(lineBytes: Int = 256 * 1024, headBytes: Int = 256 * 1024) {
        self.lineBytes = lineBytes
        self.headBytes = headBytes
    }
}

/// What became of reading one input.
public struct ReadSummary: Sendable {
    /// Bytes read, after decompression.
    public var bytes: Int
    public var lines: Int
    /// Which kind of program wrote it, by its content.
    public var kind: LogKind
    /// False when part of it was not read; ``problem`` says why and what to do.
    public var complete: Bool
    public var problem: String?

    public init(bytes: Int = 0, lines: Int = 0, kind: LogKind = .unknown, complete: Bool = true, problem: String? = nil)
    {
        self.bytes = bytes
        self.lines = lines
        self.kind = kind
        self.complete = complete
        self.problem = problem
    }

    /// - Parameter problems: everything that stood in the way.
    public init(bytes: Int, lines: Int, kind: LogKind = .unknown, problems: [String]) {
        self.init(
            bytes: bytes, lines: lines, kind: kind, complete: problems.isEmpty,
            problem: problems.isEmpty ? nil : problems.joined(separator: "; "))
    }
}

/// Reads one input line by line in memory that does not grow with it.
public struct LogReader: Sendable {
    private let input: LogInput
    private let limits: ReadingLimits

    public init(_ input: LogInput, limits: ReadingLimits = .init()) {
        self.input = input
        self.limits = limits
    }

    /// Calls `body` with each line in order. Nothing is thrown: what stood in the way is in the summary, and what
    /// came before it has been delivered.
    public func forEachLine(_ body: (LogLine) -> Void) -> ReadSummary {
        var stream: ByteStream
        do {
            stream = try ByteStream(input.location, name: input.source)
        } catch {
            return ReadSummary(complete: false, problem: error.message)
        }
        defer { stream.close() }

        var splitter = LineSplitter(limit: limits.lineBytes, linesBefore: input.linesBefore)
        var maker = LineMaker(input, limits: limits)
        var sniffer = LogKindSniffer()
        func deliver(_ line: LogLine) {
            sniffer.note(line)
            body(line)
        }
        var problem: String?
        var decoder: UTF16Decoder?
        var isFirst = true
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: ByteStream.chunkSize, alignment: 64)
        defer { buffer.deallocate() }
        while true {
            do {
                let count = try stream.read(into: buffer)
                if count == 0 { break }
                let chunk = UnsafeRawBufferPointer(rebasing: buffer[..<count])
                if isFirst { decoder = UTF16Decoder(mark: chunk) }
                isFirst = false
                if decoder != nil {
                    let decoded = decoder?.decode(chunk) ?? []
                    decoded.withUnsafeBytes { bytes in splitter.feed(bytes) { maker.take($0, deliver) } }
                } else {
                    splitter.feed(chunk) { maker.take($0, deliver) }
                }
            } catch {
                problem = error.message
                break
            }
        }
        splitter.finish { maker.take($0, deliver) }
        maker.finish(deliver)

        var cut = CutLines()
        cut.note(splitter.truncatedLines, first: splitter.firstTruncated)
        cut.note(maker.truncatedRecords, first: maker.firstTruncated)
        return ReadSummary(
            bytes: splitter.bytes, lines: splitter.lines, kind: sniffer.kind,
            problems: [problem, cut.problem(limits)].compactMap(\.self))
    }
}

/// Lines that were longer than the limit.
public struct CutLines {
    private var count = 0
    private var first: Int?

    public init() {}

    public mutating func note(line: Int) { note(1, first: line) }

    /// Notes `count` lines, the first of which is `first`.
    public mutating func note(_ count: Int, first: Int?) {
        self.count += count
        self.first = [self.first, first].compactMap(\.self).min()
    }

    /// What a person should know about them, if there are any.
    public func problem(_ limits: ReadingLimits) -> String? {
        guard count > 0, let first else { return nil }
        return "\(count) \(count == 1 ? "line was" : "lines were") longer than \(limits.lineBytes) bytes and cut there "
            + "(first: line \(first))"
    }
}
