import CrashModel
import Foundation

extension WindowReading {
    /// Where the drivers of data centre GPUs begin to slow them down, in degrees Celsius.
    private static let hot: Double = 90
    private static let hotSeconds: Double = 10
    private static let throttledSeconds: Double = 5
    /// An allocator keeps most of the memory anyway.
    private static let fullShare = 0.97
    /// A rank that waits in a collective turns in circles: always busy, at a fraction of its power.
    private static let spinningUtilization: Double = 95
    private static let spinningShareOfPower = 0.45
    private static let spinningSeconds: Double = 45

    func gpuObservations() -> [MachineObservation] {
        var told: [MachineObservation] = []
        if let silent = driverSilence() { told.append(silent) }
        for index in Set(samples.flatMap { $0.sample.gpu?.gpus.map(\.index) ?? [] }).sorted() {
            told += [lost(index), heat(index), memory(index), events(index), errors(index), ownerless(index)]
                .compactMap(\.self)
        }
        if let spinning = spinning() { told.append(spinning) }
        return told
    }

    private func gpu(_ index: Int, _ sample: MachineSample) -> GPUSample? {
        sample.gpu?.gpus.first { $0.index == index }
    }

    private func driverSilence() -> MachineObservation? {
        guard let run = longest(where: { sample in sample.gpu.map { $0.status == .notAnswering } }) else { return nil }
        let silent = max(run.last.sample.gpu?.silent ?? 0, run.seconds)
        let call = run.last.sample.gpu?.problem.map { ": \($0.prefix(80))" } ?? ""
        return observation(
            "gpu-not-answering", "the GPU driver had not answered for \(Words.span(silent))\(call)", at: run.first,
            until: run.last.sample.time, subject: "the GPU driver", amount: silent)
    }

    private func lost(_ index: Int) -> MachineObservation? {
        var seen = false
        for placed in samples {
            guard let gpus = placed.sample.gpu, gpus.status == .ok else { continue }
            let gpu = gpus.gpus.first { $0.index == index }
            let problem = gpu?.problem?.lowercased() ?? ""
            let isLost = problem.contains("lost") || problem.contains("fallen off") || (gpu == nil && seen)
            if isLost {
                let said = gpu?.problem.map { ": \($0.prefix(80))" } ?? ""
                return observation(
                    "gpu-lost", "GPU \(index) was lost \(when(placed.sample.time))\(said)", at: placed,
                    subject: "GPU \(index)", gpu: index)
            }
            if gpu != nil { seen = true }
        }
        return nil
    }

    /// Slowed down by heat or by its power supply; or only hot.
    private func heat(_ index: Int) -> MachineObservation? {
        func reason(_ sample: MachineSample) -> String? {
            let words = gpu(index, sample)?.throttle ?? []
            if words.contains(where: { $0.contains("thermal") }) { return "heat" }
            return words.contains { $0.hasPrefix("hw-power-brake") } ? "a power brake" : nil
        }
        let peak = samples.compactMap { gpu(index, $0.sample)?.temperature }.filter(\.isFinite).max()
        let run = longest { sample in gpu(index, sample).map { _ in reason(sample) != nil } }
        if let run, run.seconds >= Self.throttledSeconds {
            let degrees = peak.map { ", at up to \(Words.whole($0)) °C" } ?? ""
            return observation(
                "gpu-throttled",
                "GPU \(index) was slowed down for \(reason(run.first.sample) ?? "heat") for "
                    + Words.span(run.seconds) + degrees,
                at: run.first, until: run.last.sample.time, subject: "GPU \(index)", gpu: index, amount: run.seconds)
        }
        guard let hot = longest(where: { gpu(index, $0)?.temperature.map { $0 >= Self.hot } }),
            hot.seconds >= Self.hotSeconds, let peak
        else { return nil }
        return observation(
            "gpu-hot", "GPU \(index) was at \(Words.whole(peak)) °C for \(Words.span(hot.seconds))", at: hot.first,
            until: hot.last.sample.time, subject: "GPU \(index)", gpu: index, amount: peak)
    }

    /// Told only where GPU memory is in question.
    private func memory(_ index: Int) -> MachineObservation? {
        guard about.isOf(["oom", "cuda", "orphan"]), about.gpus.isEmpty || about.gpus.contains(index) else {
            return nil
        }
        let full = before.compactMap { placed -> (place: PlacedSample, used: Int, total: Int)? in
            guard let gpu = gpu(index, placed.sample), let used = gpu.memoryUsed, let total = gpu.memoryTotal,
                total > 0, Double(used) >= Self.fullShare * Double(total)
            else { return nil }
            return (placed, used, total)
        }
        guard let most = full.max(by: { $0.used < $1.used }) else { return nil }
        return observation(
            "gpu-memory-full",
            "GPU \(index) held \(Words.bytes(most.used)) of \(Words.bytes(most.total)) "
                + when(most.place.sample.time),
            at: most.place, subject: "GPU \(index)", gpu: index, amount: Double(most.used))
    }

