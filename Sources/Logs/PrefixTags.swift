import CrashModel

// Tags that launchers, containers and search tools put before a process's own words.

extension ByteCursor {
    /// `[rank3]:` of PyTorch's excepthook (a global rank) and `[default7]:` of torchrun's tee (role and local rank).
    mutating func rankTag(_ prefix: inout Prefix) -> Bool {
        let found = attempt { cursor -> (label: String, rank: Int, isGlobal: Bool)? in
            guard cursor.take(UInt8(ascii: "[")) else { return nil }
            let start = cursor.at
            guard let rank = cursor.roleAndRank(), cursor.isNext("]:") else { return nil }
            let label = cursor.string(from: start)
            cursor.at += 2
            return (label, rank, label.hasPrefix("rank"))
        }
        guard let found else { return false }
        _ = take(0x20)
        prefix.setRank(found.rank, global: found.isGlobal, local: !found.isGlobal)
        prefix.addStream(found.label)
        return true
    }

    /// A word that ends in digits: `rank3`, `default7`, `trainer_0`.
    private mutating func roleAndRank() -> Int? {
        attempt { cursor in
            guard cursor.peek().isLetter else { return nil }
            guard cursor.skip(limit: 32, while: { $0.isLetter || $0 == UInt8(ascii: "_") }) >= 3 else { return nil }
            return cursor.number(digits: 1...5)
        }
    }

    /// `rank3: `, `Rank 3: `, and `rank 3 | `.
    mutating func namedRankTag(_ prefix: inout Prefix) -> Bool {
        let rank = attempt { cursor -> Int? in
            guard cursor.take("rank") || cursor.take("Rank") || cursor.take("RANK") else { return nil }
            _ = cursor.take(0x20) || cursor.take(UInt8(ascii: "_")) || cursor.take(UInt8(ascii: "-"))
            guard let rank = cursor.number(digits: 1...5) else { return nil }
            _ = cursor.take(0x20)
            guard cursor.take(UInt8(ascii: ":")) || cursor.take(UInt8(ascii: "|")), cursor.take(0x20) else {
                return nil
            }
            return rank
        }
        guard let rank else { return false }
        prefix.setRank(rank, global: true)
        prefix.addStream("rank\(rank)")
        return true
    }

    /// Open MPI's `[1,3]<stderr>:`, SMDDP's `[1,mpirank:9,algo-2]<stdout>:`, and the bare `[3] ` of MPICH.
    mutating func mpiTag(_ prefix: inout Prefix) -> Bool {
        let found = attempt { cursor -> (rank: Int, host: String?)? in
            guard cursor.take(UInt8(ascii: "[")), let first = cursor.number(digits: 1...10) else { return nil }
            if cursor.isNext("] "), first < 10_000 {
                cursor.at += 2
                return cursor.peek().isDigit || cursor.peek().isBlank || cursor.isAtEnd ? nil : (first, nil)
            }
            guard cursor.take(UInt8(ascii: ",")) else { return nil }
            _ = cursor.take("mpirank:")
            guard let rank = cursor.number(digits: 1...6) else { return nil }
            var host: String?
            if cursor.take(UInt8(ascii: ",")) {
                let start = cursor.at
                cursor.skip(limit: 64, while: \.isHostByte)
                host = cursor.string(from: start)
            }
            guard cursor.take("]<stdout>") || cursor.take("]<stderr>") || cursor.take("]<stddiag>"),
                cursor.take(UInt8(ascii: ":"))
            else { return nil }
            return (rank, host)
        }
        guard let found else { return false }
        prefix.setRank(found.rank)
        if let host = found.host { prefix.origin.host = host }
        prefix.addStream("rank\(found.rank)")
        return true
    }

    /// `kubectl logs --prefix`: `[pod/trainer-0/main] `.
    mutating func podTag(_ prefix: inout Prefix) -> Bool {
        let label = attempt { cursor -> String? in
            guard cursor.take("[pod/") else { return nil }
            let start = cursor.at - 4
            cursor.skip(limit: 200) { $0 > 0x20 && $0 != UInt8(ascii: "]") }
            let label = cursor.string(from: start)
            return cursor.take("] ") ? label : nil
        }
        guard let label else { return false }
        prefix.addStream(label)
        return true
    }

    /// The ids that workflow runners put after a time: `[183/train/601 (pid 30118)] [5b1f62ee-…] `.
    mutating func idGroup() -> Bool {
        attempt { cursor -> Bool? in
            guard cursor.take(UInt8(ascii: "[")) else { return nil }
            let start = cursor.at
            var slashes = 0
            while cursor.at - start < 120, !cursor.isAtEnd, cursor.peek() != UInt8(ascii: "]") {
                let byte = cursor.peek()
                if byte == UInt8(ascii: "/") { slashes += 1 }
                guard byte.isHostByte || byte == 0x2f || byte == 0x20 || byte == 0x28 || byte == 0x29 else {
                    return nil
                }
                cursor.at += 1
            }
            let body = cursor.bytes[start..<cursor.at]
            guard cursor.take("] ") else { return nil }
            let isUUID = body.count == 36 && body.allSatisfy { $0.isHexDigit || $0 == 0x2d }
            return isUUID || (slashes >= 2 && body.first?.isDigit == true) ? true : nil
        } ?? false
    }

