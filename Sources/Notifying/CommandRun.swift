import CDelivery
import Foundation
import Reporting

/// Starts a receiver's program with the message on its standard input, and waits for it.
struct CommandRun {
    /// The program and its arguments, fixed by the configuration: nothing that a log says is among them, and no shell.
    let words: [String]
    /// A folder for the file that it reads.
    let scratch: String
    /// Takes secrets out of what the command complains of.
    let redact: @Sendable (String) -> String

    /// Seconds between the request to end and the end.
    private static let grace = 2.0
    /// Bytes kept of what it complains, the last ones.
    private static let mostComplaints = 4096

    func run(input: Data, timeout: Double) -> Attempt {
        guard let program = words.first else { return .failed("no command is named", mayHaveArrived: false) }
        let source: Int32
        do { source = try inputFile(input) } catch { return .failed("\(error)", mayHaveArrived: false) }
        defer { close(source) }
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return .failed("no pipe could be made", mayHaveArrived: false) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
        defer { close(ends[0]) }
        let arguments = words.map { strdup($0) }
        defer { for argument in arguments { free(argument) } }
        var process: Int32 = 0
        let code = group_process_start(program, arguments + [nil], source, ends[1], &process)
        close(ends[1])
        guard code == 0 else {
            return .failed("\(program) cannot be started: \(String(cString: strerror(code)))", mayHaveArrived: false)
        }
        return wait(for: process, complaints: ends[0], timeout: timeout)
    }

    /// A file without a name: a program that reads nothing blocks nobody, and one that ends early breaks no pipe.
    private func inputFile(_ input: Data) throws(NotifyError) -> Int32 {
        var name = Array("\(scratch)/.input-XXXXXX".utf8CString)
        let descriptor = mkstemp(&name)
        guard descriptor >= 0 else {
            throw NotifyError("no file can be made in \(scratch): \(String(cString: strerror(errno)))")
        }
        unlink(name)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        var rest = input[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let reason = String(cString: strerror(errno))
                close(descriptor)
                throw NotifyError("a file in \(scratch) cannot be written: \(reason)")
            }
            rest = rest.dropFirst(count)
        }
        lseek(descriptor, 0, SEEK_SET)
        return descriptor
    }

    private func wait(for process: Int32, complaints: Int32, timeout: Double) -> Attempt {
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(timeout)
        var said: [UInt8] = []
        var status: Int32 = 0
        while true {
            drain(complaints, into: &said)
            let ended = waitpid(process, &status, WNOHANG)
            if ended == process || (ended < 0 && errno != EINTR) { break }
            guard clock.now < deadline else {
                end(process)
                return .failed(
                    "it did not end within \(Int(timeout)) seconds and was stopped, with all that it had started",
                    mayHaveArrived: true)
            }
            var waiting = pollfd(fd: complaints, events: Int16(POLLIN), revents: 0)
            // A closed pipe is always ready, and would be asked without a pause.
            if poll(&waiting, 1, 20) > 0, Int32(waiting.revents) & Int32(POLLIN) == 0 { usleep(20_000) }
        }
        drain(complaints, into: &said)
        let signal = group_process_signal(status)
        let exit = group_process_exit_status(status)
        if signal == 0, exit == 0 { return .delivered }
        // Of a last line that is longer than what is kept, the first word is half a word, and may be half a secret.
        let isCut = said.count > Self.mostComplaints && !said.dropLast().contains { $0 == 0x0a || $0 == 0x0d }
        if isCut { said.removeFirst(said.firstIndex { $0 == 0x20 || $0 == 0x09 } ?? said.count) }
        let last = String(decoding: said, as: UTF8.self).split(whereSeparator: \.isNewline).last ?? ""
        let words = last.isEmpty ? "" : ": \(SafeText.line(redact(String(last)), limit: 200))"
        return .failed(
            (signal == 0 ? "it ended with status \(exit)" : "signal \(signal) ended it") + words, mayHaveArrived: false)
    }

    /// Reads what is there, for at most a megabyte at once: one that floods the pipe has its time, too, and no more.
    private func drain(_ descriptor: Int32, into said: inout [UInt8]) {
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        for _ in 0..<16 {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return }
            said = (said + buffer.prefix(count)).suffix(Self.mostComplaints + 1)
        }
    }

    /// The program and what it started; first asked, then made to.
    private func end(_ process: Int32) {
        let clock = ContinuousClock()
        var status: Int32 = 0
        for signal in [SIGTERM, SIGKILL] {
            kill(-process, signal)
            let deadline = clock.now + .seconds(Self.grace)
            while clock.now < deadline {
                if waitpid(process, &status, WNOHANG) != 0 {
                    // Its children may take longer than it does.
                    kill(-process, SIGKILL)
                    return
                }
                usleep(10_000)
            }
        }
    }
}
