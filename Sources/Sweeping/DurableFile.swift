import CrashModel
package import Foundation

/// Files that are whole at any time, and on the disk when a call returns: after a crash of the machine either the old one
/// or the new one is there.
package enum DurableFile {
    package struct Failure: Error, Sendable {
        package let path: String
        /// Of the system, in words.
        package let reason: String

        init(_ path: String) {
            self.path = path
            reason = String(cString: strerror(errno))
        }
    }

    /// Replaces the file in one step. Nobody but the owner may read it.
    package static func write(_ data: Data, to path: String) throws(Failure) {
        let temporary = path + ".new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Failure(temporary) }
        var rest = data[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let error = Failure(temporary)
                close(descriptor)
                throw error
            }
            rest = rest.dropFirst(count)
        }
        let isSynced = fsync(descriptor) == 0 || errno == EINVAL
        close(descriptor)
        guard isSynced, rename(temporary, path) == 0 else { throw Failure(path) }
        syncFolder(of: path)
    }

    /// One that is not there counts as removed.
    package static func remove(_ path: String) throws(Failure) {
        guard unlink(path) == 0 || errno == ENOENT else { throw Failure(path) }
        syncFolder(of: path)
    }

    package static func move(_ path: String, to target: String) throws(Failure) {
        guard rename(path, target) == 0 else { throw Failure(path) }
        syncFolder(of: target)
        syncFolder(of: path)
    }

    private static func syncFolder(of path: String) {
        let folder = PathParts(path).folder
        let descriptor = open(folder.isEmpty ? "." : folder, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        _ = fsync(descriptor)
        close(descriptor)
    }
}
