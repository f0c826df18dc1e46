import CSystemCalls

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What the recorder does for itself, so that it is the last to go when memory runs out; and what it may not do.
enum Standing {
    /// What the machine or this user's rights keep from the recording, in words.
    static func missing(_ probe: MachineProbe, root: String) -> [String] {
        var missing: [String] = []
        if !probe.hasProcesses { missing.append("processes: there is no /proc") }
        if !probe.hasPressure { missing.append("pressure: this kernel does not measure it (PSI, since Linux 4.20)") }
        if !probe.hasCgroups { missing.append("cgroups: no memory cgroups can be read") }
        if probe.hasProcesses, !FileStatus.isReadable((root == "/" ? "" : root) + "/proc/1/stat") {
            missing.append("processes: only those of this user (/proc is mounted with hidepid)")
        }
        return missing
    }

    /// Asks the kernel to kill others first, and to keep the recorder's memory from being swapped.
    ///
    /// - Returns: What was refused, in words.
    static func secure(_ memory: [UnsafeRawBufferPointer]) -> [String] {
        var refused: [String] = []
        #if os(Linux)
            if !write("-900", to: "/proc/self/oom_score_adj") {
                refused.append("protection from the OOM killer: it needs CAP_SYS_RESOURCE")
            }
            // Pages are locked when they are first used, not all of the program at once.
            let everything = MCL_CURRENT | MCL_FUTURE | lockOnFault
            if mlockall(everything) != 0 {
                let isLocked = memory.allSatisfy { mlock($0.baseAddress, $0.count) == 0 }
                refused.append(
                    isLocked
                        ? "locked memory: only its buffers, the rest needs CAP_IPC_LOCK"
                        : "locked memory: this user may not lock any (ulimit -l)")
            }
        #endif
        return refused
    }

    /// `MCL_ONFAULT` of asm-generic/mman.h (Linux 4.4), which the C library's headers do not show to Swift.
    private static let lockOnFault: Int32 = 4

    /// Lets go of the program's pages that only the start needed.
    static func trim() {
        #if os(Linux)
            faultline_trim_heap()
            guard let maps = fopen("/proc/self/maps", "re") else { return }
            defer { fclose(maps) }
            var ranges: [(start: UInt, end: UInt)] = []
            var buffer = [CChar](repeating: 0, count: 1024)
            while fgets(&buffer, Int32(buffer.count), maps) != nil {
                let line = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
                let fields = line.split(separator: " ")
                // Code, which is never written to: what is needed again comes from the page cache.
                guard fields.count >= 5, fields[1] == "r-xp", fields[4] != "0" else { continue }
                let ends = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
                if ends.count == 2 { ranges.append((ends[0], ends[1])) }
            }
            for range in ranges {
                madvise(
                    UnsafeMutableRawPointer(bitPattern: range.start), Int(range.end - range.start), Int32(MADV_DONTNEED)
                )
            }
        #endif
    }

    private static func write(_ text: String, to path: String) -> Bool {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return text.withCString { Self.put(descriptor, $0) }
    }

    private static func put(_ descriptor: Int32, _ text: UnsafePointer<CChar>) -> Bool {
        #if canImport(Glibc)
            Glibc.write(descriptor, text, strlen(text)) > 0
        #elseif canImport(Musl)
            Musl.write(descriptor, text, strlen(text)) > 0
        #else
            Darwin.write(descriptor, text, strlen(text)) > 0
        #endif
    }
}

/// Facts of the machine that a header states.
enum MachineFacts {
    static var host: String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "?" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    static var kernel: String? {
        var name = utsname()
        guard uname(&name) == 0 else { return nil }
        return withUnsafeBytes(of: name.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    /// New with every boot.
    static func boot(root: String) -> String? {
        let scratch = Scratch(capacity: 256)
        let path = CPath((root == "/" ? "" : root) + "/proc/sys/kernel/random/boot_id")
        guard let text = scratch.fill(fromFile: path.start) else { return nil }
        return String(decoding: text.prefix { $0 > 0x20 }, as: UTF8.self)
    }

    /// Whether pids here are those of the machine, and not of a container: the first namespace has a fixed number
    /// (`PROC_PID_INIT_INO` of the kernel).
    static func hasAllPids(root: String) -> Bool {
        var buffer = [CChar](repeating: 0, count: 64)
        let count = readlink((root == "/" ? "" : root) + "/proc/self/ns/pid", &buffer, buffer.count)
        return String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
            == "pid:[4026531836]"
    }

    /// The memory cgroup that the recorder itself is in; nil at the root of all.
    static func ownCgroup(root: String) -> String? {
        let scratch = Scratch(capacity: 16 << 10)
        let path = CPath((root == "/" ? "" : root) + "/proc/self/cgroup")
        guard let text = scratch.fill(fromFile: path.start) else { return nil }
        let copy = String(decoding: text, as: UTF8.self)
        let layout = CgroupLayout(root: root == "/" ? "" : root, scratch: scratch)
        var bytes = copy
        return bytes.withUTF8 {
            layout.memoryPath(in: UnsafeRawBufferPointer($0)).map { String(decoding: $0, as: UTF8.self) }
        }
    }
}
