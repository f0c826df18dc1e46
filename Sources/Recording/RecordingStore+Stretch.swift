public import Foundation

extension RecordingStore: RecordedSource {
    public func stretch(from: Date, to: Date) throws -> RecordedStretch {
        let recording = try read(Query(from: from, to: to))
        return RecordedStretch(
            samples: recording.samples, headers: recording.headers, marks: recording.marks,
            problems: recording.problems.map(\.description))
    }
}
