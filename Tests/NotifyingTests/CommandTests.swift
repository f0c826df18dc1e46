import Foundation
import TestSupport
import Testing

@testable import Notifying

@Suite("commands")
struct CommandTests {
    private let desk: Desk

    init() throws { desk = try Desk() }

    private func receiver(_ script: String, timeout: Double = 10, arguments: [String] = []) throws -> Receiver {
        let path = desk.folder + "/page"
        try ("#!/bin/sh\n" + script).write(toFile: path, atomically: true, encoding: .utf8)
        chmod(path, 0o700)
        return Receiver(name: "page", channel: .command([path] + arguments), timeout: timeout)
    }

    private func read(_ name: String) -> String? {
        try? String(contentsOfFile: desk.folder + "/" + name, encoding: .utf8)
    }

    @Test("a command gets the JSON on standard input, and its arguments as they stand in the configuration")
    func input() throws {
        let hostile = "$(touch \(desk.folder)/owned) `id` ; rm -rf x"
        desk.receivers = [
            try receiver(
                "cat > '\(desk.folder)/got'; printf '%s|' \"$@\" > '\(desk.folder)/args'",
                arguments: ["--team", "m l", "$HOME"])
        ]
        var notice = Desk.notice("a1", text: hostile)
        notice.title = hostile
        try desk.courier.enqueue([notice])
        #expect(try desk.courier.deliver().delivered.map(\.crashes) == [1])
        let json = try #require(
            try JSONSerialization.jsonObject(with: Data((read("got") ?? "").utf8)) as? [String: Any])
        #expect(json["schema"] as? String == "faultline.notify/1")
        let cause = ((json["incidents"] as? [[String: Any]])?.first?["cause"] as? [String: Any])?["text"] as? String
        #expect(cause == hostile)
        #expect(read("args") == "--team|m l|$HOME|")
        #expect(read("owned") == nil)
    }

    @Test(
        "one that fails is tried again, with its last words",
        arguments: [("exit 1", "status 1"), ("kill -9 $$", "signal 9")])
    func failing(end: String, words: String) throws {
        desk.receivers = [try receiver("echo first >&2; printf 'no pager\\033[31m\\n' >&2; \(end)")]
        try desk.courier.enqueue([Desk.notice("a1")])
        let report = try desk.courier.deliver()
        #expect(report.waiting == 1)
        #expect(report.troubles.first?.contains(words) == true, "\(report)")
        #expect(report.troubles.first?.contains("no pager\\x1b[31m") == true)
        desk.receivers = [try receiver("exit 0")]
        desk.now += 3600
        #expect(try desk.courier.deliver().delivered.count == 1)
    }

    @Test("one that hangs is ended with all that it started, also what ignores a polite request")
    func hanging() throws {
        desk.receivers = [
            try receiver(
                "trap '' TERM; sh -c 'trap \"\" TERM; sleep 300' & echo $! > '\(desk.folder)/child'; wait", timeout: 1)
        ]
        try desk.courier.enqueue([Desk.notice("a1")])
        let begin = ContinuousClock.now
        let report = try desk.courier.deliver()
        #expect(ContinuousClock.now - begin < .seconds(9))
        #expect(report.troubles.first?.contains("did not end within 1 seconds") == true)
        let child = try #require(Int32((read("child") ?? "").trimmingCharacters(in: .whitespacesAndNewlines)))
        // Init may take a moment to bury it.
        for _ in 0..<100 where kill(child, 0) == 0 && !isDead(child) { usleep(20_000) }
        #expect(kill(child, 0) != 0 || isDead(child))
        #expect(desk.queue.waiting().messages.map(\.mayHaveArrived) == [true])
    }

    /// Dead, and waiting for a parent that does not ask.
    private func isDead(_ process: Int32) -> Bool {
        (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8))?.contains(") Z ") ?? true
    }

    @Test(
        "one that floods its outputs, reads nothing or closes everything is no trouble",
        arguments: [
            "head -c 3000000 /dev/zero; head -c 3000000 /dev/zero >&2; exit 0", "exec <&- >&- 2>&-; sleep 0.2; exit 0",
            "exit 0",
            "sleep 60 & exit 0",
        ])
    func strange(script: String) throws {
        desk.receivers = [try receiver(script, timeout: 20)]
        try desk.courier.enqueue((1...200).map { Desk.notice("a\($0)", text: String(repeating: "x", count: 400)) })
        let begin = ContinuousClock.now
        #expect(try desk.courier.deliver().delivered.count == 1)
        #expect(ContinuousClock.now - begin < .seconds(15))
    }

    @Test("one that floods its complaints for ever is ended in time")
    func endless() throws {
        desk.receivers = [try receiver("exec yes >&2", timeout: 1)]
        try desk.courier.enqueue([Desk.notice("a1")])
        let begin = ContinuousClock.now
        #expect(try desk.courier.deliver().troubles.count == 1)
        #expect(ContinuousClock.now - begin < .seconds(6))
    }

    @Test("one that is not there, or is no program, is said by its path")
    func missing() throws {
        for path in [desk.folder + "/none", desk.folder] {
            desk.receivers = [Receiver(name: "page", channel: .command([path]))]
            try desk.courier.enqueue([Desk.notice("a1")])
            let report = try desk.courier.deliver(flush: true)
            #expect(report.troubles.first?.contains("\(path) cannot be started") == true, "\(report)")
        }
    }
}
