import Foundation

/// Writing to the two standard streams.
enum Output {
    /// Writes to standard output. A report that cannot be written is not to look like one that was: unless the reader
    /// simply went away, the program says so and ends.
    static func write(_ text: String) { write(bytes: text.utf8) }

    static func write(bytes: some Sequence<UInt8>) {
        do {
            try FileHandle.standardOutput.write(contentsOf: Data(bytes))
        } catch {
            let code = ((error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError)?.code ?? Int(errno)
            if code != Int(EPIPE) {
                complain("the report could not be written: \(String(cString: strerror(Int32(code))))")
            }
            exit(ExitStatus.incomplete)
        }
    }

    static func complain(_ text: String, prefix: String? = "faultline: ") {
        try? FileHandle.standardError.write(contentsOf: Data(((prefix ?? "") + text + "\n").utf8))
    }

    static func isTerminal(_ stream: Int32) -> Bool { isatty(stream) == 1 }
}

/// One line on standard error that shows how far a scan is; nothing when that is no terminal.
struct ProgressLine: Sendable {
    let total: Int
    let isShown: Bool

    init(total: Int) {
        self.total = total
        isShown = total > 1 && Output.isTerminal(STDERR_FILENO)
    }

    func show(_ done: Int) {
        guard isShown else { return }
        let text = done == total ? "\r\u{1b}[K" : "\rscanning \(done)/\(total)"
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }
}
