#if canImport(Darwin)
    import CrashModel
    import Darwin
    import Foundation

    extension MachineSnapshot {
        /// Total memory and swap, which sysctl tells cheaply.
        func memory() -> MemorySample? {
            // A test's tree is read as Linux's; the real root of a Mac has no /proc.
            if root != "/" { return proc.memory() }
            var sample = MemorySample(total: Int(clamping: ProcessInfo.processInfo.physicalMemory))
            var swap = xsw_usage()
            var size = MemoryLayout<xsw_usage>.size
            if sysctlbyname("vm.swapusage", &swap, &size, nil, 0) == 0 {
                sample.swapTotal = Int(clamping: swap.xsu_total)
                sample.swapFree = Int(clamping: swap.xsu_avail)
            }
            return sample
        }

        func pressure() -> [String: Double] { proc.pressure() }
        func processes(top: Int) -> (largest: [ProcessSample], count: Int) { proc.processes(top: top) }

        private var proc: ProcFolder { ProcFolder(path: root + "/proc") }
    }
#endif
