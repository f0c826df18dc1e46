public import Foundation

/// A line that stands out in a log whose failure no rule knows.
public struct TellingLine: Sendable, Hashable, Codable {
    public var source: String
    /// 1-based.
    public var line: Int
    public var time: Date?
    /// The line without colour and transport prefixes; never shown without escaping.
    public var text: String
    /// How much it tells, beside the others; without a unit.
    public var score: Int
    /// Where the score comes from, in words.
    public var because: [String]

    public init(source: String, line: Int, time: Date? = nil, text: String, score: Int, because: [String]) {
        self.source = source
        self.line = line
        self.time = time
        self.text = text
        self.score = score
        self.because = because
    }
}
