public import CrashModel
import Foundation

/// One who is told of crashes.
public struct Receiver: Sendable, Hashable {
    /// Names its messages on the disk: letters, digits, `.`, `_` and `-`, at most 40.
    public var name: String
    public var channel: Channel
    /// Seconds that one attempt may take.
    public var timeout: Double
    public var when: Condition
    /// Seconds that a message waits for others to join it.
    public var group: Double
    /// Messages in an hour; what is more waits, and joins the next.
    public var hourly: Int
    /// Seconds after which a message that could not be delivered is given up.
    public var keep: Double

    public init(
        name: String, channel: Channel, timeout: Double = 10, when: Condition = Condition(), group: Double = 0,
        hourly: Int = 20, keep: Double = 7 * 86_400
    ) {
        self.name = name
        self.channel = channel
        self.timeout = timeout
        self.when = when
        self.group = group
        self.hourly = hourly
        self.keep = keep
    }

    /// How it is reached.
    public enum Channel: Sendable, Hashable {
        case webhook(Webhook)
        /// A program and its arguments, started without a shell; it reads JSON.
        case command([String])
    }

    /// Which incidents it hears of. Of each kind any may fit; of different kinds all must.
    public struct Condition: Sendable, Hashable {
        public var severities: [Severity]
        public var verdicts: [Verdict]
        /// Categories and hosts, as the filters of `history` take them.
        public var filter: CrashFilter

        public init(severities: [Severity] = [], verdicts: [Verdict] = [], filter: CrashFilter = CrashFilter()) {
            self.severities = severities
            self.verdicts = verdicts
            self.filter = filter
        }

        func fits(_ notice: Notice) -> Bool {
            (severities.isEmpty || severities.contains(notice.severity))
                && (verdicts.isEmpty || verdicts.contains(notice.verdict))
                && filter.keeps(
                    category: notice.category, host: notice.host, fingerprint: notice.fingerprint,
                    occurredAt: notice.firstSeen ?? Date(timeIntervalSince1970: 0))
        }
    }
}

/// Where a message is posted to.
public struct Webhook: Sendable, Hashable {
    /// What is posted.
    public enum Format: String, Sendable, Hashable, CaseIterable {
        /// docs/schema/notify.json
        case json
        /// What Slack's incoming webhooks take, and those of Mattermost, Rocket.Chat and Discord's `/slack`.
        case slack
    }

    public var address: Secret
    public var format: Format
    public var headers: [Header]

    public struct Header: Sendable, Hashable {
        public var name: String
        public var value: Secret
    }

    public init(address: Secret, format: Format = .json, headers: [Header] = []) {
        self.address = address
        self.format = format
        self.headers = headers
    }

    /// `hooks.slack.com`, `127.0.0.1:8080`: as much of an address as may be shown.
    static func host(of address: String) -> String? {
        guard let parts = URLComponents(string: address), let host = parts.host, !host.isEmpty else { return nil }
        return host + (parts.port.map { ":\($0)" } ?? "")
    }

    /// Why it cannot be an address, without quoting it; nil when it can.
    static func problem(with address: String) -> String? {
        guard address.utf8.count <= 2048, address.unicodeScalars.allSatisfy({ $0.value > 32 && $0.value < 127 }) else {
            return "must be an address of ASCII letters without spaces, at most 2048 bytes"
        }
        let scheme = URLComponents(string: address)?.scheme?.lowercased()
        guard scheme == "https" || scheme == "http", host(of: address) != nil else {
            return "must be an address that begins with https:// (or http://) and names a host"
        }
        return nil
    }
}
