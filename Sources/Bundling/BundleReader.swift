internal import Foundation
public import Reporting

/// Reads bundles that anybody may have made. Nothing is written to the disk.
public struct BundleReader {
    let library: TarLibrary
    let limits: BundleLimits

    public init(library: TarLibrary, limits: BundleLimits = .standard) {
        self.library = library
        self.limits = limits
    }

    /// The report in the bundle, once all that its manifest names is there with the right hash, and nothing else.
    ///
    /// Hashes tell that it came as it was made. Who made it, they do not tell.
    public func read(_ file: String) throws(BundleError) -> (report: CrashReport, manifest: BundleManifest) {
        let entries = try library.unpack(try Self.bytes(of: file, limits), limits)
        let depths = entries.map { $0.path.split(separator: "/") }
        guard let place = depths.first(where: { $0.count <= 2 && $0.last == BundleManifest.name[...] }) else {
            throw .noBundle
        }
        let root = place.count == 2 ? place[0] + "/" : ""
        var files: [String: [UInt8]] = [:]
        for entry in entries {
            guard entry.path.hasPrefix(root) else { throw .unlisted(entry.path) }
            files[String(entry.path.dropFirst(root.count))] = entry.bytes
        }
        let head = files.removeValue(forKey: BundleManifest.name) ?? []
        if head.count > limits.manifest { throw .tooLarge("'\(BundleManifest.name)'", most: limits.manifest) }
        let manifest = try BundleManifest(reading: Data(head))
        if let other = files.keys.sorted().first(where: { path in !manifest.files.contains { $0.path == path } }) {
            throw .unlisted(other)
        }
        for file in manifest.files {
            guard let bytes = files[file.path] else { throw .missing(file.path) }
            guard bytes.count == file.bytes, try library.sha256(bytes) == file.sha256 else {
                throw .altered(file.path)
            }
        }
        guard manifest.files.contains(where: { $0.path == manifest.report }), let json = files[manifest.report] else {
            throw .missing(manifest.report)
        }
        if json.count > limits.report { throw .tooLarge("'\(manifest.report)'", most: limits.report) }
        do {
            return (try CrashReportJSON().read(Data(json)), manifest)
        } catch {
            throw .malformed(manifest.report, error.description)
        }
    }

    /// Whether a file with any name is an archive that begins as bundles do.
    public static func isBundle(_ file: String, limits: BundleLimits = .standard) -> Bool {
        guard isCompressed(file), let library = try? TarLibrary(), let bytes = try? Self.bytes(of: file, limits),
            let first = try? library.unpack(bytes, limits, first: 2)
        else { return false }
        return first.contains { $0.path.split(separator: "/").last == BundleManifest.name[...] }
    }

    private static func isCompressed(_ file: String) -> Bool {
        var info = stat()
        guard stat(file, &info) == 0, info.st_mode & S_IFMT == S_IFREG,
            let handle = FileHandle(forReadingAtPath: file)
        else { return false }
        defer { try? handle.close() }
        guard let magic = try? handle.read(upToCount: 4) else { return false }
        return magic.starts(with: [0x1f, 0x8b]) || magic.elementsEqual([0x28, 0xb5, 0x2f, 0xfd])
    }

    private static func bytes(of file: String, _ limits: BundleLimits) throws(BundleError) -> [UInt8] {
        var info = stat()
        guard stat(file, &info) == 0 else { throw .unreadable(String(cString: strerror(errno))) }
        guard info.st_mode & S_IFMT == S_IFREG else { throw .unreadable("it is no regular file") }
        guard let handle = FileHandle(forReadingAtPath: file) else {
            throw .unreadable("it cannot be opened: \(String(cString: strerror(errno)))")
        }
        defer { try? handle.close() }
        do {
            let bytes = try handle.read(upToCount: limits.packed + 1) ?? Data()
            guard bytes.count <= limits.packed else { throw BundleError.tooLarge("the file", most: limits.packed) }
            return [UInt8](bytes)
        } catch let error as BundleError {
            throw error
        } catch {
            throw .unreadable(error.localizedDescription)
        }
    }
}
