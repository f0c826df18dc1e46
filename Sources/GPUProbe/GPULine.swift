/// Reads the few numbers of a probe's line that a recorder needs while it writes, without decoding it.
public enum GPULine {
    /// Calls `body` for each process on each GPU whose memory is known; bytes.
    ///
    /// Only for lines of ``ProbeLine``, whose keys have one order and whose texts hold no bare quote.
    public static func forEachProcess(in line: UnsafeRawBufferPointer, _ body: (_ pid: Int, _ memory: Int) -> Void) {
        var place = 0
        while let start = find("{\"pid\":", in: line, from: place) {
            place = start
            guard let pid = number(in: line, at: &place) else { continue }
            guard follows(",\"memory\":", in: line, at: place) else { continue }
            place += 10
            if let memory = number(in: line, at: &place) { body(pid, memory) }
        }
    }

    /// Where the text after the next occurrence begins.
    private static func find(_ text: StaticString, in line: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var place = start
        while place + text.utf8CodeUnitCount <= line.count {
            if follows(text, in: line, at: place) { return place + text.utf8CodeUnitCount }
            place += 1
        }
        return nil
    }

    private static func follows(_ text: StaticString, in line: UnsafeRawBufferPointer, at place: Int) -> Bool {
        guard place + text.utf8CodeUnitCount <= line.count else { return false }
        for offset in 0..<text.utf8CodeUnitCount where line[place + offset] != text.utf8Start[offset] { return false }
        return true
    }

    private static func number(in line: UnsafeRawBufferPointer, at place: inout Int) -> Int? {
        var value: Int?
        while place < line.count, case let digit = line[place], digit >= 0x30, digit <= 0x39 {
            let (product, overflow) = (value ?? 0).multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(Int(digit) - 0x30)
            if overflow || carry { return nil }
            value = sum
            place += 1
        }
        return value
    }
}
