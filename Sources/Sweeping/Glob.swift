import Foundation

/// Finds the files and folders that a pattern such as `/logs/*/rank-[0-9].log` or `/jobs/**/*.out` names. A path without
/// `*`, `?` or `[` stands for itself, whether there is anything or not.
package struct Glob {
    private static let maximumDepth = 32

    package static func isPattern(_ path: String) -> Bool { path.contains { "*?[".contains($0) } }

    /// Sorted. Hidden names only match a pattern that begins with a dot.
    package static func paths(matching pattern: String) -> [String] {
        guard isPattern(pattern) else { return [pattern] }
        let parts = pattern.split(separator: "/").map(String.init)
        var found: Set<String> = []
        expand(parts[...], below: pattern.hasPrefix("/") ? "/" : "", depth: 0, &found)
        return found.sorted()
    }

    private static func expand(
        _ parts: ArraySlice<String>, below folder: String, depth: Int, _ found: inout Set<String>
    ) {
        guard let part = parts.first, depth <= maximumDepth else { return }
        let rest = parts.dropFirst()
        if part == "**" {
            if rest.isEmpty {
                found.insert(folder.isEmpty ? "." : folder)
                return
            }
            expand(rest, below: folder, depth: depth, &found)
            for name in names(in: folder) where !name.hasPrefix(".") {
                let path = join(folder, name)
                // A link that leads back would never end.
                if isFolder(path), !isLink(path) { expand(parts, below: path, depth: depth + 1, &found) }
            }
            return
        }
        guard isPattern(part) else {
            let path = join(folder, part)
            if rest.isEmpty {
                if FileManager.default.fileExists(atPath: path) { found.insert(path) }
            } else if isFolder(path) {
                expand(rest, below: path, depth: depth, &found)
            }
            return
        }
        for name in names(in: folder) where fnmatch(part, name, FNM_PERIOD) == 0 {
            let path = join(folder, name)
            if rest.isEmpty {
                found.insert(path)
            } else if isFolder(path) {
                expand(rest, below: path, depth: depth, &found)
            }
        }
    }

    private static func join(_ folder: String, _ name: String) -> String {
        folder.isEmpty ? name : folder.hasSuffix("/") ? folder + name : folder + "/" + name
    }

    private static func names(in folder: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    private static func isLink(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
    }
}