    /// Ray's `(RayTrainWorker pid=123, ip=10.0.0.1) `, `(pid=123) ` and `(raylet) `.
    mutating func actorTag(_ prefix: inout Prefix) -> Bool {
        let found = attempt { cursor -> (label: String, pid: Int?, host: String?)? in
            guard cursor.take(UInt8(ascii: "(")) else { return nil }
            let start = cursor.at
            cursor.skip(limit: 160) { $0 >= 0x20 && $0 != UInt8(ascii: ")") }
            let close = cursor.at
            guard cursor.take(UInt8(ascii: ")")), cursor.peek() == 0x20 || cursor.isAtEnd else { return nil }
            let label = String(decoding: cursor.bytes[start..<close], as: UTF8.self)
            let isDaemon = label == "raylet" || label.hasPrefix("raylet, ") || label.hasPrefix("autoscaler ")
            var inner = ByteCursor(UnsafeBufferPointer(rebasing: cursor.bytes[start..<close]))
            var pid: Int?
            var host: String?
            while !inner.isAtEnd {
                if inner.take("pid=") {
                    pid = inner.number(digits: 1...10)
                } else if inner.take("ip=") || inner.take("node=") {
                    let from = inner.at
                    inner.skip(while: \.isHostByte)
                    host = inner.string(from: from)
                } else {
                    inner.at += 1
                }
            }
            guard pid != nil || isDaemon else { return nil }
            return (label, pid, host)
        }
        guard let found else { return false }
        _ = take(0x20)
        prefix.origin.pid = found.pid ?? prefix.origin.pid
        prefix.origin.host = found.host ?? prefix.origin.host
        prefix.addStream(found.label)
        return true
    }

    /// `3: ` of `srun --label`: the task's number, padded to the widest.
    mutating func taskLabel() -> Int? {
        attempt { cursor in
            guard let label = cursor.number(digits: 1...5), cursor.take(UInt8(ascii: ":")),
                cursor.take(0x20) || cursor.isAtEnd
            else { return nil }
            return label
        }
    }

    /// `stderr: ` and `stdout: `, as wrappers and some CI systems write them.
    mutating func streamTag(_ prefix: inout Prefix) -> Bool {
        guard take("stderr: ") || take("stdout: ") else { return false }
        return true
    }

    /// `docker compose logs`: `trainer-1  | `.
    mutating func composeTag(_ prefix: inout Prefix) -> Bool {
        let label = attempt { cursor -> String? in
            let start = cursor.at
            guard cursor.skip(limit: 64, while: { $0.isWord || $0 == 0x2d || $0 == 0x2e }) > 2 else { return nil }
            let end = cursor.at
            var digits = 0
            for byte in cursor.bytes[start..<cursor.at].reversed() {
                if byte.isDigit {
                    digits += 1
                } else {
                    guard digits > 0, byte == 0x2d || byte == 0x5f else { return nil }
                    break
                }
            }
            guard digits > 0, digits < end - start, cursor.skipBlanks(limit: 40) > 0, cursor.take("| ")
            else { return nil }
            return String(decoding: cursor.bytes[start..<end], as: UTF8.self)
        }
        guard let label else { return false }
        prefix.addStream(label)
        return true
    }

    /// What `grep -n` and `grep -H` put before a hit, `12:` and `train.log:12:`. Bare numbers only when what follows
    /// is itself a prefix that no prose begins with.
    mutating func searchHitTag() -> Bool {
        attempt { cursor -> Bool? in
            let start = cursor.at
            if cursor.number(digits: 1...8) != nil, cursor.take(UInt8(ascii: ":")) || cursor.take(UInt8(ascii: "-")) {
                var ahead = cursor
                var ignored = Prefix()
                let isTime = ahead.peek(2) != 0x3a && ahead.timestamp() != nil
                guard isTime || ahead.kernelBracket(&ignored) || ahead.rankTag(&ignored) else { return nil }
                return true
            }
            cursor.at = start
            guard cursor.skip(limit: 200, while: { $0 > 0x20 && $0 != UInt8(ascii: ":") }) > 4 else { return nil }
            let name = cursor.bytes[start..<cursor.at]
            guard Self.logEndings.contains(where: { name.suffix(4).elementsEqual($0) }),
                cursor.take(UInt8(ascii: ":"))
            else { return nil }
            if cursor.number(digits: 1...8) != nil { return cursor.take(UInt8(ascii: ":")) ? true : nil }
            return cursor.peek() > 0x20 ? true : nil
        } ?? false
    }

    private static let logEndings: [[UInt8]] = [".log", ".out", ".err", ".txt"].map { Array($0.utf8) }

    /// `10.0.0.2: ` before a facility, as `talosctl dmesg` names the node.
    mutating func nodeAddressTag() -> Bool {
        attempt { cursor -> Bool? in
            guard cursor.skip(limit: 15, while: { $0.isDigit || $0 == 0x2e }) >= 7, cursor.take(": ") else {
                return nil
            }
            var ahead = cursor
            var ignored = Prefix()
            return ahead.facilityTag(&ignored) ? true : nil
        } ?? false
    }
}
