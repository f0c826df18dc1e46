internal import Literals
internal import PCRE

/// Redacts one text after another; holds the memory that matching needs, so each thread has its own.
struct RedactionPass: ~Copyable {
    private let redactor: Redactor
    private var matcher = Matcher()
    private var scratch = LiteralFilter.Scratch()
    private(set) var counts: [String: Int] = [:]
    /// Between the marks of a private key.
    var block = KeyBlock()

    init(_ redactor: Redactor) {
        self.redactor = redactor
    }

    /// A text of any number of lines.
    mutating func redact(_ text: String) -> String {
        let bytes = Array(text.utf8)
        guard bytes.contains(0x0a) else { return line(bytes) ?? text }
        var result: [UInt8] = []
        var isChanged = false
        for (index, part) in bytes.split(separator: 0x0a, omittingEmptySubsequences: false).enumerated() {
            if index > 0 { result.append(0x0a) }
            if let redacted = line(Array(part)) {
                isChanged = true
                result += redacted.utf8
            } else {
                result += part
            }
        }
        block = KeyBlock()
        return isChanged ? String(decoding: result, as: UTF8.self) : text
    }

    /// One line; nil when nothing in it is secret.
    private mutating func line(_ line: [UInt8]) -> String? {
        if line.isEmpty { return nil }
        let bare = BareLine(line)
        var spans: [Span] = []
        var isChecked = collect(line, &spans)
        if let bare {
            // Looked at both ways: what parts a token may also part it from a word before it.
            var more: [Span] = []
            isChecked = collect(bare.bytes, &more) && isChecked
            spans += more.map { Span(range: Self.whole(bare.original($0.range), in: line), kind: $0.kind) }
        }
        // Also of a line that is not shown: the key goes on in the next.
        let key = block.secret(in: bare?.bytes ?? line)
        guard isChecked else {
            counts[Redactor.unchecked, default: 0] += 1
            return "[redacted:\(Redactor.unchecked)]"
        }
        if let key { spans.append(Span(range: bare?.original(key) ?? key, kind: -1)) }
        return spans.isEmpty ? nil : replaced(line, Self.merged(spans))
    }

    private struct Span {
        var range: Range<Int>
        /// Its number, which is its claim to the name; -1 is a private key.
        var kind: Int
    }

    /// What the patterns of all kinds find in the line.
    ///
    /// - Returns: false when a limit stopped one of them.
    private mutating func collect(_ line: [UInt8], _ spans: inout [Span]) -> Bool {
        for kind in redactor.filter.candidates(in: line, &scratch) {
            for pattern in redactor.kinds[kind].patterns {
                guard collect(pattern, kind, line, &spans) else { return false }
            }
        }
        return true
    }

    /// - Returns: false when a limit stopped the pattern.
    private mutating func collect(
        _ pattern: Pattern, _ kind: Int, _ line: [UInt8], _ spans: inout [Span]
    ) -> Bool {
        let group = pattern.names.first { $0.name == "secret" }?.group
        var at = 0
        while at <= line.count {
            let match: Match?
            do throws(MatchError) {
                match = try matcher.firstMatch(of: pattern, in: line, from: at)
            } catch {
                return false
            }
            guard let match else { return true }
            let whole = match.range
            let found = group.flatMap { $0 < match.ranges.count ? match.ranges[$0] : nil } ?? whole
            if !found.isEmpty { spans.append(Span(range: Self.whole(found, in: line), kind: kind)) }
            // What follows a secret may begin where it ends, so no more than the secret is passed over.
            at = max(at + 1, found.upperBound)
        }
        return true
    }

    /// The range widened to whole characters of UTF-8: patterns see bytes.
    private static func whole(_ range: Range<Int>, in line: [UInt8]) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start > 0, line[start] & 0xc0 == 0x80 { start -= 1 }
        while end < line.count, line[end] & 0xc0 == 0x80 { end += 1 }
        return start..<end
    }

    private static func merged(_ spans: [Span]) -> [Span] {
        var merged: [Span] = []
        for span in spans.sorted(by: { ($0.range.lowerBound, $0.kind) < ($1.range.lowerBound, $1.kind) }) {
            if let last = merged.last, span.range.lowerBound < last.range.upperBound {
                merged[merged.count - 1] = Span(
                    range: last.range.lowerBound..<max(last.range.upperBound, span.range.upperBound),
                    kind: min(last.kind, span.kind))
            } else {
                merged.append(span)
            }
        }
        return merged
    }

    private mutating func replaced(_ line: [UInt8], _ spans: [Span]) -> String {
        var result: [UInt8] = []
        var at = 0
        for span in spans {
            result += line[at..<span.range.lowerBound]
            let name = span.kind < 0 ? Redactor.privateKey : redactor.kinds[span.kind].name
            result += "[redacted:\(name)]".utf8
            counts[name, default: 0] += 1
            at = span.range.upperBound
        }
        result += line[at...]
        return String(decoding: result, as: UTF8.self)
    }
}
