import CrashModel
import Foundation
import Testing

@testable import Recorder

@Suite("A sample")
struct ProbeTests {
    @Test("of a machine that tells nothing is a line with its times")
    func empty() throws {
        let sample = try Machine().sample()
        #expect(sample.uptime == 101)
        #expect(sample.interval == nil)
        #expect(sample.memory == nil)
        #expect(sample.pressure.isEmpty)
        #expect(sample.processes?.count == 0)
        #expect(sample.time.iso8601 == "2026-03-01T10:01:41.250Z")
    }

    @Test("holds the memory in bytes")
    func memory() throws {
        let machine = try Machine()
        try machine.write(
            "proc/meminfo",
            """
            MemTotal:       1056270336 kB
            MemFree:         4194304 kB
            MemAvailable:   12582912 kB
            Cached:          8388608 kB
            SwapCached:           12 kB
            SwapTotal:       8388604 kB
            SwapFree:            128 kB
            Zswap:                64 kB
            Dirty:              2048 kB
            Writeback:             0 kB
            AnonPages:     100000000 kB
            Shmem:           1048576 kB
            Slab:            2097152 kB
            HugePages_Total:      16
            HugePages_Free:        4
            Hugepagesize:       2048 kB

            """)
        let memory = try #require(try machine.sample().memory)
        #expect(memory.total == 1_056_270_336 << 10)
        #expect(memory.available == 12_582_912 << 10)
        #expect(memory.swapTotal == 8_388_604 << 10)
        #expect(memory.swapFree == 128 << 10)
        #expect(memory.cached == 8_388_608 << 10)
        #expect(memory.shared == 1_048_576 << 10)
        #expect(memory.hugeTotal == 32 << 20)
        #expect(memory.hugeFree == 8 << 20)
    }

    @Test("has pressure as the share of the interval, the kernel's average only at first")
    func pressure() throws {
        let machine = try Machine()
        let text = { (total: Int) in
            "some avg10=12.50 avg60=1.00 avg300=0.10 total=\(total)\nfull avg10=3.00 avg60=0.00 avg300=0.00 total=\(total / 2)\n"
        }
        try machine.write("proc/pressure/memory", text(1_000_000))
        #expect(try machine.sample().pressure["memory"] == PressureSample(some: 12.5, full: 3))
        try machine.write("proc/pressure/memory", text(1_500_000))
        #expect(try machine.sample(after: 2).pressure == ["memory": PressureSample(some: 25, full: 12.5)])
    }

