import CrashModel
import Foundation

/// One process through the samples that list it.
struct ProcessTrack {
    var pid: Int
    /// The last it had.
    var name: String
    var started: Double?
    var parent: Int?
    /// The memory cgroup it was in, where that is recorded.
    var cgroup: String?
    /// Positions among the samples.
    var first: Int
    var last: Int
    /// The most it held in all.
    var peak: Int
    /// By position.
    var resident: [Int: Int]
    /// The position of the first sample from which it is gone; nil while it lives, or where nobody can tell.
    var gone: Int?

    var words: String { Words.process(name, pid) }
}

/// All processes that a window lists, and which of them ended in it.
struct ProcessTracks {
    let tracks: [ProcessTrack]

    /// A process is freed page by page; its size is the most of its last seconds.
    static let lastSeconds = 10.0

    init(_ samples: [PlacedSample]) {
        struct Key: Hashable {
            var pid: Int
            var started: Double?
        }
        var found: [Key: ProcessTrack] = [:]
        var order: [Key] = []
        let listed = samples.indices.filter { samples[$0].sample.processes != nil }
        for index in listed {
            for process in samples[index].sample.processes?.top ?? [] {
                let key = Key(pid: process.pid, started: process.started)
                if found[key] == nil { order.append(key) }
                var track =
                    found[key]
                    ?? ProcessTrack(
                        pid: process.pid, name: process.name, started: process.started, parent: process.parent,
                        first: index, last: index,
                        peak: 0, resident: [:])
                track.last = index
                // A shell that becomes a program by exec keeps its pid, and not its name.
                track.name = process.name
                track.cgroup = process.cgroup ?? track.cgroup
                track.peak = max(track.peak, process.resident)
                track.resident[index] = process.resident
                found[key] = track
            }
        }
        tracks = order.compactMap { key in
            guard var track = found[key] else { return nil }
            track.gone = Self.end(of: track, samples: samples, listed: listed)
            return track
        }
    }

    /// A list holds the largest and some that grow. Whoever would be among its largest and is not in it is gone.
    private static func end(of track: ProcessTrack, samples: [PlacedSample], listed: [Int]) -> Int? {
        guard let next = listed.first(where: { $0 > track.last }), let size = track.resident[track.last],
            samples[next].sample.uptime - samples[track.last].sample.uptime <= WindowReading.longestStep,
            let list = samples[next].sample.processes?.top
        else { return nil }
        return list.count { $0.resident > size } < max(3, list.count / 2) ? next : nil
    }

    /// What a process held in its last seconds, in bytes.
    static func lastSize(of track: ProcessTrack, in samples: [PlacedSample]) -> Int {
        let end = samples[track.last].sample.uptime
        return track.resident.filter { samples[$0.key].sample.uptime >= end - lastSeconds }.map(\.value).max() ?? 0
    }

    /// Whether any of these pids is listed: only then are the pids of the logs those of the recording, and not of a
    /// container.
    func lists(_ pids: Set<Int>) -> Bool { tracks.contains { pids.contains($0.pid) } }

    /// The pids, and those of their children.
    func family(of pids: Set<Int>) -> Set<Int> {
        var family = pids
        // Children of children stand after them as a rule; a few rounds find the rest.
        for _ in 0..<4 {
            for track in tracks {
                if let parent = track.parent, family.contains(parent) { family.insert(track.pid) }
            }
        }
        return family
    }
}
