import CrashModel
import Foundation

/// How full filesystems are.
enum FilesystemSpace {
    /// One sample for each filesystem among the paths, under the first path that lies on it.
    static func samples(of paths: [String]) -> [FilesystemSample] {
        var devices: Set<UInt64> = []
        return paths.compactMap { path in
            var info = stat()
            guard stat(path, &info) == 0, devices.insert(UInt64(truncatingIfNeeded: info.st_dev)).inserted else {
                return nil
            }
            return sample(of: path)
        }
    }

    private static func sample(of path: String) -> FilesystemSample? {
        var space = statvfs()
        guard statvfs(path, &space) == 0 else { return nil }
        let block = UInt64(space.f_frsize)
        // f_bavail, not f_bfree: what is reserved for root is not there for a training run.
        return FilesystemSample(
            path: path, total: bytes(UInt64(space.f_blocks), of: block),
            available: bytes(UInt64(space.f_bavail), of: block))
    }

    private static func bytes(_ blocks: UInt64, of size: UInt64) -> Int {
        let (product, overflow) = blocks.multipliedReportingOverflow(by: size)
        return overflow ? .max : Int(clamping: product)
    }
}
