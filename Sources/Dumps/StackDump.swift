/// Where one process's threads stood, as `py-spy dump` or Python's `faulthandler` print it.
///
/// py-spy's text is that of src/dump.rs, also with `--locals` and `--native`; faulthandler's that of
/// Python/traceback.c. Texts come from the dumped process and are not cleaned.
public struct StackDump: Equatable, Sendable {
    /// `nil` from `faulthandler`, which does not say it.
    public let pid: Int?
    /// The command line, from py-spy.
    public let program: String?
    /// Whether py-spy reached the process through its parent (`--subprocesses`).
    public let isChild: Bool
    /// In the order printed.
    public let threads: [StackThread]

    /// Reads the one process that the lines tell of: the last dump of it, if it was dumped again and again, and the
    /// parent, if its children follow.
    public init?(lines: [String]) {
        let all = Self.all(in: lines)
        guard let dump = all.last(where: { !$0.isChild }) ?? all.last else { return nil }
        self = dump
    }

    init(pid: Int?, program: String?, isChild: Bool, threads: [StackThread]) {
        self.pid = pid
        self.program = program
        self.isChild = isChild
        self.threads = threads
    }

    /// Every dump in the lines, other lines between them passed over.
    public static func all(in lines: [String]) -> [StackDump] {
        var reader = StackDumpReader()
        for line in lines { reader.read(line) }
        return reader.finish()
    }

    public var mainThread: StackThread? {
        if let named = threads.first(where: { $0.name == "MainThread" }) { return named }
        if let pid, let thread = threads.first(where: { $0.id == String(pid) }) { return thread }
        // faulthandler goes from the youngest thread to the oldest; those that `threading` started end in `_bootstrap`.
        let top = ["<module>", "_run_module_as_main"]
        return threads.last { $0.frames.last.map { top.contains($0.function) } ?? false } ?? threads.last
    }

    /// What the main thread waits in or for: `all_reduce`, `the DataLoader's workers`. `nil` when it stands in code
    /// that is not known to wait.
    public var waitsIn: String? {
        guard let frames = mainThread?.frames, let wait = WaitTable.wait(of: frames) else { return nil }
        // Hooks of the backward pass run on threads of the engine, and there the collectives of FSDP and ZeRO.
        guard wait == WaitTable.backward else { return wait }
        return threads.lazy.compactMap { WaitTable.collective(of: $0.frames) }.first ?? wait
    }

    /// The main thread's place in the user's code.
    public var place: CodePlace? { mainThread?.place }
}
