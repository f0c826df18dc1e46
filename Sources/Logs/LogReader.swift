public import CrashModel
import Foundation

/// Bounds on what reading may cost.
public struct ReadingLimits: Sendable {
    /// Bytes kept of one line; the rest of a longer one is skipped to its end.
    public var lineBytes: Int

    public init(lineBytes: Int = 256 * 1024) {
        self.lineBytes = lineBytes
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

        var splitter = LineSplitter(limit: limits.lineBytes)
        var maker = LineMaker(origin: input.origin, limit: limits.lineBytes)
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
                    decoded.withUnsafeBytes { bytes in splitter.feed(bytes) { maker.take($0, body) } }
                } else {
                    splitter.feed(chunk) { maker.take($0, body) }
                }
            } catch {
                problem = error.message
                break
            }
        }
        splitter.finish { maker.take($0, body) }
        maker.finish(body)

        var problems = problem.map { [$0] } ?? []
        let cut = splitter.truncatedLines + maker.truncatedRecords
        if cut > 0, let first = [splitter.firstTruncated, maker.firstTruncated].compactMap({ $0 }).min() {
            problems.append(
                "\(cut) \(cut == 1 ? "line was" : "lines were") longer than \(limits.lineBytes) bytes and cut there "
                    + "(first: line \(first))")
        }
        return ReadSummary(
            bytes: splitter.bytes, lines: splitter.lines, kind: maker.kind, complete: problems.isEmpty,
            problem: problems.isEmpty ? nil : problems.joined(separator: "; "))
    }
}
