#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Why no recording was begun.
public struct RecorderError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String

    static func folder(_ path: String, _ code: Int32) -> RecorderError {
        RecorderError(
            description: "the recording cannot be kept in \(path): \(String(cString: strerror(code))). Name a folder "
                + "that this user may write to with --store DIR.")
    }

    static func locked(_ path: String, by pid: Int?) -> RecorderError {
        RecorderError(
            description: "another recorder\(pid.map { " (pid \($0))" } ?? "") writes into \(path). One is enough for a "
                + "machine; to run a second, give it a folder of its own with --store DIR.")
    }

    static let unsupported = RecorderError(
        description: "recording needs Linux: this system has no /proc to read.")

    static let noMemory = RecorderError(description: "there is not enough memory to begin a recording.")

    static func cgroup(_ name: String) -> RecorderError {
        RecorderError(
            description: "there is no memory cgroup '\(name)'. Give it as /proc/PID/cgroup spells it, such as "
                + "/system.slice/slurmstepd.scope.")
    }
}
