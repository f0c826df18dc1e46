public import CrashModel
import Dumps
import Foundation

/// What ``InputDiscovery`` found.
public struct Discovered: Sendable {
    /// In the order of the paths given, each folder's sorted by path.
    public var inputs: [LogInput]
    /// Passed over on purpose, with the reason.
    public var skipped: [SkippedInput]
    /// What should have been read and could not be.
    public var unreadable: [InputReport]

    public init(inputs: [LogInput] = [], skipped: [SkippedInput] = [], unreadable: [InputReport] = []) {
        self.inputs = inputs
        self.skipped = skipped
        self.unreadable = unreadable
    }
}

/// A file, whatever it is called and however it is reached; a number that is used again after the file was deleted.
public struct FileIdentity: Sendable, Hashable, Codable {
    public var device: UInt64
    public var inode: UInt64

    public init(device: UInt64, inode: UInt64) {
        self.device = device
        self.inode = inode
    }
}

/// Finds what to read: named files as they are, folders with everything below them that can be a log.
///
/// Below a folder, hidden, binary and foreign files are passed over and said so, and a file that is reached twice (a
/// link beside its target) is read once. A path that is named itself is read whatever it looks like.
public struct InputDiscovery: Sendable {
    /// Folders deeper than this below the one named are not entered.
    private static let maximumDepth = 64

    private let known: Set<FileIdentity>

    /// - Parameter known: Files with lines that were read before. They are taken by their names, without another look
    ///   inside.
    public init(known: Set<FileIdentity> = []) {
        self.known = known
    }

    /// `-` stands for standard input.
    public func discover(_ paths: [String]) -> Discovered {
        var search = Search(known: known)
        for path in paths { search.add(path) }
        return search.found
    }

    private struct Search {
        var found = Discovered()
        private let known: Set<FileIdentity>
        private var folders: Set<FileIdentity> = []
        private var files: [FileIdentity: String] = [:]
        private var standardInput = false

        init(known: Set<FileIdentity>) {
            self.known = known
        }

        mutating func add(_ path: String) {
            if path == "-" {
                guard !standardInput else { return }
                standardInput = true
                found.inputs.append(LogInput(source: "-", location: .standardInput, modified: Date()))
                return
            }
            guard let status = FileStatus(path) else {
                let code = errno
                if code == ENOENT || code == ELOOP, let link = BrokenLink(path) { return fail(path, link.problem) }
                errno = code
                let problem = FileAccess.problem("could not be found", path)
                // A shell leaves a pattern as it is where nothing matches it, or where it is quoted.
                let isPattern = code == ENOENT && path.contains { "*?[".contains($0) }
                return fail(path, isPattern ? "nothing matches this pattern, or it is in quotes: \(path)" : problem)
            }
            if status.isFolder {
                var ancestors: [FileIdentity] = []
                walk(path, status.identity, &ancestors)
            } else if access(path, R_OK) != 0 {
                fail(path, FileAccess.problem("could not be read", path))
            } else if files[status.identity] == nil {
                files[status.identity] = path
                let isKnown = known.contains(status.identity)
                let head = status.isRegular && !isKnown ? try? head(of: path) : nil
                // Its members run into one another, and their lines would be nobody's.
                if let head, !FlightRecorderDump.isLikely(name: path, head: head), BinarySniffing.isArchive(head) {
                    return fail(path, "\(BinarySniffing.archive): \(path)")
                }
                take(path, status, head: head)
            }
        }

        private mutating func walk(_ folder: String, _ identity: FileIdentity, _ ancestors: inout [FileIdentity]) {
            guard folders.insert(identity).inserted else {
                return skip(folder, ancestors.contains(identity) ? "a link that leads back here" : "read already")
            }
            guard ancestors.count < InputDiscovery.maximumDepth else { return skip(folder, "too deep") }
            let names: [String]
            do {
                names = try FileManager.default.contentsOfDirectory(atPath: folder)
            } catch {
                let code = ((error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError)?.code ?? 0
                let denied = code == Int(EACCES) || (error as? CocoaError)?.code == .fileReadNoPermission
                return fail(folder, denied ? "permission denied: \(folder)" : "could not be listed: \(folder)")
            }
            ancestors.append(identity)
            defer { ancestors.removeLast() }
            for name in names.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
                visit(folder.hasSuffix("/") ? folder + name : folder + "/" + name, name, &ancestors)
            }
        }

