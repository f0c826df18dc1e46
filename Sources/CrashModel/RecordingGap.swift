public import Foundation

/// A place in a recording where its time does not go on as it should.
public struct RecordingGap: Sendable, Hashable, Codable {
    public enum Kind: String, Sendable, Codable {
        /// The machine was started anew in between.
        case reboot
        /// No recorder ran.
        case stopped
        /// A recorder ran and could not write what it saw.
        case lost
        /// A recorder ran and took no sample: the machine slept, or gave it no time.
        case silent
        /// The machine's clock was set; nothing is missing.
        case clock
    }

    public var kind: Kind
    /// The last sample before it and the first after it, by the machine's clock.
    public var from: Date
    public var to: Date
    /// How long it took. By the uptime within one boot, else by the clock, and then never below 0.
    public var seconds: Double
    /// Samples that could not be written.
    public var lost: Int?
    /// By how many seconds the clock was set forward; below 0 back.
    public var shift: Double?
    /// What the recorder said about it: `SIGTERM`. Nil where it had no time to say anything.
    public var why: String?

    public init(
        _ kind: Kind, from: Date, to: Date, seconds: Double, lost: Int? = nil, shift: Double? = nil, why: String? = nil
    ) {
        self.kind = kind
        self.from = from
        self.to = to
        self.seconds = seconds
        self.lost = lost
        self.shift = shift
        self.why = why
    }
}
