import CrashModel
import Foundation

/// A sample in which the kernel counted a kill for memory, and who it was.
struct RecordedKill {
    var place: PlacedSample
    var count: Int
    var victim: ProcessTrack?
    /// In bytes.
    var size = 0
    /// The cgroup whose limit it was; nil when it was the machine's memory, or a limit that is not recorded.
    var cgroup: CgroupSample?

    var time: Date { place.sample.time }
}

extension WindowReading {
    /// How long a process that was killed may stay in the list: its memory is freed page by page.
    private static let longestExit: Double = 10
    /// Of a killed process that the run can have meant: of the machine's memory, and of its cgroup's limit.
    private static let leastShare = 0.05
    private static let leastShareOfLimit = 0.25
    private static let plentifulShare = 0.2
    /// Counts so close belong to one overflow.
    private static let together: Double = 3

    func kills(_ processes: ProcessTracks) -> [RecordedKill] {
        var kills: [RecordedKill] = []
        for (index, placed) in samples.enumerated() {
            let sample = placed.sample
            let cgroup = overflowing(at: index)
            let count = max(sample.paging?.oomKills ?? 0, cgroup?.oomKills ?? 0)
            guard count > 0 else { continue }
            if let last = kills.indices.last, sample.uptime - kills[last].place.sample.uptime <= Self.together {
                kills[last].count += min(count, 1_000_000)
                if kills[last].cgroup == nil { kills[last].cgroup = cgroup }
            } else {
                kills.append(RecordedKill(place: placed, count: min(count, 1_000_000), cgroup: cgroup))
            }
        }
        for index in kills.indices { findVictim(of: &kills[index], among: processes) }
        return kills
    }

    /// The cgroup that could not keep its limit in this sample. The kernel counts a kill in every cgroup of the victim,
    /// whosever memory was used up, so the count alone does not name the limit.
    private func overflowing(at index: Int) -> CgroupSample? {
        let killed = samples[index].sample.cgroups.filter { ($0.oomKills ?? 0) > 0 && $0.max != nil }
        // While the machine has plenty, a limit is all that can have been reached, however fast it was between samples.
        let isPlenty = isPlentiful(at: index) && isPlentiful(at: max(0, index - 1))
        let full = killed.filter { group in
            if (group.ooms ?? 0) > 0 || isPlenty { return true }
            return samples[max(0, index - 3)...index].contains { placed in
                placed.sample.cgroups.contains { $0.path == group.path && $0.isNearlyFull }
            }
        }
        // Of one in another, the inner one.
        return full.max { $0.path.count < $1.path.count }
    }

    /// Far from the machine's own limit.
    private func isPlentiful(at index: Int) -> Bool {
        guard let memory = samples[index].sample.memory, let total = memory.total, let available = memory.available
        else {
            return false
        }
        return total > 0 && Double(available) >= Self.plentifulShare * Double(total)
    }

    private func findVictim(of kill: inout RecordedKill, among processes: ProcessTracks) {
        let end = kill.place.sample.uptime
        let start = end - min(max(0, kill.place.sample.interval ?? 1), 60) - 1
        let least =
            kill.cgroup?.max.map { Double($0) * Self.leastShareOfLimit }
            ?? memoryTotal.map { Double($0) * Self.leastShare } ?? .infinity
        let own = processes.lists(about.pids) ? processes.family(of: about.pids) : nil
        let ended = processes.tracks.compactMap { track -> (track: ProcessTrack, size: Int)? in
            guard let gone = track.gone, start...(end + Self.longestExit) ~= samples[gone].sample.uptime else {
                return nil
            }
            if let own, !own.contains(track.pid) { return nil }
            let size = ProcessTracks.lastSize(of: track, in: samples)
            if let group = kill.cgroup, !track.canBe(in: group, holding: size) { return nil }
            return Double(size) >= least || about.pids.contains(track.pid) ? (track, size) : nil
        }
        // Whoever is known to be in the cgroup before those of whom nobody knows.
        let inGroup = ended.filter { $0.track.cgroup != nil && kill.cgroup != nil }
        guard let victim = (inGroup.isEmpty ? ended : inGroup).max(by: { $0.size < $1.size }) else { return }
        kill.victim = victim.track
        kill.size = victim.size
    }

    func killObservations(_ kills: [RecordedKill]) -> [MachineObservation] {
        kills.prefix(3).map { kill in
            let who =
                kill.victim.map { "\($0.words), which held \(Words.bytes(kill.size))," }
                ?? Words.count(kill.count, "process", "processes")
            let more = kill.victim != nil && kill.count > 1 ? " and \(kill.count - 1) more" : ""
            let why =
                if let group = kill.cgroup, let limit = group.max {
                    "for the memory limit of \(Words.path(group.path)) (\(Words.bytes(limit)))"
                } else {
                    "for memory"
                }
            return observation(
                kill.cgroup == nil ? "oom-kill" : "cgroup-oom-kill",
                "the kernel killed \(who)\(more) \(why) \(when(kill.time))", at: kill.place,
                subject: kill.victim?.words, pid: kill.victim?.pid, amount: Double(kill.count))
        }
    }
}

extension CgroupSample {
    /// Nothing more fits in, as far as one sample in a second can tell.
    var isNearlyFull: Bool {
        guard let current, let max, max > 0 else { return false }
        return Double(current) >= 0.95 * Double(max)
    }
}

extension ProcessTrack {
    /// Whether it can have met the limit of a cgroup: it is in it or below, and held no more than the limit allows.
    fileprivate func canBe(in group: CgroupSample, holding size: Int) -> Bool {
        if let cgroup { return cgroup == group.path || cgroup.hasPrefix(group.path == "/" ? "/" : group.path + "/") }
        // Pages that it shares with others count for whoever used them first.
        return group.max.map { Double(size) <= 1.2 * Double($0) } ?? true
    }
}
