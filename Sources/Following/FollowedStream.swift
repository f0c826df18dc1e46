import Foundation
import Logs

/// Standard input, a named pipe or `/dev/kmsg`: what was read is gone, and nothing before it is known.
final class FollowedStream {
    let name: String
    let source: FollowedSource
    private(set) var isEnded = false
    /// To wait for with poll(2).
    let descriptor: Int32
    private let isPipe: Bool
    private var note: String?
    private var isLossTold = false
    private var buffer = [UInt8](repeating: 0, count: 256 * 1024)

    /// `nil` with `errno` set when it cannot be opened.
    init?(_ path: String, source: (LogInput) -> FollowedSource) {
        name = path
        var status = stat()
        if path == "-" {
            descriptor = 0
            isPipe = false
        } else {
            isPipe = stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO
            // A pipe that is open for writing too does not end when a writer leaves.
            descriptor = open(path, (isPipe ? O_RDWR : O_RDONLY) | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
            if descriptor < 0 { return nil }
        }
        self.source = source(
            LogInput(source: path, location: .standardInput, modified: Date()))
    }

    deinit { if descriptor > 0 { close(descriptor) } }

    /// Reads what is there, at most `budget` bytes. Returns how many.
    func read(budget: Int, now: Double) -> Int {
        var total = 0
        while total < budget, isReadable() {
            let count = buffer.withUnsafeMutableBytes { FollowedBytes.read(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                source.append(Array(buffer[..<count]), modified: Date(), now: now)
                total += count
                continue
            }
            if count < 0 {
                if errno == EINTR { continue }
                if errno == EAGAIN { break }
                if errno == EPIPE, name != "-" {
                    // /dev/kmsg: records were overwritten before they were read. The next read goes on behind them.
                    if !isLossTold { note = "\(name): records were overwritten before they could be read" }
                    isLossTold = true
                    continue
                }
                note = "\(name) cannot be read any more: \(String(cString: strerror(errno)))"
            }
            isEnded = true
            source.end()
            break
        }
        return total
    }

    /// What there is to say once.
    func takeNote() -> String? {
        defer { note = nil }
        return note
    }

    private func isReadable() -> Bool {
        var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&wait, 1, 0) > 0
    }
}

/// read(2), which has the name of a method here.
private enum FollowedBytes {
    static func read(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
        #if canImport(Glibc)
            Glibc.read(descriptor, buffer, count)
        #elseif canImport(Musl)
            Musl.read(descriptor, buffer, count)
        #else
            Darwin.read(descriptor, buffer, count)
        #endif
    }
}
