import Foundation
import Reporting

/// A file for other programs to read, which they find whole at any time: the old one or the new one.
struct ReplacedFile {
    let path: String

    struct Problem: Error, CustomStringConvertible {
        let description: String
    }

    /// Writes beside it, waits until that is on the disk, and gives it the name. Anyone may read it.
    func write(_ text: String) throws {
        // The name itself may be a link, which is to stay one.
        let target = realpath(path, nil).map { resolved in
            defer { free(resolved) }
            return String(cString: resolved)
        }
        let file = target ?? path
        var info = stat()
        if stat(file, &info) == 0, info.st_mode & S_IFMT != S_IFREG {
            throw Problem(description: "\(SafeText.line(path)) is no regular file, and is not replaced; name another")
        }
        let cut = file.lastIndex(of: "/").map { file.index(after: $0) } ?? file.startIndex
        let folder = String(file[..<cut])
        // Not ending like the file: who collects '*.prom' is not to meet half of one.
        let temporary = "\(folder).\(file[cut...]).\(UInt32.random(in: .min ... .max)).tmp"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw problem(errno) }
        do {
            // Whatever the umask: the collector runs as another user.
            guard fchmod(descriptor, 0o644) == 0 else { throw problem(errno) }
            try write(Array(text.utf8), to: descriptor)
            if fsync(descriptor) != 0, errno != EINVAL, errno != EROFS { throw problem(errno) }
        } catch {
            close(descriptor)
            unlink(temporary)
            throw error
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

    private func write(_ bytes: [UInt8], to descriptor: Int32) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if written > 0 {
                rest = rest.dropFirst(written)
            } else if written == 0 || errno != EINTR {
                throw problem(written == 0 ? ENOSPC : errno)
            }
        }
    }

    private func problem(_ code: Int32) -> Problem {
        Problem(
            description: "cannot write \(SafeText.line(path)): \(String(cString: strerror(code))); "
                + "the folder must be there and let you write")
    }
}