    @Test("counts kills, faults and swapping since the one before")
    func paging() throws {
        let machine = try Machine()
        try machine.write("proc/vmstat", "nr_free_pages 1\npswpin 5\npswpout 7\npgmajfault 10\noom_kill 3\n")
        #expect(try machine.sample().paging == nil)
        try machine.write("proc/vmstat", "nr_free_pages 1\npswpin 6\npswpout 7\npgmajfault 30\noom_kill 4\n")
        let page = machine.bytes(pages: 1)
        #expect(
            try machine.sample().paging == PagingSample(oomKills: 1, majorFaults: 20, swapIn: page, swapOut: 0))
    }

    @Test("counts nothing where a counter went back")
    func backwards() throws {
        let machine = try Machine()
        try machine.write("proc/vmstat", "oom_kill 9\n")
        _ = try machine.sample()
        try machine.write("proc/vmstat", "oom_kill 2\n")
        #expect(try machine.sample().paging?.oomKills == 0)
    }

    @Test("has the shares of all CPUs and the load")
    func cpu() throws {
        let machine = try Machine()
        try machine.write("proc/loadavg", "1.52 0.60 0.40 2/500 12345\n")
        try machine.write("proc/stat", "cpu  100 0 50 800 50 0 0 0 0 0\ncpu0 1 2 3\n")
        #expect(try machine.sample().cpu == CPUSample(load: 1.52))
        try machine.write("proc/stat", "cpu  140 10 70 810 60 5 5 0 0 0\n")
        let cpu = try #require(try machine.sample().cpu)
        #expect(cpu == CPUSample(user: 50, system: 30, iowait: 10, idle: 10, steal: 0, load: 1.52))
    }

    @Test("has the rates of whole disks that did something")
    func disks() throws {
        let machine = try Machine()
        try FileManager.default.createDirectory(
            atPath: machine.root + "/sys/block/nvme0n1", withIntermediateDirectories: true)
        let text = { (sectors: Int, ms: Int) in
            """
             259 0 nvme0n1 10 0 \(sectors) 5 20 0 \(2 * sectors) 9 0 \(ms) 14
             259 1 nvme0n1p1 10 0 \(sectors) 5 20 0 \(sectors) 9 0 \(ms) 14
               7 0 loop0 10 0 \(sectors) 5 20 0 \(sectors) 9 0 \(ms) 14

            """
        }
        try machine.write("proc/diskstats", text(0, 0))
        #expect(try machine.sample().disks.isEmpty)
        try machine.write("proc/diskstats", text(2000, 1500))
        #expect(
            try machine.sample(after: 2).disks == [
                DiskSample(name: "nvme0n1", read: 512_000, write: 1_024_000, busy: 75)
            ])
        #expect(try machine.sample().disks.isEmpty)
    }

    @Test("has traffic, errors and drops of interfaces")
    func network() throws {
        let machine = try Machine()
        let text = { (bytes: Int, errors: Int) in
            """
            Inter-|   Receive                                                |  Transmit
             face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
                lo: \(bytes) 1 0 0 0 0 0 0 \(bytes) 1 0 0 0 0 0 0
              eth0:\(bytes) 1 \(errors) 2 0 0 0 0 \(bytes / 2) 1 \(errors) 0 0 0 0 0

            """
        }
        try machine.write("proc/self/net/dev", text(0, 0))
        #expect(try machine.sample().networks.isEmpty)
        try machine.write("proc/self/net/dev", text(4000, 3))
        #expect(
            try machine.sample(after: 4).networks == [
                NetworkSample(name: "eth0", received: 1000, sent: 500, errors: 6, dropped: 0)
            ])
    }

    @Test(
        "survives files that hold anything",
        arguments: [
            "", "\n", "\n\n\n", "x", "MemTotal:", "MemTotal: 99999999999999999999999 kB", "cpu", "cpu  ", "some",
            "some avg10=",
            "some avg10=x total=", " : : :", "\0\0\0", "eth0:", "lo", String(repeating: "a ", count: 10000), "(", "1 (",
            "1 (a)", "-9223372036854775808 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1",
            String(repeating: "18446744073709551615 ", count: 30),
        ])
    func nonsense(text: String) throws {
        let machine = try Machine()
        let files = [
            "proc/meminfo", "proc/vmstat", "proc/stat", "proc/loadavg", "proc/diskstats", "proc/self/net/dev",
            "proc/pressure/memory", "proc/pressure/cpu", "proc/77/stat", "proc/77/cgroup", "proc/78/stat",
        ]
        for file in files { try machine.write(file, text) }
        for seconds in [1.0, 0, 1] {
            let sample = try machine.sample(after: seconds)
            #expect(sample.processes?.count == 2)
        }
    }
}

@Suite("Processes of a sample")
struct ProcessProbeTests {
    @Test("are the largest, with what the kernel says of each")
    func largest() throws {
        let machine = try Machine()
        for pid in 100..<160 { try machine.process(pid, "worker", pages: pid) }
        try machine.process(4242, "pt_main_thread", parent: 4200, pages: 500_000, state: "D", start: 123_456)
        let processes = try #require(try machine.sample().processes)
        #expect(processes.count == 61)
        #expect(processes.top.count == 16)
        let first = try #require(processes.top.first)
        #expect(first.pid == 4242)
        #expect(first.name == "pt_main_thread")
        #expect(first.resident == machine.bytes(pages: 500_000))
        #expect(first.parent == 4200)
        #expect(first.state == "D")
        #expect(first.threads == 7)
        #expect(first.started == 1234.56)
        #expect(processes.top.dropFirst().map(\.pid) == Array((145..<160).reversed()))
    }

