import CrashModel

// What a message says about its writer in its own words. Nothing is taken off.

extension ByteCursor {
    /// NCCL writes `host:pid:tid [gpu] NCCL WARN …`.
    func readNCCLWriter(_ prefix: inout Prefix) {
        var cursor = self
        let start = cursor.at
        guard cursor.peek().isWord else { return }
        cursor.skip(limit: 64) { $0.isWord || $0 == 0x2d || $0 == 0x2e }
        guard cursor.peek() == UInt8(ascii: ":") else { return }
        let host = cursor.at
        cursor.at += 1
        guard let pid = cursor.number(digits: 1...10), cursor.take(UInt8(ascii: ":")),
            cursor.number(digits: 1...10) != nil, cursor.take(" [")
        else { return }
        let noDevice = cursor.take(UInt8(ascii: "-"))  // [-1]: none chosen yet
        guard let gpu = cursor.number(digits: 1...3), cursor.take(UInt8(ascii: "]")) else { return }
        prefix.origin.host = String(decoding: bytes[start..<host], as: UTF8.self)
        prefix.origin.pid = pid
        if !noDevice { prefix.origin.gpu = gpu }
    }

    /// `[Rank 3]`, `GUID 1 Rank 3]` and a `[rank3]` that does not begin the line.
    func readRankInText(_ prefix: inout Prefix) {
        let limit = min(end, at + 200)
        var index = at
        while index + 5 < limit {
            // The word's last letter is looked at first: most bytes are none of the word's, and four can be passed over.
            switch bytes[index + 3] {
            case UInt8(ascii: "k"): break
            case UInt8(ascii: "n"):
                index += 1
                continue
            case UInt8(ascii: "a"):
                index += 2
                continue
            case UInt8(ascii: "r"), UInt8(ascii: "R"):
                index += 3
                continue
            default:
                index += 4
                continue
            }
            guard bytes[index] | 0x20 == UInt8(ascii: "r"), bytes[index + 1] == UInt8(ascii: "a"),
                bytes[index + 2] == UInt8(ascii: "n")
            else {
                // No letter comes twice in the word.
                index += 4
                continue
            }
            var cursor = self
            cursor.at = index + 4
            index += 4
            _ = cursor.take(0x20)
            guard let rank = cursor.number(digits: 1...5), cursor.peek() == UInt8(ascii: "]") else { continue }
            let before = index - 5 >= at ? bytes[index - 5] : 0
            guard before == UInt8(ascii: "[") || before == 0x20 else { continue }
            prefix.setRank(rank, global: true)
            return
        }
    }

    /// The pid of a syslog tag: `systemd-oomd[34]: `.
    func readProgramTag(_ prefix: inout Prefix) {
        guard prefix.origin.pid == nil else { return }
        var cursor = self
        guard cursor.peek().isLetter else { return }
        cursor.skip(limit: 48) { $0.isWord || $0 == 0x2d || $0 == 0x2e || $0 == 0x2f || $0 == 0x40 }
        guard cursor.take(UInt8(ascii: "[")), let pid = cursor.number(digits: 1...10), cursor.take("]: ") else {
            return
        }
        prefix.origin.pid = pid
    }
}
