public import CrashModel
import Foundation
import Logs

/// A line that was looked up, as it stands in its log now.
public struct FoundLine: Sendable, Hashable {
    public var number: Int
    /// With the transport's prefixes; without escape sequences.
    public var text: String
    /// Without the transport's prefixes, as findings quote it.
    public var message: String
    /// Who wrote it, as far as its prefixes or its file's place say.
    public var origin: LineOrigin
}

/// What became of looking lines up.
public struct LookupResult: Sendable {
    /// The lines asked for and those around them, by source and in order. Segments that carriage returns part share a
    /// number.
    public var lines: [String: [FoundLine]]
    /// The first lines of each source, for what logs state where they begin.
    public var heads: [String: [FoundLine]]
    /// By source, why its lines are not there, as a sentence.
    public var problems: [String: String]
}

/// Looks lines up in logs that were read earlier.
///
/// Plain files are passed over at the speed of the disk up to the last line asked for, and only what stands around
/// the lines is read closely. Other files are read from their beginning.
public struct LogLookup: Sendable {
    /// Lines before and after each that was asked for.
    public var context = 3
    /// Bytes at the beginning of each source that are looked at for what it states there; 0 for none.
    public var headBytes = 1 << 20
    /// Bytes of a compressed file beyond which it is not opened again.
    static let mostCompressed = 64 << 20
    /// Bytes of one line that are kept.
    static let lineBytes = 16 << 10
    /// Sources that are opened.
    static let mostSources = 256

    public init() {}

    /// - Parameter wanted: By source, the numbers of the lines.
    public func look(for wanted: [String: Set<Int>]) -> LookupResult {
        var result = LookupResult(lines: [:], heads: [:], problems: [:])
        for (index, entry) in wanted.sorted(by: { $0.key < $1.key }).enumerated() {
            if index >= Self.mostSources {
                result.problems[entry.key] = "too many logs to open again"
                continue
            }
            look(for: entry.value, in: entry.key, &result)
        }
        return result
    }

    private func look(for numbers: Set<Int>, in source: String, _ result: inout LookupResult) {
        if source == "-" {
            result.problems[source] = "standard input is not there to be read again"
            return
        }
        var info = stat()
        guard stat(source, &info) == 0 else {
            result.problems[source] =
                source.hasPrefix("/")
                ? "the log is no longer there"
                : "the log is no longer there, or its path is of another folder than this"
            return
        }
        guard info.st_mode & S_IFMT == S_IFREG else {
            result.problems[source] = "it is no regular file, and is not read again"
            return
        }
        let descriptor = open(source, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            result.problems[source] = "the log cannot be opened: \(String(cString: strerror(errno)))"
            return
        }
        defer { close(descriptor) }
        let ranges = self.ranges(around: numbers)
        if RawLines.isPlain(descriptor) {
            if headBytes > 0 {
                result.heads[source] = read(source, descriptor, 0, headBytes, linesBefore: 0, within: nil)
            }
            var found: [FoundLine] = []
            for stretch in RawLines.stretches(of: ranges, in: descriptor) {
                found += read(
                    source, descriptor, stretch.start, stretch.end, linesBefore: stretch.lines.lowerBound - 1,
                    within: stretch.lines)
            }
            result.lines[source] = found
        } else if info.st_size > Self.mostCompressed {
            result.problems[source] = "the log is compressed, and too large to be read again"
        } else {
            var found: [FoundLine] = []
            var head: [FoundLine] = []
            let wanted = IndexSet(ranges.flatMap { Array($0.prefix(4096)) })
            var bytes = 0
            let input = LogInput(source: source, location: .file(source)).renamed(source)
            _ = LogReader(input, limits: .init(lineBytes: Self.lineBytes)).forEachLine { line in
                let isHead = bytes < headBytes
                bytes += line.text.count + 1
                guard isHead || wanted.contains(line.number) else { return }
                let line = FoundLine(line)
                if isHead { head.append(line) }
                if wanted.contains(line.number) { found.append(line) }
            }
            if headBytes > 0 { result.heads[source] = head }
            result.lines[source] = found
        }
        if result.lines[source]?.isEmpty ?? true, !numbers.isEmpty, result.problems[source] == nil {
            result.problems[source] = "the log no longer holds these lines"
        }
    }

    /// The line numbers to read, neighbours joined, in order.
    private func ranges(around numbers: Set<Int>) -> [ClosedRange<Int>] {
        var ranges: [ClosedRange<Int>] = []
        for number in numbers.sorted() where number > 0 && number < Int.max / 2 {
            let range = max(1, number - context)...(number + context)
            if let last = ranges.last, range.lowerBound <= last.upperBound + 1 {
                ranges[ranges.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                ranges.append(range)
            }
        }
        return ranges
    }

    private func read(
        _ source: String, _ descriptor: Int32, _ start: Int, _ end: Int, linesBefore: Int, within: ClosedRange<Int>?
    ) -> [FoundLine] {
        var input = LogInput(
            source: source, location: .part(FilePart(descriptor: descriptor, start: start, end: end))
        ).renamed(source)
        input.linesBefore = linesBefore
        var found: [FoundLine] = []
        _ = LogReader(input, limits: .init(lineBytes: Self.lineBytes)).forEachLine { line in
            if within?.contains(line.number) ?? true { found.append(FoundLine(line)) }
        }
        return found
    }
}

extension FoundLine {
    init(_ line: LogLine) {
        number = line.number
        text = String(decoding: line.text, as: UTF8.self)
        message = String(decoding: line.message, as: UTF8.self)
        origin = line.origin
    }
}
