import CrashModel
import Foundation
import Testing

@testable import Notifying

@Suite("queueing and delivering")
struct CourierTests {
    private let desk: Desk

    init() throws {
        desk = try Desk()
        desk.receivers = [desk.webhook("http://127.0.0.1:9/", name: "ops")]
    }

    private func failed(_ mayHaveArrived: Bool = false, retryAfter: Double? = nil) -> Attempt {
        .failed("it answered 500", mayHaveArrived: mayHaveArrived, retryAfter: retryAfter)
    }

    @Test("crashes of one sweep are one message, whoever sweeps again and queues them again")
    func grouping() throws {
        let postman = TestPostman()
        desk.postman = postman
        let notices = (1...3).map { Desk.notice("a\($0)") }
        #expect(try desk.courier.enqueue(notices) == 3)
        let stored = try FileManager.default.contentsOfDirectory(atPath: desk.queue.folder + "/waiting")
        // Killed before it was noted as told: the next sweep queues the same, in any order.
        #expect(try desk.courier.enqueue(notices.reversed()) == 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: desk.queue.folder + "/waiting") == stored)
        _ = try desk.courier.deliver()
        #expect(postman.deliveries.count == 1)
        #expect(postman.deliveries[0].message.notices.map(\.id) == ["a1", "a2", "a3"])
        #expect(try desk.courier.enqueue(notices + [Desk.notice("a4")]) == 1)
    }

    @Test("nobody but the owner may read what waits")
    func modes() throws {
        try desk.courier.enqueue([Desk.notice("a")])
        let waiting = desk.queue.folder + "/waiting"
        var info = stat()
        #expect(stat(waiting, &info) == 0 && info.st_mode & 0o777 == 0o700)
        let name = try #require(try FileManager.default.contentsOfDirectory(atPath: waiting).first)
        #expect(stat(waiting + "/" + name, &info) == 0 && info.st_mode & 0o777 == 0o600)
    }

    @Test("what may have arrived is sent again as it was, and nothing joins it")
    func mayHaveArrived() throws {
        let postman = TestPostman([failed(true)])
        desk.postman = postman
        try desk.courier.enqueue([Desk.notice("a")])
        _ = try desk.courier.deliver()
        try desk.courier.enqueue([Desk.notice("b")])
        desk.now += 3700
        _ = try desk.courier.deliver()
        // Fresh ones first.
        #expect(postman.deliveries.map { $0.message.notices.map(\.id) } == [["a"], ["b"], ["a"]])
        #expect(postman.deliveries[0].message.id == postman.deliveries[2].message.id)
    }

