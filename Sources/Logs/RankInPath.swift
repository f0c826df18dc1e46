import CrashModel

/// What a file's place says about who wrote it.
package enum RankInPath {
    /// Looks at the whole path, the file's name first: `rank_3.log`, `log_rank_3`, `rank-3/stdout.log`,
    /// `attempt_0/3/stderr.log` and `local_rank_3.log` (local ranks); `rank_8_15.log` is of several and names none.
    /// `worker-<id>-<job>-<pid>.err` (Ray), `node22.log`.
    static func origin(of path: String) -> LineOrigin {
        let parts = path.split(separator: "/").map { Array($0.utf8) }
        guard let name = parts.last else { return LineOrigin() }
        var origin = LineOrigin()
        for part in ([name] + parts.dropLast().suffix(3).reversed()) where origin.rank == nil {
            guard let found = rank(in: part) else { continue }
            // A file of several ranks is of none of those that a folder names either.
            if found.isRange { break }
            (origin.rank, origin.isRankLocal) = (found.rank, found.isLocal)
        }
        if origin.rank == nil, parts.count >= 3 {
            let folder = parts[parts.count - 2]
            if parts[parts.count - 3].starts(with: "attempt_".utf8), folder.count <= 4, folder.allSatisfy(\.isDigit) {
                origin.rank = Int(String(decoding: folder, as: UTF8.self))
                origin.isRankLocal = origin.rank != nil
            }
        }
        origin.pid = rayPid(name)
        origin.host = node(in: name)
        return origin
    }

    /// Whether the file's name says that several ranks write it, as `rank_8_15.log` does.
    package static func isOfSeveral(_ path: String) -> Bool {
        guard let name = path.split(separator: "/").last else { return false }
        return rank(in: Array(name.utf8))?.isRange ?? false
    }

    private struct Found {
        var rank: Int
        var isLocal = false
        var isRange = false
    }

    /// `rank` at the start of a word, an optional separator, digits that end one. `node_rank` counts machines.
    private static func rank(in name: [UInt8]) -> Found? {
        var index = 0
        while index + 4 < name.count {
            defer { index += 1 }
            if index > 0, name[index - 1].isLetter { continue }
            let before = name[..<index].dropLast()
            if ["node", "group"].contains(where: { before.ends(with: $0) }) { continue }
            let found = ByteCursor.reading(name, at: index) { cursor -> Found? in
                guard cursor.take("ranks") || cursor.take("rank") || cursor.take("Rank") || cursor.take("RANK") else {
                    return nil
                }
                if [0x5f, 0x2d, 0x2e, 0x3d].contains(cursor.peek()) { cursor.at += 1 }
                guard let rank = cursor.number(digits: 1...6), !cursor.peek().isLetter else { return nil }
                return Found(rank: rank, isLocal: before.ends(with: "local"), isRange: cursor.endsRange(from: rank))
            }
            if let found { return found }
        }
        return nil
    }

    /// Ray: `worker-<56 hex>-<8 hex>-<pid>.err`, `python-core-worker-<hex>_<pid>.log`.
    private static func rayPid(_ name: [UInt8]) -> Int? {
        ByteCursor.reading(name) { rayPid(&$0) }
    }

    private static func rayPid(_ cursor: inout ByteCursor) -> Int? {
        if cursor.take("worker-") {
            guard cursor.skip(while: \.isHexDigit) >= 40, cursor.take(UInt8(ascii: "-")) else { return nil }
            cursor.skip(while: \.isHexDigit)
            guard cursor.take(UInt8(ascii: "-")) else { return nil }
        } else if cursor.take("python-core-worker-") {
            guard cursor.skip(while: \.isHexDigit) >= 40, cursor.take(UInt8(ascii: "_")) else { return nil }
        } else {
            return nil
        }
        guard let pid = cursor.number(digits: 1...10), cursor.peek() == UInt8(ascii: ".") else { return nil }
        return pid
    }

    /// `node22.log`, `slurm-17-node-03.out`: the word `node` or `host` with a number, alone between separators.
    private static func node(in name: [UInt8]) -> String? {
        for word in name.split(whereSeparator: { $0 == 0x2e || $0 == 0x5f }) {
            if let node = ByteCursor.reading(Array(word), { node(&$0) }) { return node }
        }
        return nil
    }

    private static func node(_ cursor: inout ByteCursor) -> String? {
        if cursor.isNext("slurm-") {
            cursor.at += 6
            guard cursor.number(digits: 1...12) != nil, cursor.take(UInt8(ascii: "-")) else { return nil }
        }
        let start = cursor.at
        guard cursor.take("node") || cursor.take("host") else { return nil }
        _ = cursor.take(UInt8(ascii: "-"))
        guard cursor.number(digits: 1...6) != nil, cursor.isAtEnd else { return nil }
        return cursor.string(from: start)
    }
}

extension ByteCursor {
    /// `_15` or `-15` behind `rank_8`, with which the name ends: a larger number, and none of a process or a date.
    fileprivate mutating func endsRange(from rank: Int) -> Bool {
        attempt { cursor -> Bool? in
            guard cursor.take(UInt8(ascii: "_")) || cursor.take(UInt8(ascii: "-")),
                let last = cursor.number(digits: 1...4), last > rank, cursor.isAtEnd || cursor.peek() == 0x2e
            else { return nil }
            return true
        } ?? false
    }
}

extension ArraySlice<UInt8> {
    fileprivate func ends(with word: String) -> Bool { suffix(word.utf8.count).elementsEqual(word.utf8) }
}
