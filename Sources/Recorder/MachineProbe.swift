#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Everything that is looked at for one sample, in one place.
final class MachineProbe {
    private let memory: MemoryProbe
    private let pressure: PressureProbe
    private let paging: PagingProbe
    private let cpu: CPUProbe
    private let cgroups: CgroupProbe
    private let filesystems: FilesystemWatch
    private let disks: DiskProbe
    private let network: NetworkProbe
    private let processes: ProcessProbe?
    private let scratch: Scratch
    private var before: Double?
    private let pace: Pace

    /// - Parameter root: `/`, or a folder with a copied `/proc` and `/sys` in tests.
    init(root: String, options: RecorderOptions) throws(RecorderError) {
        // /proc/stat of a machine with hundreds of CPUs has tens of kilobytes.
        scratch = Scratch(capacity: 512 << 10)
        let root = root == "/" ? "" : root
        let pageSize = sysconf(Int32(_SC_PAGESIZE))
        memory = MemoryProbe(root: root)
        pressure = PressureProbe(root: root)
        paging = PagingProbe(root: root, pageSize: pageSize)
        cpu = CPUProbe(root: root, cpus: sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        disks = DiskProbe(root: root)
        network = NetworkProbe(root: root)
        cgroups = CgroupProbe(root: root, scratch: scratch)
        // In a container its own is the root of what it sees, with the limit that matters most.
        if let own = MachineFacts.ownCgroup(root: root) { _ = cgroups.watch(own) }
        for name in options.cgroups where !cgroups.watch(name) { throw .cgroup(name) }
        filesystems = FilesystemWatch(paths: options.filesystems, everySeconds: 5)
        pace = Pace(interval: options.interval)
        guard let table = ProcessTable() else { throw .noMemory }
        processes = ProcessFolder(root: root, scratch: scratch, pageSize: pageSize).map {
            ProcessProbe(
                folder: $0, table: table, pageSize: pageSize, ticksPerSecond: Double(sysconf(Int32(_SC_CLK_TCK))),
                comparesPids: MachineFacts.hasAllPids(root: root))
        }
    }

    func start() { filesystems.start() }

    func stop() { filesystems.stop() }

    /// Seconds until the next sample is due.
    var interval: Double { pace.current }

    /// Whether memory is short, by the last sample.
    var isTense: Bool { pace.isTense }

    /// Whether the kernel measures pressure, and has memory cgroups that can be read.
    var hasPressure: Bool { pressure.isThere(scratch) }
    var hasCgroups: Bool { cgroups.isThere }
    var hasProcesses: Bool { processes != nil }

    /// Writes one sample as one line.
    ///
    /// - Parameter gpu: A GPU probe's own line, as JSON.
    func sample(into line: JSONLine, at moment: Moment, gpu: UnsafeRawBufferPointer?) {
        let elapsed = before.map { max(0, moment.uptime - $0) } ?? 0
        line.clear()
        line.object {
            line.field("t", time: moment.wall)
            line.field("up", moment.uptime, digits: 3)
            if before != nil { line.field("dt", elapsed, digits: 3) }
            memory.sample(into: line, scratch: scratch)
            pressure.sample(into: line, scratch: scratch, elapsed: elapsed)
            paging.sample(into: line, scratch: scratch)
            pace.update(memory: memory, pressure: pressure.memory, now: moment.uptime)
            cpu.sample(into: line, scratch: scratch)
            if let gpu { processes?.noteGPUs(gpu) }
            processes?.look(now: moment.uptime, isTense: pace.isTense)
            cgroups.look(processes)
            processes?.sample(into: line, readsSwap: memory.swapUsed > 0, cgroups: cgroups)
            cgroups.sample(into: line, elapsed: elapsed)
            filesystems.sample(into: line, now: moment.uptime)
            disks.sample(into: line, scratch: scratch, elapsed: elapsed)
            network.sample(into: line, scratch: scratch, elapsed: elapsed)
            if let gpu { line.field("gpu", json: gpu) }
        }
        line.endLine()
        before = moment.uptime
    }
}
