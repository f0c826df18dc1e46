import CrashModel
import Foundation
import TestSupport
import Testing

@testable import Notifying

@Suite("what is sent")
struct PayloadTests {
    private let now = Date(timeIntervalSince1970: 1_772_323_200)

    private func text(_ notices: [Notice]) -> String {
        MessageText(Message(receiver: "ops", notices: notices, created: now), host: "gpu-a12", now: now).plain
    }

    private func slack(_ notices: [Notice]) throws -> [String: Any] {
        let message = Message(receiver: "ops", notices: notices, created: now)
        let data = try MessagePayload(message: message, host: "gpu-a12", now: now).data(.slack)
        return try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
    }

    @Test("says what broke, where, why, what to do, how often before, and how to see more")
    func plain() {
        #expect(
            text([Desk.notice("15f976c98f10b863")]) == """
                Change something before restarting: GPU 3 ran out of memory
                where: gpu-a12, rank 3, job llama
                when: 2026-02-28 23:56:40 UTC
                cause: oom/gpu, in
                  /logs/train_1.log:12
                  CUDA out of memory
                what followed: 2 other failures
                what to do: Use a smaller batch
                seen before: 4 times in 12 days, last 2 days ago
                more:
                  faultline explain 15f976c98f10b863
                told by Faultline on gpu-a12
                """)
    }

    @Test("tells ten crashes, the worst first, and names the others")
    func many() {
        var notices = (1...30).map { Desk.notice("id\($0)", severity: .error) }
        notices.append(Desk.notice("worst"))
        let text = text(notices)
        #expect(text.hasPrefix("31 new crashes, told by Faultline on gpu-a12\n"))
        #expect(text.contains("and 21 more: "))
        #expect(text.components(separatedBy: "where:").count == 11)
        let explained = text.components(separatedBy: "faultline explain ").dropFirst().map { $0.prefix { $0 != "\n" } }
        #expect(explained.first == "worst")
    }

    @Test(
        "in Slack, hostile text addresses nobody, links nowhere and formats nothing",
        arguments: [
            "<!channel> <!here> <@U123> <#C1|x> <https://evil.example|Sign in>", "@channel @here @all @everyone",
            "see http://evil.example/x and www.evil.example", "`` ` ```\u{60}code*bold* ~strike~",
            "&lt;!channel&gt; &amp;lt;", "[click](https://evil.example)",
            "\u{202e}gnp.exe\u{1b}[31m\u{7}\u{0}\u{2028}\u{200b}",
            "mailto:a@b.example MAILTO:x WWW.evil.example", String(repeating: "<", count: 5000),
            String(repeating: "\u{301}", count: 3000),
            "<\u{301}!channel>\u{301} @\u{301}here `\u{301} :\u{301}//x &\u{20dd}", "a\nb\r\n*c*",
        ])
    func hostile(text: String) throws {
        var notice = Desk.notice("a1", text: text)
        notice.title = text
        notice.host = text
        notice.job = text
        notice.cause.source = text
        notice.advice = [Advice(action: text, reason: text, command: text)]
        notice.before?.fix = text
        let clean = try slack([Desk.notice("a1").prepared { $0 }])
        for notice in [notice, notice.prepared { $0 }] {
            let payload = try slack([notice])
            let said = try #require(payload["text"] as? String)
            for sign in ["<", ">", "@", "://", "www.", "WWW.", "mailto:", "MAILTO:", "]("] {
                // By scalar: an accent on a sign does not take it away.
                let scalars = Array(sign.unicodeScalars)
                #expect(!said.unicodeScalars.contains(scalars), "\(sign) in \(said)")
            }
            // An ampersand begins one of Slack's three escapes, and nothing else.
            #expect(
                said.replacingOccurrences(of: "&(amp|lt|gt);", with: "", options: .regularExpression).contains("&")
                    == false)
            for scalar in said.unicodeScalars where scalar != "\n" {
                #expect(scalar.value > 31 && ![0x202e, 0x200b, 0x2028, 0x7f].contains(scalar.value))
            }
            // Each line that begins code ends it, and no line is added.
            for line in said.split(separator: "\n") { #expect(line.unicodeScalars.filter { $0 == "`" }.count % 2 == 0) }
            #expect(said.utf8.count <= 4000)
            #expect(payload["parse"] as? String == "none" && payload["unfurl_links"] as? Bool == false)
        }
        #expect((clean["text"] as? String)?.contains("`CUDA out of memory`") == true)
    }

    @Test("a message for Slack is cut at a line, and says so")
    func cut() throws {
        let notices = (1...10).map { Desk.notice("a\($0)", text: String(repeating: "& ", count: 190)) }
        let said = try #require(try slack(notices)["text"] as? String)
        #expect(said.utf8.count <= 4000 && said.hasSuffix("see 'faultline history'"))
    }

    @Test("the JSON is what its schema says, for crashes, many crashes, and a test")
    func schema() throws {
        let schema = try JSONSchema(
            contentsOf: URL(filePath: #filePath).deletingLastPathComponent().appending(
                path: "../../docs/schema/notify.json"))
        var bare = Desk.notice("b")
        bare.firstSeen = nil
        bare.host = nil
        bare.job = nil
        bare.before = nil
        bare.ranks = []
        bare.advice = []
        let messages = [
            Message(receiver: "ops", notices: [Desk.notice("a"), bare], created: now),
            Message(receiver: "ops", notices: (0..<120).map { Desk.notice("a\($0)") }, created: now),
            Message(receiver: "ops", notices: [], created: now, isTest: true),
        ]
        for message in messages {
            let data = try MessagePayload(message: message, host: "h", now: now).data(.json)
            let object = try JSONSerialization.jsonObject(with: data)
            #expect(schema.problems(in: object, isClosed: true) == [])
            let incidents = ((object as? [String: Any])?["incidents"] as? [Any])?.count
            #expect(incidents == min(50, message.notices.count))
        }
        // The schema can tell right from wrong.
        #expect(!schema.problems(in: ["schema": "faultline.notify/1"], isClosed: true).isEmpty)
    }

    @Test("what is redacted is in no form of a message, and is redacted before it is cut")
    func redaction() throws {
        let secret = "hf_" + String(repeating: "k", count: 30)
        var notice = Desk.notice("a", text: String(repeating: "x", count: 385) + " \(secret)")
        notice.title = secret
        notice.cause.source = "/logs/\(secret).log"
        notice.advice = [Advice(action: secret, reason: secret, command: secret)]
        notice.job = secret
        notice.category = Category(family: "exception", kind: secret)
        notice.before?.fix = secret
        let desk = try Desk()
        desk.receivers = [desk.webhook("http://127.0.0.1:9/")]
        try desk.courier.enqueue([notice]) { $0.replacingOccurrences(of: secret, with: "[secret]") }
        #expect(desk.stored.contains("[secret]") && !desk.stored.contains("hf_k"))
    }
}
