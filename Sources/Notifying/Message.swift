import CrashModel
public import Foundation

/// What one receiver is sent at once, as it waits on the disk. It holds no address and no token.
public struct Message: Sendable, Hashable, Codable {
    public static let schema = "faultline.message/1"
    /// The most crashes of one.
    static let mostNotices = 200

    public var schema = Message.schema
    /// From what it tells: the same crashes queued twice are one message.
    public var id: String
    public var receiver: String
    public var created: Date
    public var notices: [Notice]
    public var isTest = false
    /// Runs in which it could not be delivered.
    public var attempts = 0
    /// Attempts that failed, of which one run may make several; nil before the first, and of older versions.
    var requests: Int?
    public var nextTry: Date?
    /// It was sent, and no answer said that it was not taken: nothing may join it, for it may have arrived.
    public var mayHaveArrived = false
    /// Why the last attempt failed.
    public var problem: String?

    init(receiver: String, notices: [Notice], created: Date, isTest: Bool = false) {
        var hash = StableHash()
        hash.combine(receiver)
        for id in notices.map(\.id).sorted() { hash.combine(id) }
        // Tests are to arrive, all of them.
        if isTest { hash.combine("\(created.timeIntervalSince1970)") }
        id = hash.hex
        self.receiver = receiver
        self.created = created
        self.notices = notices
        self.isTest = isTest
    }

    var canBeJoined: Bool { !mayHaveArrived && !isTest && notices.count < Self.mostNotices }

    /// Attempts that failed, as far as they were counted.
    var tries: Int { max(attempts, requests ?? 0) }

    /// Notes the failed attempts of one run and when the next may be.
    mutating func fail(_ problem: String, after requests: Int = 1, mayHaveArrived: Bool, now: Date) {
        self.requests = min(tries, 1_000_000) + max(requests, 1)
        attempts = min(attempts, 1_000_000) + 1
        self.mayHaveArrived = mayHaveArrived
        self.problem = problem
        nextTry = now + Backoff.seconds(after: attempts, of: id)
    }
}

/// How long a receiver that does not answer is left alone: twice as long each time, for an hour at most.
enum Backoff {
    static let most = 3600.0

    /// - Parameter id: Of the message. Machines whose timers fire together are not to knock together for ever.
    static func seconds(after attempts: Int, of id: String) -> Double {
        let doubled = 60 * Double(1 << min(max(attempts - 1, 0), 6))
        var hash = StableHash()
        hash.combine("\(id) \(attempts)")
        let share = Double(UInt64(hash.hex.prefix(4), radix: 16) ?? 0) / 65_535
        return min(doubled, most) * (0.8 + 0.2 * share)
    }
}
