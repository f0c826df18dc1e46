#if os(Linux)
    import CGPUProbe
    import CrashModel
    import Glibc

    /// The recorder's side of the GPU probe: starts it, asks it once per tick, and knows what to say when it is silent.
    ///
    /// Nothing here blocks, whatever the drivers do. Used from one thread, which must live as long as the probe shall:
    /// the kernel ends the probe with the thread that started it.
    public final class GPUProbeClient {
        /// Times in seconds.
        public struct Settings: Sendable {
            /// Without an answer for so long, the driver does not answer.
            public var silentAfter = 5.0
            /// The same, for a probe that has just been started: opening a driver whose GPUs sleep takes long.
            public var silentAfterStart = 30.0
            /// After ``silentAfter``, before the probe is killed.
            public var killAfter = 25.0
            /// Between the starts of two probes of which the first hung.
            public var restartAfterHang = 60.0
            /// The longest pause between the starts of probes that crash.
            public var longestPause = 300.0
            /// Before looking again whether there is a driver.
            public var retryAbsent = 600.0
            /// What a silent probe is ended by; tests have it survive.
            var endingSignal = SIGKILL

            public init() {}
        }

        public enum State: Sendable, Hashable {
            /// A probe is being started, or has not answered yet.
            case starting
            case answering
            case notAnswering
            case failing
            /// Nothing to ask on this machine.
            case absent
        }

        private enum Trouble {
            case silent(since: Double)
            case failing
        }

        public private(set) var state: State = .starting
        /// Seconds since the line that was returned last was asked for.
        public private(set) var age = 0.0
        /// Of the probe that runs now.
        public var pid: Int32? { running?.process.pid }
        /// Which call the probe is in.
        var place: ProbePlace? { progress?.place }

        private struct Running {
            var process: probe_process
            var startedAt: Double
            /// When the line that is waited for was asked for.
            var askedAt: Double?
            var hasAnswered = false
        }

        private let settings: Settings
        private let command: ProbeCommand
        private let progressFile: Int32
        private let progress: ProbeProgress?
        private var running: Running?
        /// Killed and not yet dead.
        private var dying: [Int32] = []
        private static let mostDying = 2
        private var nextStart = -Double.infinity
        private var failures = 0
        private var trouble: Trouble?
        private var problem = ""
        private var driver: String?
        private var input = ProbeInput(limit: ProbeLine.limit)
        /// What is said in the probe's place.
        private var ownLine = ProbeLine(limit: 4096)
        private let ownBytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 1)

        /// Starts nothing yet; ``poll(now:)`` does.
        ///
        /// - Parameters:
        ///   - executable: The program that runs ``GPUProbe/run(progressDescriptor:root:detailInterval:)``, such as
        ///     `/proc/self/exe`.
        ///   - arguments: Without the program's name. `--progress 3` is added.
        public init(executable: String, arguments: [String] = ["gpu-probe"], settings: Settings = Settings()) {
            self.settings = settings
            progressFile = probe_progress_file()
            progress = ProbeProgress(descriptor: progressFile)
            command = ProbeCommand(
                executable: executable,
                arguments: arguments + (progress == nil ? [] : ["--progress", "3"]))
            dying.reserveCapacity(Self.mostDying)
        }

        deinit {
            stop()
            if progressFile >= 0 { close(progressFile) }
            ownBytes.deallocate()
        }

        /// Takes the line that the probe wrote since the last call and asks for the next. Call it once per tick.
        ///
        /// - Parameter now: Seconds of a clock that stands still while the machine sleeps (`CLOCK_MONOTONIC`), so that
        ///   a probe that slept too is not taken for a silent one.
        /// - Returns: The JSON of a `GPUsSample`, without a newline, valid until the next call. Each line is returned
        ///   once, so that no Xid is lost or told twice. Nil where there is nothing new or nothing to ask.
        public func poll(now: Double) -> UnsafeRawBufferPointer? {
            reapDying()
            var line: UnsafeRawBufferPointer?
            if running != nil {
                line = takeLine(now: now)
                if line == nil { checkEnd(now: now) }
            } else if now >= nextStart, dying.count < Self.mostDying {
                start(now: now)
            }
            ask(now: now)
            if let line { return line }
            checkSilence(now: now)
            return ownLine(now: now)
        }

        /// Ends the probe without waiting for it.
        public func stop() {
            if let running { end(running, now: 0) }
            reapDying()
            nextStart = .infinity
            trouble = nil
        }

        // MARK: - Asking

        private func takeLine(now: Double) -> UnsafeRawBufferPointer? {
            guard let current = running else { return nil }
            switch input.take(from: current.process.lines) {
            case .nothing, .ended:
                return nil
            case .broken:
                end(current, now: now)
                fail("the GPU probe wrote something that is no line of JSON", now: now)
                return nil
            case .line(let line):
                age = max(0, now - (current.askedAt ?? now))
                running?.askedAt = nil
                running?.hasAnswered = true
                trouble = nil
                state = .answering
                // One that always crashes soon must not be started ever again at once.
                if now - current.startedAt >= settings.longestPause / 5 { failures = 0 }
                return line
            }
        }

        private func ask(now: Double) {
            guard var process = running?.process, running?.askedAt == nil else { return }
            probe_process_request(&process)
            running?.askedAt = now
        }

        // MARK: - Starting and ending

        private func start(now: Double) {
            progress?.reset()
            input.clear()
            var process = probe_process()
            let error = command.start(progressFile: progress == nil ? -1 : progressFile, &process)
            guard error == 0 else {
                return fail("the GPU probe could not be started: \(String(cString: strerror(error)))", now: now)
            }
            running = Running(process: process, startedAt: now)
        }

        private func checkEnd(now: Double) {
            guard let current = running else { return }
            var status: Int32 = 0
            let ended = waitpid(current.process.pid, &status, WNOHANG)
            // No child of ours: somebody else has waited for it.
            guard ended == current.process.pid || ended < 0 && errno == ECHILD else { return }
            closeEnds(of: current)
            rememberDriver()
            if ended > 0, probe_process_signal(status) == 0,
                probe_process_exit_status(status) == GPUProbe.nothingToAsk
            {
                trouble = nil
                state = .absent
                failures = 0
                nextStart = now + settings.retryAbsent
                return
            }
            var text = "the GPU probe ended"
            let signal = probe_process_signal(status)
            if signal != 0 {
                text += " by signal \(signal)"
            } else {
                text += " with status \(probe_process_exit_status(status))"
            }
            if let place = progress?.place { text += " in \(place.words)" }
            fail(text, now: now)
        }

        private func fail(_ text: String, now: Double) {
            failures = min(failures + 1, 16)
            nextStart = now + min(settings.longestPause, Double(1 << (failures - 1)))
            trouble = .failing
            problem = text
            state = .failing
        }

        private func end(_ current: Running, now: Double) {
            closeEnds(of: current)
            _ = kill(current.process.pid, settings.endingSignal)
            // In a call that cannot be interrupted it lives on; it is waited for in later polls.
            dying.append(current.process.pid)
            nextStart = max(now, current.startedAt + settings.restartAfterHang)
        }

        private func closeEnds(of current: Running) {
            close(current.process.requests)
            close(current.process.lines)
            running = nil
        }

        private func reapDying() {
            guard !dying.isEmpty else { return }
            dying.removeAll { pid in
                var status: Int32 = 0
                let ended = waitpid(pid, &status, WNOHANG)
                return ended == pid || ended < 0 && errno == ECHILD
            }
        }

        // MARK: - Silence

        private func checkSilence(now: Double) {
            guard let current = running, let askedAt = current.askedAt else { return }
            let allowed = current.hasAnswered ? settings.silentAfter : settings.silentAfterStart
            guard now - askedAt >= allowed else { return }
            if case .silent = trouble {} else { trouble = .silent(since: askedAt) }
            let text = progress?.place.map { "\($0.words) has not come back" } ?? "the GPU probe has not answered"
            // Only when it changes, since it is said again every second.
            if text != problem { problem = text }
            rememberDriver()
            state = .notAnswering
            if now - askedAt >= allowed + settings.killAfter { end(current, now: now) }
        }

        private func rememberDriver() {
            if let text = progress?.driver, text != driver { driver = text }
        }

        private func ownLine(now: Double) -> UnsafeRawBufferPointer? {
            var sample: GPUsSample
            switch trouble {
            case nil: return nil
            case .failing: sample = GPUsSample(status: .failing, driver: driver, problem: problem)
            case .silent(let since):
                sample = GPUsSample(
                    status: .notAnswering, driver: driver, problem: problem, silent: max(0, now - since))
            }
            age = 0
            ownLine.write(sample)
            let count = min(ownLine.bytes.count - 1, ownBytes.count)
            ownBytes.copyBytes(from: ownLine.bytes.prefix(count))
            return UnsafeRawBufferPointer(rebasing: ownBytes.prefix(count))
        }
    }

    extension ProbePlace {
        /// `nvmlDeviceGetPowerUsage (GPU 3)`
        var words: String { gpu.map { "\(call.name) (GPU \($0))" } ?? "\(call.name)" }
    }
#else
    /// Drivers are asked on Linux only; elsewhere there is nothing to ask.
    public final class GPUProbeClient {
        public struct Settings: Sendable {
            public init() {}
        }

        public enum State: Sendable, Hashable {
            case starting, answering, notAnswering, failing, absent
        }

        public let state = State.absent
        public let age = 0.0
        public let pid: Int32? = nil

        public init(executable: String, arguments: [String] = ["gpu-probe"], settings: Settings = Settings()) {}
        public func poll(now: Double) -> UnsafeRawBufferPointer? { nil }
        public func stop() {}
    }
#endif
