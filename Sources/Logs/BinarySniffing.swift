/// Tells from a file's first bytes whether it holds text.
enum BinarySniffing {
    /// How much of a file is looked at.
    static let headLength = 8 * 1024

    /// Whether somebody saved a report or a ledger beside the logs: it quotes the crash, and is none.
    private static func isOwnReport(_ head: [UInt8]) -> Bool {
        let text = String(decoding: head, as: UTF8.self)
        if text.contains("\"faultline.scan/") || text.contains("\"faultline.ledger/") { return true }
        let asText = text.contains("\nCause\n") && text.contains("\n  what   ")
        return asText || (text.contains("\n### Cause\n") && text.contains("\n| Verdict |"))
    }

    /// Why `head` is not text, or nil when it is. A few NULs are forgiven in what is named like a log: a machine that
    /// loses power leaves blocks of them.
    static func problem(with head: [UInt8], isNamedLikeLog: Bool) -> String? {
        if head.isEmpty || head.starts(with: [0xff, 0xfe]) || head.starts(with: [0xfe, 0xff]) { return nil }
        var nulls = 0
        var controls = 0
        for byte in head {
            if byte == 0 {
                nulls += 1
            } else if byte < 0x20, byte != 0x0a, byte != 0x0d, byte != 0x09, byte != 0x1b, byte != 0x08 {
                controls += 1
            }
        }
        if nulls > 0, !isNamedLikeLog || nulls * 2 > head.count, nulls < head.count {
            return "binary (holds NUL bytes)"
        }
        if nulls == head.count, !isNamedLikeLog { return "binary (holds NUL bytes)" }
        if isOwnReport(head) { return "a report of Faultline's own" }
        return controls * 10 > head.count * 3 ? "binary (mostly not text)" : nil
    }
}