    @Test("include a small one that grows fast, and say how fast")
    func growing() throws {
        let machine = try Machine()
        for pid in 100..<160 { try machine.process(pid, "worker", pages: 100_000 + pid) }
        try machine.process(4242, "leak", pages: 10)
        _ = try machine.sample()
        // Not shown at first, so it is looked at when its turn comes.
        for step in 1...20 {
            try machine.process(4242, "leak", pages: 10 + step * 1000)
            _ = try machine.sample()
        }
        try machine.process(4242, "leak", pages: 10 + 21 * 1000)
        let leak = try #require(try machine.sample().processes?.top.first { $0.pid == 4242 })
        let growth = try #require(leak.growth)
        #expect(abs(growth / Double(machine.bytes(pages: 1000)) - 1) < 0.1)
    }

    @Test(
        "may be called anything",
        arguments: [
            "a b", "x) S 1 (y", ")", "((", "quo\"te", "back\\slash", "tab\t", "esc\u{1b}[31m", "naïve", "日本", "",
        ])
    func names(name: String) throws {
        let machine = try Machine()
        try machine.process(4242, name, pages: 5)
        let top = try #require(try machine.sample().processes?.top.first)
        #expect(top.name == name)
        #expect(top.parent == 2000)
    }

    @Test("with a name cut in the middle of a character still make JSON")
    func tornName() throws {
        let machine = try Machine()
        try machine.process(4242, "x", pages: 5)
        var stat = Data("4242 (".utf8)
        stat.append(contentsOf: [0x61, 0xe6, 0x97])
        stat.append(Data(") S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 500 1 9 1\n".utf8))
        try stat.write(to: URL(filePath: machine.root + "/proc/4242/stat"))
        #expect(try machine.sample().processes?.top.first?.name == "a\u{fffd}\u{fffd}")
    }

    @Test("that vanish while they are looked at are left out")
    func vanishing() throws {
        let machine = try Machine()
        try machine.process(100, "stays", pages: 7)
        try FileManager.default.createDirectory(atPath: machine.root + "/proc/200", withIntermediateDirectories: true)
        let processes = try #require(try machine.sample().processes)
        #expect(processes.top.map(\.pid) == [100])
    }

    @Test("of which a parent went away are orphans, once they had settled")
    func orphans() throws {
        let machine = try Machine()
        try machine.process(4242, "python", parent: 4200, pages: 100_000)
        for _ in 0..<12 { #expect(try machine.sample().processes?.orphans == nil) }
        try machine.process(4242, "python", parent: 1, pages: 100_000, session: 4200)
        _ = try machine.sample()
        let orphans = try #require(try machine.sample().processes?.orphans)
        #expect(
            orphans == [
                OrphanSample(
                    pid: 4242, name: "python", resident: machine.bytes(pages: 100_000), formerParent: 4200)
            ])
    }

    @Test("whose session is gone were left behind before the recording began; children of a container's init were not")
    func leftBehind() throws {
        let machine = try Machine()
        try machine.process(1, "tini", parent: 0, pages: 10, session: 1)
        try machine.process(4242, "python", parent: 1, pages: 100_000, session: 4000)
        try machine.process(4243, "python", parent: 1, pages: 100_000, session: 1)
        #expect(try machine.sample().processes?.orphans?.map(\.pid) == [4242])
    }

    @Test("under a pid that is used again are another")
    func reusedPid() throws {
        let machine = try Machine()
        try machine.process(4242, "python", parent: 4200, pages: 100_000, start: 10)
        for _ in 0..<12 { _ = try machine.sample() }
        try machine.process(4242, "bash", parent: 1, pages: 100_000, session: 1, start: 99)
        _ = try machine.sample()
        let processes = try #require(try machine.sample().processes)
        #expect(processes.orphans == nil)
        #expect(processes.top.first?.growth == nil)
    }

