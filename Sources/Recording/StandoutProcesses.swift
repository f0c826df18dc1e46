import CrashModel
import Foundation

extension WindowReading {
    private static let growthSeconds: Double = 60
    /// Of the machine's memory, or of the limit that was reached.
    private static let growthShare = 0.05
    private static let leastGrowth = 512 << 20
    private static let largeShare = 0.1
    /// Around the moment in which a process that ended has to do with it.
    private static let vanishSeconds: Double = 60

    func processObservations(
        _ processes: ProcessTracks, kills: [RecordedKill], memoryIsShort: Bool
    ) -> [MachineObservation] {
        var told: [MachineObservation] = []
        if memoryIsShort || processes.lists(about.pids) {
            let grown = processes.tracks.compactMap { grew($0, memoryIsShort: memoryIsShort) }
            told += grown.sorted { ($0.amount ?? 0) > ($1.amount ?? 0) }.prefix(2)
        }
        if about.isOf(["signal", "oom", "hang", "worker", "unknown"]), let gone = vanished(processes, kills: kills) {
            told.append(gone)
        }
        if let orphan = orphan() { told.append(orphan) }
        return told
    }

    /// The steepest rise of a process within a minute before the moment.
    private func grew(_ track: ProcessTrack, memoryIsShort: Bool) -> MachineObservation? {
        guard memoryIsShort || about.pids.contains(track.pid) else { return nil }
        let end = before.endIndex
        let points = track.resident.filter { $0.key < end }.sorted { $0.key < $1.key }
        var best: (from: Int, to: Int, bytes: Int)?
        var start = 0
        for (position, point) in points.enumerated() {
            let now = samples[point.key].sample.uptime
            while start < position, now - samples[points[start].key].sample.uptime > Self.growthSeconds { start += 1 }
            for earlier in points[start..<max(start, position)] {
                let (bytes, overflow) = point.value.subtractingReportingOverflow(earlier.value)
                if !overflow, bytes > best?.bytes ?? 0 { best = (earlier.key, point.key, bytes) }
            }
        }
        if let found = best, let top = track.resident[found.to] {
            let steep = points.last {
                (found.from..<found.to).contains($0.key) && Double(top) - Double($0.value) >= 0.97 * Double(found.bytes)
            }
            if let steep { best?.from = steep.key }
        }
        let limits = [memoryTotal] + samples.flatMap { $0.sample.cgroups.filter(\.isNearlyFull).map(\.max) }
        guard let best, let least = limits.compactMap(\.self).filter({ $0 > 0 }).min(), best.bytes >= Self.leastGrowth,
            Double(best.bytes) >= Self.growthShare * Double(least)
        else { return nil }
        let seconds = max(0.1, samples[best.to].sample.uptime - samples[best.from].sample.uptime)
        let grown = Double(track.resident[best.to] ?? 0) - Double(track.resident[best.from] ?? 0)
        let rate = grown / seconds
        return observation(
            "process-grew",
            "\(track.words) grew \(Words.bytes(grown)) in \(Words.span(seconds)) (\(Words.bytes(rate))/s), to "
                + Words.bytes(track.resident[best.to] ?? 0),
            at: samples[best.from], until: samples[best.to].sample.time, subject: track.words, pid: track.pid,
            amount: rate)
    }

    /// Large processes, or the incident's own, that ended around the moment, in one sentence.
    private func vanished(_ processes: ProcessTracks, kills: [RecordedKill]) -> MachineObservation? {
        let killed = Set(kills.compactMap(\.victim?.pid))
        let least = memoryTotal.map { Double($0) * Self.largeShare } ?? .infinity
        let gone = processes.tracks.compactMap { track -> (track: ProcessTrack, at: Int, size: Int)? in
            guard let at = track.gone, !killed.contains(track.pid),
                about.span.lowerBound - Self.vanishSeconds <= samples[at].sample.time,
                samples[at].sample.time <= about.span.upperBound + Self.vanishSeconds
            else { return nil }
            let size = ProcessTracks.lastSize(of: track, in: samples)
            return about.pids.contains(track.pid) || Double(size) >= least ? (track, at, size) : nil
        }
        let first = gone.min { a, b in
            let own = (about.pids.contains(a.track.pid), about.pids.contains(b.track.pid))
            if own.0 != own.1 { return own.0 }
            return a.at != b.at ? a.at < b.at : a.size > b.size
        }
        guard let first else { return nil }
        let others = gone.count - 1
        let more =
            others > 0 ? " and \(Words.count(others, "other large process", "other large processes")) were" : " was"
        return observation(
            "process-vanished",
            "\(first.track.words), which held \(Words.bytes(first.size)),\(more) gone "
                + when(samples[first.at].sample.time),
            at: samples[first.at], subject: first.track.words, pid: first.track.pid, amount: Double(first.size))
    }

    /// What was left behind by its parent and still holds much.
    private func orphan() -> MachineObservation? {
        guard let place = before.last(where: { !($0.sample.processes?.orphans ?? []).isEmpty }),
            let orphans = place.sample.processes?.orphans?.filter({ $0.resident >= 1 << 30 }),
            let largest = orphans.max(by: { $0.resident < $1.resident })
        else { return nil }
        let parent = largest.formerParent.map { " by pid \($0)" } ?? " by its parent"
        let more = orphans.count > 1 ? ", and \(orphans.count - 1) more were" : ""
        return observation(
            "orphan-process",
            "\(Words.process(largest.name, largest.pid)) was left behind\(parent) and held "
                + Words.bytes(largest.resident) + more,
            at: place, subject: Words.process(largest.name, largest.pid), pid: largest.pid,
            amount: Double(largest.resident))
    }
}
