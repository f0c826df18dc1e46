#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Both clocks, read together.
struct Moment {
    /// May be set.
    var wall: timespec
    /// Seconds since boot, sleep included; never goes back.
    var uptime: Double

    static func now() -> Moment {
        var wall = timespec()
        clock_gettime(CLOCK_REALTIME, &wall)
        return Moment(wall: wall, uptime: secondsSinceBoot())
    }

    static func secondsSinceBoot() -> Double {
        var time = timespec()
        #if os(Linux)
            clock_gettime(CLOCK_BOOTTIME, &time)
        #else
            clock_gettime(CLOCK_MONOTONIC, &time)
        #endif
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Seconds of a clock that stands still while the machine sleeps.
    static func secondsAwake() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Seconds since 1970.
    var wallSeconds: Double { Double(wall.tv_sec) + Double(wall.tv_nsec) / 1e9 }
}
