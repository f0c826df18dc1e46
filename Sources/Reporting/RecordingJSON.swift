public import CrashModel
import Foundation

/// Samples as JSON lines, as they are recorded.
public struct RecordingJSON: Sendable {
    public init() {}

    /// A line as it stands in the recording, with a newline at the end.
    ///
    /// Characters that could drive a terminal or hide in a line are written as `\u` escapes, as in every report.
    public func line(_ recorded: UnsafeRawBufferPointer) -> String {
        let text = String(decoding: recorded, as: UTF8.self)
        return (recorded.contains { $0 < 0x20 || $0 > 0x7e } ? JSONReport.escaped(text) : text) + "\n"
    }

    /// A sample of which only some processes or one GPU are wanted, as a line. Empty when it cannot be written.
    public func line(_ sample: MachineSample, process: String?, gpu: Int?) -> String {
        var sample = sample
        if process != nil { sample.processes?.top.removeAll { !RecordingChart.matches($0.pid, $0.name, process) } }
        if let gpu { sample.gpu?.gpus.removeAll { $0.index != gpu } }
        return encoded(sample, [.sortedKeys, .withoutEscapingSlashes])
    }

    /// A value by itself, pretty-printed.
    public func object(_ value: some Encodable) -> String {
        encoded(value, [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
    }

    private func encoded(_ value: some Encodable, _ formatting: JSONEncoder.OutputFormatting) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = formatting
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(date.iso8601)
        }
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        guard let data = try? encoder.encode(value) else { return "" }
        return JSONReport.escaped(String(decoding: data, as: UTF8.self)) + "\n"
    }
}