        private mutating func visit(_ path: String, _ name: String, _ ancestors: inout [FileIdentity]) {
            guard let status = FileStatus(path) else {
                let code = errno
                if code == ENOENT, name.contains("\u{fffd}") {
                    return fail(path, "its name is not valid UTF-8: rename it, or pipe it to standard input")
                }
                // What is passed over anyway is, whether it is there or not: an editor's lock is such a link.
                if let reason = NamesPassedOver.problem(withFile: name) { return skip(path, reason) }
                if code == ENOENT || code == ELOOP, let link = BrokenLink(path) { return fail(path, link.problem) }
                // Logs are rotated while they are listed.
                if code == ENOENT { return skip(path, "gone by now") }
                errno = code
                return fail(path, FileAccess.problem("could not be examined", path))
            }
            if status.isFolder {
                if let reason = NamesPassedOver.problem(withFolder: name) { return skip(path, reason) }
                return walk(path, status.identity, &ancestors)
            }
            guard status.isRegular else { return skip(path, "not a regular file") }
            if let reason = NamesPassedOver.problem(withFile: name) {
                guard NamesPassedOver.mayBePickle(name), let head = try? head(of: path),
                    FlightRecorderDump.isLikely(name: path, head: head)
                else { return skip(path, reason) }
            }
            if let twin = files[status.identity] { return skip(path, "the same file as \(twin)") }
            if known.contains(status.identity) {
                files[status.identity] = path
                return take(path, status, head: nil)
            }
            // A file that cannot be opened is for the reader to report, unless it may not be read at all.
            let head: [UInt8]?
            do {
                head = try self.head(of: path)
            } catch {
                guard access(path, R_OK) == 0 else { return fail(path, error.message) }
                head = nil
            }
            if let head, let reason = problem(withContent: head, path, name) { return skip(path, reason) }
            // Only now: what is passed over here is read when it is named besides.
            files[status.identity] = path
            take(path, status, head: head)
        }

        /// What the first bytes say.
        private func problem(withContent head: [UInt8], _ path: String, _ name: String) -> String? {
            if FlightRecorderDump.isLikely(name: path, head: head) { return nil }
            if BinarySniffing.isArchive(head) { return BinarySniffing.archive }
            if let reason = BinarySniffing.problem(with: head, isNamedLikeLog: NamesPassedOver.isLikeLog(name)) {
                return reason
            }
            if NamesPassedOver.isJSON(name), !JSONRecords.areLikely(in: head, isLines: !name.hasSuffix(".json")) {
                return "JSON without log records: name it to have it read"
            }
            return nil
        }

        private mutating func take(_ path: String, _ status: FileStatus, head: [UInt8]?) {
            var input = LogInput(
                source: path, location: .file(path), modified: status.modified, origin: RankInPath.origin(of: path))
            if let head {
                input.isFlightRecorderDump = FlightRecorderDump.isLikely(name: path, head: head)
            }
            found.inputs.append(input)
        }

        /// The first bytes, decompressed when they are compressed.
        private func head(of path: String) throws(ByteStream.Problem) -> [UInt8] {
            var stream = try ByteStream(.file(path), name: path)
            defer { stream.close() }
            var head = [UInt8](repeating: 0, count: BinarySniffing.headLength)
            var count = 0
            while count < head.count {
                let start = count
                let got = head.withUnsafeMutableBytes { buffer in
                    (try? stream.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[start...]))) ?? 0
                }
                if got == 0 { break }
                count += got
            }
            head.removeLast(head.count - count)
            return head
        }

        private mutating func skip(_ path: String, _ reason: String) {
            found.skipped.append(SkippedInput(source: path, reason: reason))
        }

        private mutating func fail(_ path: String, _ problem: String) {
            found.unreadable.append(InputReport(source: path, complete: false, problem: problem))
        }
    }

    /// A symbolic link behind which there is no file.
    private struct BrokenLink {
        let problem: String

        /// `nil` for what is no link.
        init?(_ path: String) {
            guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path) else { return nil }
            problem = "a broken link, to \(target): \(path)"
        }
    }

    /// What `stat(2)` says of a path, links followed; nil with `errno` set when it says nothing.
    private struct FileStatus {
        var identity: FileIdentity
        var isFolder: Bool
        var isRegular: Bool
        var modified: Date

        init?(_ path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            identity = FileIdentity(
                device: UInt64(truncatingIfNeeded: status.st_dev), inode: UInt64(truncatingIfNeeded: status.st_ino))
            isFolder = status.st_mode & S_IFMT == S_IFDIR
            isRegular = status.st_mode & S_IFMT == S_IFREG
            #if canImport(Darwin)
                let time = status.st_mtimespec
            #else
                let time = status.st_mtim
            #endif
            modified = Date(timeIntervalSince1970: Double(time.tv_sec) + Double(time.tv_nsec) / 1e9)
        }
    }
}

/// Tells JSON that holds log records from JSON that holds settings.
enum JSONRecords {
    private static let keys: [[UInt8]] = [
        "\"log\":", "\"MESSAGE\"", "\"message\"", "\"msg\"", "\"textPayload\"", "\"dmesg\"", "\"severity\"",
        "\"reason\"", "\"EventType\"", "\"exitCode\"", "\"pipe\"", "\"error\"", "\"exception\"",
    ].map { Array($0.utf8) }

    /// What trainers write a line of for each step.
    private static let metrics: [[UInt8]] = ["\"step\":", "\"loss\":", "\"epoch\":"].map { Array($0.utf8) }

    /// - Parameter isLines: each line is an object of its own, by the file's name.
    static func areLikely(in head: [UInt8], isLines: Bool) -> Bool {
        let wanted = isLines ? keys + metrics : keys
        return head.indices.contains { index in
            head[index] == UInt8(ascii: "\"") && wanted.contains { head[index...].starts(with: $0) }
        }
    }
}
