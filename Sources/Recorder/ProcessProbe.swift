import GPUProbe

/// The processes: all are counted, the largest and the fastest growing are shown.
final class ProcessProbe {
    let folder: ProcessFolder
    private let table: ProcessTable
    private let pageSize: Int
    private let ticksPerSecond: Double
    private var tick = 0
    /// What processes hold on GPUs, by the last line of the GPU probe.
    private let onGPUs: UnsafeMutableBufferPointer<(pid: Int32, bytes: Int)>
    private var onGPUCount = 0
    /// Drivers tell the machine's pids, which are others in a container.
    private let comparesPids: Bool
    /// Where the shown ones stand in the table, largest first.
    private let shown: UnsafeMutableBufferPointer<Int32>
    private(set) var shownCount = 0

    static let largest = 16
    static let fastest = 4
    private static let orphansShown = 8
    private static let mostOnGPUs = 256
    /// In how many samples every process is looked at once, when nothing is wrong: thousands take longer, so that they
    /// do not cost so many times more than hundreds.
    static func rounds(of count: Int) -> Int { max(10, min(30, count / 100)) }
    /// After how many samples they are listed again, when nothing is wrong.
    static func listing(of count: Int) -> Int { max(2, min(5, count / 800)) }
    /// The same for those that take more than ``large`` bytes.
    private static let quickRounds = 3
    private static let large = 64 << 20
    /// A new process may grow fast, in seconds after it was first seen.
    private static let youngSeconds = 10.0
    /// What a process has to grow by, in bytes per second, to be shown for it.
    private static let noticeableGrowth = 1_000_000.0
    /// Smaller ones that were left behind do no harm, in bytes.
    private static let noticeableOrphan = 32 << 20

    init(
        folder: ProcessFolder, table: ProcessTable, pageSize: Int, ticksPerSecond: Double, comparesPids: Bool
    ) {
        self.folder = folder
        self.table = table
        self.comparesPids = comparesPids
        self.pageSize = pageSize
        self.ticksPerSecond = ticksPerSecond
        shown = .allocate(capacity: Self.largest + Self.fastest)
        shown.initialize(repeating: 0)
        onGPUs = .allocate(capacity: Self.mostOnGPUs)
        onGPUs.initialize(repeating: (0, 0))
    }

    deinit {
        shown.deallocate()
        onGPUs.deallocate()
    }

    /// Takes over from a line of the GPU probe who holds how much; several GPUs are added up.
    func noteGPUs(_ line: UnsafeRawBufferPointer) {
        onGPUCount = 0
        GPULine.forEachProcess(in: line) { pid, memory in
            guard comparesPids, let pid = Int32(exactly: pid) else { return }
            for index in 0..<onGPUCount where onGPUs[index].pid == pid {
                let (sum, overflow) = onGPUs[index].bytes.addingReportingOverflow(memory)
                onGPUs[index].bytes = overflow ? .max : sum
                return
            }
            guard onGPUCount < onGPUs.count else { return }
            onGPUs[onGPUCount] = (pid, memory)
            onGPUCount += 1
        }
    }

    private func gpuMemory(_ pid: Int32) -> Int? {
        for index in 0..<onGPUCount where onGPUs[index].pid == pid { return onGPUs[index].bytes }
        return nil
    }

    /// A shown process, the largest first.
    func shownProcess(_ place: Int) -> ProcessEntry { table[Int(shown[place])] }

    /// Notes in which of the cgroups that are followed a shown process is; 0 for none.
    func setCgroup(_ slot: Int8, ofShown place: Int) { table[Int(shown[place])].cgroup = slot }

    /// Forgets in which cgroup processes are, when what is followed changes.
    func forgetCgroup(_ slot: Int8) {
        for index in 0..<table.count where table[index].cgroup == slot { table[index].cgroup = 0 }
    }

    /// Looks at them, and chooses which to show.
    ///
    /// - Parameter isTense: Look at every process, since any of them may be the one that takes the rest of the memory.
    func look(now: Double, isTense: Bool) {
        read(now: now, isTense: isTense)
        choose()
    }

    /// - Parameters:
    ///   - readsSwap: Some of the machine's swap is used.
    ///   - cgroups: Knows the path of each cgroup that is followed.
    func sample(into line: JSONLine, readsSwap: Bool, cgroups: CgroupProbe) {
        let zombies = countZombies()
        line.object("processes") {
            line.field("count", table.count)
            line.field("zombies", zombies)
            line.array("top") {
                for place in 0..<shownCount { write(Int(shown[place]), into: line, readsSwap: readsSwap, cgroups) }
            }
            writeOrphans(into: line)
        }
        tick += 1
    }

    private func read(now: Double, isTense: Bool) {
        let isFirst = tick == 0
        // Listing them costs the kernel as much as all the rest: every second time is enough while nothing is wrong.
        let isListed = isFirst || isTense || tick % Self.listing(of: table.count) == 0
        if isListed { table.update(folder.list(), now: now) }
        let rounds = Self.rounds(of: table.count)
        for index in 0..<table.count {
            let entry = table[index]
            let isNew = entry.lookedAt == 0
            guard isFirst || isTense || isNew || entry.isShown || isDue(entry, at: index, rounds, now: now)
            else { continue }
            // Kernel threads never have memory of their own: once is enough.
            if entry.lookedAt > 0, entry.parent == 2, entry.residentPages == 0, !isNew { continue }
            var copy = entry
            if folder.look(at: &copy, now: now) {
                if isNew { copy.isOrphan = wasLeftBehind(copy) }
                table[index] = copy
            } else if entry.lookedAt > 0 {
                // Gone since it was listed.
                table[index].residentPages = 0
                table[index].growth = 0
                table[index].state = 0
            }
        }
    }