    @Test("whoever is killed while it sends leaves a message that nothing joins")
    func killedWhileSending() throws {
        let queue = desk.queue
        var seen: [Bool] = []
        let postman = TestPostman()
        desk.postman = postman
        try desk.courier.enqueue([Desk.notice("a")])
        desk.postman = TestPostman(during: { #expect(queue.waiting().messages.map(\.mayHaveArrived) == [true]) })
        _ = try desk.courier.deliver()
        seen.append(queue.waiting().messages.isEmpty)
        #expect(seen == [true])
    }

    @Test("whoever is killed between the two writes after a delivery does not send it again")
    func killedAfterSending() throws {
        let postman = TestPostman()
        desk.postman = postman
        try desk.courier.enqueue([Desk.notice("a")])
        let message = try #require(desk.queue.waiting().messages.first)
        var record = DeliveryRecord()
        record.took(message, now: desk.now)
        try desk.queue.store(["ops": record])
        #expect(try desk.courier.deliver().waiting == 0)
        #expect(postman.deliveries.isEmpty)
    }

    @Test("only so many messages go out in an hour, and what is more joins the next")
    func hourly() throws {
        let postman = TestPostman()
        desk.postman = postman
        desk.receivers[0].hourly = 2
        for number in 1...5 {
            try desk.courier.enqueue([Desk.notice("a\(number)")])
            _ = try desk.courier.deliver()
            desk.now += 60
        }
        #expect(postman.deliveries.count == 2)
        desk.now += 3600
        #expect(try desk.courier.deliver().delivered.map(\.crashes) == [3])
        // A clock that was set back does not silence anybody.
        desk.now -= 86_400
        try desk.courier.enqueue([Desk.notice("b")])
        #expect(try desk.courier.deliver().delivered.count == 1)
    }

    @Test("a message waits for others as long as it is told to, unless it is flushed")
    func group() throws {
        let postman = TestPostman()
        desk.postman = postman
        desk.receivers[0].group = 600
        try desk.courier.enqueue([Desk.notice("a")])
        #expect(try desk.courier.deliver().waiting == 1)
        desk.now += 300
        try desk.courier.enqueue([Desk.notice("b")])
        #expect(try desk.courier.deliver().waiting == 1)
        desk.now += 300
        #expect(try desk.courier.deliver().delivered.map(\.crashes) == [2])
        try desk.courier.enqueue([Desk.notice("c")])
        #expect(try desk.courier.deliver(flush: true).delivered.count == 1)
    }

    @Test(
        "each receiver hears of what it asked for",
        arguments: [
            (Receiver.Condition(), ["a", "b", "c"]), (.init(severities: [.fatal]), ["a", "c"]),
            (.init(filter: .init(categories: ["oom"])), ["a", "b"]),
            (.init(filter: .init(categories: ["oom/host"])), []),
            (.init(filter: .init(categories: ["storage/*", "cuda"])), ["c"]),
            (.init(filter: .init(hosts: ["gpu-a12"])), ["a", "b"]),
            (.init(severities: [.fatal], filter: .init(categories: ["oom/*"], hosts: ["GPU-A12"])), ["a"]),
            (.init(verdicts: [.restart]), ["c"]),
        ])
    func filters(condition: Receiver.Condition, ids: [String]) throws {
        desk.receivers[0].when = condition
        var other = Desk.notice("c")
        other.category = Category("storage/full")
        other.host = "gpu-b01"
        other.verdict = .restart
        try desk.courier.enqueue([Desk.notice("a"), Desk.notice("b", severity: .error), other])
        #expect(desk.queue.waiting().messages.flatMap { $0.notices.map(\.id) } == ids)
    }

    @Test("what could not be told for too long is given up, kept, and said once")
    func tooOld() throws {
        desk.postman = TestPostman(Array(repeating: failed(), count: 100))
        desk.receivers[0].keep = 86_400
        try desk.courier.enqueue([Desk.notice("a"), Desk.notice("b")])
        _ = try desk.courier.deliver()
        desk.now += 86_401
        let report = try desk.courier.deliver()
        #expect(report.lost.count == 1 && report.waiting == 0)
        #expect(report.lost.first?.contains("ops: 2 crashes could not be told for 1 days") == true, "\(report.lost)")
        #expect(desk.queue.failed().messages.count == 1)
        #expect(try desk.courier.deliver().lost.isEmpty)
    }

    @Test("what is damaged is put aside and said, and the rest is delivered")
    func damaged() throws {
        let postman = TestPostman()
        desk.postman = postman
        try desk.courier.enqueue([Desk.notice("a")])
        let folder = desk.queue.folder
        let name = try #require(try FileManager.default.contentsOfDirectory(atPath: folder + "/waiting").first)
        let whole = try String(contentsOfFile: folder + "/waiting/" + name, encoding: .utf8)
        // Torn, of another version, and under another's name.
        try String(whole.prefix(200)).write(
            toFile: folder + "/waiting/ops~torn.json", atomically: true, encoding: .utf8)
        try whole.replacingOccurrences(of: "message/1", with: "message/9").write(
            toFile: folder + "/waiting/ops~new.json", atomically: true, encoding: .utf8)
        try whole.write(toFile: folder + "/waiting/ops~copy.json", atomically: true, encoding: .utf8)
        // What a writer left that was killed is nothing to speak of.
        try "{".write(toFile: folder + "/waiting/ops~torn.json.new", atomically: true, encoding: .utf8)
        try "][".write(toFile: folder + "/receivers.json", atomically: true, encoding: .utf8)
        let report = try desk.courier.deliver()
        #expect(report.lost.count == 3 && report.delivered.count == 1 && report.waiting == 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/waiting").isEmpty)
        #expect(try desk.courier.deliver().lost.isEmpty)
    }

    @Test("numbers in the files that nobody wrote break nothing")
    func strangeNumbers() throws {
        desk.postman = TestPostman([failed(), failed(), failed()])
        try desk.courier.enqueue([Desk.notice("a")])
        let waiting = desk.queue.folder + "/waiting"
        let name = try #require(try FileManager.default.contentsOfDirectory(atPath: waiting).first)
        let whole = try String(contentsOfFile: waiting + "/" + name, encoding: .utf8)
        try whole.replacingOccurrences(of: "\"attempts\":0", with: "\"attempts\":9223372036854775807,\"nextTry\":1e300")
            .replacingOccurrences(of: "\"created\":", with: "\"created\":1e300,\"x\":")
            .write(toFile: waiting + "/" + name, atomically: true, encoding: .utf8)
        let report = try desk.courier.deliver()
        #expect(report.troubles.count == 1 && report.waiting == 1)
        let listing = desk.queue.listing()
        #expect(QueueListing(waiting: listing.waiting, failed: [], receivers: []).plain.contains("9999-12-31"))
    }

    @Test("a receiver that answers is not held up by one that does not")
    func order() throws {
        desk.receivers = ["bad", "good"].map { desk.webhook("http://127.0.0.1:9/", name: $0) }
        desk.postman = TestPostman([failed(true)])
        try desk.courier.enqueue([Desk.notice("a")])
        _ = try desk.courier.deliver()
        // From now on each attempt takes half a minute, and there is a minute.
        let postman = SlowPostman(desk, seconds: 31)
        desk.postman = postman
        for number in 1...4 {
            try desk.courier.enqueue([Desk.notice("b\(number)")])
            desk.now += 4000
            _ = try desk.courier.deliver()
        }
        #expect(postman.asked.first == "good" && postman.asked.filter { $0 == "good" }.count == 4)
    }

    /// Fails at `bad`, and takes its time.
    private final class SlowPostman: Postman {
        unowned let desk: Desk
        let seconds: Double
        private(set) var asked: [String] = []

        init(_ desk: Desk, seconds: Double) {
            self.desk = desk
            self.seconds = seconds
        }

        func deliver(_ message: Message, to receiver: Receiver, now: Date) -> Attempt {
            asked.append(receiver.name)
            desk.now += seconds
            return receiver.name == "bad" ? .failed("no", mayHaveArrived: true) : .delivered
        }

        func place(of receiver: Receiver) -> String { "there" }
    }

    @Test("one run ends after a minute and an attempt, however much waits")
    func budget() throws {
        desk.postman = TestPostman([failed(true)])
        for number in 1...10 {
            try desk.queue.makeFolders()
            try desk.queue.store(
                Message(receiver: "ops", notices: [Desk.notice("a\(number)")], created: desk.now))
        }
        let begin = desk.now
        let postman = SlowPostman(desk, seconds: 20)
        desk.postman = postman
        let report = try desk.courier.deliver()
        #expect(desk.now.timeIntervalSince(begin) <= 90)
        #expect(report.waiting == 10 - postman.asked.count && postman.asked.count < 5)
    }

    @Test("thousands of crashes are messages of bounded size, and none is told twice")
    func many() throws {
        let postman = TestPostman()
        desk.postman = postman
        desk.receivers[0].hourly = 3600
        try desk.courier.enqueue((1...450).map { Desk.notice("a\($0)") })
        #expect(desk.queue.waiting().messages.map(\.notices.count).sorted() == [50, 200, 200])
        _ = try desk.courier.deliver()
        #expect(Set(postman.deliveries.flatMap { $0.message.notices.map(\.id) }).count == 450)
        #expect(try desk.courier.enqueue((1...450).map { Desk.notice("a\($0)") }) == 0)
    }

    @Test("two processes deliver a message once")
    func twoProcesses() throws {
        let postman = TestPostman()
        desk.postman = postman
        try desk.courier.enqueue([Desk.notice("a")])
        let lock = try QueueLock(desk.queue, for: .delivery, patience: 0)
        #expect(try desk.courier.deliver().delivered.isEmpty)
        #expect(throws: NotifyError.self) { try desk.courier.deliver(patience: 0.05) }
        // Queueing goes on meanwhile.
        #expect(try desk.courier.enqueue([Desk.notice("b")]) == 1)
        withExtendedLifetime(lock) {}
        #expect(postman.deliveries.isEmpty)
    }

    @Test(
        "the pauses between attempts double, up to an hour",
        arguments: [(1, 60.0), (2, 120), (6, 1920), (7, 3600), (99, 3600)])
    func backoff(attempts: Int, seconds: Double) {
        for id in ["a", "b", "c", "d"] {
            let pause = Backoff.seconds(after: attempts, of: id)
            #expect(pause <= seconds && pause >= seconds * 0.8)
        }
        #expect(Backoff.seconds(after: 1, of: "a") != Backoff.seconds(after: 1, of: "b"))
    }
}
