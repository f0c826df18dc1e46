import CrashModel
import Foundation
import Reporting

/// Where `-o` and `--bundle` write. A file is written whole or not at all; a pipe and a device, such as `/dev/stdout`, stay
/// what they are.
struct ReportFile {
    let path: String
    /// The option that named it.
    var option = "-o"

    /// Says what is wrong with the name before anything is read: what a scan found is not to be lost for it.
    func check() throws(CommandFailure) {
        var info = stat()
        if path.isEmpty { throw CommandFailure("'\(option)' needs the name of a file", status: ExitStatus.usage) }
        let isThere = stat(path, &info) == 0
        if path.hasSuffix("/") || (isThere && info.st_mode & S_IFMT == S_IFDIR) {
            let folder = path.hasSuffix("/") ? path : path + "/"
            throw CommandFailure(
                "'\(option) \(SafeText.line(path))' names a folder: name a file, for instance "
                    + "'\(option) \(SafeText.line(folder))crash\(option == "-o" ? ".html" : ".tar.zst")'",
                status: ExitStatus.usage)
        }
        if isThere {
            if access(path, W_OK) != 0 { throw failure(errno) }
        } else if stat(folder, &info) != 0 || access(folder, W_OK) != 0 {
            throw failure(errno)
        } else if info.st_mode & S_IFMT != S_IFDIR {
            throw failure(ENOTDIR)
        }
    }

    func write(_ text: String) throws(CommandFailure) { try write(Array(text.utf8)) }

    func write(_ bytes: [UInt8]) throws(CommandFailure) {
        var info = stat()
        if stat(path, &info) == 0, info.st_mode & S_IFMT != S_IFREG { return try pass(on: bytes) }
        do {
            // As the umask says: a report is for those whom its maker gives it to.
            try ReplacedFile(path: path, readers: .asBefore).write(bytes)
        } catch {
            throw failure((error as? ReplacedFile.Problem)?.code ?? EIO)
        }
    }

    /// To what is no file, and is not replaced by one.
    private func pass(on bytes: [UInt8]) throws(CommandFailure) {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { throw failure(errno) }
        defer { close(descriptor) }
        do { try ReplacedFile.write(bytes, to: descriptor) } catch {
            // Who reads a pipe may go away when it has seen enough.
            if error.code != EPIPE { throw failure(error.code) }
        }
    }

    private var folder: String {
        let folder = PathParts(path).folder
        return folder.isEmpty ? "." : folder
    }

    private func failure(_ code: Int32) -> CommandFailure {
        let place = SafeText.line(folder)
        // What a person can see from the name is wrong usage; what the disk says is not.
        let (reason, status): (String, Int32) =
            switch code {
            case ENOENT:
                ("there is no folder '\(place)': make it, or name another file with '\(option)'", ExitStatus.usage)
            case ENOTDIR: ("'\(place)' is no folder: name another file with '\(option)'", ExitStatus.usage)
            case EACCES, EPERM, EROFS:
                (
                    "\(String(cString: strerror(code))): name a file where you may write with '\(option)'",
                    ExitStatus.incomplete
                )
            case ENOSPC, EDQUOT, EFBIG:
                (
                    "\(String(cString: strerror(code))): make room, or name a file on another disk with '\(option)'",
                    ExitStatus.incomplete
                )
            default:
                ("\(String(cString: strerror(code))): name another file with '\(option)'", ExitStatus.incomplete)
            }
        return CommandFailure("cannot write \(SafeText.line(path)): \(reason)", status: status)
    }
}
