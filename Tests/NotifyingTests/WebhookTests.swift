import Foundation
import TestSupport
import Testing

@testable import Notifying

@Suite("webhooks, against a real server")
struct WebhookTests {
    private let desk: Desk

    init() throws { desk = try Desk() }

    @Test(
        "a server that fails and recovers gets every message exactly once",
        arguments: [
            (.stall, "no answer in time"), (.trickle, "no answer in time"), (.close, "("),
            (.answer("500 Internal Server Error", body: "<html>"), "it answered 500"),
            (.answer("503 Unavailable", headers: ["Retry-After: 120"]), "it answered 503 (ok)"),
            (
                .answer("429 Too Many Requests", headers: ["Retry-After: 30"], body: "rate_limited"),
                "429 (rate_limited)"
            ),
            (
                .answer("302 Found", headers: ["Location: http://elsewhere.example/x"]),
                "a redirect to elsewhere.example"
            ),
            (.answer("307 Temporary Redirect", headers: ["Location: /other"]), "a redirect to 127.0.0.1"),
            (.flood("502 Bad Gateway"), "it answered 502"), (.bytes("\u{1b}]0;no HTTP at all\u{7}\r\n\r\n"), "("),
            (.bytes("HTTP/1.1 2"), "("), (.bytes("HTTP/1.1 99999 \r\n\r\n"), "("),
        ] as [(LocalServer.Behaviour, String)])
    func recovers(behaviour: LocalServer.Behaviour, problem: String) throws {
        let server = try LocalServer(behaviour)
        defer { server.stop() }
        desk.receivers = [desk.webhook(server.url + "/hook", timeout: 1)]
        #expect(try desk.courier.enqueue([Desk.notice("a1"), Desk.notice("a2")]) == 2)
        let bad = try desk.courier.deliver()
        #expect(bad.delivered.isEmpty && bad.lost.isEmpty && bad.waiting == 1)
        #expect(bad.troubles.count == 1)
        let words = try #require(bad.troubles.first)
        #expect(words.contains(problem), "\(words)")
        #expect(!words.contains("\u{1b}") && !words.contains("/hook"))
        // Not yet: it waits for a minute at least, whatever is found meanwhile.
        let asked = server.requests.count
        #expect(try desk.courier.deliver().troubles.isEmpty)
        #expect(server.requests.count == asked && server.taken.isEmpty)
        server.behaviour = .ok
        desk.now += 3700
        let good = try desk.courier.deliver()
        #expect(good.delivered.map(\.crashes) == [2] && good.waiting == 0 && good.troubles.isEmpty)
        #expect(try desk.courier.enqueue([Desk.notice("a1"), Desk.notice("a2")]) == 0)
        desk.now += 3700
        #expect(try desk.courier.deliver(flush: true).delivered.isEmpty)
        #expect(server.taken.count == 1)
        #expect((server.taken.first?.json["incidents"] as? [Any])?.count == 2)
    }

    private var listing: String {
        let listing = desk.queue.listing()
        return QueueListing(waiting: listing.waiting, failed: listing.failed, receivers: ["ops"]).plain
    }

    @Test("a server that is not there is tried three times, then by later sweeps, and then gets it once")
    func refused() throws {
        let first = try LocalServer()
        let port = first.port
        first.stop()
        desk.receivers = [desk.webhook("http://127.0.0.1:\(port)/hook")]
        try desk.courier.enqueue([Desk.notice("a1")])
        let bad = try desk.courier.deliver()
        #expect(bad.troubles.count == 1 && desk.pauses == [1, 3])
        #expect(bad.troubles.first?.contains("ops (127.0.0.1:\(port)): couldn't connect to server") == true, "\(bad)")
        #expect(listing.contains("tried 3 times: "), "\(listing)")
        // A later run makes one.
        desk.now += 60
        _ = try desk.courier.deliver()
        #expect(listing.contains("tried 4 times: "), "\(listing)")
        // It certainly did not get it, so that another joins.
        try desk.courier.enqueue([Desk.notice("b1")])
        let second = try LocalServer(port: port)
        defer { second.stop() }
        desk.now += 120
        let good = try desk.courier.deliver()
        #expect(good.delivered.map(\.crashes) == [2] && good.waiting == 0)
        #expect(second.taken.count == 1)
        let request = try #require(second.taken.first)
        #expect(request.head.hasPrefix("POST /hook HTTP/1.1\r\n"))
        #expect(request.head.contains("Content-Type: application/json"))
        #expect(request.head.contains("Idempotency-Key: \(request.json["id"] as? String ?? "?")"))
    }