    @Test("have what they hold on all GPUs together, where pids can be compared")
    func gpuMemory() throws {
        let gpu =
            #"{"status":"ok","gpus":[{"index":0,"processes":[{"pid":4242,"memory":5000},{"pid":9}]},{"index":1,"processes":[{"pid":4242,"memory":700}]}]}"#
        for (namespace, expected) in [("pid:[4026531836]", 5700), ("pid:[4026532999]", nil)] {
            let machine = try Machine()
            try machine.process(4242, "python", pages: 5)
            try FileManager.default.createDirectory(
                atPath: machine.root + "/proc/self/ns", withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(
                atPath: machine.root + "/proc/self/ns/pid", withDestinationPath: namespace)
            let sample = try machine.sample(gpu: gpu)
            #expect(sample.processes?.top.first?.gpuMemory == expected)
            #expect(sample.gpu?.gpus.count == 2)
            // The driver may be late; what was told last still stands.
            #expect(try machine.sample().processes?.top.first?.gpuMemory == expected)
        }
    }

    @Test("that are zombies are counted")
    func zombies() throws {
        let machine = try Machine()
        for pid in 100..<103 { try machine.process(pid, "dead", pages: 0, state: "Z") }
        try machine.process(200, "alive", pages: 1)
        #expect(try machine.sample().processes?.zombies == 3)
    }

    @Test("may be five thousand")
    func many() throws {
        let machine = try Machine()
        for pid in 1000..<6000 { try machine.process(pid, "worker", pages: pid) }
        let processes = try #require(try machine.sample().processes)
        #expect(processes.count == 5000)
        #expect(processes.top.map(\.pid) == Array((5984..<6000).reversed()))
    }
}

@Suite("Cgroups of a sample")
struct CgroupProbeTests {
    private func machine(limit: String, parentLimit: String) throws -> Machine {
        let machine = try Machine()
        try machine.write("sys/fs/cgroup/cgroup.controllers", "memory pids\n")
        try machine.process(4242, "python", pages: 9000)
        try machine.write("proc/4242/cgroup", "0::/pod/main\n")
        for (name, limit) in [("pod", parentLimit), ("pod/main", limit)] {
            try machine.write("sys/fs/cgroup/\(name)/memory.current", "5000\n")
            try machine.write("sys/fs/cgroup/\(name)/memory.max", "\(limit)\n")
            try machine.write("sys/fs/cgroup/\(name)/memory.events", "low 0\nhigh 0\nmax 3\noom 1\noom_kill 1\n")
            try machine.write("sys/fs/cgroup/\(name)/pids.current", "12\n")
        }
        return machine
    }

