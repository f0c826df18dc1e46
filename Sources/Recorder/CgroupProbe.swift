#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The memory cgroups that matter: the recorder's own, those asked for, and those of the largest processes, each with
/// the nearest one above that has a limit.
final class CgroupProbe {
    private let layout: CgroupLayout
    private let slots: [CgroupSlot]
    private let path = PathBuffer()
    private let scratch: Scratch
    private var tick = 0
    /// Those to follow for good; looked for again when they come back.
    private var watched: [CPath] = []

    private static let slotCount = 16
    /// How often cgroups of new processes are looked for, in samples.
    private static let searchRounds = 5
    /// Of how many of the largest processes the cgroups are followed.
    private static let largest = 8

    init(root: String, scratch: Scratch) {
        self.scratch = scratch
        layout = CgroupLayout(root: root, scratch: scratch)
        slots = (0..<Self.slotCount).map { _ in CgroupSlot() }
    }

    /// Whether any memory cgroup can be read.
    var isThere: Bool { layout.version != .none }

    /// Follows a cgroup for good.
    ///
    /// - Parameter name: As in `/proc/PID/cgroup`, or a folder below the mount point.
    /// - Returns: Whether there is such a memory cgroup.
    func watch(_ name: String) -> Bool {
        var name = name
        if name.hasPrefix(layout.mountPoint + "/") { name = String(name.dropFirst(layout.mountPoint.utf8.count)) }
        if !name.hasPrefix("/") { name = "/" + name }
        let path = CPath(name)
        watched.append(path)
        return add(path.bytes) > 0
    }

    /// Looks in which cgroups the largest processes are. Those that are new to the list are looked at in every sample,
    /// so that a process that is killed soon after is known to be in the one whose limit it met.
    func look(_ processes: ProcessProbe?) {
        defer { tick += 1 }
        let isSearch = tick % Self.searchRounds == 0
        if isSearch {
            for slot in slots { slot.isWanted = false }
            for path in watched { _ = add(path.bytes) }
        }
        if let processes {
            for place in 0..<processes.shownCount {
                let process = processes.shownProcess(place)
                guard isSearch || process.cgroup == 0 && place < Self.largest else { continue }
                guard let text = processes.folder.cgroups(of: process.pid), let name = layout.memoryPath(in: text)
                else { continue }
                // Of the others only those are noted that are followed anyhow.
                let slot = place < Self.largest ? add(name) : known(name)
                // A slot that was another's before.
                for (index, one) in slots.enumerated() where one.isUsed && one.isNew && !one.isAnnounced {
                    processes.forgetCgroup(Int8(index + 1))
                    one.isAnnounced = true
                }
                processes.setCgroup(slot, ofShown: place)
            }
        }
        guard isSearch else { return }
        for (index, slot) in slots.enumerated() where slot.isUsed && !slot.isWanted {
            slot.close()
            processes?.forgetCgroup(Int8(index + 1))
        }
    }

    func sample(into line: JSONLine, elapsed: Double) {
        let start = line.place
        var isEmpty = true
        line.array("cgroups") {
            for slot in slots where slot.isUsed {
                let before = line.place
                if slot.write(
                    into: line, layout.version, scratch: scratch, elapsed: elapsed,
                    readsLimits: tick % 10 == 0 || slot.isNew)
                {
                    isEmpty = false
                } else {
                    line.rewind(to: before)
                }
            }
        }
        if isEmpty { line.rewind(to: start) }
    }

    /// Of a cgroup that is followed.
    func path(ofSlot slot: Int8) -> UnsafeRawBufferPointer? {
        let slot = slots[Int(slot) - 1]
        return slot.isUsed ? slot.name : nil
    }

    private func known(_ name: UnsafeRawBufferPointer) -> Int8 {
        let hash = name.stableHash
        for (index, slot) in slots.enumerated() where slot.isUsed && slot.hash == hash { return Int8(index + 1) }
        return 0
    }

