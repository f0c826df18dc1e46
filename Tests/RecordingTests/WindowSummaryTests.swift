import CrashModel
import Foundation
import Testing

@testable import Recording

/// A recording that is made up sample by sample.
struct MadeUp {
    static let gib = 1 << 30
    /// The moment of the incident; the recording begins five minutes before.
    static let moment = Date(timeIntervalSince1970: 1_772_359_200)
    static let eventIndex = 300

    var samples: [PlacedSample] = []
    var host = "node1"
    var marks: [RecordingMark] = []

    /// A calm machine at one sample a second, changed by `edit`.
    init(_ count: Int = 361, edit: (inout MachineSample, Int) -> Void = { _, _ in }) {
        for index in 0..<count {
            var sample = MachineSample(
                time: Self.moment + Double(index - Self.eventIndex), uptime: 5000 + Double(index), interval: 1,
                memory: MemorySample(
                    total: 64 * Self.gib, available: 40 * Self.gib, free: 30 * Self.gib, swapTotal: 8 * Self.gib,
                    swapFree: 8 * Self.gib),
                pressure: ["memory": PressureSample(some: 0, full: 0), "io": PressureSample(some: 0.5, full: 0.1)],
                paging: PagingSample(oomKills: 0),
                cgroups: [
                    CgroupSample(path: "/job_1", current: 10 * Self.gib, max: 16 * Self.gib, ooms: 0, oomKills: 0)
                ],
                filesystems: [
                    FilesystemSample(
                        path: "/data", total: 1000 * Self.gib, available: 500 * Self.gib, inodes: 1000, freeInodes: 900)
                ],
                networks: [NetworkSample(name: "eth0", received: 1e6, sent: 1e6)],
                processes: ProcessesSample(
                    count: 200,
                    top: [
                        ProcessSample(pid: 4242, name: "python", resident: 20 * Self.gib, started: 100),
                        ProcessSample(pid: 7, name: "sshd", resident: 8 << 20, started: 5),
                    ]))
            sample.gpu = GPUsSample(status: .ok, driver: "nvidia 550", gpus: (0..<2).map(Self.gpu))
            edit(&sample, index)
            samples.append(PlacedSample(sample, source: "rec/a.jsonl", line: index + 2))
        }
    }

    static func gpu(_ index: Int) -> GPUSample {
        var gpu = GPUSample(index: index)
        gpu.memoryTotal = 80 * gib
        gpu.memoryUsed = 60 * gib
        gpu.utilization = 97
        gpu.temperature = 60
        gpu.power = 600
        gpu.powerLimit = 700
        gpu.eccUncorrected = 0
        return gpu
    }

    var stretch: RecordedStretch {
        let header = RecordingHeader(
            time: Self.moment - 300, uptime: 5000, host: host, boot: "b", pid: 9, version: "1", interval: 1)
        return RecordedStretch(samples: samples, headers: [header], marks: marks)
    }

    static func about(_ category: String, span: Double = 0, pids: Set<Int> = []) -> RecordedMoment {
        RecordedMoment(span: moment...(moment + span), categories: [CrashModel.Category(category)], pids: pids)
    }

    func window(_ category: String = "signal/killed", span: Double = 0, pids: Set<Int> = []) throws -> RecordedWindow {
        try #require(WindowSummary(stretch, about: Self.about(category, span: span, pids: pids))).window
    }
}

/// What a machine does, and what has to be said of it.
struct Happening: Sendable, CustomTestStringConvertible {
    var kind: String
    var category = "signal/killed"
    var contains: String
    var edit: @Sendable (inout MachineSample, Int) -> Void

    var testDescription: String { kind }
}

@Suite struct WindowObservationTests {
    private static let gib = MadeUp.gib

