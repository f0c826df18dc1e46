public import Foundation
import Synchronization

/// A web server on this machine that misbehaves as it is told, and keeps what it was sent.
public final class LocalServer: Sendable {
    public enum Behaviour: Sendable, Hashable {
        /// A whole answer.
        case answer(String, headers: [String] = [], body: String = "ok")
        /// Nothing, with the connection held.
        case stall
        /// Status line and headers, one byte each second.
        case trickle
        /// These bytes, and then the end.
        case bytes(String)
        /// The end at once.
        case close
        /// An answer that never ends.
        case flood(String)

        public static let ok = Behaviour.answer("200 OK")
    }

    public struct Request: Sendable {
        public var head: String
        public var body: Data

        public var json: [String: Any] {
            (try? JSONSerialization.jsonObject(with: body)) as? [String: Any] ?? [:]
        }
    }

    struct Fault: Error {}

    private struct State {
        var behaviour: Behaviour
        var requests: [Request] = []
        var taken: [Request] = []
    }

    public let port: UInt16
    private let socket: Int32
    private let state: Mutex<State>
    private let isStopping = Atomic(false)
    private let ended = DispatchSemaphore(value: 0)

    /// - Parameter port: 0 for any that is free.
    public init(_ behaviour: Behaviour = .ok, port: UInt16 = 0) throws {
        state = Mutex(State(behaviour: behaviour))
        #if canImport(Glibc)
            socket = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
        #else
            socket = Foundation.socket(AF_INET, SOCK_STREAM, 0)
        #endif
        var yes: Int32 = 1
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let (socket, length) = (socket, size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(socket, address, length) == 0 && listen(socket, 64) == 0
                    && getsockname(socket, address, &size) == 0
            }
        }
        self.port = UInt16(bigEndian: address.sin_port)
        guard isBound else { throw Fault() }
        Thread.detachNewThread { [self] in serve() }
    }

    public var url: String { "http://127.0.0.1:\(port)" }

    public var behaviour: Behaviour {
        get { state.withLock { $0.behaviour } }
        set { state.withLock { $0.behaviour = newValue } }
    }

    /// All that came whole, and those that were answered with a status of 2xx.
    public var requests: [Request] { state.withLock { $0.requests } }
    public var taken: [Request] { state.withLock { $0.taken } }

    public func stop() {
        if !isStopping.exchange(true, ordering: .relaxed) { ended.wait() }
    }

    private func serve() {
        while !isStopping.load(ordering: .relaxed) {
            var waiting = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
            guard poll(&waiting, 1, 20) > 0 else { continue }
            let connection = accept(socket, nil, nil)
            guard connection >= 0 else { continue }
            _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
            Thread.detachNewThread { [self] in
                talk(connection)
                close(connection)
            }
        }
        close(socket)
        ended.signal()
    }

    private func talk(_ connection: Int32) {
        let behaviour = behaviour
        if behaviour == .close { return }
        guard let request = read(from: connection) else { return }
        let isTaken =
            switch behaviour {
            case .answer(let status, _, _), .flood(let status): status.hasPrefix("2")
            case .bytes(let bytes): bytes.hasPrefix("HTTP/1.1 2") && bytes.contains("\r\n")
            default: false
            }
        state.withLock { state in
            state.requests.append(request)
            if isTaken { state.taken.append(request) }
        }
        switch behaviour {
        case .answer(let status, let headers, let body):
            let head = ["HTTP/1.1 \(status)", "Content-Length: \(body.utf8.count)", "Connection: close"] + headers
            _ = send(head.joined(separator: "\r\n") + "\r\n\r\n" + body, to: connection)
        case .bytes(let bytes): _ = send(bytes, to: connection)
        case .flood(let status):
            guard send("HTTP/1.1 \(status)\r\n\r\n", to: connection) else { return }
            let page = String(repeating: "x", count: 64 * 1024)
            while !isStopping.load(ordering: .relaxed), send(page, to: connection) {}
        case .trickle:
            for byte in "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok" {
                guard !isStopping.load(ordering: .relaxed), send(String(byte), to: connection) else { return }
                sleep(1)
            }
        case .stall:
            for _ in 0..<600 where !isStopping.load(ordering: .relaxed) { usleep(50_000) }
        case .close: break
        }
    }

    private func read(from connection: Int32) -> Request? {
        var bytes = Data()
        var buffer = [UInt8](repeating: 0, count: 16 * 1024)
        while !isStopping.load(ordering: .relaxed) {
            if let end = bytes.range(of: Data("\r\n\r\n".utf8)) {
                let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
                let length = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
                    .flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) }
                let body = bytes[end.upperBound...]
                if body.count >= length ?? 0 { return Request(head: head, body: Data(body)) }
            }
            var waiting = pollfd(fd: connection, events: Int16(POLLIN), revents: 0)
            guard poll(&waiting, 1, 50) >= 0 else { return nil }
            guard waiting.revents != 0 else { continue }
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            bytes += buffer.prefix(count)
        }
        return nil
    }

    private func send(_ text: String, to connection: Int32) -> Bool {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            #if canImport(Glibc)
                let flags = Int32(MSG_NOSIGNAL)
            #else
                let flags: Int32 = 0
            #endif
            let count = rest.withUnsafeBytes { Foundation.send(connection, $0.baseAddress, $0.count, flags) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}
