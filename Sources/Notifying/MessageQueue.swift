import CrashModel
import Foundation
import Sweeping

/// Messages that wait to be delivered, one file each, so that none is lost while nobody takes it.
///
/// `waiting/` holds them, `failed/` those that were given up, and `receivers.json` what has been delivered lately.
public struct MessageQueue: Sendable {
    public let folder: String

    /// The most messages that wait, and bytes of one; the most that are kept of those that failed.
    static let mostWaiting = 1000
    static let longest = 4 << 20
    static let mostFailed = 200

    public init(folder: String) {
        self.folder = folder
    }

    /// Beside what the sweep remembers in: `sweep.json` has `sweep.notify`.
    public static func folder(besideState path: String) -> String {
        (path.hasSuffix(".json") ? String(path.dropLast(5)) : path) + ".notify"
    }

    /// What stands in a folder of the queue.
    struct Contents {
        var messages: [Message] = []
        /// Files that hold no message.
        var damaged: [String] = []
    }

    /// Whether there is anything at all: most sweeps find nothing and have nothing to send.
    var exists: Bool { access(folder, F_OK) == 0 }

    // MARK: - Messages

    /// What waits and what was given up, the oldest first, for whoever asks.
    public func listing() -> (waiting: [Message], failed: [Message]) { (waiting().messages, failed().messages) }

    func waiting() -> Contents { contents(of: "waiting") }
    func failed() -> Contents { contents(of: "failed") }

    private func contents(of part: String) -> Contents {
        let path = "\(folder)/\(part)"
        var contents = Contents()
        for name in ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
        where name.hasSuffix(".json") {
            let file = "\(path)/\(name)"
            if let message = Self.message(in: file), self.name(of: message) == name {
                contents.messages.append(message)
            } else {
                contents.damaged.append(file)
            }
        }
        contents.messages.sort { ($0.created, $0.id) < ($1.created, $1.id) }
        return contents
    }

    private static func message(in file: String) -> Message? {
        guard let handle = FileHandle(forReadingAtPath: file), let data = try? handle.read(upToCount: longest + 1),
            data.count <= longest, let message = try? JSONDecoder().decode(Message.self, from: data),
            message.schema == Message.schema
        else { return nil }
        return message
    }

    private func name(of message: Message) -> String { "\(message.receiver)~\(message.id).json" }
    private func path(_ part: String, _ message: Message) -> String { "\(folder)/\(part)/\(name(of: message))" }

    func store(_ message: Message) throws(NotifyError) { try write(message, to: path("waiting", message)) }

    func remove(_ message: Message) throws(NotifyError) {
        do { try DurableFile.remove(path("waiting", message)) } catch { throw unwritable(error) }
    }

    /// Gives a message up: it is kept for a person to look at.
    func setAside(_ message: Message) throws(NotifyError) {
        try store(message)
        do { try DurableFile.move(path("waiting", message), to: path("failed", message)) } catch {
            throw unwritable(error)
        }
        // What nobody has looked at for so long is not kept for ever.
        let failed = failed().messages
        for old in failed.prefix(max(0, failed.count - Self.mostFailed)) {
            do { try DurableFile.remove(path("failed", old)) } catch { throw unwritable(error) }
        }
    }

    func setAside(damaged file: String) throws(NotifyError) {
        let target = "\(folder)/failed/\(PathParts(file).name).damaged"
        do { try DurableFile.move(file, to: target) } catch { throw unwritable(error) }
    }

