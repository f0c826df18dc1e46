import CrashModel
import Foundation
import Synchronization
import TestSupport

@testable import Notifying

/// A queue in a folder of its own, a clock that is set by hand, and pauses that take no time.
final class Desk {
    let folder: String
    var now = Date(timeIntervalSince1970: 1_772_323_200)
    private(set) var pauses: [Double] = []
    var receivers: [Receiver] = []
    var environment: [String: String] = [:]
    /// Instead of the real one.
    var postman: (any Postman)?

    init() throws {
        // A proxy of the machine that runs the tests is not to be asked for this machine.
        setenv("no_proxy", "127.0.0.1", 1)
        folder = NSTemporaryDirectory() + "faultline-notify-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    var queue: MessageQueue { MessageQueue(folder: folder + "/sweep.notify") }

    var courier: Courier {
        Courier(
            receivers: receivers, queue: queue,
            postman: postman
                ?? ChannelPostman(environment: environment, host: "gpu-a12", scratch: queue.folder),
            now: { [unowned self] in now },
            pause: { [unowned self] seconds in
                pauses.append(seconds)
                now += seconds
            })
    }

    func webhook(
        _ url: String, name: String = "ops", format: Webhook.Format = .json, headers: [Webhook.Header] = [],
        timeout: Double = 5
    ) -> Receiver {
        Receiver(
            name: name,
            channel: .webhook(Webhook(address: Secret(.literal(url)), format: format, headers: headers)),
            timeout: timeout)
    }

    static func notice(_ id: String, severity: Severity = .fatal, text: String = "CUDA out of memory") -> Notice {
        Notice(
            id: id, fingerprint: "f-" + id, title: "GPU 3 ran out of memory", category: Category("oom/gpu"),
            severity: severity, outcome: .terminal, verdict: .changeFirst, confidence: 0.9,
            firstSeen: Date(timeIntervalSince1970: 1_772_323_000), lastSeen: nil, host: "gpu-a12", ranks: [3],
            job: "llama", cause: .init(rule: "oom.gpu", source: "/logs/train_1.log", line: 12, text: text),
            consequences: 2, advice: [Advice(action: "Use a smaller batch", reason: "It needs less")],
            before: PastSightings(
                count: 4, first: Date(timeIntervalSince1970: 1_771_113_600),
                last: Date(timeIntervalSince1970: 1_772_150_400)))
    }

    /// All bytes that lie in the queue's folder.
    var stored: String {
        var text = ""
        for name in FileManager.default.enumerator(atPath: folder)?.allObjects as? [String] ?? [] {
            text += name + "\n"
            if let data = FileManager.default.contents(atPath: folder + "/" + name) {
                text += String(decoding: data, as: UTF8.self)
            }
        }
        return text
    }
}

/// Takes, or does not, as it is told.
final class TestPostman: Postman, Sendable {
    private let answers: Mutex<[Attempt]>
    private let calls = Mutex<[(receiver: String, message: Message)]>([])
    private let during: @Sendable () -> Void

    /// - Parameter answers: One for each attempt; then all are delivered.
    init(_ answers: [Attempt] = [], during: @escaping @Sendable () -> Void = {}) {
        self.answers = Mutex(answers)
        self.during = during
    }

    var deliveries: [(receiver: String, message: Message)] { calls.withLock { $0 } }

    func deliver(_ message: Message, to receiver: Receiver, now: Date) -> Attempt {
        calls.withLock { $0.append((receiver.name, message)) }
        during()
        return answers.withLock { $0.isEmpty ? .delivered : $0.removeFirst() }
    }

    func place(of receiver: Receiver) -> String { "nowhere" }
}