    static let happenings: [Happening] = [
        Happening(kind: "memory-fell", contains: "fell 30 GiB in 30 s, to 10 GiB") { sample, index in
            if index > 260 { sample.memory?.available = (40 - min(30, index - 260)) * gib }
        },
        Happening(kind: "memory-exhausted", contains: "of 64 GiB memory (0.2 %)") { sample, index in
            if index > 290 { sample.memory?.available = 100 << 20 }
        },
        Happening(kind: "memory-plentiful", contains: "never less than 62 %") { _, _ in },
        Happening(kind: "swap-full", contains: "all 8 GiB of swap were full 12 s before") { sample, index in
            if index > 287 {
                sample.memory?.swapFree = 0
                sample.memory?.available = 2 * gib
            }
        },
        Happening(kind: "memory-pressure", contains: "for 19 s tasks waited for memory, up to 90 %") { sample, index in
            if index > 280, index <= 300 { sample.pressure["memory"] = PressureSample(some: 90, full: 60) }
        },
        Happening(kind: "process-grew", contains: "python (pid 4242) grew 20 GiB in 20 s (1 GiB/s), to 40 GiB") {
            sample, index in
            sample.memory?.available = index > 290 ? 100 << 20 : 40 * gib
            sample.processes?.top[0].resident = (20 + max(0, min(20, index - 270))) * gib
        },
        Happening(kind: "process-vanished", contains: "python (pid 4242), which held 20 GiB, was gone 2 s after") {
            sample, index in
            if index >= 302 { sample.processes?.top.removeFirst() }
        },
        Happening(kind: "orphan-process", contains: "python (pid 99) was left behind by pid 90 and held 3 GiB") {
            sample, _ in
            sample.processes?.orphans = [OrphanSample(pid: 99, name: "python", resident: 3 * gib, formerParent: 90)]
        },
        Happening(kind: "oom-kill", contains: "the kernel killed python (pid 4242), which held 20 GiB, for memory") {
            sample, index in
            if index == 300 { sample.paging?.oomKills = 1 }
            if index >= 300 { sample.processes?.top.removeFirst() }
        },
        Happening(kind: "cgroup-oom-kill", contains: "for the memory limit of /job_1 (16 GiB) at that moment") {
            sample, index in
            if index == 300 {
                sample.cgroups[0].oomKills = 1
                sample.cgroups[0].ooms = 1
            }
            if index >= 300 { sample.processes?.top.removeFirst() }
        },
        Happening(kind: "cgroup-full", contains: "/job_1 reached its memory limit of 16 GiB 10 s before") {
            sample, index in
            if index >= 290 { sample.cgroups[0].current = 16 * gib }
        },
        Happening(kind: "io-pressure", contains: "for 30 s all tasks waited for a disk, up to 80 %") { sample, index in
            if index >= 270, index <= 300 { sample.pressure["io"] = PressureSample(some: 95, full: 80) }
        },
        Happening(kind: "disk-full", contains: "/data had 1 GiB of 1000 GiB left") { sample, index in
            if index >= 290 { sample.filesystems[0].available = gib }
        },
        Happening(kind: "inodes-full", contains: "/data had 0 of 1000 inodes left") { sample, index in
            if index >= 290 { sample.filesystems[0].freeInodes = 0 }
        },
        Happening(kind: "shared-memory-full", contains: "/dev/shm had 0 B of 16 GiB left") { sample, index in
            sample.filesystems.append(
                FilesystemSample(path: "/dev/shm", total: 16 * gib, available: index == 299 ? 0 : 9 * gib))
        },
        Happening(kind: "filesystem-silent", contains: "/data had not answered for 95 s") { sample, index in
            if index >= 205, index <= 300 { sample.filesystems[0].silent = Double(index - 205) }
        },
        Happening(kind: "gpu-hot", contains: "GPU 1 was at 92 °C for 50 s") { sample, index in
            if index >= 240, index <= 290 { sample.gpu?.gpus[1].temperature = 92 }
        },
        Happening(kind: "gpu-throttled", contains: "GPU 1 was slowed down for heat for 4 min, at up to 92 °C") {
            sample, index in
            guard index >= 50, index <= 290 else { return }
            sample.gpu?.gpus[1].temperature = 92
            sample.gpu?.gpus[1].throttle = ["hw-thermal-slowdown"]
        },
        Happening(kind: "gpu-memory-full", category: "oom/gpu", contains: "GPU 0 held 79 GiB of 80 GiB") {
            sample, index in
            if index == 298 { sample.gpu?.gpus[0].memoryUsed = 79 * gib }
        },
        Happening(kind: "gpu-ecc", contains: "GPU 1 counted 2 memory errors that could not be corrected") {
            sample, index in
            sample.gpu?.gpus[1].eccUncorrected = index < 299 ? 5 : 7
        },
        Happening(kind: "gpu-xid", contains: "GPU 0 reported Xid 79, 45") { sample, index in
            if index == 300 { sample.gpu?.gpus[0].xids = [79, 45, 79] }
        },
        Happening(kind: "gpu-not-answering", contains: "had not answered for 21 s: nvmlDeviceGetPowerUsage") {
            sample, index in
            guard index > 298, index < 320 else { return }
            sample.gpu = GPUsSample(
                status: .notAnswering, problem: "nvmlDeviceGetPowerUsage", silent: Double(index - 298))
        },
        Happening(kind: "gpu-lost", contains: "GPU 1 was lost 5 s before") { sample, index in
            if index >= 295 { sample.gpu?.gpus.removeLast() }
        },
        Happening(kind: "gpu-spinning", category: "hang/collective", contains: "GPU 1 did nothing") { sample, index in
            guard index >= 230 else { return }
            sample.gpu?.gpus[0].utilization = 100
            sample.gpu?.gpus[0].power = 130
            sample.gpu?.gpus[1].utilization = 0
            sample.gpu?.gpus[1].power = 90
        },
        Happening(kind: "gpu-memory-without-owner", contains: "GPU 0 still held 30 GiB of pid 812") { sample, _ in
            sample.gpu?.gpus[0].processes = [GPUProcessSample(pid: 812, memory: 30 * gib, gone: true)]
        },
        Happening(kind: "network-errors", contains: "eth0 counted 30 errors") { sample, index in
            if index >= 280, index < 290 { sample.networks[0].errors = 3 }
        },
        Happening(kind: "cpu-throttled", contains: "/job_1 had used up its CPU quota most of the time for 60 s") {
            sample, index in
            if index >= 230, index <= 290 { sample.cgroups[0].throttled = 80 }
        },
        Happening(kind: "clock-set", contains: "the clock was set 30 s back") { sample, index in
            if index >= 280 { sample.time -= 30 }
        },
        Happening(kind: "recording-gap", contains: "nothing is recorded for 40 s") { sample, index in
            if index > 200 {
                sample.time += 39
                sample.uptime += 39
            }
        },
        Happening(kind: "machine-restarted", contains: "the machine started anew") { sample, index in
            if index >= 310 { sample.uptime -= 5290 }
        },
    ]

