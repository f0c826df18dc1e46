import Foundation
import Reporting

/// A file for other programs to read, which they find whole at any time: the old one or the new one.
struct ReplacedFile {
    let path: String
    /// Who may read it.
    var readers = Readers.everyone

    enum Readers {
        case everyone
        /// Whom the file before let read; of a new one, whom the umask does.
        case asBefore
    }

    struct Problem: Error, CustomStringConvertible {
        let description: String
        /// What the system said; 0 where it was not asked.
        var code: Int32 = 0
    }

    func write(_ text: String) throws { try write(Array(text.utf8)) }

    /// Writes beside it, waits until that is on the disk, and gives it the name.
    func write(_ bytes: [UInt8]) throws {
        // The name itself may be a link, which is to stay one.
        let target = realpath(path, nil).map { resolved in
            defer { free(resolved) }
            return String(cString: resolved)
        }
        let file = target ?? path
        var info = stat()
        let isThere = stat(file, &info) == 0
        if isThere, info.st_mode & S_IFMT != S_IFREG {
            throw Problem(description: "\(SafeText.line(path)) is no regular file, and is not replaced; name another")
        }
        let cut = file.lastIndex(of: "/").map { file.index(after: $0) } ?? file.startIndex
        let folder = String(file[..<cut])
        // Not ending like the file: who collects '*.prom' is not to meet half of one.
        let temporary = "\(folder).\(file[cut...]).\(UInt32.random(in: .min ... .max)).tmp"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, readers == .everyone ? 0o644 : 0o666)
        guard descriptor >= 0 else { throw problem(errno) }
        do {
            switch readers {
            // Whatever the umask: a collector runs as another user.
            case .everyone: guard fchmod(descriptor, 0o644) == 0 else { throw problem(errno) }
            case .asBefore: if isThere { _ = fchmod(descriptor, info.st_mode & 0o777) }
            }
            try Self.write(bytes, to: descriptor)
            if fsync(descriptor) != 0, errno != EINVAL, errno != EROFS { throw problem(errno) }
        } catch {
            close(descriptor)
            unlink(temporary)
            throw (error as? WriteFailure).map { problem($0.code) } ?? error
        }
        guard close(descriptor) == 0, rename(temporary, file) == 0 else {
            let code = errno
            unlink(temporary)
            throw problem(code)
        }
        let parent = open(folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if parent >= 0 {
            fsync(parent)
            close(parent)
        }
    }

    struct WriteFailure: Error {
        var code: Int32
    }

    /// Writes all of it.
    static func write(_ bytes: [UInt8], to descriptor: Int32) throws(WriteFailure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if written > 0 {
                rest = rest.dropFirst(written)
            } else if written == 0 || errno != EINTR {
                throw WriteFailure(code: written == 0 ? ENOSPC : errno)
            }
        }
    }

    private func problem(_ code: Int32) -> Problem {
        Problem(
            description: "cannot write \(SafeText.line(path)): \(String(cString: strerror(code))); "
                + "the folder must be there and let you write", code: code)
    }
}
