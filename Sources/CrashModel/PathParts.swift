/// A path as its folder and its name, by the slashes in it.
///
/// Foundation's own way ends the program for a path of one character.
public struct PathParts: Sendable, Hashable {
    /// Without a slash at its end, unless it is `/`; empty for a name alone.
    public let folder: String
    /// Empty for `/` and for an empty path.
    public let name: String

    public init(_ path: String) {
        // Bytes: a slash before a combining mark is a slash.
        let slash = UInt8(ascii: "/")
        var whole = Substring(path).utf8
        while whole.count > 1, whole.last == slash { whole.removeLast() }
        guard let last = whole.lastIndex(of: slash) else {
            folder = ""
            name = String(Substring(whole))
            return
        }
        name = String(Substring(whole[whole.index(after: last)...]))
        var before = whole[..<last]
        while before.last == slash { before.removeLast() }
        folder = before.isEmpty ? "/" : String(Substring(before))
    }

    /// What has this name in this folder; an empty one is the current folder.
    public static func path(of name: String, in folder: String) -> String {
        folder.isEmpty ? name : folder.utf8.last == UInt8(ascii: "/") ? folder + name : folder + "/" + name
    }
}
