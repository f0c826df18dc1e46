public import Foundation

/// What a recording holds of some stretch of time.
public struct RecordedStretch: Sendable {
    /// In the order of writing.
    public var samples: [PlacedSample]
    /// Of the segments that were read, in their order.
    public var headers: [RecordingHeader]
    public var marks: [RecordingMark]
    /// Torn lines, files that could not be read.
    public var problems: [String]

    public init(
        samples: [PlacedSample] = [], headers: [RecordingHeader] = [], marks: [RecordingMark] = [],
        problems: [String] = []
    ) {
        self.samples = samples
        self.headers = headers
        self.marks = marks
        self.problems = problems
    }
}

/// Something that gives back what a recorder wrote.
public protocol RecordedSource: Sendable {
    /// Everything that is recorded of this time, by the clock of the machine.
    func stretch(from: Date, to: Date) throws -> RecordedStretch
}
