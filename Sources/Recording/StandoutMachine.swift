import CrashModel
import Foundation

extension WindowReading {
    private static let leastErrors = 10
    /// Some interfaces drop what nobody listens to all day long.
    private static let leastDropped = 1000
    private static let throttledShare: Double = 50
    private static let throttledSeconds: Double = 30
    private static let longestGap: Double = 10
    private static let leastShift: Double = 1

    /// Network and CPU.
    func loadObservations() -> [MachineObservation] {
        var told: [MachineObservation] = []
        for name in Set(samples.flatMap { $0.sample.networks.map(\.name) }).sorted() {
            if let errors = errors(of: name) { told.append(errors) }
        }
        for path in Set(samples.flatMap { $0.sample.cgroups.map(\.path) }).sorted() {
            let run = longest { sample in
                sample.cgroups.first { $0.path == path }?.throttled.map { $0 >= Self.throttledShare }
            }
            guard let run, run.seconds >= Self.throttledSeconds else { continue }
            told.append(
                observation(
                    "cpu-throttled",
                    "\(Words.path(path)) had used up its CPU quota most of the time for \(Words.span(run.seconds))",
                    at: run.first, until: run.last.sample.time, subject: Words.path(path), amount: run.seconds))
        }
        return told
    }

    private func errors(of name: String) -> MachineObservation? {
        let isAsked = about.isOf(["network", "collective", "hang", "storage"])
        var errors = 0
        var dropped = 0
        var places: [PlacedSample] = []
        for placed in samples {
            guard let network = placed.sample.networks.first(where: { $0.name == name }) else { continue }
            errors = min(errors + min(max(0, network.errors), 1 << 40), 1 << 40)
            dropped = min(dropped + min(max(0, network.dropped), 1 << 40), 1 << 40)
            if network.errors > 0 || (isAsked && network.dropped > 0) { places.append(placed) }
        }
        guard errors >= Self.leastErrors || (isAsked && dropped >= Self.leastDropped), let first = places.first,
            let last = places.last
        else { return nil }
        let drops = isAsked && dropped > 0 ? " and \(dropped) dropped packets" : ""
        return observation(
            "network-errors",
            "\(name.prefix(40)) counted \(errors) errors\(drops) within "
                + Words.span(max(1, last.sample.uptime - first.sample.uptime)),
            at: first, until: last.sample.time, subject: String(name.prefix(40)), amount: Double(errors))
    }

    /// What the recording tells about itself: gaps, a new boot, a clock that was set.
    func recorderObservations() -> [MachineObservation] {
        var told: [MachineObservation] = []
        for (earlier, later) in zip(samples, samples.dropFirst()) {
            let step = later.sample.uptime - earlier.sample.uptime
            if step < 0 {
                told.append(
                    observation(
                        "machine-restarted",
                        "the machine started anew; the recording goes on \(when(later.sample.time))", at: later))
            } else if step > max(Self.longestGap, 5 * (earlier.sample.interval ?? 1)) {
                told.append(
                    observation(
                        "recording-gap",
                        "nothing is recorded for \(Words.span(step)), from \(when(earlier.sample.time)) on",
                        at: earlier, until: later.sample.time, amount: step))
            }
            let shift = later.sample.time.timeIntervalSince(earlier.sample.time) - step
            if step >= 0, abs(shift) >= Self.leastShift { told.append(clock(shift, at: later)) }
        }
        if let last = samples.last, last.sample.time < moment - 1,
            !stretch.marks.contains(where: { $0.mark == .stop && $0.time >= last.sample.time })
        {
            told.append(
                observation("recording-gap", "the recording breaks off \(when(last.sample.time))", at: last))
        }
        return Array(told.prefix(4))
    }

    private func clock(_ shift: Double, at place: PlacedSample) -> MachineObservation {
        observation(
            "clock-set",
            "the clock was set \(Words.span(abs(shift))) \(shift < 0 ? "back" : "forward") \(when(place.sample.time))",
            at: place, amount: shift)
    }
}