    private func events(_ index: Int) -> MachineObservation? {
        let found = samples.compactMap { placed in
            gpu(index, placed.sample)?.xids.flatMap { $0.isEmpty ? nil : (place: placed, codes: $0) }
        }
        guard let first = found.first else { return nil }
        let codes = found.flatMap(\.codes).reduce(into: [Int]()) { if !$0.contains($1) { $0.append($1) } }
        return observation(
            "gpu-xid",
            "GPU \(index) reported Xid \(codes.prefix(5).map(String.init).joined(separator: ", ")) "
                + when(first.place.sample.time),
            at: first.place, until: found.last?.place.sample.time, subject: "GPU \(index)", gpu: index,
            amount: first.codes.first.map(Double.init))
    }

    /// Memory errors that could not be corrected, counted in the window.
    private func errors(_ index: Int) -> MachineObservation? {
        var last: GPUSample?
        for placed in samples {
            guard let gpu = gpu(index, placed.sample) else { continue }
            defer { last = gpu }
            let more = gpu.eccUncorrected.flatMap { now in
                last?.eccUncorrected.map { now.subtractingReportingOverflow($0) }
            }
            if let more, !more.overflow, more.partialValue > 0 {
                return observation(
                    "gpu-ecc",
                    "GPU \(index) counted \(Words.count(more.partialValue, "memory error", "memory errors")) that could "
                        + "not be corrected \(when(placed.sample.time))",
                    at: placed, subject: "GPU \(index)", gpu: index, amount: Double(more.partialValue))
            }
            if let last, last.remapFailed == false, gpu.remapFailed == true {
                return observation(
                    "gpu-ecc", "GPU \(index) could not replace a bad row of its memory \(when(placed.sample.time))",
                    at: placed, subject: "GPU \(index)", gpu: index)
            }
        }
        return nil
    }

    private func ownerless(_ index: Int) -> MachineObservation? {
        for placed in before.reversed() {
            let gone = gpu(index, placed.sample)?.processes?.filter { $0.gone == true } ?? []
            guard let most = gone.max(by: { ($0.memory ?? 0) < ($1.memory ?? 0) }) else { continue }
            let size = most.memory.map(Words.bytes) ?? "memory"
            return observation(
                "gpu-memory-without-owner",
                "GPU \(index) still held \(size) of pid \(most.pid), which lives no more", at: placed,
                subject: "GPU \(index)", pid: most.pid, gpu: index, amount: most.memory.map(Double.init))
        }
        return nil
    }

    /// Told only where ranks can have waited for one another.
    private func spinning() -> MachineObservation? {
        guard about.isOf(["hang", "collective"]) else { return nil }
        func isSpinning(_ gpu: GPUSample) -> Bool? {
            guard let busy = gpu.utilization, let power = gpu.power, let limit = gpu.powerLimit, limit > 0 else {
                return nil
            }
            return busy >= Self.spinningUtilization && power <= Self.spinningShareOfPower * limit
        }
        let indices = Set(samples.flatMap { $0.sample.gpu?.gpus.map(\.index) ?? [] }).sorted()
        let runs = indices.compactMap { index -> (index: Int, run: Run)? in
            guard let run = longest(where: { gpu(index, $0).flatMap(isSpinning) }), run.seconds >= Self.spinningSeconds
            else { return nil }
            return (index, run)
        }
        guard let first = runs.max(by: { $0.run.seconds < $1.run.seconds }),
            let sample = gpu(first.index, first.run.last.sample), let power = sample.power,
            let limit = sample.powerLimit
        else { return nil }
        let who = runs.count == 1 ? "GPU \(first.index) was" : "\(runs.count) GPUs were"
        let idle = indices.filter { index in
            !runs.contains { $0.index == index } && (gpu(index, first.run.last.sample)?.utilization ?? 100) < 5
        }
        let odd = idle.isEmpty ? "" : "; GPU \(idle.prefix(4).map(String.init).joined(separator: ", ")) did nothing"
        return observation(
            "gpu-spinning",
            "\(who) busy at only \(Words.whole(power)) of \(Words.whole(limit)) W for \(Words.span(first.run.seconds)), as "
                + "ranks are that wait in a collective\(odd)",
            at: first.run.first, until: first.run.last.sample.time, subject: "GPU \(first.index)",
            gpu: idle.count == 1 ? idle.first : first.index, amount: first.run.seconds)
    }
}
