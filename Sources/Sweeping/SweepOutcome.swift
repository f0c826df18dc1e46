public import CrashModel
import Foundation

/// What one sweep did.
public struct SweepOutcome: Sendable {
    /// New ones, as they stand in the ledger now.
    public var incidents: [Incident] = []
    /// Ids of incidents that were told before and went on.
    public var continued: Set<String> = []
    /// Failures that are still being written, and are told by the next sweep.
    public var waiting = 0
    /// Ids and titles of incidents that a sweep wrote into the ledger that was killed before it could tell of them.
    public var untold: [PendingIncident] = []
    /// Files looked at, and those in which something was new.
    public var files = 0
    public var inputs: [InputReport] = []
    /// Bytes that were new.
    public var newBytes = 0
    public var skipped: [SkippedInput] = []
    public var unreadable: [InputReport] = []
    /// What belongs to no single input: what may have been lost, and why.
    public var notes: [String] = []
}

/// Where incidents are kept; the ledger.
public protocol IncidentKeeper {
    /// Which of these stand there.
    func recorded(_ ids: [String]) throws -> Set<String>
    /// Writes down those that do not, and gives those back, as they were written.
    func record(_ incidents: [Incident]) throws -> [Incident]
}
