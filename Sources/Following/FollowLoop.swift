import Foundation

extension Follower {
    /// Least seconds between two steps: what comes in a stream is taken in larger pieces.
    private static let pace = 0.02

    /// Follows until a byte can be read from `stopping`, or nothing can come any more.
    public func run(stopping: Int32) {
        start(now: Self.now())
        while true {
            let began = Self.now()
            let next = step(now: began)
            // At the end of standard input nothing more can come of a failure.
            if isOver { break }
            if wait(until: max(next, next <= began ? began : began + Self.pace), stopping) { break }
        }
        finish(now: Self.now())
    }

    /// Seconds of a clock that nobody can set.
    private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Waits until then, or until something happens. Returns whether this is the end.
    private func wait(until next: Double, _ stopping: Int32) -> Bool {
        var all = [pollfd(fd: stopping, events: Int16(POLLIN), revents: 0)]
        if watch.descriptor >= 0 { all.append(pollfd(fd: watch.descriptor, events: Int16(POLLIN), revents: 0)) }
        for stream in streams where !stream.isEnded {
            all.append(pollfd(fd: stream.descriptor, events: Int16(POLLIN), revents: 0))
        }
        let seconds = max(0, next - Self.now())
        let count = poll(&all, nfds_t(all.count), Int32(min(seconds * 1000 + 0.999, 60_000)))
        if all[0].revents != 0 { return true }
        // What trickles in is gathered for a moment, so that a fast writer is not answered byte by byte.
        if count > 0 { usleep(UInt32(Self.pace * 1e6)) }
        return false
    }
}
