import CrashModel
import Foundation
import Reporting

/// What waits and what was given up, for whoever asks.
public struct QueueListing {
    private let waiting: [Message]
    private let failed: [Message]
    private let receivers: Set<String>

    /// - Parameter receivers: Names of those that the configuration has.
    public init(waiting: [Message], failed: [Message], receivers: Set<String>) {
        self.waiting = waiting
        self.failed = failed
        self.receivers = receivers
    }

    public var plain: String {
        if waiting.isEmpty, failed.isEmpty { return "Nothing waits, and nothing was given up.\n" }
        var text = ""
        for (title, messages) in [("Waiting", waiting), ("Given up", failed)] where !messages.isEmpty {
            text += "\(title)\n"
            for message in messages { text += lines(message, isWaiting: title == "Waiting") }
        }
        return text
    }

    private func lines(_ message: Message, isWaiting: Bool) -> String {
        let crashes = message.notices.count == 1 ? "1 crash" : "\(message.notices.count) crashes"
        var text = "  \(SafeText.line(message.receiver)): \(crashes), since \(Self.time(message.created))\n"
        for notice in message.notices.prefix(5) {
            text += "    \(SafeText.line(notice.id))  \(SafeText.line(notice.title, limit: 90))\n"
        }
        if message.notices.count > 5 { text += "    and \(message.notices.count - 5) more\n" }
        if let problem = message.problem {
            text +=
                "    tried \(message.tries == 1 ? "once" : "\(message.tries) times"): \(SafeText.line(problem))\n"
        }
        if isWaiting, let next = message.nextTry { text += "    next try: after \(Self.time(next))\n" }
        if !receivers.contains(message.receiver) { text += "    the configuration has no such receiver\n" }
        return text
    }

    public var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let whole = Whole(waiting: waiting.map(Item.init), failed: failed.map(Item.init))
        guard let data = try? encoder.encode(whole) else { return "{}\n" }
        return String(decoding: data, as: UTF8.self) + "\n"
    }

    private struct Whole: Encodable {
        var schema = "faultline.queue/1"
        var waiting: [Item]
        var failed: [Item]
    }

    private struct Item: Encodable {
        var id: String
        var receiver: String
        var created: String
        var incidents: [String]
        var attempts: Int
        var nextTry: String?
        var problem: String?

        enum CodingKeys: String, CodingKey {
            case id, receiver, created, incidents, attempts, problem
            case nextTry = "next_try"
        }

        init(_ message: Message) {
            id = SafeText.line(message.id)
            receiver = SafeText.line(message.receiver)
            created = QueueListing.time(message.created)
            incidents = message.notices.map { SafeText.line($0.id) }
            attempts = message.tries
            nextTry = message.nextTry.map(QueueListing.time)
            problem = message.problem.map { SafeText.line($0) }
        }
    }

    fileprivate static func time(_ date: Date) -> String { MessageTime.text(date) }
}

/// Times of a file that anybody may have changed: any number is one.
enum MessageTime {
    static func text(_ date: Date) -> String {
        let seconds = date.timeIntervalSince1970
        let bounded = seconds.isFinite ? min(max(seconds, 0), 253_402_300_799) : 0
        return Date(timeIntervalSince1970: bounded.rounded()).formatted(.iso8601)
    }
}
