import CrashModel
import Foundation

/// What is sent: docs/schema/notify.json, or what Slack takes.
struct MessagePayload {
    static let schema = "faultline.notify/1"
    /// Crashes in one JSON; of the others there is a count.
    static let mostIncidents = 50

    let message: Message
    /// The machine that tells.
    let host: String
    let now: Date

    func data(_ format: Webhook.Format) throws(NotifyError) -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(date.iso8601)
        }
        let text = MessageText(message, host: host, now: now)
        do {
            switch format {
            case .json: return try encoder.encode(Whole(message, host: host, now: now, text: text.plain))
            case .slack: return try encoder.encode(Slack(text: SlackText.of(text)))
            }
        } catch {
            throw NotifyError("a message cannot be written as JSON. This is a fault in Faultline; report it.")
        }
    }

    /// `parse` and `link_names` are what Slack does by itself; said, since a workspace's old webhooks differ.
    private struct Slack: Encodable {
        var text: String
        var mrkdwn = true
        var parse = "none"
        var linkNames = false
        var unfurlLinks = false
        var unfurlMedia = false

        enum CodingKeys: String, CodingKey {
            case text, mrkdwn, parse
            case linkNames = "link_names"
            case unfurlLinks = "unfurl_links"
            case unfurlMedia = "unfurl_media"
        }
    }

    private struct Whole: Encodable {
        var schema = MessagePayload.schema
        var id: String
        var test: Bool
        var receiver: String
        var sentAt: Date
        var from: String
        var text: String
        var incidents: [Item]
        var more: Int

        enum CodingKeys: String, CodingKey {
            case schema, id, test, receiver, from, text, incidents, more
            case sentAt = "sent_at"
        }

        init(_ message: Message, host: String, now: Date, text: String) {
            id = message.id
            test = message.isTest
            receiver = message.receiver
            sentAt = now
            from = host
            self.text = text
            incidents = message.notices.prefix(MessagePayload.mostIncidents).map(Item.init)
            more = max(0, message.notices.count - MessagePayload.mostIncidents)
        }
    }

    private struct Item: Encodable {
        let notice: Notice

        enum CodingKeys: String, CodingKey {
            case id, fingerprint, title, category, severity, outcome, verdict, confidence, host, ranks, job, cause
            case consequences, advice, before
            case firstSeen = "first_seen"
            case lastSeen = "last_seen"
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(notice.id, forKey: .id)
            try container.encode(notice.fingerprint, forKey: .fingerprint)
            try container.encode(notice.title, forKey: .title)
            try container.encode(notice.category, forKey: .category)
            try container.encode(notice.severity, forKey: .severity)
            try container.encode(notice.outcome, forKey: .outcome)
            try container.encode(notice.verdict, forKey: .verdict)
            try container.encode(notice.confidence, forKey: .confidence)
            try container.encode(notice.firstSeen, forKey: .firstSeen)
            try container.encode(notice.lastSeen, forKey: .lastSeen)
            try container.encode(notice.host, forKey: .host)
            try container.encode(notice.ranks, forKey: .ranks)
            try container.encode(notice.job, forKey: .job)
            try container.encode(notice.cause, forKey: .cause)
            try container.encode(notice.consequences, forKey: .consequences)
            try container.encode(notice.advice, forKey: .advice)
            try container.encode(notice.before, forKey: .before)
        }
    }
}
