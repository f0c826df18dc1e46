import BuiltInRules
import Rules
import TestSupport
import Testing

@testable import Redaction

@Suite("Secrets that something invisible parts")
struct BareLineTests {
    let redactor: Redactor

    init() throws {
        redactor = try Redactor(rules: RuleBook.builtIn.landmarks)
    }

    @Test(
        "a token is taken out whole, whatever without ink stands in it",
        arguments: [
            "\u{200b}", "\u{200c}", "\u{200d}", "\u{2060}", "\u{ad}", "\u{feff}", "\u{202e}", "\u{2066}", "\u{180e}",
            "\u{fe0f}", "\u{3164}", "\u{e0041}", "\u{1}", "\u{0}", "\u{7f}", "\u{8}", "\u{1b}[31m",
            "\u{1b}[0;1;38;5;12m",
            "\u{9b}1m", "\u{1b}]8;;https://x.example\u{1b}\\", "\u{1b}]0;title\u{7}", "\u{1b}(B", "\\u200b", "\\u00ad",
            "\\x1b[1m", "\\033[0m", "\\u001b[31m", "\u{200b}\u{1b}[m\u{ad}",
        ])
    func parted(by mark: String) {
        let body = Planted.noise(36)
        for place in [1, 4, 9, 20] {
            let token = body.prefix(place) + mark + body.dropFirst(place)
            let line = "пуш with ghp_\(token) was refused, \(mark)done"
            let shown = redactor.redact(line).text
            #expect(shown == "пуш with [redacted:github-token] was refused, \(mark)done", "after \(place)")
            #expect(redactor.redact(shown).text == shown)
        }
        #expect(!redactor.redact("DB_PASS\(mark)WORD=hunter22").text.contains("hunter22"))
        #expect(!redactor.redact("\(mark)ghp_\(body)\(mark)").text.contains(body.suffix(6)))
    }

    @Test("a line of a private key with colours in it is one")
    func key() {
        let body = Planted.noise(64)
        let line = body.prefix(20) + "\u{1b}[1m" + body.dropFirst(20)
        let text = "-----BEGIN RSA \u{200b}PRIVATE KEY-----\n\(line)\nQ3k9xB==\n-----END RSA PRIVATE KEY-----\nKilled"
        let shown = redactor.redact(text).text
        #expect(!shown.contains(body.prefix(12)) && !shown.contains("Q3k9xB"))
        #expect(shown.hasSuffix("\nKilled"))
    }

    @Test("what parts words parts tokens", arguments: ["\t", "\r", " ", "\u{b}"])
    func spaces(space: String) {
        let line = "hf_abcd\(space)EFGH12345678"
        #expect(redactor.redact(line).text == line)
    }

    @Test(
        "a line with nothing of the kind is not copied",
        arguments: ["", "plain", "tab\tand\rreturn", "Größe 3 µs → 4 日本語 🚀", "C:\\users\\x200", "\\u12", "\\x1", "\\"])
    func nothing(line: String) {
        #expect(BareLine(Array(line.utf8)) == nil)
    }

    @Test("places in it are places of the line, for any bytes")
    func places() throws {
        var random = Seeded(7)
        let parts: [[UInt8]] = [
            Array("a".utf8), Array("ü".utf8), Array("\u{200b}".utf8), [0x1b], Array("\u{1b}[3m".utf8), [0xe2], [0x80],
            [0xf0, 0x9f], [0x5c], Array("\\u200b".utf8), [0x9b], [0xc2], Array("[".utf8), [0x1b, 0x5d], [0xff], [0x00],
        ]
        var looked = 0
        for _ in 0..<3000 * caseFactor {
            let line = (0..<Int.random(in: 0...12, using: &random)).flatMap { _ in
                parts[Int.random(in: 0..<parts.count, using: &random)]
            }
            guard let bare = BareLine(line) else { continue }
            looked += 1
            #expect(bare.bytes.count < line.count)
            var last = -1
            for index in bare.bytes.indices {
                let place = bare.original(index..<(index + 1))
                #expect(place.count == 1 && line[place.lowerBound] == bare.bytes[index] && place.lowerBound > last)
                last = place.lowerBound
            }
        }
        #expect(looked > 1000)
    }
}
