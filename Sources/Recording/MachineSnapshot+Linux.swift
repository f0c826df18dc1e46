// Without a /proc the same code finds nothing; on macOS MachineSnapshot+Darwin.swift stands in.
#if !canImport(Darwin)
    import CrashModel
    import Foundation

    extension MachineSnapshot {
        func memory() -> MemorySample? { proc.memory() }
        func pressure() -> [String: Double] { proc.pressure() }
        func processes(top: Int) -> (largest: [ProcessSample], count: Int) { proc.processes(top: top) }

        private var proc: ProcFolder { ProcFolder(path: root + "/proc") }
    }
#endif