    /// Removes what writers left that were killed. Only for who keeps others from changing files.
    func removeLeftovers() {
        let path = folder + "/waiting"
        for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] where name.hasSuffix(".json.new")
        {
            unlink("\(path)/\(name)")
        }
    }

    /// Has a message that was given up wait again, as if it were new.
    func revive(_ message: Message, now: Date) throws(NotifyError) {
        var fresh = message
        fresh.attempts = 0
        fresh.requests = nil
        fresh.nextTry = nil
        fresh.created = now
        try store(fresh)
        do { try DurableFile.remove(path("failed", message)) } catch { throw unwritable(error) }
    }

    // MARK: - What was delivered

    /// By the name of the receiver. What cannot be read counts as empty: at worst something is told twice.
    func records() -> [String: DeliveryRecord] {
        guard let data = FileManager.default.contents(atPath: folder + "/receivers.json") else { return [:] }
        return (try? JSONDecoder().decode([String: DeliveryRecord].self, from: data)) ?? [:]
    }

    func store(_ records: [String: DeliveryRecord]) throws(NotifyError) {
        try write(records, to: folder + "/receivers.json")
    }

    // MARK: - Files

    private func write(_ value: some Encodable, to path: String) throws(NotifyError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else {
            throw NotifyError("a message cannot be written as JSON. This is a fault in Faultline; report it.")
        }
        do { try DurableFile.write(data, to: path) } catch { throw unwritable(error) }
    }

    private func unwritable(_ error: DurableFile.Failure) -> NotifyError {
        NotifyError(
            "cannot write \(error.path), where messages wait: \(error.reason). Make room, or choose another place for the "
                + "sweep's files with --state FILE.")
    }

    func makeFolders() throws(NotifyError) {
        for part in ["waiting", "failed"] {
            do {
                try FileManager.default.createDirectory(
                    atPath: "\(folder)/\(part)", withIntermediateDirectories: true,
                    attributes: [.posixPermissions: 0o700])
            } catch {
                throw NotifyError("cannot make the folder \(folder)/\(part), where messages wait")
            }
        }
    }
}

/// What is known of a receiver from earlier deliveries.
struct DeliveryRecord: Sendable, Hashable, Codable {
    /// The most incidents that are remembered as told.
    static let mostTold = 20_000

    /// When messages of the last hour were taken.
    var sent: [Date] = []
    /// Ids of incidents that it was told of, the latest last.
    var told: [String] = []
    /// It asked to be left alone until then.
    var quietUntil: Date?
    /// Attempts since the last that went well.
    var failures = 0
    var triedAt: Date?

    /// Notes that a message was taken.
    mutating func took(_ message: Message, now: Date) {
        if !message.isTest {
            told += message.notices.map(\.id)
            told.removeFirst(max(0, told.count - Self.mostTold))
        }
        sent = recent(now: now) + [now]
        failures = 0
        quietUntil = nil
    }

    /// A clock that was set back leaves times that are still to come; they count for nothing.
    func recent(now: Date) -> [Date] { sent.filter { $0 <= now && now.timeIntervalSince($0) < 3600 } }

    func isQuiet(now: Date) -> Bool {
        guard let quietUntil else { return false }
        return now < quietUntil && quietUntil.timeIntervalSince(now) <= Courier.longestWait
    }
}

/// Keeps other processes out for as long as it lives.
final class QueueLock {
    enum Purpose: String {
        /// To change files, which takes milliseconds.
        case change = "lock"
        /// To deliver, which takes as long as receivers do; messages can be queued meanwhile.
        case delivery = "delivery.lock"
    }

    private let descriptor: Int32

    /// Waits up to `patience` seconds.
    init(_ queue: MessageQueue, for purpose: Purpose, patience: Double) throws(NotifyError) {
        try queue.makeFolders()
        let path = "\(queue.folder)/\(purpose.rawValue)"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0o600)
        guard descriptor >= 0 else {
            throw NotifyError("cannot make \(path): \(String(cString: strerror(errno)))")
        }
        let deadline = ContinuousClock.now + .seconds(patience)
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let code = errno
            // Some network file systems have no locks.
            guard code == EWOULDBLOCK || code == EINTR else { return }
            guard ContinuousClock.now < deadline else {
                throw NotifyError(
                    "messages are being delivered by another process, which has held \(path) for \(Int(patience)) seconds"
                )
            }
            usleep(20_000)
        }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }
}
