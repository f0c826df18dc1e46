import CSystemCalls
import Foundation

/// What may have changed, by the names under which folders were given to the watch.
struct Changes: Equatable {
    /// Files with new bytes, or with another file behind their name.
    var files: Set<String> = []
    /// Folders in which names came or went.
    var folders: Set<String> = []
    /// Events were lost: everything is to be looked at.
    var isOverflown = false
}

/// Tells when something in folders changes: by inotify where it serves. It gives hints only: what changed is found out by
/// looking, and looking from time to time finds what no event told of.
final class ChangeWatch {
    /// To wait for with poll(2); -1 where there are no events.
    private(set) var descriptor: Int32 = -1
    /// Folders that have to be looked at again and again, each with the reason.
    private(set) var polled: [String: String] = [:]
    private var watched: [String: Int32] = [:]
    private var folders: [Int32: [String]] = [:]

    /// - Parameter isEnabled: false to look at everything again and again.
    init(isEnabled: Bool = true) {
        #if os(Linux)
            if isEnabled { descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC)) }
        #endif
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Whether events tell of a folder's files.
    func isTold(of folder: String) -> Bool { watched[folder] != nil && polled[folder] == nil }

    /// The path of a file in a folder, as events spell it.
    static func path(_ name: String, in folder: String) -> String {
        folder.isEmpty ? name : folder.hasSuffix("/") ? folder + name : folder + "/" + name
    }

    /// The folder of a path, as ``watch(_:)`` takes it: empty for the current one.
    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "" }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    func watch(_ folder: String) {
        guard watched[folder] == nil else { return }
        let place = folder.isEmpty ? "." : folder
        #if os(Linux)
            guard descriptor >= 0 else {
                polled[folder] = "this system gives no inotify"
                return
            }
            if let kind = FilesystemKind.withoutEvents(place) { polled[folder] = "\(kind) sends no events" }
            let events =
                IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_MOVE_SELF | IN_DELETE_SELF
            let number = inotify_add_watch(descriptor, place, UInt32(events) | UInt32(IN_ONLYDIR))
            guard number >= 0 else {
                // What is not there yet is looked for from time to time.
                if errno == ENOENT || errno == ENOTDIR { return }
                polled[folder] =
                    errno == ENOSPC
                    ? "the limit of inotify watches is reached (sysctl fs.inotify.max_user_watches)"
                    : String(cString: strerror(errno))
                return
            }
            watched[folder] = number
            if folders[number]?.contains(folder) != true { folders[number, default: []].append(folder) }
        #else
            polled[folder] = "this system has no inotify"
        #endif
    }

    /// What was told since the last time.
    func drain() -> Changes {
        var changes = Changes()
        #if os(Linux)
            guard descriptor >= 0 else { return changes }
            var buffer = [UInt8](repeating: 0, count: 64 * 1024)
            while true {
                let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                buffer.withUnsafeBytes { note(UnsafeRawBufferPointer(rebasing: $0[..<count]), &changes) }
            }
        #endif
        return changes
    }

    #if os(Linux)
        private func note(_ bytes: UnsafeRawBufferPointer, _ changes: inout Changes) {
            // struct inotify_event: wd, mask, cookie, len, and a name of `len` bytes with zeros behind it.
            let header = MemoryLayout<inotify_event>.size
            var at = 0
            while at + header <= bytes.count {
                let number = bytes.loadUnaligned(fromByteOffset: at, as: Int32.self)
                let mask = Int(bytes.loadUnaligned(fromByteOffset: at + 4, as: UInt32.self))
                let length = Int(bytes.loadUnaligned(fromByteOffset: at + 12, as: UInt32.self))
                let end = min(at + header + length, bytes.count)
                let name = String(decoding: bytes[(at + header)..<end].prefix { $0 != 0 }, as: UTF8.self)
                at = end
                if mask & Int(IN_Q_OVERFLOW) != 0 { changes.isOverflown = true }
                for folder in folders[number] ?? [] {
                    if mask & Int(IN_IGNORED | IN_MOVE_SELF) != 0 {
                        // The folder itself went away: what is there next under its name is watched anew.
                        watched[folder] = nil
                        changes.isOverflown = true
                        continue
                    }
                    if !name.isEmpty { changes.files.insert(Self.path(name, in: folder)) }
                    if mask & Int(IN_MODIFY) == 0 { changes.folders.insert(folder) }
                }
                if mask & Int(IN_IGNORED) != 0 {
                    folders[number] = nil
                } else if mask & Int(IN_MOVE_SELF) != 0 {
                    inotify_rm_watch(descriptor, number)
                    folders[number] = nil
                }
            }
        }
    #endif
}

/// Filesystems that other machines write to, of which no event tells.
enum FilesystemKind {
    private static let kinds: [UInt: String] = [
        0x6969: "nfs", 0xff53_4d42: "cifs", 0xfe53_4d42: "smb", 0x6573_5546: "fuse", 0x0bd0_0bd0: "lustre",
        0x4750_4653: "gpfs", 0x00c3_6400: "ceph", 0x0102_1997: "9p", 0x5346_414f: "afs", 0x1983_0326: "beegfs",
        0x7461_636f: "ocfs2", 0x0116_1970: "gfs2", 0x6a65_6a63: "virtiofs", 0x794c_7630: "overlayfs",
    ]

    /// The name of a filesystem whose files may change without an event; `nil` of all others.
    static func withoutEvents(_ path: String) -> String? {
        #if os(Linux)
            kinds[faultline_filesystem_type(path)]
        #else
            nil
        #endif
    }
}