    @Test("are those of the largest processes, with their limits and events since the one before")
    func ofProcesses() throws {
        let machine = try machine(limit: "6000", parentLimit: "max")
        #expect(
            try machine.sample().cgroups == [CgroupSample(path: "/pod/main", current: 5000, max: 6000, pids: 12)])
        try machine.write("sys/fs/cgroup/pod/main/memory.events", "low 0\nhigh 0\nmax 9\noom 2\noom_kill 3\n")
        #expect(
            try machine.sample().cgroups == [
                CgroupSample(path: "/pod/main", current: 5000, max: 6000, ooms: 1, oomKills: 2, pids: 12)
            ])
    }

    @Test("name the processes that are in them")
    func members() throws {
        let machine = try machine(limit: "6000", parentLimit: "max")
        try machine.process(77, "cron", pages: 9)
        #expect(try machine.sample().processes?.top.map(\.cgroup) == ["/pod/main", nil])
        // Moved, as by a launcher; the slot of the old one is then another's.
        try machine.write("proc/4242/cgroup", "0::/pod\n")
        for _ in 0..<5 { _ = try machine.sample() }
        #expect(try machine.sample().processes?.top.map(\.cgroup) == ["/pod", nil])
    }

    @Test("include the one above that has the limit")
    func limitAbove() throws {
        let machine = try machine(limit: "max", parentLimit: "8000")
        #expect(try machine.sample().cgroups.map(\.path) == ["/pod/main", "/pod"])
        #expect(try machine.sample().cgroups.map(\.max) == [nil, 8000])
    }

    @Test("that went away are left out, and taken in again when they come back")
    func comeAndGo() throws {
        let machine = try machine(limit: "6000", parentLimit: "max")
        #expect(try machine.sample().cgroups.count == 1)
        try machine.remove("proc/4242")
        for _ in 0..<5 { _ = try machine.sample() }
        #expect(try machine.sample().cgroups.isEmpty)
        try machine.process(4300, "python", pages: 9000)
        try machine.write("proc/4300/cgroup", "0::/pod/main\n")
        for _ in 0..<5 { _ = try machine.sample() }
        #expect(try machine.sample().cgroups.map(\.path) == ["/pod/main"])
    }

    @Test("of version 1 have their own names for the same")
    func versionOne() throws {
        let machine = try Machine()
        try machine.process(4242, "python", pages: 9000)
        try machine.write("proc/4242/cgroup", "5:cpu,cpuacct:/x\n4:memory:/slurm/job_7\n0::/\n")
        try machine.write("sys/fs/cgroup/memory/memory.usage_in_bytes", "1\n")
        try machine.write("sys/fs/cgroup/memory/slurm/job_7/memory.usage_in_bytes", "4096\n")
        try machine.write("sys/fs/cgroup/memory/slurm/job_7/memory.limit_in_bytes", "8192\n")
        try machine.write(
            "sys/fs/cgroup/memory/slurm/job_7/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n")
        _ = try machine.sample()
        #expect(
            try machine.sample().cgroups == [CgroupSample(path: "/slurm/job_7", current: 4096, max: 8192, oomKills: 0)])
    }

    @Test("that nobody has are refused by name")
    func unknown() throws {
        let machine = try Machine()
        let options = RecorderOptions(store: "", cgroups: ["/no/such"])
        let error = #expect(throws: RecorderError.self) { try machine.sample(options: options) }
        #expect(error?.description.contains("/no/such") == true)
    }
}

@Suite("Thousands of processes")
struct ManyProcessesTests {
    @Test(
        "are listed and looked at less often than hundreds, but never left alone for longer than half a minute",
        arguments: [
            (0, 2, 10), (500, 2, 10), (1000, 2, 10), (2000, 2, 20), (2400, 3, 24), (5000, 5, 30), (65_536, 5, 30),
        ])
    func rounds(count: Int, listing: Int, rounds: Int) {
        #expect(ProcessProbe.listing(of: count) == listing)
        #expect(ProcessProbe.rounds(of: count) == rounds)
    }
}

@Suite("The pace")
struct PaceTests {
    private func intervals(_ available: [Int], seconds: Double = 1) throws -> [Double] {
        let machine = try Machine()
        let probe = try MachineProbe(root: machine.root, options: RecorderOptions(store: ""))
        let line = JSONLine(capacity: 64 << 10)
        return try available.enumerated().map { index, kilobytes in
            try machine.write("proc/meminfo", "MemTotal: 1000000 kB\nMemAvailable: \(kilobytes) kB\n")
            probe.sample(into: line, at: Moment(wall: timespec(), uptime: Double(index) * seconds), gpu: nil)
            return probe.interval
        }
    }

    @Test("is four times as fast while little memory is left, and goes back afterwards")
    func short() throws {
        #expect(try intervals([900_000, 890_000, 90_000]) == [1, 1, 0.25])
        #expect(try intervals([90_000] + Array(repeating: 900_000, count: 12)).suffix(3) == [1, 1, 1])
    }

    @Test("is faster when memory falls so fast that it is gone in seconds")
    func falling() throws {
        #expect(try intervals([900_000, 800_000, 790_000]) == [1, 0.25, 0.25])
    }

    @Test(
        "takes one allocation between two samples that are milliseconds apart for no fall, a longer one for what it is")
    func soon() throws {
        #expect(try intervals([900_000, 895_000, 895_000], seconds: 0.05) == [1, 1, 1])
        let falling = Array(stride(from: 900_000, to: 850_000, by: -5000))
        #expect(try intervals(falling, seconds: 0.05) == [1, 1, 1, 1] + Array(repeating: 0.25, count: 6))
    }
}
