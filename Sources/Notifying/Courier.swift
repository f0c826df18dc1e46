public import Foundation

/// Puts messages into the queue, and brings them to those who are to have them.
///
/// A message is on the disk before anybody forgets what it tells, and leaves the disk when its receiver said that it has
/// it. See docs/notify.md.
public struct Courier {
    /// The longest that a receiver may ask to be left alone, in seconds.
    static let longestWait = 86_400.0
    /// Seconds after which one run begins no further attempt: a timer's run is to end.
    static let budget = 60.0
    /// Pauses between the attempts of one run, in seconds, where the receiver certainly did not take the message.
    private static let pauses = [1.0, 3.0]
    /// Slack and others want a second between two messages.
    private static let breath = 1.0
    /// Failed messages after which a receiver is left for the next run.
    private static let mostFailures = 2

    public let receivers: [Receiver]
    public let queue: MessageQueue
    private let postman: any Postman
    private let now: () -> Date
    private let pause: (Double) -> Void

    /// - Parameters:
    ///   - now: The time, as often as it is asked.
    ///   - pause: Waits so many seconds.
    public init(
        receivers: [Receiver], queue: MessageQueue, postman: any Postman, now: @escaping () -> Date = { Date() },
        pause: @escaping (Double) -> Void = { Thread.sleep(forTimeInterval: $0) }
    ) {
        self.receivers = receivers
        self.queue = queue
        self.postman = postman
        self.now = now
        self.pause = pause
    }

    /// For some of the receivers.
    public func only(_ names: [String]) -> Courier {
        Courier(
            receivers: receivers.filter { names.contains($0.name) }, queue: queue, postman: postman, now: now,
            pause: pause)
    }

    // MARK: - Queueing

    /// Has each receiver's crashes wait for it on the disk. What it was told of, or what waits already, does not again.
    ///
    /// - Parameter redact: Takes out what may not leave the machine.
    /// - Returns: how many crashes began to wait, each counted for each receiver.
    @discardableResult
    public func enqueue(
        _ notices: [Notice], redact: (String) -> String = { $0 }
    ) throws(NotifyError) -> Int {
        guard !receivers.isEmpty, !notices.isEmpty else { return 0 }
        let lock = try QueueLock(queue, for: .change, patience: 10)
        defer { withExtendedLifetime(lock) {} }
        let prepared = notices.map { $0.prepared(redact: redact) }
        let waiting = queue.waiting().messages
        let records = queue.records()
        let held = Dictionary(grouping: waiting + queue.failed().messages, by: \.receiver)
        var count = 0
        for receiver in receivers {
            var known = Set(records[receiver.name]?.told ?? [])
            known.formUnion((held[receiver.name] ?? []).filter { !$0.isTest }.flatMap { $0.notices.map(\.id) })
            var new = prepared.filter { receiver.when.fits($0) && known.insert($0.id).inserted }
            count += new.count
            // What waits anyway takes more along: a cascade of sweeps is one message, too.
            if var message = waiting.last(where: { $0.receiver == receiver.name && $0.canBeJoined }), !new.isEmpty {
                let joining = new.prefix(Message.mostNotices - message.notices.count)
                message.notices += joining
                new.removeFirst(joining.count)
                try queue.store(message)
            }
            while !new.isEmpty {
                let first = Array(new.prefix(Message.mostNotices))
                new.removeFirst(first.count)
                try queue.store(Message(receiver: receiver.name, notices: first, created: now()))
            }
        }
        return count
    }

    // MARK: - Delivering

    /// Delivers what is due.
    ///
    /// - Parameters:
    ///   - flush: Not to wait for the times that were chosen here (backoff, grouping, messages in an hour), but for those that
    ///     a receiver asked for.
    ///   - patience: Seconds to wait for another process that delivers.
    public func deliver(flush: Bool = false, patience: Double = 0) throws(NotifyError) -> DeliveryReport {
        var report = DeliveryReport()
        guard queue.exists else { return report }
        let delivery: QueueLock
        do { delivery = try QueueLock(queue, for: .delivery, patience: patience) } catch {
            // It delivers what is queued here, too.
            if patience > 0 { throw error }
            return report
        }
        defer { withExtendedLifetime(delivery) {} }
        let begin = now()
        try clear(&report)
        var records = queue.records()
        // Those that answer come first: the others take up the time.
        let order = receivers.sorted {
            let (a, b) = (records[$0.name], records[$1.name])
            return (a?.failures ?? 0, a?.triedAt ?? .distantPast) < (b?.failures ?? 0, b?.triedAt ?? .distantPast)
        }
        for receiver in order {
            var record = records[receiver.name] ?? DeliveryRecord()
            let before = record
            try serve(receiver, &record, &report, begin: begin, flush: flush)
            if record != before { records[receiver.name] = record }
        }
        report.waiting = queue.waiting().messages.count
        return report
    }

