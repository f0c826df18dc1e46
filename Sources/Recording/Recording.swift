public import CrashModel

/// A line of a recording, and where it stands.
public struct PlacedLine: Sendable, Hashable {
    public var content: RecordingLine
    /// The file, and the line in it from 1 (of a compressed file, once it is opened out).
    public var source: String
    public var line: Int
    /// The boot it is of, where its segment says so.
    public var boot: String?

    init(_ content: RecordingLine, source: String, line: Int, boot: String?) {
        self.content = content
        self.source = source
        self.line = line
        self.boot = boot
    }
}

/// A sample, and where it is recorded.
public struct PlacedSample: Sendable, Hashable {
    public var sample: MachineSample
    public var source: String
    public var line: Int
    public var boot: String?

    public init(_ sample: MachineSample, source: String, line: Int, boot: String? = nil) {
        self.sample = sample
        self.source = source
        self.line = line
        self.boot = boot
    }
}

/// A part of a recording, read into memory.
public struct Recording: Sendable {
    /// In the order of writing, which within one boot is that of the uptime.
    public var samples: [PlacedSample] = []
    /// One for each segment that was opened, in the order of writing.
    public var headers: [RecordingHeader] = []
    public var marks: [RecordingMark] = []
    public var gaps: [RecordingGap] = []
    public var problems: [RecordingProblem] = []
    private var finder = RecordingGaps()

    public init() {}

    /// Takes the next line in the order of writing.
    public mutating func add(_ line: PlacedLine) {
        gaps += finder.add(line.content)
        switch line.content {
        case .header(let header): headers.append(header)
        case .mark(let mark): marks.append(mark)
        case .sample(let sample):
            samples.append(PlacedSample(sample, source: line.source, line: line.line, boot: line.boot))
        }
    }
}