    @Test(
        "what follows a status of 2xx need not come whole: the message was taken",
        arguments: [
            .flood("200 OK"), .bytes("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc"),
            .answer("204 No Content", body: ""),
        ] as [LocalServer.Behaviour])
    func taken(behaviour: LocalServer.Behaviour) throws {
        let server = try LocalServer(behaviour)
        defer { server.stop() }
        desk.receivers = [desk.webhook(server.url, timeout: 2)]
        try desk.courier.enqueue([Desk.notice("a1")])
        #expect(try desk.courier.deliver().delivered.count == 1)
        desk.now += 7200
        #expect(try desk.courier.deliver().delivered.isEmpty)
        #expect(server.requests.count == 1)
    }

    @Test(
        "what it will never take is put aside and said, and goes out when that is mended",
        arguments: [
            "400 Bad Request", "401 Unauthorized", "403 Forbidden", "404 Not Found", "410 Gone", "413 Too Large",
        ])
    func permanent(status: String) throws {
        let server = try LocalServer(.answer(status, body: "no_service"))
        defer { server.stop() }
        desk.receivers = [desk.webhook(server.url)]
        try desk.courier.enqueue([Desk.notice("a1")])
        let bad = try desk.courier.deliver()
        #expect(bad.troubles.isEmpty && bad.waiting == 0)
        #expect(bad.lost.first?.contains("it answered \(status.prefix(3)) (no_service)") == true, "\(bad.lost)")
        #expect(desk.queue.failed().messages.count == 1 && server.requests.count == 1)
        // Neither is it queued again, nor tried.
        #expect(try desk.courier.enqueue([Desk.notice("a1")]) == 0)
        desk.now += 86_400
        #expect(try desk.courier.deliver(flush: true).lost.isEmpty && server.requests.count == 1)
        server.behaviour = .ok
        #expect(try desk.courier.revive() == 1)
        #expect(try desk.courier.deliver().delivered.count == 1)
        #expect(server.taken.count == 1 && desk.queue.failed().messages.isEmpty)
    }

    @Test("a time that the server asks for is kept, even by a flush, but not one of years")
    func retryAfter() throws {
        let server = try LocalServer(.answer("429 Too Many", headers: ["Retry-After: 7200"]))
        defer { server.stop() }
        desk.receivers = [desk.webhook(server.url)]
        try desk.courier.enqueue([Desk.notice("a1")])
        _ = try desk.courier.deliver()
        #expect(server.requests.count == 1 && desk.pauses.isEmpty)
        desk.now += 7100
        _ = try desk.courier.deliver(flush: true)
        #expect(server.requests.count == 1)
        desk.now += 101
        server.behaviour = .answer("429 Too Many", headers: ["Retry-After: 99999999999999999999"])
        _ = try desk.courier.deliver()
        #expect(server.requests.count == 2)
        server.behaviour = .ok
        desk.now += 86_401
        #expect(try desk.courier.deliver().delivered.count == 1)
    }