    @Test("Each thing that stands out is told with its numbers and its place", arguments: happenings)
    func told(_ happening: Happening) throws {
        var made = MadeUp(edit: happening.edit)
        if happening.kind == "machine-restarted" { made.samples.removeAll { $0.sample.uptime < 0 } }
        let window = try made.window(happening.category)
        let told = try #require(window.observations.first { $0.kind == happening.kind }, "\(window.observations)")
        #expect(told.text.contains(happening.contains), "\(told.text)")
        #expect(told.source == "rec/a.jsonl")
        #expect((told.line ?? 0) >= 2)
        #expect(MachineObservation.kinds.contains(told.kind))
    }

    @Test("There is a test for each kind of observation, and no unknown kind")
    func complete() {
        #expect(Set(Self.happenings.map(\.kind)) == MachineObservation.kinds)
    }

    @Test(
        "A calm machine gives nothing to tell",
        arguments: ["exception/KeyError", "hang/collective", "oom/gpu", "storage/full"])
    func calm(category: String) throws {
        let told = try MadeUp().window(category).observations.filter { $0.kind != "memory-plentiful" }
        #expect(told.isEmpty, "\(told.map(\.text))")
    }

    @Test("Page cache that has filled a cgroup for long is nothing to tell")
    func cache() throws {
        let window = try MadeUp { sample, _ in sample.cgroups[0].current = 16 * MadeUp.gib }.window()
        #expect(!window.observations.contains { $0.kind == "cgroup-full" })
    }

