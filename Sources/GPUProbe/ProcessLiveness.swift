#if os(Linux)
    import Glibc

    /// Says which processes on a GPU no longer live.
    ///
    /// A driver tells the pids of the machine. In a container those mean other processes or none, so nothing is said
    /// there. And a process may end between the driver's answer and the look at it: only one that was missing the look
    /// before too is gone.
    struct ProcessLiveness {
        /// Whether pids here are those of the machine.
        let canTell: Bool
        private var missingBefore: Set<UInt32> = []
        private var missing: Set<UInt32> = []

        /// - Parameter namespaceLink: Names the pid namespace; the machine's own has a fixed number
        ///   (`PROC_PID_INIT_INO` of the kernel).
        init(namespaceLink: String = "/proc/self/ns/pid") {
            canTell = SmallFile.linkName(namespaceLink) == "pid:[4026531836]"
        }

        /// Begins a look at all GPUs.
        mutating func begin(now: Double) {
            swap(&missing, &missingBefore)
            missing.removeAll(keepingCapacity: true)
        }

        mutating func isGone(_ pid: UInt32) -> Bool {
            guard canTell, let pid = pid_t(exactly: pid), pid > 0 else { return false }
            // Unlike /proc, which may be mounted so that it hides the processes of others.
            guard kill(pid, 0) != 0, errno == ESRCH else { return false }
            missing.insert(UInt32(pid))
            return missingBefore.contains(UInt32(pid))
        }
    }
#endif
