import Foundation

/// `journalctl` at work.
///
/// Who makes one must call ``finish(isGivenUp:)`` once.
public struct JournalProgram: Sendable {
    /// Why it could not be started.
    public struct Problem: Error, Sendable {
        public var message: String
    }

    /// Entries come from here, one in a line.
    public let output: Int32
    private let complaints: Int32
    private let process: pid_t
    private let query: JournalQuery

    /// Bytes kept of what it complains of.
    private static let longestComplaint = 4096

    public init(_ query: JournalQuery, from start: JournalQuery.Start) throws(Problem) {
        guard let results = ProgramRun.makePipe() else { throw Self.noPipe }
        guard let complaints = ProgramRun.makePipe() else {
            close(results.read)
            close(results.write)
            throw Self.noPipe
        }
        let started = ProgramRun.start(
            query.program, query.arguments(from: start), stdin: nil, stdout: results.write, stderr: complaints.write)
        close(results.write)
        close(complaints.write)
        switch started {
        case .success(let process): self.process = process
        case .failure(let failure):
            close(results.read)
            close(complaints.read)
            throw Problem(
                message: failure.code == ENOENT
                    ? "journalctl is needed to read the journal and was not found: install systemd, or read an export of it"
                    : "journalctl could not be started (\(failure.reason))")
        }
        self.query = query
        output = results.read
        self.complaints = complaints.read
        _ = fcntl(self.complaints, F_SETFL, O_NONBLOCK)
    }

    private static var noPipe: Problem {
        Problem(message: "no pipe could be made (\(String(cString: strerror(errno))))")
    }

    /// What ``read(into:until:)`` came to.
    public enum Reading: Sendable, Hashable {
        case bytes(Int)
        case end
        case timeout
    }

    /// Waits for more of the output, at most until `deadline`.
    public func read(into buffer: UnsafeMutableRawBufferPointer, until deadline: ContinuousClock.Instant) -> Reading {
        while true {
            let left = deadline - .now
            guard left > .zero else { return .timeout }
            let milliseconds = left.components.seconds >= 3600 ? 3_600_000 : Int32(left / .milliseconds(1)) + 1
            var wait = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
            let ready = poll(&wait, 1, milliseconds)
            if ready == 0 || (ready < 0 && errno == EINTR) { continue }
            let count = FileAccess.read(output, buffer)
            return count > 0 ? .bytes(count) : .end
        }
    }

    /// How it ended.
    public struct Ending: Sendable, Hashable {
        /// It said that something failed, in its first words; not that there was nothing to read.
        public var problem: String?
        /// What it complained of besides.
        public var warning: String?
    }

    /// Closes the output, ends the program when it is to be given up, and waits for it.
    public func finish(isGivenUp: Bool = false) -> Ending {
        if isGivenUp { kill(process, SIGKILL) }
        // Of one that writes on a closed pipe the end is SIGPIPE, which is no fault of the journal's.
        close(output)
        let status = ProgramRun.wait(for: process)
        var bytes = [UInt8](repeating: 0, count: Self.longestComplaint)
        let count = bytes.withUnsafeMutableBytes { Foundation.read(complaints, $0.baseAddress, $0.count) }
        close(complaints)
        let text = String(decoding: bytes[..<max(count, 0)], as: UTF8.self)
        let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
        let words = lines.first.map { String($0.prefix(300)) }
        if isGivenUp || status == 0 || status == 128 + SIGPIPE { return Ending(problem: nil, warning: words) }
        if status == 127, words == nil { return Ending(problem: "journalctl was not found") }
        return Ending(problem: words ?? "journalctl stopped with status \(status.map(String.init) ?? "unknown")")
    }
}
