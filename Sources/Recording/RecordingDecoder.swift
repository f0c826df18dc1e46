import CrashModel
import Foundation

/// Reads one line of a recording.
struct RecordingDecoder {
    enum Outcome {
        case line(RecordingLine)
        /// Not JSON, or not what it says that it is.
        case damaged
        /// A schema or a mark of another version.
        case foreign
    }

    private let decoder: JSONDecoder
    private let tape = JSONTape()

    init() {
        decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            let container = try decoder.singleValueContainer()
            guard let date = RecordedInstant.parse(try container.decode(String.self)) else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "no time")
            }
            return date
        }
    }

    func decode(_ text: UnsafeRawBufferPointer) -> Outcome {
        guard let start = text.baseAddress, Self.isWhole(text) else { return .damaged }
        // Not copied: a line is decoded while its buffer stands.
        let data = Data(
            bytesNoCopy: UnsafeMutableRawPointer(mutating: start), count: text.count, deallocator: .none)
        switch Self.kind(of: text) {
        case .sample?:
            if let sample = fast(text) { return .line(.sample(sample)) }
            return outcome(MachineSample.self, data) { .sample($0) }
        case .header?: return header(data)
        case .mark?: return mark(data)
        case nil:
            guard let probe = try? decoder.decode(Probe.self, from: data) else { return .damaged }
            if probe.schema != nil { return header(data) }
            if probe.mark != nil { return mark(data) }
            return outcome(MachineSample.self, data) { .sample($0) }
        }
    }

    /// Reads what is ordinary; nil for anything else, damaged lines among it.
    func fast(_ text: UnsafeRawBufferPointer) -> MachineSample? {
        defer { tape.clear() }
        guard (try? tape.read(text)) != nil else { return nil }
        return try? TapeDecoder.value(MachineSample.self, tape, 0)
    }

    /// Whether the line begins and ends as an object does, which a torn one seldom does.
    static func isWhole(_ text: UnsafeRawBufferPointer) -> Bool {
        let last = text.last == 0x0d ? text.dropLast().last : text.last
        return text.count > 1 && text[0] == UInt8(ascii: "{") && last == UInt8(ascii: "}")
    }

    /// The time of a line without decoding it. Only a key can look like `"t":"`, since a string would escape its quotes.
    /// Nil where there is none or it is written in another way.
    static func time(of text: UnsafeRawBufferPointer) -> Date? {
        let key: StaticString = "\"t\":\""
        guard let from = Self.end(of: key, in: text) else { return nil }
        for length in [24, 20] where from + length < text.count && text[from + length] == UInt8(ascii: "\"") {
            return RecordedInstant.parse(UnsafeRawBufferPointer(rebasing: text[from..<from + length]))
        }
        return nil
    }

    /// Time and uptime of a sample that begins as the recorder writes it; nil for any other line.
    static func outline(of text: UnsafeRawBufferPointer) -> MachineSample? {
        let key: StaticString = ",\"up\":"
        // Behind `{"t":"2026-11-21T18:40:52.002Z"`.
        let place = 31
        guard kind(of: text) == .sample, isWhole(text), text.count > place + 6, let time = time(of: text),
            let start = text.baseAddress, memcmp(start + place, key.utf8Start, key.utf8CodeUnitCount) == 0
        else { return nil }
        var digits = ""
        for byte in text[(place + 6)...].prefix(24) {
            if byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") { break }
            digits.unicodeScalars.append(Unicode.Scalar(byte))
        }
        guard let uptime = Double(digits), uptime.isFinite else { return nil }
        return MachineSample(time: time, uptime: uptime)
    }

    private static func end(of key: StaticString, in text: UnsafeRawBufferPointer) -> Int? {
        guard let start = text.baseAddress else { return nil }
        let length = key.utf8CodeUnitCount
        // Most lines have it right after the brace.
        var from = 1
        while from + length <= text.count, let quote = memchr(start + from, 0x22, text.count - from - length + 1) {
            if memcmp(quote, key.utf8Start, length) == 0 { return UnsafeRawPointer(quote) - start + length }
            from = UnsafeRawPointer(quote) - start + 1
        }
        return nil
    }

    /// By the first key, which the recorder always writes first; nil where another program put the keys in its order.
    static func kind(of text: UnsafeRawBufferPointer) -> Kind? {
        if begins(text, "{\"t\":") {
            // A short line may be a header or a mark all the same; samples are long.
            let isOther =
                text.count < 2048 && (end(of: "\"schema\":", in: text) ?? end(of: "\"mark\":", in: text)) != nil
            return isOther ? nil : .sample
        }
        if begins(text, "{\"schema\":") { return .header }
        if begins(text, "{\"mark\":") { return .mark }
        return nil
    }

    enum Kind { case sample, header, mark }

    private static func begins(_ text: UnsafeRawBufferPointer, _ prefix: StaticString) -> Bool {
        guard let start = text.baseAddress, text.count >= prefix.utf8CodeUnitCount else { return false }
        return memcmp(start, prefix.utf8Start, prefix.utf8CodeUnitCount) == 0
    }

    private struct Probe: Decodable {
        var schema: String?
        var mark: String?
    }

    private func header(_ data: Data) -> Outcome {
        guard let probe = try? decoder.decode(Probe.self, from: data) else { return .damaged }
        guard probe.schema == RecordingHeader.currentSchema else { return .foreign }
        return outcome(RecordingHeader.self, data) { .header($0) }
    }

    private func mark(_ data: Data) -> Outcome {
        guard let probe = try? decoder.decode(Probe.self, from: data) else { return .damaged }
        guard probe.mark.flatMap(RecordingMark.Kind.init(rawValue:)) != nil else { return .foreign }
        return outcome(RecordingMark.self, data) { .mark($0) }
    }

    private func outcome<Value: Decodable>(
        _ type: Value.Type, _ data: Data, _ wrap: (Value) -> RecordingLine
    ) -> Outcome {
        guard let value = try? decoder.decode(type, from: data) else { return .damaged }
        return .line(wrap(value))
    }
}
