/// `/proc/pressure`: the share of the interval in which tasks waited (PSI, Linux 4.20).
final class PressureProbe {
    /// One resource: its file, and the microseconds of waiting until the last reading.
    private final class Resource {
        let name: StaticString
        let file: ProcFile
        var some: Int?
        var full: Int?

        init(_ name: StaticString, _ file: ProcFile) {
            self.name = name
            self.file = file
        }
    }

    private let resources: [Resource]
    /// Of the last interval, in percent: what the recorder's own pace follows.
    private(set) var memory = 0.0

    init(root: String) {
        resources = [
            Resource("memory", ProcFile(root + "/proc/pressure/memory")),
            Resource("cpu", ProcFile(root + "/proc/pressure/cpu")),
            Resource("io", ProcFile(root + "/proc/pressure/io")),
        ]
    }

    /// Whether the kernel has it at all.
    func isThere(_ scratch: Scratch) -> Bool { resources[0].file.read(into: scratch) != nil }

    func sample(into line: JSONLine, scratch: Scratch, elapsed: Double) {
        let start = line.place
        var found = false
        line.object("pressure") {
            for resource in resources {
                guard let text = resource.file.read(into: scratch), var cursor = TextCursor(text) else { continue }
                let before = line.place
                var hasSome = false
                line.object(resource.name) {
                    while !cursor.isAtEnd {
                        let kind = cursor.word()
                        cursor.skipSpaces()
                        let average = cursor.take("avg10=") ? cursor.decimal() : nil
                        cursor.skip(2)
                        cursor.skipSpaces()
                        let waited = cursor.take("total=") ? cursor.integer() : nil
                        cursor.skipLine()
                        if kind.equals("some") {
                            let share = Self.share(waited, since: resource.some, elapsed) ?? average
                            line.field("some", share, digits: 1)
                            hasSome = share != nil
                            resource.some = waited
                            if resource === resources[0] { memory = share ?? 0 }
                        } else if kind.equals("full") {
                            line.field("full", Self.share(waited, since: resource.full, elapsed) ?? average, digits: 1)
                            resource.full = waited
                        }
                    }
                }
                if hasSome { found = true } else { line.rewind(to: before) }
            }
        }
        if !found { line.rewind(to: start) }
    }

    /// The kernel's averages lag by seconds; the growing sums do not.
    private static func share(_ now: Int?, since before: Int?, _ elapsed: Double) -> Double? {
        guard let now, let before, elapsed > 0, now >= before else { return nil }
        return min(100, Double(now - before) / (elapsed * 10_000))
    }
}