    /// Sends a marked message at once, past the queue and all limits.
    public func test(_ receiver: Receiver) -> Attempt {
        do { try queue.makeFolders() } catch { return .failed("\(error)", mayHaveArrived: false) }
        let message = Message(receiver: receiver.name, notices: [], created: now(), isTest: true)
        return postman.deliver(message, to: receiver, now: now())
    }

    /// Has messages that were given up wait again.
    public func revive() throws(NotifyError) -> Int {
        guard queue.exists else { return 0 }
        let lock = try QueueLock(queue, for: .change, patience: 10)
        defer { withExtendedLifetime(lock) {} }
        let messages = queue.failed().messages
        for message in messages { try queue.revive(message, now: now()) }
        return messages.count
    }

    public func place(of receiver: Receiver) -> String { postman.place(of: receiver) }

    /// Puts aside what is too old, too much or damaged.
    private func clear(_ report: inout DeliveryReport) throws(NotifyError) {
        let lock = try QueueLock(queue, for: .change, patience: 10)
        defer { withExtendedLifetime(lock) {} }
        queue.removeLeftovers()
        let contents = queue.waiting()
        for file in contents.damaged {
            try queue.setAside(damaged: file)
            report.give("a waiting message cannot be read, and was put aside: \(file)")
        }
        let keep = Dictionary(receivers.map { ($0.name, $0.keep) }) { first, _ in first }
        let surplus = max(0, contents.messages.count - MessageQueue.mostWaiting)
        for (number, message) in contents.messages.enumerated() {
            let most = keep[message.receiver] ?? Receiver(name: "", channel: .command([])).keep
            let isOld = now().timeIntervalSince(message.created) > most
            guard isOld || number < surplus else { continue }
            try queue.setAside(message)
            report.give(
                "\(message.receiver): \(Self.crashes(message)) could not be told "
                    + (isOld
                        ? "for \(Int(most / 86_400)) days" : "and more than \(MessageQueue.mostWaiting) messages wait")
                    + "; the message was given up (\(message.problem ?? "it was never its turn")). Try again with: faultline "
                    + "notify --flush --failed")
        }
    }

    private func serve(
        _ receiver: Receiver, _ record: inout DeliveryRecord, _ report: inout DeliveryReport, begin: Date, flush: Bool
    ) throws(NotifyError) {
        var failures = 0
        var isFirst = true
        // Fresh ones first: one that its receiver cannot digest is not to hold up the others.
        let own = queue.waiting().messages.filter { $0.receiver == receiver.name }
        for waiting in own.sorted(by: { ($0.attempts, $0.created) < ($1.attempts, $1.created) }) {
            if record.isQuiet(now: now()) || now().timeIntervalSince(begin) > Self.budget { return }
            if !flush, !isDue(waiting, receiver, record) { continue }
            if record.told.contains(where: { $0 == waiting.notices.first?.id }), isTold(waiting, record) {
                // Killed between the two writes that follow a delivery.
                try change { () throws(NotifyError) in try queue.remove(waiting) }
                continue
            }
            if !isFirst { pause(Self.breath) }
            isFirst = false
            guard var message = try seal(waiting) else { continue }
            let (attempt, count) = attempts(at: message, to: receiver, begin: begin, mayRepeat: failures == 0)
            record.triedAt = now()
            switch attempt {
            case .delivered:
                record.took(message, now: now())
                try finish(message, record)
                report.delivered.append(
                    .init(receiver: receiver.name, place: place(of: receiver), crashes: message.notices.count))
            case .refused(let problem):
                message.fail(problem, after: count, mayHaveArrived: false, now: now())
                record.failures = min(record.failures, 1_000_000) + 1
                try change { () throws(NotifyError) in
                    try queue.setAside(message)
                    try update(record, of: message.receiver)
                }
                report.give(
                    "\(receiver.name) (\(place(of: receiver))): \(problem). It will not take this message, which was put "
                        + "aside; when that is mended: faultline notify --flush --failed")
                failures += 1
            case .failed(let problem, let mayHaveArrived, let retryAfter):
                message.fail(problem, after: count, mayHaveArrived: mayHaveArrived, now: now())
                record.failures = min(record.failures, 1_000_000) + 1
                if let retryAfter { record.quietUntil = now() + retryAfter }
                try change { () throws(NotifyError) in
                    try queue.store(message)
                    try update(record, of: message.receiver)
                }
                let next = max(message.nextTry ?? now(), record.quietUntil ?? .distantPast)
                report.troubles.append(
                    "\(receiver.name) (\(place(of: receiver))): \(problem). \(Self.crashes(message)) will be told by the first "
                        + "sweep after \(MessageTime.text(next)).")
                failures += 1
            }
            if failures >= Self.mostFailures { return }
        }
    }