    @Test("nothing of an address or a header is said or stored, whatever the server makes of it")
    func secrets() throws {
        let key = "T0P5ECRETKEY"
        let token = "tok-3n-9f8e7d"
        let behaviours: [LocalServer.Behaviour] = [
            .answer("404 Not Found", body: "no hook \(key)"), .answer("500 Oops", body: token),
            .answer("302 Found", headers: ["Location: http://\(key).example/\(token)"]),
            .answer("403 Forbidden", body: "Bearer \(token)"), .bytes("HTTP/1.1 \(key) \(token)\r\n\r\n"), .close,
            .answer("500 Oops", body: key.lowercased()),
        ]
        let server = try LocalServer()
        defer { server.stop() }
        desk.environment = ["HOOK": server.url + "/services/\(key)?t=\(token)", "TOKEN": token + "\n"]
        let headers = [Webhook.Header(name: "Authorization", value: Secret(.environment("TOKEN"), prefix: "Bearer "))]
        desk.receivers = [
            Receiver(
                name: "ops", channel: .webhook(Webhook(address: Secret(.environment("HOOK")), headers: headers)),
                timeout: 2)
        ]
        var said = ""
        for (number, behaviour) in behaviours.enumerated() {
            server.behaviour = behaviour
            try desk.courier.enqueue([Desk.notice("a\(number)")])
            desk.now += 4000
            said += "\(try desk.courier.deliver(flush: true)) \(desk.courier.test(desk.receivers[0]))"
        }
        said += "\(desk.receivers) " + String(reflecting: desk.receivers)
        dump(desk.receivers, to: &said)
        let listing = desk.queue.listing()
        let page = QueueListing(waiting: listing.waiting, failed: listing.failed, receivers: [])
        said += page.plain + page.json
        #expect(server.requests.count > 5)
        #expect(server.requests[0].head.contains("Authorization: Bearer \(token)\r\n"))
        #expect(said.contains("it answered 404") && said.contains("127.0.0.1:\(server.port)"))
        for secret in [key, token, key.lowercased(), "/services"] {
            #expect(!said.contains(secret), "\(secret) in \(said)")
            #expect(!desk.stored.contains(secret))
        }
    }

    @Test("a secret that is missing is said by its name, and what waits for it is not lost")
    func missingSecret() throws {
        let server = try LocalServer()
        defer { server.stop() }
        desk.receivers = [
            Receiver(name: "ops", channel: .webhook(Webhook(address: Secret(.environment("SLACK_WEBHOOK")))))
        ]
        try desk.courier.enqueue([Desk.notice("a1")])
        let bad = try desk.courier.deliver()
        #expect(bad.waiting == 1)
        #expect(bad.troubles.first?.contains("the environment variable SLACK_WEBHOOK is not set") == true)
        desk.environment["SLACK_WEBHOOK"] = server.url
        desk.now += 3600
        #expect(try desk.courier.deliver().delivered.count == 1)
        #expect(server.taken.count == 1)
    }

    @Test("without libcurl it says what to install, and keeps the message")
    func noLibrary() throws {
        desk.receivers = [desk.webhook("http://127.0.0.1:9/")]
        desk.postman = ChannelPostman(
            environment: [:], host: "h", scratch: desk.folder, curl: ["libnothing-of-that-name.so.0"])
        try desk.courier.enqueue([Desk.notice("a1")])
        let bad = try desk.courier.deliver()
        #expect(bad.troubles.first?.contains("apt-get install libcurl4") == true && bad.waiting == 1)
    }

    @Test("a secret in a file is read without its line break; pipes, folders and several lines are refused")
    func secretFiles() throws {
        let good = desk.folder + "/good"
        try "abc-def\n".write(toFile: good, atomically: true, encoding: .utf8)
        #expect(try Secret(.file(good), prefix: "Bearer ").value(environment: [:]) == "Bearer abc-def")
        try "a\nb: c\n".write(toFile: desk.folder + "/two", atomically: true, encoding: .utf8)
        try String(repeating: "x", count: 9000).write(toFile: desk.folder + "/long", atomically: true, encoding: .utf8)
        mkfifo(desk.folder + "/pipe", 0o600)
        for name in ["two", "long", "pipe", "none", ""] {
            #expect(throws: NotifyError.self) { try Secret(.file(desk.folder + "/" + name)).value(environment: [:]) }
        }
    }
}
