/// Follows a private key over its lines. Each of them is secret, and none but the first and the last says so.
struct KeyBlock {
    private var isInside = false

    private static let begin = Array("-----BEGIN ".utf8)
    private static let end = Array("-----END ".utf8)
    private static let key = Array("PRIVATE KEY".utf8)
    /// How many characters OpenSSL, OpenSSH and GnuPG put on a line.
    private static let widths: Set<Int> = [64, 70, 76]

    /// What of the line is a key's; nil when nothing is.
    mutating func secret(in line: [UInt8]) -> Range<Int>? {
        // The last word: what stands before it is a log's prefix.
        var end = line.count
        while end > 0, Self.isBlank(line[end - 1]) { end -= 1 }
        var start = end
        while start > 0, Self.isBase64(line[start - 1]) { start -= 1 }
        let word = start..<end
        if Self.holds(Self.begin, in: line), Self.holds(Self.key, in: line) {
            isInside = !Self.holds(Self.end, in: line)
            return nil
        }
        if isInside {
            if Self.holds(Self.end, in: line) {
                isInside = false
                // A short last line may stand before the mark.
                return nil
            }
            if end == 0 || Self.isHeader(line) { return nil }
            if Self.isPart(line[word]) { return word }
            isInside = false
            return nil
        }
        return Self.widths.contains(word.count) && Self.isMixed(line[word])
            && (start == 0 || Self.isEdge(line[start - 1]))
            ? word : nil
    }

    /// `Proc-Type: 4,ENCRYPTED`, `DEK-Info: …`
    private static func isHeader(_ line: [UInt8]) -> Bool {
        holds(Array("Proc-Type: ".utf8), in: line) || holds(Array("DEK-Info: ".utf8), in: line)
    }

    /// Whether it can be a line within a key: a full one, or the last, which is no word of a sentence.
    private static func isPart(_ word: ArraySlice<UInt8>) -> Bool {
        if word.count >= 40 { return true }
        guard word.count >= 4, word.count % 4 == 0 else { return false }
        return word.last == UInt8(ascii: "=") || word.contains { !(0x61...0x7a).contains($0) }
    }

    /// Random bytes have letters of both cases and figures; a hash in hexadecimal and a word have not.
    private static func isMixed(_ word: ArraySlice<UInt8>) -> Bool {
        word.contains { (0x30...0x39).contains($0) } && word.contains { (0x47...0x5a).contains($0) }
            && word.contains { (0x67...0x7a).contains($0) } && !word.contains(UInt8(ascii: "_"))
            // A path has more slashes than one byte in sixteen.
            && word.count { $0 == UInt8(ascii: "/") } <= 6
    }

    private static func isBase64(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="): true
        default: false
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0d }
    private static func isEdge(_ byte: UInt8) -> Bool { isBlank(byte) || [0x22, 0x27, 0x7c, 0x3e].contains(byte) }

    private static func holds(_ text: [UInt8], in line: [UInt8]) -> Bool {
        guard line.count >= text.count, line.contains(text[0]) else { return false }
        return line.withUnsafeBufferPointer { line in
            (0...(line.count - text.count)).contains { start in
                line[start] == text[0] && line[start..<(start + text.count)].elementsEqual(text)
            }
        }
    }
}
