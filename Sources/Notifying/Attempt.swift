public import Foundation

/// What became of one attempt to deliver a message. The words hold no secret.
public enum Attempt: Sendable, Hashable {
    case delivered
    /// It can be tried again.
    ///
    /// - mayHaveArrived: whether the receiver may have taken it without our knowing.
    /// - retryAfter: seconds that the receiver asks to be left alone.
    case failed(String, mayHaveArrived: Bool, retryAfter: Double? = nil)
    /// Trying again will not help.
    case refused(String)
}

/// Brings one message to one receiver, once.
public protocol Postman {
    func deliver(_ message: Message, to receiver: Receiver, now: Date) -> Attempt
    /// What may be said of where a receiver is.
    func place(of receiver: Receiver) -> String
}

/// By webhook or by command, as the receiver is configured.
public struct ChannelPostman: Postman {
    private let environment: [String: String]
    private let host: String
    private let scratch: String
    private let agent: String
    private let curl: [String]
    private let redact: @Sendable (String) -> String

    /// - Parameters:
    ///   - environment: Of the process; secrets and proxies stand in it.
    ///   - host: The machine that tells.
    ///   - scratch: A folder for what a command reads.
    ///   - agent: What the program calls itself.
    ///   - curl: Names under which libcurl is looked for.
    ///   - redact: Takes secrets out of what a command complains of.
    public init(
        environment: [String: String], host: String, scratch: String, agent: String = "faultline",
        curl: [String] = WebPost.usualNames, redact: @escaping @Sendable (String) -> String = { $0 }
    ) {
        self.environment = environment
        self.host = host
        self.scratch = scratch
        self.agent = agent
        self.curl = curl
        self.redact = redact
    }

    public func deliver(_ message: Message, to receiver: Receiver, now: Date) -> Attempt {
        let payload = MessagePayload(message: message, host: host, now: now)
        do {
            switch receiver.channel {
            case .webhook(let webhook):
                let post = try WebPost(webhook, environment: environment, agent: agent, libraries: curl)
                return post.send(try payload.data(webhook.format), id: message.id, timeout: receiver.timeout)
            case .command(let words):
                return CommandRun(words: words, scratch: scratch, redact: redact).run(
                    input: try payload.data(.json), timeout: receiver.timeout)
            }
        } catch {
            // It is for a person to mend, and until then nothing is lost.
            return .failed("\(error)", mayHaveArrived: false)
        }
    }

    public func place(of receiver: Receiver) -> String {
        switch receiver.channel {
        case .command(let words): return words.first ?? "no command"
        case .webhook(let webhook):
            guard let address = try? webhook.address.value(environment: environment),
                let host = Webhook.host(of: address)
            else { return "webhook from \(webhook.address)" }
            return host
        }
    }
}
