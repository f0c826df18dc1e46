import CrashModel
import Foundation

extension WindowReading {
    private static let fullShare = 0.01
    private static let fullSharedMemory = 0.02
    private static let leastSilence: Double = 10
    /// All tasks that could run wait for a disk, and for how long nobody takes it for a checkpoint.
    private static let waiting: Double = 50
    private static let waitingSeconds: Double = 10

    func diskObservations() -> [MachineObservation] {
        var told: [MachineObservation] = []
        for path in Set(samples.flatMap { $0.sample.filesystems.map(\.path) }).sorted() {
            told += [space(path), inodes(path), silence(path)].compactMap(\.self)
        }
        if let waited = ioPressure() { told.append(waited) }
        return told
    }

    private func states(_ path: String) -> [(place: PlacedSample, state: FilesystemSample)] {
        samples.compactMap { placed in
            placed.sample.filesystems.first { $0.path == path }.map { (placed, $0) }
        }
    }

    private func space(_ path: String) -> MachineObservation? {
        let isShared = path == "/dev/shm"
        let known = states(path).filter { $0.state.total > 0 && $0.state.silent == nil }
        guard let least = known.min(by: { $0.state.available < $1.state.available }),
            Double(least.state.available)
                <= (isShared ? Self.fullSharedMemory : Self.fullShare) * Double(least.state.total)
        else { return nil }
        return observation(
            isShared ? "shared-memory-full" : "disk-full",
            "\(Words.path(path)) had \(Words.bytes(least.state.available)) of \(Words.bytes(least.state.total)) left "
                + when(least.place.sample.time),
            at: least.place, subject: Words.path(path), amount: Double(least.state.available))
    }

    private func inodes(_ path: String) -> MachineObservation? {
        let known = states(path).compactMap { state -> (place: PlacedSample, free: Int, all: Int)? in
            guard let all = state.state.inodes, let free = state.state.freeInodes, all > 0 else { return nil }
            return (state.place, free, all)
        }
        guard let least = known.min(by: { $0.free < $1.free }), Double(least.free) <= 0.001 * Double(least.all) else {
            return nil
        }
        return observation(
            "inodes-full",
            "\(Words.path(path)) had \(least.free) of \(least.all) inodes left \(when(least.place.sample.time))",
            at: least.place, subject: Words.path(path), amount: Double(least.free))
    }

    private func silence(_ path: String) -> MachineObservation? {
        let silent = states(path).compactMap { state in state.state.silent.map { (place: state.place, seconds: $0) } }
        guard let most = silent.max(by: { $0.seconds < $1.seconds }), most.seconds >= Self.leastSilence else {
            return nil
        }
        var told = observation(
            "filesystem-silent", "\(Words.path(path)) had not answered for \(Words.span(most.seconds))", at: most.place,
            until: most.place.sample.time, subject: Words.path(path), amount: most.seconds)
        told.at = most.place.sample.time - min(most.seconds, 7 * 86400)
        return told
    }

    private func ioPressure() -> MachineObservation? {
        func share(_ sample: MachineSample) -> Double? { sample.pressure["io"].map { $0.full ?? $0.some } }
        guard let run = longest(where: { share($0).map { $0 >= Self.waiting } }), run.seconds >= Self.waitingSeconds
        else { return nil }
        let peak =
            samples.filter { $0.sample.time >= run.first.sample.time && $0.sample.time <= run.last.sample.time }
            .compactMap { share($0.sample) }.max() ?? 0
        return observation(
            "io-pressure",
            "for \(Words.span(run.seconds)) all tasks waited for a disk, up to \(Words.whole(peak)) % of the time",
            at: run.first, until: run.last.sample.time, amount: peak)
    }
}
