public import CrashModel
import Foundation

/// Finds the places where a recording's time does not go on as it should, line by line in the order of writing.
public struct RecordingGaps: Sendable {
    private var last: MachineSample?
    private var boot: String?
    private var interval = 1.0
    private var isRebooted = false
    private var isRestarted = false
    private var lost = 0
    private var why: String?

    /// The clock and the uptime may drift apart by so many seconds between two samples without being set.
    static let clockTolerance = 1.5

    public init() {}

    /// The gaps that end with this line; none for most.
    public mutating func add(_ line: RecordingLine) -> [RecordingGap] {
        switch line {
        case .header(let header):
            if let boot, let new = header.boot { isRebooted = isRebooted || new != boot }
            boot = header.boot ?? boot
            // Each segment has a header; only after a recorder's end does it mean a new one.
            if header.interval.isFinite, header.interval > 0 { interval = header.interval }
            if let pid, pid != header.pid { isRestarted = true }
            pid = header.pid
            return []
        case .mark(let mark):
            switch mark.mark {
            case .gap:
                lost = lost.addingReportingOverflow(max(0, mark.lost ?? 0)).partialValue
                why = mark.why ?? why
            case .stop:
                isRestarted = true
                why = mark.why ?? why
            // Seen in the samples themselves.
            case .clock: break
            }
            return []
        case .sample(let sample):
            defer {
                last = sample
                isRebooted = false
                isRestarted = false
                lost = 0
                why = nil
            }
            guard let last else { return [] }
            return gaps(from: last, to: sample)
        }
    }

    private var pid: Int?

    private func gaps(from last: MachineSample, to sample: MachineSample) -> [RecordingGap] {
        let byClock = sample.time.timeIntervalSince(last.time)
        let elapsed = sample.uptime - last.uptime
        if isRebooted || elapsed < -1 {
            return [RecordingGap(.reboot, from: last.time, to: sample.time, seconds: max(0, byClock), why: why)]
        }
        var gaps: [RecordingGap] = []
        if elapsed > max(3 * interval, interval + 2) {
            let kind: RecordingGap.Kind = lost > 0 ? .lost : isRestarted ? .stopped : .silent
            gaps.append(
                RecordingGap(
                    kind, from: last.time, to: sample.time, seconds: elapsed, lost: lost > 0 ? lost : nil, why: why))
        }
        if abs(byClock - elapsed) > Self.clockTolerance {
            gaps.append(
                RecordingGap(
                    .clock, from: last.time, to: sample.time, seconds: max(0, elapsed), shift: byClock - elapsed))
        }
        return gaps
    }
}