    /// Large and young ones have their turn more often: they are the ones that grow.
    private func isDue(_ entry: ProcessEntry, at index: Int, _ rounds: Int, now: Double) -> Bool {
        if now - entry.seenSince < Self.youngSeconds { return true }
        let isLarge = entry.residentPages.clampedProduct(pageSize) >= Self.large
        let rounds = isLarge ? Self.quickRounds : rounds
        return index % rounds == tick % rounds
    }

    /// A process whose whole session is gone but for itself was left by something that ended.
    private func wasLeftBehind(_ entry: ProcessEntry) -> Bool {
        guard entry.parent == 1, entry.session > 0, entry.session != entry.pid, entry.group != entry.pid else {
            return false
        }
        return !table.contains(entry.session) && !table.contains(entry.group)
    }

    private func choose() {
        shownCount = 0
        for index in 0..<table.count { table[index].isShown = false }
        insert(limit: Self.largest) {
            Double($0.residentPages)
        } where: {
            $0.residentPages > 0
        }
        let large = shownCount
        insert(limit: large + Self.fastest) {
            $0.growth
        } where: {
            $0.growth >= Self.noticeableGrowth
        }
        for place in 0..<shownCount { table[Int(shown[place])].isShown = true }
        // Largest first, also among those that were chosen for their growth.
        for index in stride(from: 1, to: shownCount, by: 1) {
            var place = index
            while place > 0,
                table[Int(shown[place])].residentPages > table[Int(shown[place - 1])].residentPages
            {
                shown.swapAt(place, place - 1)
                place -= 1
            }
        }
    }

    /// Adds the best by `measure` that are not chosen yet, up to `limit` in all.
    private func insert(
        limit: Int, by measure: (ProcessEntry) -> Double, where isCandidate: (ProcessEntry) -> Bool
    ) {
        let first = shownCount
        for index in 0..<table.count {
            let entry = table[index]
            guard isCandidate(entry), !isChosen(index, among: first) else { continue }
            let value = measure(entry)
            var place = shownCount
            if shownCount < limit {
                shownCount += 1
            } else if place > first, measure(table[Int(shown[place - 1])]) < value {
                place -= 1
            } else {
                continue
            }
            while place > first, measure(table[Int(shown[place - 1])]) < value {
                shown[place] = shown[place - 1]
                place -= 1
            }
            shown[place] = Int32(index)
        }
    }

    private func isChosen(_ index: Int, among count: Int) -> Bool {
        for place in 0..<count where shown[place] == Int32(index) { return true }
        return false
    }

    private func countZombies() -> Int {
        var zombies = 0
        for index in 0..<table.count where table[index].state == UInt8(ascii: "Z") { zombies += 1 }
        return zombies
    }

    private func write(_ index: Int, into line: JSONLine, readsSwap: Bool, _ cgroups: CgroupProbe) {
        // The file is not small, and the number changes slowly.
        if readsSwap, tick % 5 == 0 || table[index].swapped < 0 {
            table[index].swapped = folder.swapped(table[index].pid) ?? -1
        }
        let entry = table[index]
        line.object {
            line.field("pid", Int(entry.pid))
            entry.withName { line.field("name", $0) }
            line.field("resident", entry.residentPages.clampedProduct(pageSize))
            if entry.swapped >= 0 { line.field("swapped", entry.swapped) }
            line.field("started", Double(entry.start) / ticksPerSecond, digits: 2)
            line.field("parent", Int(entry.parent))
            entry.withState { line.field("state", $0) }
            line.field("threads", Int(entry.threads))
            line.field("gpu_memory", gpuMemory(entry.pid))
            if entry.cgroup > 0, let path = cgroups.path(ofSlot: entry.cgroup) { line.field("cgroup", path) }
            if abs(entry.growth) >= 1 { line.field("growth", entry.growth, digits: 0) }
        }
    }

    private func writeOrphans(into line: JSONLine) {
        let start = line.place
        var count = 0
        line.array("orphans") {
            for index in 0..<table.count where table[index].isOrphan && count < Self.orphansShown {
                let entry = table[index]
                let resident = entry.residentPages.clampedProduct(pageSize)
                guard resident >= Self.noticeableOrphan else { continue }
                count += 1
                line.object {
                    line.field("pid", Int(entry.pid))
                    entry.withName { line.field("name", $0) }
                    line.field("resident", resident)
                    if entry.formerParent > 0 { line.field("former_parent", Int(entry.formerParent)) }
                }
            }
        }
        if count == 0 { line.rewind(to: start) }
    }
}

extension ProcessEntry {
    func withName(_ body: (UnsafeRawBufferPointer) -> Void) {
        withUnsafeBytes(of: name) { body(UnsafeRawBufferPointer(rebasing: $0.prefix(Int(nameLength)))) }
    }

    func withState(_ body: (UnsafeRawBufferPointer) -> Void) {
        withUnsafeBytes(of: state) { body($0) }
    }
}