    private func isTold(_ message: Message, _ record: DeliveryRecord) -> Bool {
        let told = Set(record.told)
        return !message.isTest && !message.notices.isEmpty && message.notices.allSatisfy { told.contains($0.id) }
    }

    private func isDue(_ message: Message, _ receiver: Receiver, _ record: DeliveryRecord) -> Bool {
        let now = now()
        // A time further ahead than any that is chosen here is of a clock that was wrong.
        if let next = message.nextTry, now < next, next.timeIntervalSince(now) <= Backoff.most { return false }
        let age = now.timeIntervalSince(message.created)
        if age >= 0, age < receiver.group { return false }
        return record.recent(now: now).count < receiver.hourly
    }

    /// Notes that the message is on its way before it is: who is killed meanwhile cannot say what became of it, and nothing
    /// may join it then. Nil where it is gone.
    private func seal(_ message: Message) throws(NotifyError) -> Message? {
        var sealed: Message?
        try change { () throws(NotifyError) in
            // Others may have joined it since.
            guard
                var latest = queue.waiting().messages.first(where: {
                    $0.id == message.id && $0.receiver == message.receiver
                })
            else { return }
            latest.mayHaveArrived = true
            try queue.store(latest)
            sealed = latest
        }
        return sealed
    }

    /// Tries again at once where that can help and nothing can arrive twice.
    ///
    /// - Returns: what became of the last attempt, and how many there were.
    private func attempts(
        at message: Message, to receiver: Receiver, begin: Date, mayRepeat: Bool
    ) -> (Attempt, count: Int) {
        var attempt = postman.deliver(message, to: receiver, now: now())
        var count = 1
        guard mayRepeat, message.attempts == 0 else { return (attempt, count) }
        for seconds in Self.pauses {
            guard case .failed(_, false, nil) = attempt, now().timeIntervalSince(begin) < Self.budget else { break }
            pause(seconds)
            attempt = postman.deliver(message, to: receiver, now: now())
            count += 1
        }
        return (attempt, count)
    }

    /// First that it was taken, then that it need not be sent: killed in between, it is not sent again.
    private func finish(_ message: Message, _ record: DeliveryRecord) throws(NotifyError) {
        try change { () throws(NotifyError) in
            try update(record, of: message.receiver)
            try queue.remove(message)
        }
    }

    private func update(_ record: DeliveryRecord, of receiver: String) throws(NotifyError) {
        var records = queue.records()
        records[receiver] = record
        try queue.store(records)
    }

    private func change(_ body: () throws(NotifyError) -> Void) throws(NotifyError) {
        let lock = try QueueLock(queue, for: .change, patience: 10)
        defer { withExtendedLifetime(lock) {} }
        try body()
    }

    private static func crashes(_ message: Message) -> String {
        message.notices.count == 1 ? "1 crash" : "\(message.notices.count) crashes"
    }
}

/// What one run of deliveries did.
public struct DeliveryReport: Sendable, Hashable {
    public struct Delivery: Sendable, Hashable {
        public var receiver: String
        public var place: String
        public var crashes: Int
    }

    public var delivered: [Delivery] = []
    /// What could not be delivered and will be tried again.
    public var troubles: [String] = []
    /// What was given up, and needs a person.
    public private(set) var lost: [String] = []
    /// Messages that still wait.
    public var waiting = 0

    mutating func give(_ problem: String) { lost.append(problem) }
}
