import CrashModel
import Foundation

extension WindowReading {
    /// The kernel begins to kill below about one percent. A sample in a second may have missed the last of it, so the
    /// fall of the interval before counts too.
    private static let exhaustedShare = 0.01
    /// A machine that never has less than this can hardly have run out of memory as a whole.
    private static let plentifulShare = 0.3
    /// A fall within a minute that nobody expects: of all memory, and what is left then.
    private static let fallSeconds: Double = 60
    private static let fallShare = 0.1
    private static let leftShare = 0.2
    private static let leastFall = 1 << 30

    func memoryObservations(_ kills: [RecordedKill]) -> [MachineObservation] {
        [fall(), exhausted(), plentiful(), fullSwap(), pressure()].compactMap(\.self) + cgroups(kills)
    }

    private func share(_ sample: MachineSample) -> Double? {
        guard let memory = sample.memory, let available = memory.available, let total = memory.total ?? memoryTotal,
            total > 0
        else { return nil }
        return Double(available) / Double(total)
    }

    /// The deepest fall of available memory within a minute.
    private func fall() -> MachineObservation? {
        var best: (from: Int, to: Int, bytes: Int)?
        let part = Array(before)
        var start = 0
        for end in part.indices {
            guard let low = part[end].sample.memory?.available else { continue }
            while start < end, part[end].sample.uptime - part[start].sample.uptime > Self.fallSeconds { start += 1 }
            for index in start..<max(start, end) {
                guard let high = part[index].sample.memory?.available else { continue }
                let (bytes, overflow) = high.subtractingReportingOverflow(low)
                if !overflow, bytes > best?.bytes ?? 0 { best = (index, end, bytes) }
            }
        }
        guard let found = best else { return nil }
        // Where it began in earnest: what drifted before that says nothing about its speed.
        let steep = (found.from..<found.to).last { index in
            fallen(from: part[index], to: part[found.to]) >= 0.97 * Double(found.bytes)
        }
        let from = part[steep ?? found.from]
        let to = part[found.to]
        let bytes = fallen(from: from, to: to)
        guard let total = memoryTotal, bytes >= Double(Self.leastFall), bytes >= Self.fallShare * Double(total),
            let left = share(to.sample), left <= Self.leftShare
        else { return nil }
        return observation(
            "memory-fell",
            "available memory fell \(Words.bytes(bytes)) in \(Words.span(to.sample.uptime - from.sample.uptime)), to "
                + Words.bytes(to.sample.memory?.available ?? 0),
            at: from, until: to.sample.time, amount: bytes)
    }

    private func fallen(from: PlacedSample, to: PlacedSample) -> Double {
        Double(from.sample.memory?.available ?? 0) - Double(to.sample.memory?.available ?? 0)
    }

    private func exhausted() -> MachineObservation? {
        var last: Double?
        var found: (place: PlacedSample, share: Double)?
        for placed in before {
            guard let share = share(placed.sample) else { continue }
            let next = share - max(0, (last ?? share) - share)
            if next <= Self.exhaustedShare || share <= Self.exhaustedShare, share < found?.share ?? 1 {
                found = (placed, share)
            }
            last = share
        }
        guard let found, let memory = found.place.sample.memory, let available = memory.available,
            let total = memoryTotal
        else { return nil }
        return observation(
            "memory-exhausted",
            "\(Words.bytes(available)) of \(Words.bytes(total)) memory (\(Words.tenths(found.share * 100)) %) were "
                + "available \(when(found.place.sample.time))",
            at: found.place, amount: Double(available))
    }

    /// Told only where memory is in question.
    private func plentiful() -> MachineObservation? {
        guard about.isOf(["oom", "signal", "worker"]) else { return nil }
        let near = samples.filter { abs($0.sample.time.timeIntervalSince(moment)) <= Self.fallSeconds }
        let known = near.compactMap { placed in share(placed.sample).map { (placed, $0) } }
        guard known.count >= 5, known.contains(where: { $0.0.sample.time <= moment }),
            known.contains(where: { $0.0.sample.time >= moment }),
            let least = known.min(by: { $0.1 < $1.1 }), least.1 >= Self.plentifulShare
        else { return nil }
        return observation(
            "memory-plentiful",
            "never less than \(Words.whole((least.1 * 100).rounded(.down))) % of the machine's memory was available",
            at: least.0,
            amount: least.1 * 100)
    }

    /// Full swap is nothing new to a machine that runs for weeks, unless memory is short as well.
    private func fullSwap() -> MachineObservation? {
        let run = longest(in: before) { sample in
            guard let memory = sample.memory, let total = memory.swapTotal, let free = memory.swapFree, total > 0 else {
                return nil
            }
            return Double(free) <= 0.02 * Double(total) && (share(sample) ?? 1) <= Self.leftShare
        }
        guard let run, let total = run.first.sample.memory?.swapTotal else { return nil }
        return observation(
            "swap-full", "all \(Words.bytes(total)) of swap were full \(when(run.first.sample.time))", at: run.first,
            until: run.last.sample.time, amount: Double(total))
    }

    /// Every task waits for memory now and then; half of the time, for several seconds, is a machine that only pages.
    private func pressure() -> MachineObservation? {
        func share(_ sample: MachineSample) -> Double? {
            sample.pressure["memory"].map { max($0.full ?? 0, $0.some / 2) }
        }
        guard let run = longest(where: { share($0).map { $0 >= 20 } }), run.seconds >= 4 else { return nil }
        let peak =
            samples.filter {
                run.first.sample.time...max(run.first.sample.time, run.last.sample.time) ~= $0.sample.time
            }
            .compactMap { $0.sample.pressure["memory"]?.some }.max() ?? 0
        return observation(
            "memory-pressure",
            "for \(Words.span(run.seconds)) tasks waited for memory, up to \(Words.whole(peak)) % of the time",
            at: run.first, until: run.last.sample.time, amount: peak)
    }

    /// The page cache fills a cgroup up to its limit and does no harm: only what the kernel could not give back, or a
    /// limit that was reached just now, tells something.
    private func cgroups(_ kills: [RecordedKill]) -> [MachineObservation] {
        var told: [MachineObservation] = []
        // Where the limit that killed is known, that of a neighbour has nothing to do with it.
        let known = kills.lazy.filter { $0.victim != nil }.compactMap(\.cgroup?.path)
        for path in Set(samples.flatMap { $0.sample.cgroups.map(\.path) }).sorted() {
            let isKin = known.contains {
                $0 == path || CgroupSample.isPath($0, inside: path) || CgroupSample.isPath(path, inside: $0)
            }
            guard known.isEmpty || isKin else { continue }
            let states = before.compactMap { placed in
                placed.sample.cgroups.first { $0.path == path }.map { (place: placed, group: $0) }
            }
            let overflow = states.first { ($0.group.ooms ?? 0) > 0 }
            let wasFull = states.first?.group.isNearlyFull ?? true
            guard let found = overflow ?? (wasFull ? nil : states.first { $0.group.isNearlyFull }),
                let limit = found.group.max
            else { continue }
            told.append(
                observation(
                    "cgroup-full",
                    "\(Words.path(path)) reached its memory limit of \(Words.bytes(limit)) "
                        + when(found.place.sample.time),
                    at: found.place, subject: Words.path(path), amount: Double(limit)))
        }
        // Of one cgroup in another, both are full.
        return Array(told.suffix(2))
    }
}
