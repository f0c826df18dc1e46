import CrashModel
import Foundation

/// The samples around a moment, with the questions that every search for what stands out asks of them.
struct WindowReading {
    let stretch: RecordedStretch
    let about: RecordedMoment
    let moment: Date

    /// In the order of writing.
    var samples: [PlacedSample] { stretch.samples }

    /// Up to the moment, and as long after it as its effects take to show in a sample.
    var before: ArraySlice<PlacedSample> {
        let end = samples.lastIndex { $0.sample.time <= moment + 5 } ?? -1
        return samples[..<(end + 1)]
    }

    var host: String? { stretch.headers.last?.host }

    /// Physical memory.
    var memoryTotal: Int? { samples.lazy.compactMap(\.sample.memory?.total).first { $0 > 0 } }

    /// Values further apart than this are of different stretches.
    static let longestStep: Double = 30

    /// A stretch of samples that hold something.
    struct Run {
        var first: PlacedSample
        var last: PlacedSample

        var seconds: Double { max(0, last.sample.uptime - first.sample.uptime) }
    }

    /// The longest stretch in which a condition held; samples that do not tell (`nil`) are passed over.
    func longest(
        in part: ArraySlice<PlacedSample>? = nil, where holds: (MachineSample) -> Bool?
    ) -> Run? {
        var best: Run?
        var run: Run?
        for placed in part ?? samples[...] {
            guard let answer = holds(placed.sample) else { continue }
            guard answer else {
                run = nil
                continue
            }
            if let current = run, (0...Self.longestStep) ~= placed.sample.uptime - current.last.sample.uptime {
                run = Run(first: current.first, last: placed)
            } else {
                run = Run(first: placed, last: placed)
            }
            if let run, best.map({ run.seconds > $0.seconds }) ?? true { best = run }
        }
        return best
    }

    func observation(
        _ kind: String, _ text: String, at place: PlacedSample, until: Date? = nil, subject: String? = nil,
        pid: Int? = nil, gpu: Int? = nil, amount: Double? = nil
    ) -> MachineObservation {
        MachineObservation(
            kind: kind, text: text, at: place.sample.time, until: until, source: place.source, line: place.line,
            subject: subject, pid: pid, gpu: gpu, amount: amount)
    }

    /// `12 s before`, `at that moment`
    func when(_ date: Date) -> String {
        let seconds = date.timeIntervalSince(moment)
        if abs(seconds) < 1.5 { return "at that moment" }
        return "\(Words.span(abs(seconds))) \(seconds < 0 ? "before" : "after")"
    }
}

/// Numbers and names as observations tell them.
enum Words {
    /// `21.3 GiB`
    static func bytes(_ bytes: Double) -> String {
        guard bytes.isFinite, abs(bytes) < 1e18 else { return "?" }
        var amount = bytes
        var units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"][...]
        while abs(amount) >= 1023.95, units.count > 1 {
            amount /= 1024
            units.removeFirst()
        }
        return "\(tenths(amount)) \(units.first ?? "B")"
    }

    static func bytes(_ bytes: Int) -> String { Self.bytes(Double(bytes)) }

    /// `12.3`, `40`
    static func tenths(_ number: Double) -> String {
        guard number.isFinite, abs(number) < 1e15 else { return "?" }
        let tenths = Int((abs(number) * 10).rounded())
        let sign = number < 0 && tenths > 0 ? "-" : ""
        return sign + (tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)")
    }

    /// `92`
    static func whole(_ number: Double) -> String {
        guard number.isFinite, abs(number) < 1e15 else { return "?" }
        return String(Int(number.rounded()))
    }

    /// `40 s`, `6 min`, `3 h`
    static func span(_ seconds: Double) -> String {
        if seconds < 9.95 { return "\(tenths(seconds)) s" }
        if seconds < 120 { return "\(whole(seconds)) s" }
        return seconds < 7200 ? "\(whole(seconds / 60)) min" : "\(tenths(seconds / 3600)) h"
    }

    static func process(_ name: String, _ pid: Int) -> String { "\(name.prefix(40)) (pid \(pid))" }

    /// A cgroup's path is long, and its end says which it is.
    static func path(_ path: String) -> String {
        path.count <= 60 ? path : "…" + path.suffix(59)
    }

    /// `1 process`, `3 processes`
    static func count(_ number: Int, _ one: String, _ many: String) -> String {
        "\(number) \(number == 1 ? one : many)"
    }
}
