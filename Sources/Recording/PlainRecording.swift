import CrashModel
public import Foundation

/// A folder of segments that are not compressed, read line by line.
public struct PlainRecording: RecordedSource {
    private let folder: String

    public init(folder: String) {
        self.folder = folder
    }

    public func stretch(from: Date, to: Date) throws -> RecordedStretch {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasSuffix(".jsonl") }.sorted()
        var stretch = RecordedStretch()
        let asked = from...max(from, to)
        let decoder = Self.decoder()
        for name in names {
            let path = (folder.hasSuffix("/") ? folder : folder + "/") + name
            guard let data = FileManager.default.contents(atPath: path) else {
                stretch.problems.append("\(path) cannot be read")
                continue
            }
            var torn = 0
            let lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            for (index, line) in lines.enumerated() where !line.isEmpty {
                if line.starts(with: Array(#"{"schema""#.utf8)) {
                    if let header = try? decoder.decode(RecordingHeader.self, from: line) {
                        stretch.headers.append(header)
                    }
                } else if line.starts(with: Array(#"{"mark""#.utf8)) {
                    if let mark = try? decoder.decode(RecordingMark.self, from: line), asked ~= mark.time {
                        stretch.marks.append(mark)
                    }
                } else if let sample = try? decoder.decode(MachineSample.self, from: line) {
                    guard asked ~= sample.time else { continue }
                    stretch.samples.append(PlacedSample(sample, source: path, line: index + 1))
                } else {
                    torn += 1
                }
            }
            if torn > 0 { stretch.problems.append("\(path) holds \(torn) lines that cannot be read") }
        }
        return stretch
    }

    private static func decoder() -> JSONDecoder {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            let container = try decoder.singleValueContainer()
            guard let date = Date(iso8601: try container.decode(String.self)) else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a time")
            }
            return date
        }
        return decoder
    }
}
