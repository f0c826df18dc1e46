import CrashModel
import Foundation

/// The file that a sweep remembers in, locked against other sweeps for as long as it is open.
public final class SweepStateFile: Sendable {
    public let path: String
    private let lock: Int32

    /// `$XDG_STATE_HOME/faultline/sweep.json`, else `~/.local/state/faultline/sweep.json`, beside the ledger.
    public static func defaultPath(environment: [String: String]) -> String {
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") { return state + "/faultline/sweep.json" }
        let home = HomeFolder.path(environment: environment)
        return home + "/.local/state/faultline/sweep.json"
    }

    /// Waits up to `patience` seconds while another sweep has it.
    ///
    /// The lock is on a file of its own, which stays: the state's file is replaced with each sweep.
    public init(path: String, patience: Double) throws(SweepError) {
        self.path = path
        try Self.makeFolder(of: path)
        let lockPath = path + ".lock"
        lock = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0o600)
        guard lock >= 0 else {
            throw SweepError(
                .state, "cannot make \(lockPath): \(Self.reason()). Choose another file with --state FILE.")
        }
        let deadline = ContinuousClock.now + .seconds(patience)
        while flock(lock, LOCK_EX | LOCK_NB) != 0 {
            let code = errno
            // Some network file systems have no locks; one machine's timer rarely runs twice at once.
            guard code == EWOULDBLOCK || code == EINTR else { return }
            guard ContinuousClock.now < deadline else {
                throw SweepError(
                    .busy,
                    "another sweep is running: it has held \(lockPath) for \(Int(patience)) seconds, and nothing was read. "
                        + "Wait longer with --wait SECONDS, or find it with: fuser -v on that file.")
            }
            usleep(20_000)
        }
    }

    deinit {
        if lock >= 0 { close(lock) }
    }

    /// What the last sweep left; nothing where there was none.
    public func read() throws(SweepError) -> SweepState {
        guard let data = FileManager.default.contents(atPath: path) else {
            if access(path, F_OK) == 0 {
                throw SweepError(.state, "cannot read \(path), in which the last sweep left its positions")
            }
            return SweepState()
        }
        do {
            let state = try JSONDecoder().decode(SweepState.self, from: data)
            if state.schema == SweepState.schema { return state }
            throw SweepError(
                .state,
                "\(path) is of another version (\(state.schema.prefix(40))). Use the faultline that wrote it, or remove it: "
                    + "the next sweep then reads everything again, and the ledger keeps what it knows.")
        } catch let error as SweepError {
            throw error
        } catch {
            throw SweepError(
                .state,
                "\(path) is damaged. Move it away: the next sweep then reads everything again, and what stands in the ledger "
                    + "is not written twice.")
        }
    }

    /// Replaces the file in one step, and waits until it is on the disk: after a crash of the machine either the old
    /// state or the new one is there.
    public func write(_ state: SweepState) throws(SweepError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(state) else {
            throw SweepError(
                .state, "the state for \(path) cannot be encoded. This is a fault in Faultline; report it.")
        }
        do {
            try DurableFile.write(data, to: path)
        } catch {
            throw SweepError(
                .state,
                "cannot write \(error.path): \(error.reason). What was found stands in the ledger; the next sweep reads it "
                    + "again and tells nothing twice. Make room, or choose another file with --state FILE.")
        }
    }

    private static func reason() -> String { String(cString: strerror(errno)) }

    private static func makeFolder(of path: String) throws(SweepError) {
        let folder = PathParts(path).folder
        do {
            try FileManager.default.createDirectory(
                atPath: folder.isEmpty ? "." : folder, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw SweepError(.state, "cannot make the folder \(folder): choose another file with --state FILE")
        }
    }
}