    /// Takes a cgroup in, and the nearest above that has a limit when it has none itself; returns its slot, or 0.
    private func add(_ name: UnsafeRawBufferPointer) -> Int8 {
        path.clear()
        path.append(name)
        guard !path.isOverfull else { return 0 }
        var length = path.count
        while length > 1, path.start[length - 1] == 0x2f { length -= 1 }
        path.cut(to: length)
        guard let index = slot(for: path.bytes) else { return 0 }
        let slot = slots[index]
        slot.isWanted = true
        // The limit that is hit first may be that of the pod, the job or the slice.
        var hasLimit = slot.hasLimit
        while !hasLimit, length > 1 {
            while length > 1, path.start[length - 1] != 0x2f { length -= 1 }
            if length > 1 { length -= 1 }
            path.cut(to: length)
            guard layout.hasLimit(path.bytes) else { continue }
            guard let parent = self.slot(for: path.bytes) else { break }
            slots[parent].isWanted = true
            hasLimit = true
        }
        return Int8(index + 1)
    }

    /// The place of the slot that follows a cgroup, opened when none does; nil when there is no such cgroup or no free
    /// slot.
    private func slot(for name: UnsafeRawBufferPointer) -> Int? {
        let known = known(name)
        if known > 0 { return Int(known) - 1 }
        for (index, slot) in slots.enumerated() where !slot.isUsed { return slot.open(name, layout) ? index : nil }
        return nil
    }
}

/// Where memory cgroups are.
final class CgroupLayout {
    enum Version {
        case none, one, two
    }

    let version: Version
    let mountPoint: String
    private let buffer = PathBuffer()
    private let prefix: Int
    private let scratch: Scratch

    /// - Parameter root: `/`, or a copied tree.
    init(root: String, scratch: Scratch) {
        self.scratch = scratch
        let folder = root + "/sys/fs/cgroup"
        // In the hybrid layout the memory controller is one of version 1.
        if FileStatus.exists(folder + "/memory/memory.usage_in_bytes") {
            version = .one
            mountPoint = folder + "/memory"
        } else if FileStatus.exists(folder + "/cgroup.controllers") {
            version = .two
            mountPoint = folder
        } else {
            version = .none
            mountPoint = folder
        }
        buffer.append(mountPoint)
        prefix = buffer.count
    }

    /// The path of the memory cgroup in a `/proc/PID/cgroup`: `0::/a/b`, or `4:memory:/a/b`.
    func memoryPath(in text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        guard version != .none, var cursor = TextCursor(text) else { return nil }
        while !cursor.isAtEnd {
            let number = cursor.integer() ?? -1
            guard cursor.take(":") else { return nil }
            let controllers = cursor.upTo { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "\n") }
            _ = cursor.take(":")
            let path = cursor.restOfLine()
            cursor.skipLine()
            let isSought = version == .two ? number == 0 && controllers.isEmpty : Self.lists(controllers, "memory")
            // A path that leads out of the visible tree is another namespace's.
            if isSought { return path.starts(with: "/..") || path.isEmpty ? nil : path }
        }
        return nil
    }

    private static func lists(_ controllers: UnsafeRawBufferPointer, _ name: StaticString) -> Bool {
        guard var cursor = TextCursor(controllers) else { return false }
        while !cursor.isAtEnd {
            if cursor.upTo({ $0 == UInt8(ascii: ",") }).equals(name) { return true }
            _ = cursor.take(",")
        }
        return false
    }

    /// The path of a file of a cgroup, valid until the next call.
    func file(_ cgroup: UnsafeRawBufferPointer, _ name: StaticString) -> UnsafePointer<CChar> {
        buffer.cut(to: prefix)
        buffer.append(cgroup)
        buffer.append("/")
        buffer.append(name)
        return UnsafePointer(buffer.start)
    }

    func hasLimit(_ cgroup: UnsafeRawBufferPointer) -> Bool {
        let name: StaticString = version == .two ? "memory.max" : "memory.limit_in_bytes"
        guard let text = scratch.fill(fromFile: file(cgroup, name)), var cursor = TextCursor(text) else { return false }
        return Self.limit(&cursor) != nil
    }

    /// A limit; nil for `max` and for version 1's largest number.
    static func limit(_ cursor: inout TextCursor) -> Int? {
        guard let value = cursor.integer(), value < 1 << 60 else { return nil }
        return value
    }
}
