import Foundation

#if os(Linux)
    import CSystemCalls
#endif

/// Starts another program: found by PATH, with a bare environment and without a shell.
enum ProgramRun {
    /// The process id, or the error number that says why there is none.
    ///
    /// A bare environment: `GZIP`, `SYSTEMD_LOG_LEVEL` or `LANG` of the caller must not change what is read.
    ///
    /// - Parameters stdin, stderr: `nil` for `/dev/null`.
    static func start(
        _ program: String, _ arguments: [String], stdin: Int32?, stdout: Int32, stderr: Int32?
    ) -> Result<pid_t, Failure> {
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
        #else
            var actions = posix_spawn_file_actions_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let stdin {
            posix_spawn_file_actions_adddup2(&actions, stdin, 0)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        posix_spawn_file_actions_adddup2(&actions, stdout, 1)
        if let stderr {
            posix_spawn_file_actions_adddup2(&actions, stderr, 2)
        } else {
            posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        }
        var process: pid_t = 0
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        let code = withCStrings([program] + arguments) { arguments in
            withCStrings(["PATH=" + path, "LC_ALL=C"]) { environment in
                // A script that was just installed may still be open for writing, for a moment, in whoever wrote it.
                for _ in 0..<20 {
                    let code = posix_spawnp(&process, program, &actions, nil, arguments, environment)
                    if code != ETXTBSY { return code }
                    usleep(10_000)
                }
                return ETXTBSY
            }
        }
        return code == 0 ? .success(process) : .failure(Failure(code: code))
    }

    struct Failure: Error {
        var code: Int32
        var reason: String { String(cString: strerror(code)) }
    }

    /// A pipe whose ends no other child inherits, or `nil` with `errno` set.
    static func makePipe() -> (read: Int32, write: Int32)? {
        var ends: [Int32] = [-1, -1]
        #if os(Linux)
            // In one step: a child that another thread starts in between would keep an end open.
            guard faultline_private_pipe(&ends) == 0 else { return nil }
        #else
            guard pipe(&ends) == 0 else { return nil }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        #endif
        return (ends[0], ends[1])
    }

    /// Waits for the end of a process: its exit status, or 128 and the signal that ended it.
    static func wait(for process: pid_t) -> Int32? {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            if errno != EINTR { return nil }
        }
        let signal = status & 0x7f
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal
    }

    private static func withCStrings<Result>(
        _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = strings.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return body(copies + [nil])
    }
}
