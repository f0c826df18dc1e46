/// Ranks as people write them.
package enum RankList {
    /// `rank 3`, `ranks 0-2, 4-7`
    package static func words(_ ranks: [Int]) -> String {
        let sorted = Set(ranks).sorted()
        var spans: [(first: Int, last: Int)] = []
        for rank in sorted {
            if let last = spans.last, rank - 1 == last.last {
                spans[spans.count - 1].last = rank
            } else {
                spans.append((rank, rank))
            }
        }
        // Two neighbours are a pair, not a span.
        let parts = spans.map { span in
            switch span.last - span.first {
            case 0: "\(span.first)"
            case 1: "\(span.first), \(span.last)"
            default: "\(span.first)-\(span.last)"
            }
        }
        return (sorted.count == 1 ? "rank " : "ranks ") + parts.joined(separator: ", ")
    }
}

/// Numbers as people read them.
package enum Amount {
    /// `12,345`
    package static func count(_ number: Int) -> String {
        let digits = Array(String(number.magnitude))
        let grouped = digits.enumerated().map { index, digit in
            index > 0 && (digits.count - index) % 3 == 0 ? ",\(digit)" : String(digit)
        }
        return (number < 0 ? "-" : "") + grouped.joined()
    }

    /// `1 file`, `12 files`
    package static func of(_ number: Int, _ noun: String) -> String {
        "\(count(number)) \(noun)\(number == 1 ? "" : "s")"
    }

    /// `120.3 GiB`
    package static func bytes(_ bytes: Int) -> String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]
        var amount = Double(bytes)
        var unit = 0
        while amount >= 1023.95, unit < units.count - 1 {
            amount /= 1024
            unit += 1
        }
        return unit == 0 ? "\(bytes) B" : "\(tenths(amount)) \(units[unit])"
    }

    /// One digit after the point, whatever the locale.
    package static func tenths(_ number: Double) -> String {
        guard number.isFinite, abs(number) < 1e15 else { return "?" }
        let tenths = Int((abs(number) * 10).rounded())
        return "\(number < 0 && tenths > 0 ? "-" : "")\(tenths / 10).\(tenths % 10)"
    }

    /// `45 seconds`, `12 minutes`, `2.5 hours`, `3 days`: how long something took.
    package static func span(_ seconds: Double) -> String {
        guard seconds.isFinite, abs(seconds) < 1e15 else { return "?" }
        if seconds < 90 { return of(Int(seconds.rounded()), "second") }
        if seconds < 90 * 60 { return of(Int((seconds / 60).rounded()), "minute") }
        let (number, unit) = seconds < 36 * 3600 ? (seconds / 3600, "hours") : (seconds / 86400, "days")
        return "\(shortTenths(number)) \(unit)"
    }

    /// `0.8`, `2`, `12`, `1,200`: tenths only where they tell something.
    package static func shortTenths(_ number: Double) -> String {
        guard number.isFinite, abs(number) < 1e15 else { return "?" }
        if abs(number) >= 9.95 { return count(Int(number.rounded())) }
        let text = tenths(number)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
