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
            if let last = kills.indices.last, sample.uptime - kills[last].place.sample.uptime <= Self.together,
                cgroup == nil || kills[last].cgroup == nil || cgroup?.path == kills[last].cgroup?.path
            {
                kills[last].count += min(count, 1_000_000)
                if kills[last].cgroup == nil { kills[last].cgroup = cgroup }
            } else {
                kills.append(RecordedKill(place: placed, count: min(count, 1_000_000), cgroup: cgroup))
            }
        }
        let own = processes.lists(about.pids) ? processes.family(of: about.pids) : nil
        for track in processes.tracks where own?.contains(track.pid) ?? true {
            let size = ProcessTracks.lastSize(of: track, in: samples)
            guard let index = cause(of: track, holding: size, among: kills) else { continue }
            guard Double(size) >= leastSize(kills[index]) || about.pids.contains(track.pid) else { continue }
            if kills[index].isLikelier(track, holding: size) {
                kills[index].victim = track
                kills[index].size = size
            }
        }
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
        // Of one in another, the inner one. Of two side by side nobody can tell whose limit it was.
        let inner = full.filter { group in !full.contains { $0.path != group.path && $0.isInside(group) } }
        return inner.count == 1 ? inner.first : nil
    }

    /// Far from the machine's own limit.
    private func isPlentiful(at index: Int) -> Bool {
        guard let memory = samples[index].sample.memory, let total = memory.total, let available = memory.available
        else {
            return false
        }
        return total > 0 && Double(available) >= Self.plentifulShare * Double(total)
    }

    /// The kill that can have ended a process: the last one before it was gone. A process dies once, so it is never
    /// that of two.
    private func cause(of track: ProcessTrack, holding size: Int, among kills: [RecordedKill]) -> Int? {
        guard let gone = track.gone else { return nil }
        let end = samples[gone].sample.uptime
        func delay(_ kill: RecordedKill) -> Double { end - kill.place.sample.uptime }
        func canBe(_ kill: RecordedKill) -> Bool { kill.cgroup.map { track.canBe(in: $0, holding: size) } ?? true }
        if let before = kills.lastIndex(where: { (0...Self.longestExit) ~= delay($0) && canBe($0) }) { return before }
        // The list and the counters of one sample are not read at the same instant.
        return kills.firstIndex { kill in
            -min(max(0, kill.place.sample.interval ?? 1), 60) - 1 <= delay(kill) && delay(kill) < 0 && canBe(kill)
        }
    }

    /// What a process held at least for which the kernel kills it, in bytes.
    private func leastSize(_ kill: RecordedKill) -> Double {
        kill.cgroup?.max.map { Double($0) * Self.leastShareOfLimit }
            ?? memoryTotal.map { Double($0) * Self.leastShare } ?? .infinity
    }

    func killObservations(_ kills: [RecordedKill]) -> [MachineObservation] {
        // Those whose process is known first, then the nearest.
        let nearest = kills.sorted { a, b in
            if (a.victim == nil) != (b.victim == nil) { return a.victim != nil }
            return abs(a.time.timeIntervalSince(moment)) < abs(b.time.timeIntervalSince(moment))
        }
        return nearest.prefix(3).map { kill in
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
    /// Whether it is part of another one.
    func isInside(_ other: CgroupSample) -> Bool { Self.isPath(path, inside: other.path) }

    static func isPath(_ path: String, inside other: String) -> Bool {
        path.hasPrefix(other.hasSuffix("/") ? other : other + "/") && path != other
    }

    /// Nothing more fits in, as far as one sample in a second can tell.
    var isNearlyFull: Bool {
        guard let current, let max, max > 0 else { return false }
        return Double(current) >= 0.95 * Double(max)
    }
}

extension RecordedKill {
    /// Whoever is known to be in the cgroup before those of whom nobody knows, and of these the larger.
    fileprivate func isLikelier(_ track: ProcessTrack, holding size: Int) -> Bool {
        guard let victim else { return true }
        let isKnown = (track.cgroup != nil && cgroup != nil, victim.cgroup != nil && cgroup != nil)
        return isKnown.0 == isKnown.1 ? size > self.size : isKnown.0
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