    @Test("A recording that ends just before is said to break off, unless the recorder was told to stop")
    func breaksOff() throws {
        var made = MadeUp(299)
        #expect(try made.window().observations.contains { $0.text.contains("breaks off 2 s before") })
        made.marks = [RecordingMark(.stop, time: MadeUp.moment, uptime: 5300, why: "SIGTERM")]
        #expect(try made.window().observations.allSatisfy { $0.kind != "recording-gap" })
    }
}

@Suite struct RecordedKillTests {
    private func killed(_ pid: Int, at kill: Int = 300, count: Int = 361) -> MadeUp {
        MadeUp(count) { sample, index in
            if index == kill { sample.paging?.oomKills = 1 }
            if index >= kill { sample.processes?.top.removeAll { $0.pid == pid } }
            if index > kill - 10, index < kill { sample.memory?.available = 10 << 20 }
        }
    }

    @Test("A kill of a small process names nobody")
    func small() throws {
        let told = try #require(try killed(7).window().observations.first { $0.kind == "oom-kill" })
        #expect(told.subject == nil)
        #expect(told.text.contains("1 process for memory"))
    }

    @Test("A kill of another process than the logs name, where pids can be compared, names nobody")
    func another() throws {
        let told = try #require(try killed(4242).window(pids: [7]).observations.first { $0.kind == "oom-kill" })
        #expect(told.subject == nil)
        // In a container the run's pid is none of the machine's.
        let inside = try #require(try killed(4242).window(pids: [12]).observations.first { $0.kind == "oom-kill" })
        #expect(inside.subject == "python (pid 4242)")
    }

