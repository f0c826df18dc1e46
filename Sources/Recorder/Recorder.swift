import CSystemCalls
import GPUProbe

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What to record, how often, and where.
public struct RecorderOptions: Sendable {
    /// The folder of the recording; made when it is missing.
    public var store: String
    /// Seconds between two samples while nothing is wrong.
    public var interval: Double
    /// Bytes of disk that the recording may take.
    public var keep: Int
    /// Files or folders whose filesystems are watched, such as those of logs and checkpoints.
    public var filesystems: [String]
    /// Memory cgroups to follow besides the recorder's own and those of the largest processes.
    public var cgroups: [String]
    /// Whether to ask the drivers of GPUs, in a process of its own.
    public var asksGPUs: Bool
    /// Of the program, for the header.
    public var version: String
    /// After how many samples to stop by itself; for tests and measurements.
    public var samples: Int?

    public init(
        store: String, interval: Double = 1, keep: Int = 256 << 20, filesystems: [String] = [], cgroups: [String] = [],
        asksGPUs: Bool = true, version: String = "", samples: Int? = nil
    ) {
        self.store = store
        self.interval = interval
        self.keep = keep
        self.filesystems = filesystems
        self.cgroups = cgroups
        self.asksGPUs = asksGPUs
        self.version = version
        self.samples = samples
    }
}

/// Writes down what the machine looks like, until it is told to stop.
///
/// One thread takes samples and never waits for a disk, a file server or a driver; others do.
public final class Recorder {
    private let options: RecorderOptions
    private let probe: MachineProbe
    private let ring: LineRing
    private let folder: SegmentFolder
    private let line = JSONLine(capacity: 256 << 10)
    private let complain: @Sendable (String) -> Void
    /// What this machine or this user's rights keep from the recording, in words.
    public let missing: [String]
    private var clockOffset: Double?
    /// Started by the thread that takes samples, and ended with it.
    private let gpus: GPUProbeClient?

    /// Locks the store and looks at what this machine tells.
    ///
    /// - Parameter complain: Told what goes wrong later, in a sentence; called from any thread.
    public init(
        _ options: RecorderOptions, complain: @escaping @Sendable (String) -> Void
    ) throws(RecorderError) {
        #if !os(Linux)
            throw .unsupported
        #else
            self.options = options
            self.complain = complain
            folder = try SegmentFolder(path: options.store, keep: options.keep)
            probe = try MachineProbe(root: "/", options: options)
            // Minutes of samples, for a disk that stalls.
            ring = LineRing(capacity: 1 << 20)
            gpus = options.asksGPUs ? GPUProbeClient(executable: "/proc/self/exe") : nil
            missing = Standing.missing(probe, root: "/")
        #endif
    }

    /// Records until SIGTERM, SIGINT or SIGHUP comes, which it names.
    ///
    /// Those signals are blocked from here on.
    public func run() -> String {
        #if os(Linux)
            var signals = sigset_t()
            sigemptyset(&signals)
            // With nohup(1) the end of the terminal means nothing. A blocked signal would come all the same.
            let stopping = faultline_is_ignored(SIGHUP) != 0 ? [SIGTERM, SIGINT] : [SIGTERM, SIGINT, SIGHUP]
            for signal in stopping { sigaddset(&signals, signal) }
            pthread_sigmask(SIG_BLOCK, &signals, nil)
            // What the start needed goes first; what is there from now on stays.
            Standing.trim()
            let refused = Standing.secure([ring.memory])
            for reason in refused { complain("without \(reason)") }
            let facts = HeaderFacts(
                host: MachineFacts.host, boot: MachineFacts.boot(root: "/"), kernel: MachineFacts.kernel,
                cpus: sysconf(Int32(_SC_NPROCESSORS_ONLN)), version: options.version, interval: options.interval,
                missing: missing + refused)
            let writer = SegmentWriter(folder: folder, ring: ring, facts: facts, keep: options.keep, complain: complain)
            guard writer.start() else {
                complain("nothing can be recorded: this user may not start another thread (ulimit -u).")
                return "no thread"
            }
            probe.start()
            let reason = loop(writer, &signals)
            probe.stop()
            gpus?.stop()
            pushMark(stop: reason)
            if !writer.finish(within: 5) { complain("the last samples could not be written before the end.") }
            return reason
        #else
            return "unsupported"
        #endif
    }

    #if os(Linux)
        private func loop(_ writer: SegmentWriter, _ signals: inout sigset_t) -> String {
            var taken = 0
            var due = Moment.secondsSinceBoot()
            while true {
                let moment = Moment.now()
                noticeClock(moment, writer)
                probe.sample(into: line, at: moment, gpu: gpus?.poll(now: Moment.secondsAwake()))
                if line.isOverfull { ring.countLost() } else { ring.push(line.bytes) }
                writer.setCalm(!probe.isTense)
                taken += 1
                if taken == options.samples { return "done" }
                // In step with the interval, but not catching up after a sleep or a stop.
                due += probe.interval
                let now = Moment.secondsSinceBoot()
                if due <= now { due = now + probe.interval / 4 }
                if let signal = wait(due - now, &signals) { return signal }
            }
        }

        /// The name of the signal that came before the time was over.
        private func wait(_ seconds: Double, _ signals: inout sigset_t) -> String? {
            let whole = seconds.rounded(.down)
            var timeout = timespec(tv_sec: time_t(whole), tv_nsec: Int((seconds - whole) * 1e9))
            switch sigtimedwait(&signals, nil, &timeout) {
            case SIGTERM: return "SIGTERM"
            case SIGINT: return "SIGINT"
            case SIGHUP: return "SIGHUP"
            default: return nil
            }
        }
    #endif

    /// A clock that was set shows as a jump against the one that cannot be.
    private func noticeClock(_ moment: Moment, _ writer: SegmentWriter) {
        let offset = moment.wallSeconds - moment.uptime
        defer { clockOffset = offset }
        guard let clockOffset, abs(offset - clockOffset) >= 0.5 else { return }
        writer.beginSegment()
        line.clear()
        line.object {
            line.field("mark", UnsafeRawBufferPointer(start: ("clock" as StaticString).utf8Start, count: 5))
            line.field("t", time: moment.wall)
            line.field("up", moment.uptime, digits: 3)
            line.field("shift", offset - clockOffset, digits: 3)
        }
        line.endLine()
        ring.push(line.bytes)
    }

    private func pushMark(stop reason: String) {
        let moment = Moment.now()
        line.clear()
        line.object {
            line.field("mark", "stop" as String)
            line.field("t", time: moment.wall)
            line.field("up", moment.uptime, digits: 3)
            line.field("why", reason)
        }
        line.endLine()
        ring.push(line.bytes)
    }
}
