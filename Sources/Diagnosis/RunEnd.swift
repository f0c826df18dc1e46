import CrashModel
import Foundation
import Scanning

/// When the run was last heard of.
enum RunEnd {
    /// The last time that any log of the run states, with its date.
    static func date(_ scans: [SourceScan]) -> Date? {
        scans.lazy.filter { $0.input.kind == .training && !$0.isDateAssumed }.compactMap(\.lastTime).max()
    }
}