    @Test("A limit that was reached between two samples names who was in that cgroup, not who ended at the same time")
    func inCgroup() throws {
        func window(largeIsIn group: String?) throws -> RecordedWindow {
            try MadeUp { sample, index in
                // The machine has plenty, and the group was not yet full a second before.
                sample.cgroups = [
                    CgroupSample(
                        path: "/job_1", current: index < 300 ? 13 * MadeUp.gib : 0, max: 16 * MadeUp.gib,
                        oomKills: index == 300 ? 1 : 0)
                ]
                sample.processes?.top = [
                    ProcessSample(pid: 50, name: "cc1plus", resident: 15 * MadeUp.gib, started: 90, cgroup: group),
                    ProcessSample(
                        pid: 60, name: "python", resident: 12 * MadeUp.gib, started: 95, cgroup: "/job_1/step_0"),
                    ProcessSample(pid: 70, name: "sshd", resident: 8 << 20, started: 5),
                ]
                if index >= 300 { sample.processes?.top.removeFirst(2) }
            }.window()
        }
        for group in [nil, "/", "/job_12", "/build"] {
            let told = try #require(try window(largeIsIn: group).observations.first { $0.kind == "cgroup-oom-kill" })
            #expect(told.subject == "python (pid 60)")
            #expect(told.text.contains("/job_1 (16 GiB)"))
        }
        let own = try #require(
            try window(largeIsIn: "/job_1").observations.first { $0.kind == "cgroup-oom-kill" })
        #expect(own.subject == "cc1plus (pid 50)")
    }

    @Test("Who held more than a limit allows cannot have met it")
    func tooLarge() throws {
        let window = try MadeUp { sample, index in
            sample.cgroups = [
                CgroupSample(path: "/job_1", current: 13 << 20, max: 16 << 20, oomKills: index == 300 ? 1 : 0)
            ]
            if index >= 300 { sample.processes?.top.removeFirst() }
        }.window()
        #expect(try #require(window.observations.first { $0.kind == "cgroup-oom-kill" }).subject == nil)
    }

    /// Two large processes that are killed one after the other, each for the limit of its own cgroup.
    private func killedInTurn(first: Int = 290, second: Int = 295) -> MadeUp {
        MadeUp { sample, index in
            sample.processes?.top = [(4242, first), (4343, second)].filter { index < $0.1 }.map { pid, _ in
                ProcessSample(pid: pid, name: "python", resident: 10 * MadeUp.gib, started: Double(pid))
            }
            sample.cgroups = [("/job_1", first), ("/job_2", second)].map { path, kill in
                CgroupSample(
                    path: path, current: index == kill - 1 ? 16 * MadeUp.gib : 10 * MadeUp.gib, max: 16 * MadeUp.gib,
                    ooms: index == kill ? 1 : 0, oomKills: index == kill ? 1 : 0)
            }
            sample.paging?.oomKills = index == first || index == second ? 1 : 0
        }
    }

    @Test(
        "Of kills one after the other each names its own process and limit",
        arguments: [(290, 300), (290, 295), (290, 292), (299, 300)])
    func inTurn(first: Int, second: Int) throws {
        let told = try killedInTurn(first: first, second: second).window().observations
            .filter { $0.kind == "cgroup-oom-kill" }
        #expect(told.map(\.pid) == [4242, 4343])
        #expect(told.first?.text.contains("/job_1 ") == true)
        #expect(told.last?.text.contains("/job_2 ") == true)
    }

    @Test("A process that the logs name died of its own kill, and of no other's limit", arguments: [4242, 4343])
    func ownKill(pid: Int) throws {
        let told = try killedInTurn().window(pids: [pid]).observations
        let kills = told.filter { $0.kind == "cgroup-oom-kill" && $0.pid != nil }
        let path = pid == 4242 ? "/job_1" : "/job_2"
        #expect(kills.map(\.pid) == [pid])
        #expect(kills.allSatisfy { $0.text.contains("\(path) ") })
        #expect(told.filter { $0.kind == "cgroup-full" }.map(\.subject) == [path])
    }

    @Test("By a log's own time as a file, the last kill before it is the one")
    func byFileTime() throws {
        var about = MadeUp.about("signal/killed", span: 20)
        about.isByFileTime = true
        let made = killedInTurn(first: 303, second: 316)
        let window = try #require(WindowSummary(made.stretch, about: about)).window
        #expect(window.moment == MadeUp.moment + 16)
    }

    @Test("A kill shows in the sample after it, which may lie behind the log's last line", arguments: [true, false])
    func sampledLater(isByFileTime: Bool) throws {
        var about = MadeUp.about("signal/killed", span: 15.3)
        about.isByFileTime = isByFileTime
        let made = killedInTurn(first: 316, second: 330)
        let window = try #require(WindowSummary(made.stretch, about: about)).window
        #expect(window.moment == MadeUp.moment + 16)
    }

    @Test("Of many kills the nearest are told")
    func nearest() throws {
        let made = MadeUp { sample, index in
            sample.paging?.oomKills = [20, 60, 100, 140, 300].contains(index) ? 1 : 0
        }
        let told = try made.window().observations.filter { $0.kind == "oom-kill" }
        #expect(told.map(\.at) == [-200, -160, 0].map { MadeUp.moment + $0 })
    }

    @Test("Of two limits side by side that count a kill at once, none is blamed")
    func sideBySide() throws {
        let told = try killedInTurn(first: 300, second: 300).window().observations
        #expect(told.filter { $0.kind == "cgroup-oom-kill" }.isEmpty)
        #expect(told.filter { $0.kind == "oom-kill" }.count == 1)
    }

    @Test("The last sample before the moment is the last by the clock, however it was set")
    func lastByClock() throws {
        var made = MadeUp { sample, index in sample.memory?.free = index }
        made.samples.append(
            contentsOf: made.samples[100..<110].map { placed in
                var placed = placed
                placed.sample.uptime += 1000
                return placed
            })
        let summary = try #require(WindowSummary(made.stretch, about: MadeUp.about("signal/killed")))
        #expect(summary.context.memory?.free == 299)
    }

    @Test("In a wide span the kill is the moment, and the last sample before it the context")
    func wide() throws {
        let made = killed(4242, at: 900, count: 1000)
        let summary = try #require(WindowSummary(made.stretch, about: MadeUp.about("signal/killed", span: 3600)))
        #expect(summary.window.moment == MadeUp.moment + 600)
        #expect(summary.context.memory?.available == 10 << 20)
        #expect(summary.context.processes.first?.victim == true)
        #expect(summary.window.from == MadeUp.moment + 300)
    }
}

