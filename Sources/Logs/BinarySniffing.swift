import Foundation

/// Tells from a file's first bytes whether it holds text.
enum BinarySniffing {
    /// How much of a file is looked at.
    static let headLength = 8 * 1024

    static let archive = "an archive of files: unpack it first"

    /// Whether the bytes begin a tar archive or a zip: a compressed archive is one once it is decompressed.
    static func isArchive(_ head: [UInt8]) -> Bool {
        let isTar = head.count >= 512 && head[257..<262].elementsEqual("ustar".utf8)
        // A header that an empty archive, or one in several parts, begins with, too.
        let zip: [[UInt8]] = [[0x50, 0x4b, 3, 4], [0x50, 0x4b, 5, 6], [0x50, 0x4b, 7, 8]]
        let others: [[UInt8]] = [[0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], Array("Rar!".utf8) + [0x1a, 0x07]]
        // Flight recorders and checkpoints of PyTorch are zips, too; they are known by then.
        return isTar || (zip + others).contains(where: head.starts)
    }

    /// Whether somebody saved a report or a ledger beside the logs: it quotes the crash, and is none.
    private static func isOwnReport(_ head: [UInt8]) -> Bool {
        if ["\"faultline.scan/", "\"faultline.ledger/", "\"faultline.message/"].contains(where: head.holds) {
            return true
        }
        let asText = head.holds("\nCause\n") && head.holds("\n  what   ")
        return asText || (head.holds("\n### Cause\n") && head.holds("\n| Verdict |"))
    }

    /// Why `head` is not text, or nil when it is. A few NULs are forgiven in what is named like a log: a machine that
    /// loses power leaves blocks of them.
    static func problem(with head: [UInt8], isNamedLikeLog: Bool) -> String? {
        if head.isEmpty || head.starts(with: [0xff, 0xfe]) || head.starts(with: [0xfe, 0xff]) { return nil }
        if head.starts(with: Array("LPKSHHRH".utf8)) {
            return "a binary journal: pipe journalctl -o json --file FILE into faultline -"
        }
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

extension [UInt8] {
    fileprivate func holds(_ text: StaticString) -> Bool {
        withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return false }
            let count = text.utf8CodeUnitCount
            var at = 0
            while at + count <= bytes.count,
                let found = memchr(base + at, Int32(text.utf8Start.pointee), bytes.count - count - at + 1)
            {
                if memcmp(found, text.utf8Start, count) == 0 { return true }
                at = UnsafeRawPointer(found) - base + 1
            }
            return false
        }
    }
}
