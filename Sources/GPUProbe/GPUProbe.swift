#if os(Linux)
    import CGPUProbe
    import CrashModel
    import Glibc

    /// The process that asks the drivers, so that the recorder need not: a driver can block for ever, or crash.
    ///
    /// It answers each byte on its standard input with one line on its standard output, and ends with its input.
    public struct GPUProbe {
        /// There is nothing to ask: no driver and no GPU.
        public static let nothingToAsk: Int32 = 69  // EX_UNAVAILABLE

        private let nvml: NVMLProbe
        private let amd: AMDGPUs
        private var hasNVML: Bool
        private var hasAMD: Bool

        /// Nil where there is nothing to ask.
        init?(root: String, progress: ProbeProgress, liveness: ProcessLiveness, detailInterval: Double, now: Double) {
            nvml = NVMLProbe(progress: progress, liveness: liveness, detailInterval: detailInterval)
            amd = AMDGPUs(root: root, progress: progress, detailInterval: detailInterval)
            hasNVML = nvml.start(now: now) { Self.hasNVIDIADevice(root: root) }
            hasAMD = amd.start(now: now)
            if !hasNVML && !hasAMD { return nil }
            if !hasNVML { progress.setDriver("amdgpu") }
        }

        func look(now: Double) -> GPUsSample {
            guard hasNVML else { return GPUsSample(status: .ok, driver: "amdgpu", gpus: amd.look(now: now, first: 0)) }
            let look = nvml.look(now: now)
            var sample = GPUsSample(status: look.status, driver: look.driver, problem: look.problem, gpus: look.gpus)
            if hasAMD {
                sample.driver = (look.driver ?? "nvidia") + ", amdgpu"
                sample.gpus += amd.look(now: now, first: look.gpus.count)
            }
            return sample
        }

        /// Whether a GPU of NVIDIA is plugged in that this process should be able to ask, whatever its driver does.
        static func hasNVIDIADevice(root: String) -> Bool {
            // In a container that was given none of the machine's GPUs, they can be seen but not asked.
            if access(root + "/proc/driver/nvidia/version", F_OK) == 0, access(root + "/dev/nvidiactl", F_OK) != 0 {
                return false
            }
            let folder = root + "/sys/bus/pci/devices/"
            return SmallFile.names(in: folder).contains { name in
                SmallFile.text(folder + name + "/vendor") == "0x10de"
                    // Display controllers, among them those without a display.
                    && SmallFile.text(folder + name + "/class")?.hasPrefix("0x03") == true
            }
        }

        // MARK: - The process

        /// Runs until standard input ends. Returns the exit status.
        ///
        /// - Parameters:
        ///   - progressDescriptor: The file in which to tell which call is made, when somebody watches.
        ///   - root: The folder that stands for `/`, in which /sys is looked up.
        ///   - detailInterval: Seconds between two looks at what seldom changes.
        public static func run(progressDescriptor: Int32?, root: String = "/", detailInterval: Double = 30) -> Int32 {
            probe_process_follow_parent("faultline-gpu")
            signal(SIGPIPE, SIG_IGN)
            if progressDescriptor != nil {
                // Whoever stops the recorder signals all of its processes; the recorder must not see this one end first
                // and write down that it crashed.
                for stop in [SIGINT, SIGTERM, SIGHUP] { signal(stop, SIG_IGN) }
                // A lock or a log that the recorder forgot to keep to itself must not be held by a hung probe.
                for descriptor in 4..<1024 as Range<Int32> { close(descriptor) }
            }
            // A driver's library may print; the lines have an output of their own.
            let output = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
            let nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC)
            guard output >= 0, nowhere >= 0, dup2(nowhere, STDOUT_FILENO) >= 0 else { return 1 }
            let progress = progressDescriptor.flatMap { ProbeProgress(descriptor: $0) } ?? ProbeProgress()
            guard
                let probe = GPUProbe(
                    root: root == "/" ? "" : root, progress: progress, liveness: ProcessLiveness(),
                    detailInterval: detailInterval, now: monotonicSeconds())
            else { return nothingToAsk }
            var line = ProbeLine()
            while waitForRequest() {
                line.write(probe.look(now: monotonicSeconds()))
                guard send(line.bytes, to: output) else { return 0 }
            }
            return 0
        }

        /// False when nobody will ask any more.
        private static func waitForRequest() -> Bool {
            withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { buffer in
                while true {
                    let count = read(STDIN_FILENO, buffer.baseAddress, buffer.count)
                    if count > 0 { return true }
                    if count < 0, errno == EINTR { continue }
                    return false
                }
            }
        }

        private static func send(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
            bytes.withUnsafeBytes { bytes in
                var rest = bytes[...]
                while !rest.isEmpty {
                    let count = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                    if count < 0, errno == EINTR { continue }
                    guard count > 0 else { return false }
                    rest = rest.dropFirst(count)
                }
                return true
            }
        }

        private static func monotonicSeconds() -> Double {
            var time = timespec()
            clock_gettime(CLOCK_MONOTONIC, &time)
            return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
        }
    }
#else
    /// Drivers are asked on Linux only.
    public enum GPUProbe {
        public static let nothingToAsk: Int32 = 69

        public static func run(progressDescriptor: Int32?, root: String = "/", detailInterval: Double = 30) -> Int32 {
            nothingToAsk
        }
    }
#endif
