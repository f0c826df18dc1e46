#if os(Linux)
    import CGPUProbe
    import Glibc

    /// A program and its arguments as `posix_spawn` wants them, made once.
    final class ProbeCommand {
        private let executable: String
        /// Ends with nil, as C's does.
        private let arguments: UnsafeMutableBufferPointer<UnsafeMutablePointer<CChar>?>

        init(executable: String, arguments: [String]) {
            self.executable = executable
            self.arguments = .allocate(capacity: arguments.count + 2)
            _ = self.arguments.initialize(from: (["faultline"] + arguments).map { strdup($0) } + [nil])
        }

        deinit {
            for argument in arguments { free(argument) }
            arguments.deallocate()
        }

        /// Returns 0, or an `errno`.
        func start(progressFile: Int32, _ process: inout probe_process) -> Int32 {
            guard let start = arguments.baseAddress else { return EINVAL }
            return probe_process_start(executable, start, progressFile, &process)
        }
    }
#endif
