extension String {
    /// The beginning of a line, of at most so many bytes.
    ///
    /// What is cut ends with an ellipsis, within the limit and behind a whole character: it tells readers that the line
    /// goes on, and redaction that what stands there may be the first half of a secret.
    package init(beginningOf line: some Collection<UInt8>, most: Int) {
        guard line.count > most else {
            self.init(decoding: line, as: UTF8.self)
            return
        }
        var kept = Array(line.prefix(Swift.max(0, most - "…".utf8.count)))
        // The bytes of a character that was begun: up to three that go on, and the one that they go on from.
        let open = kept.reversed().prefix(4).prefix { $0 & 0xc0 == 0x80 }.count
        if open < Swift.min(4, kept.count), let first = kept.dropLast(open).last, first >= 0xc0 {
            let whole = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2
            if open + 1 < whole { kept.removeLast(open + 1) }
        }
        self = String(decoding: kept, as: UTF8.self) + "…"
    }
}
