#if os(Linux)
    import CGPUProbe
    import CrashModel

    /// Reads the lists of processes that NVML gives.
    final class NVMLProcesses {
        /// By pid; bytes, or nil where the driver does not tell.
        typealias Found = [UInt32: Int?]

        private static let most = 4096
        private static let untouched: UInt8 = 0xa5

        var liveness: ProcessLiveness
        /// Room for entries of the largest size.
        private var room: [UInt8] = []
        private var capacity = 0

        init(liveness: ProcessLiveness) {
            self.liveness = liveness
        }

        /// Calls with room enough, and reads what came. Returns what the call did.
        func ask(
            _ call: (UnsafeMutablePointer<UInt32>, UnsafeMutableRawPointer) -> Int32, found: inout Found?
        ) -> Int32 {
            var code = Int32(NVML_INSUFFICIENT_SIZE)
            for _ in 0..<3 {
                if capacity == 0 { grow(to: 64) }
                var count = UInt32(capacity)
                let size = capacity * NVML_PROCESS_DETAIL
                code = room.withUnsafeMutableBytes { bytes in
                    guard let start = bytes.baseAddress else { return Int32(NVML_MEMORY) }
                    bytes.initializeMemory(as: UInt8.self, repeating: Self.untouched)
                    return call(&count, start)
                }
                if code == Int32(NVML_OK) {
                    // A broken driver may count more than it was given room for.
                    found = room.withUnsafeBytes { Self.read($0.prefix(size), count: min(Int(count), capacity)) }
                    return code
                }
                guard code == Int32(NVML_INSUFFICIENT_SIZE), Int(count) > capacity, Int(count) <= Self.most else {
                    return code
                }
                grow(to: min(Self.most, Int(count) + 16))
            }
            return code
        }

        private func grow(to count: Int) {
            capacity = count
            room = [UInt8](repeating: Self.untouched, count: count * NVML_PROCESS_DETAIL)
        }

        static func read(_ bytes: Slice<UnsafeRawBufferPointer>, count: Int) -> Found {
            let entries = UnsafeRawBufferPointer(rebasing: bytes)
            let stride = entrySize(entries, count: count)
            var found: Found = [:]
            for place in 0..<count {
                let offset = place * stride
                guard offset + NVML_PROCESS_V1 <= entries.count else { break }
                let pid = entries.load(fromByteOffset: offset, as: UInt32.self)
                let memory = entries.load(
                    fromByteOffset: offset + (MemoryLayout<nvml_process>.offset(of: \.memory) ?? 8), as: UInt64.self)
                // What a driver counts and does not write is no process.
                guard pid != 0, pid <= Int32.max else { continue }
                // NVML_VALUE_NOT_AVAILABLE, and whatever no memory can hold, do not fit.
                let known = Int(exactly: memory)
                found[pid] = found[pid].map { sum($0, known) } ?? known
            }
            return found
        }

        /// How large the driver's entries are. Its version does not tell: the call `_v3` has been seen with all three.
        /// But how far the driver wrote does.
        private static func entrySize(_ entries: UnsafeRawBufferPointer, count: Int) -> Int {
            func isWritten(_ range: Range<Int>) -> Bool {
                entries[range].contains { $0 != untouched }
            }
            guard count > 1 else { return NVML_PROCESS_V2 }
            if isWritten(count * NVML_PROCESS_V2..<count * NVML_PROCESS_DETAIL) { return NVML_PROCESS_DETAIL }
            return isWritten(count * NVML_PROCESS_V1..<count * NVML_PROCESS_V2) ? NVML_PROCESS_V2 : NVML_PROCESS_V1
        }

        /// Largest first.
        func samples(of found: Found) -> [GPUProcessSample] {
            found.sorted { ($1.value ?? -1, $0.key) < ($0.value ?? -1, $1.key) }
                .map { pid, memory in
                    GPUProcessSample(pid: Int(pid), memory: memory, gone: liveness.isGone(pid) ? true : nil)
                }
        }

        static func sum(_ first: Int?, _ second: Int?) -> Int? {
            guard let first, let second else { return first ?? second }
            let (sum, overflow) = first.addingReportingOverflow(second)
            return overflow ? .max : sum
        }

        static func larger(_ first: Int?, _ second: Int?) -> Int? {
            guard let first, let second else { return first ?? second }
            return max(first, second)
        }
    }
#endif