@Suite struct WindowThinningTests {
    @Test("A window has at most 48 points, keeps a dip of one sample, and the sample of the moment")
    func extremes() throws {
        let made = MadeUp { sample, index in
            if index == 123 { sample.memory?.available = 3 * MadeUp.gib }
            if index == 124 { sample.gpu?.gpus[0].temperature = 99 }
            if index == MadeUp.eventIndex { sample.memory?.available = 39 * MadeUp.gib }
        }
        let window = try made.window("oom/host")
        #expect(window.times.count <= 48)
        #expect(window.sampleCount == 361)
        #expect(window.series.allSatisfy { $0.values.count == window.times.count })
        let memory = try #require(window.series.first { $0.name == "memory.available" })
        #expect(memory.values.compactMap(\.self).min() == Double(3 * MadeUp.gib))
        #expect(memory.limit == Double(64 * MadeUp.gib))
        let event = try #require(window.times.firstIndex(of: 0))
        #expect(memory.values[event] == Double(39 * MadeUp.gib))
        #expect(window.series.contains { $0.name == "gpu.temperature" && $0.values.contains(99) })
    }

    @Test("The window of a machine with everything stays below 24 KB, and shows eight GPUs at most")
    func size() throws {
        let made = MadeUp { sample, index in
            sample.gpu?.gpus = (0..<16).map { number in
                var gpu = MadeUp.gpu(number)
                gpu.memoryUsed = 60 * MadeUp.gib + index * 1_234_567
                gpu.power = 512.3 + Double(index)
                gpu.xids = [31]
                return gpu
            }
            sample.cgroups = (0..<40).map {
                CgroupSample(path: "/system.slice/very/long/path/job_\($0)", current: index * 7_654_321, max: 16 << 30)
            }
            sample.processes?.top = (0..<40).map {
                ProcessSample(pid: $0 + 10, name: "python-with-a-long-name", resident: (40 - $0) * 123_456_789 + index)
            }
        }
        let window = try made.window("hang/collective")
        let bytes = try JSONEncoder().encode(window).count
        #expect(bytes < 24_000)
        #expect(Set(window.series.filter { $0.name.hasPrefix("gpu.") }.compactMap(\.subject)).count <= 8)
        #expect(window.series.count { $0.name == "process.resident" } <= 4)
        #expect(window.observations.count <= 8)
        let order = window.observations.map(\.at)
        #expect(order == order.sorted())
    }

    @Test("Absurd numbers end nothing", arguments: [Int.max, Int.min, -1, 0])
    func absurd(number: Int) throws {
        let made = MadeUp { sample, index in
            guard index % 2 == 0 else { return }
            sample.memory = MemorySample(
                total: number, available: number, free: number, swapTotal: number, swapFree: number)
            sample.interval = Double(number)
            sample.paging?.oomKills = number
            sample.cgroups[0].oomKills = number
            sample.cgroups[0].current = number
            sample.cgroups[0].max = number
            sample.filesystems[0].total = number
            sample.filesystems[0].available = number
            sample.filesystems[0].silent = Double(number)
            sample.networks[0].errors = number
            sample.networks[0].dropped = number
            sample.processes?.count = number
            sample.processes?.top[0].resident = number
            sample.processes?.top[0].pid = number
            sample.gpu?.gpus[0].index = number
            sample.gpu?.gpus[0].memoryUsed = number
            sample.gpu?.gpus[0].eccUncorrected = number
            sample.gpu?.gpus[0].temperature = Double(number)
            sample.gpu?.gpus[0].xids = [number]
            if index % 4 == 0 { sample.uptime = index % 8 == 0 ? .infinity : Double(number) }
        }
        for category in ["signal/killed", "hang/collective", "oom/gpu"] {
            let window = try made.window(category, span: 100, pids: [4242])
            #expect(window.times.count <= 48)
            #expect(window.sampleCount < made.samples.count)
        }
    }

    @Test("Nothing recorded of that time is no window")
    func nothing() {
        #expect(WindowSummary(RecordedStretch(), about: MadeUp.about("oom/host")) == nil)
    }
}
