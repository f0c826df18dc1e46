public import CrashModel
public import Foundation

/// One look at this machine now, to stand in where no recording reaches back to a crash.
///
/// Whatever cannot be read is left out: a snapshot never fails.
public struct MachineSnapshot: Sendable {
    /// The folder that stands for `/`; `/proc` is looked up in it.
    let root: String

    /// - Parameter root: `/`, or a folder with a copied `/proc` in tests.
    public init(root: String = "/") {
        self.root = root
    }

    /// Takes memory, swap, pressure, the space of the given filesystems and the largest processes.
    ///
    /// - Parameters:
    ///   - now: The time to put on it.
    ///   - paths: Files or folders whose filesystems matter, such as the logs' and the checkpoints'. Those that do not
    ///     exist are left out, and several on one filesystem give one sample. Always paths of this machine, not below
    ///     `root`.
    ///   - topProcesses: How many of the largest processes to keep.
    public func take(now: Date, filesystemsOf paths: [String], topProcesses: Int = 8) -> ResourceContext {
        let processes = processes(top: topProcesses)
        return ResourceContext(
            origin: .snapshotAfter, takenAt: now, memory: memory(), pressure: pressure(),
            filesystems: FilesystemSpace.samples(of: paths), processes: processes.largest,
            processCount: processes.count)
    }
}
