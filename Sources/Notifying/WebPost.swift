import CDelivery
import Foundation
import Reporting

/// Posts to one webhook with libcurl.
public struct WebPost {
    #if canImport(Darwin)
        public static let usualNames = ["/usr/lib/libcurl.4.dylib", "libcurl.4.dylib"]
    #else
        public static let usualNames = ["libcurl.so.4", "libcurl-gnutls.so.4"]
    #endif

    private var library = web_library()
    private let address: String
    private let headers: [String]
    private let agent: String
    private let isSlack: Bool
    private var secrets = SecretsInUse()

    init(
        _ webhook: Webhook, environment: [String: String], agent: String, libraries: [String]
    ) throws(NotifyError) {
        address = try webhook.address.value(environment: environment)
        secrets.add(address: address)
        if let problem = Webhook.problem(with: address) { throw NotifyError("\(webhook.address) \(problem)") }
        var headers: [String] = []
        for header in webhook.headers {
            let value = try header.value.value(environment: environment)
            secrets.add(value)
            headers.append("\(header.name): \(value)")
        }
        self.headers = headers
        self.agent = agent
        isSlack = webhook.format == .slack
        guard libraries.contains(where: { web_library_open(&library, $0) == 0 }) else {
            throw NotifyError(
                "libcurl is needed to send to a webhook, and was not found. Install it: apt-get install libcurl4")
        }
    }

    /// - Parameters:
    ///   - id: The message's, so that a receiver can tell when it gets one again.
    ///   - timeout: Seconds, for all of it.
    func send(_ body: Data, id: String, timeout: Double) -> Attempt {
        let lines = headers + ["Content-Type: application/json", "Idempotency-Key: \(id)", "Expect:"]
        let pointers = lines.map { UnsafePointer(strdup($0)) }
        defer { for pointer in pointers { free(UnsafeMutablePointer(mutating: pointer)) } }
        var answer = web_answer()
        let room = UnsafeMutablePointer<CChar>.allocate(capacity: WEB_POST_KEPT)
        defer { room.deallocate() }
        answer.body = room
        let milliseconds = Int(timeout * 1000)
        let bytes = Array(body)
        (pointers + [nil]).withUnsafeBufferPointer { headers in
            bytes.withUnsafeBytes { bytes in
                address.withCString { address in
                    agent.withCString { agent in
                        var post = web_post(
                            url: address, headers: headers.baseAddress, agent: agent,
                            body: bytes.bindMemory(to: CChar.self).baseAddress, length: bytes.count,
                            timeout_ms: milliseconds, connect_timeout_ms: min(milliseconds, 10_000))
                        withUnsafePointer(to: library) { web_post_send($0, &post, &answer) }
                    }
                }
            }
        }
        return judge(answer)
    }

    /// Codes of curl at which nothing of the message can have been taken: the address, the name, the connection, TLS.
    private static let codesBeforeSending: Set<Int32> = [
        1, 2, 3, 4, 5, 6, 7, 27, 35, 48, 58, 59, 60, 66, 77, 83, 90, 91, 97,
    ]

    private func judge(_ answer: web_answer) -> Attempt {
        let code = answer.code
        let status = answer.status
        let seconds = answer.retry_after
        let retryAfter = seconds > 0 ? min(Double(seconds), Courier.longestWait) : nil
        switch status {
        // What a server says after that is of no interest, and need not come whole.
        case 200...299: return .delivered
        case 408, 425, 429, 500...599:
            return .failed("it answered \(status)\(said(answer))", mayHaveArrived: false, retryAfter: retryAfter)
        case 300...399:
            let target = withUnsafeBytes(of: answer.redirect) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            let host = Webhook.host(of: target).map { " to \(SafeText.line(secrets.hidden(in: $0), limit: 100))" } ?? ""
            return .failed(
                "it answered \(status), a redirect\(host), which is not followed: give the address that it leads to",
                mayHaveArrived: false)
        case 400...499:
            return .refused("it answered \(status)\(said(answer))")
        default:
            let words = answer.problem.map { String(cString: $0) } ?? "no answer"
            let isBefore = Self.codesBeforeSending.contains(code)
            return .failed(
                code == 28 ? "no answer in time" : secrets.hidden(in: words.lowercased()), mayHaveArrived: !isBefore)
        }
    }

    /// A short word of the server, as Slack's `no_service`. Whatever is longer is a page, or not for us.
    private func said(_ answer: web_answer) -> String {
        let count = min(answer.kept, 81)
        let bytes = UnsafeRawBufferPointer(start: answer.body, count: count)
        let text = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard count <= 80, text.range(of: "^[A-Za-z0-9 ._-]+$", options: .regularExpression) != nil else { return "" }
        let hidden = secrets.hidden(in: text)
        return hidden == text ? " (\(text))" : ""
    }
}
