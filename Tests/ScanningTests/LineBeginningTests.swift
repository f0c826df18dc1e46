import Testing

@testable import Scanning

@Suite("Beginnings of lines")
struct LineBeginningTests {
    @Test(
        "what is cut ends with an ellipsis, behind a whole character and within the limit",
        arguments: [
            ("abcdef", 6, "abcdef"), ("abcdefg", 6, "abc…"), ("", 0, ""), ("äöü", 6, "äöü"), ("äöüx", 6, "ä…"),
            ("日本語日本語", 10, "日本…"), ("🚀🚀🚀", 8, "🚀…"), ("a🚀🚀🚀", 9, "a🚀…"), ("🚀🚀", 6, "…"), ("abcd", 1, "…"),
        ])
    func cut(line: String, most: Int, kept: String) {
        #expect(String(beginningOf: Array(line.utf8), most: most) == kept)
    }

    @Test("bytes that are no text are no reason to stop")
    func noText() {
        let line = [UInt8](repeating: 0x80, count: 50)
        #expect(String(beginningOf: line, most: 20).hasSuffix("…"))
        #expect(String(beginningOf: [0xff, 0xfe], most: 20).count == 2)
    }
}
