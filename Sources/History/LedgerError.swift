import Foundation

/// Why the ledger could not be read or written.
///
/// The description names the file as it was given; whoever prints it escapes it, as with every path.
public struct LedgerError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What went wrong. Open, so that a new kind breaks nobody.
    public struct Kind: Hashable, Sendable {
        let name: String

        /// The file exists and cannot be read.
        public static let unreadable = Kind(name: "unreadable")
        /// The file or its folder cannot be made, or does not take the record.
        public static let unwritable = Kind(name: "unwritable")
        /// The path names a folder, a pipe or a device.
        public static let notAFile = Kind(name: "not-a-file")
        /// Another process holds the ledger and does not let go.
        public static let busy = Kind(name: "busy")
    }

    public let kind: Kind
    public let path: String
    public let description: String

    init(_ kind: Kind, path: String, _ description: String) {
        self.kind = kind
        self.path = path
        self.description = description
    }

    static let wayOut = "Choose another file with --ledger FILE, or keep nothing with --no-ledger."

    static func unreadable(_ path: String, _ code: Int32) -> LedgerError {
        LedgerError(.unreadable, path: path, "cannot read the ledger \(path): \(reason(code)). \(wayOut)")
    }

    static func unwritable(_ path: String, _ code: Int32) -> LedgerError {
        LedgerError(.unwritable, path: path, "cannot write the ledger \(path): \(reason(code)). \(wayOut)")
    }

    static func folder(_ folder: String, for path: String, _ code: Int32) -> LedgerError {
        LedgerError(
            .unwritable, path: path, "cannot make the folder \(folder) for the ledger: \(reason(code)). \(wayOut)")
    }

    static func notAFile(_ path: String) -> LedgerError {
        LedgerError(.notAFile, path: path, "the ledger \(path) is not a regular file. \(wayOut)")
    }

    static func busy(_ path: String, seconds: Int) -> LedgerError {
        LedgerError(
            .busy, path: path,
            "another process has held the ledger \(path) for \(seconds) seconds; nothing was written. "
                + "Find it with: fuser -v on that file. \(wayOut)")
    }

    static func unencodable(_ path: String, id: String) -> LedgerError {
        LedgerError(
            .unwritable, path: path,
            "incident \(id) cannot be written as JSON for the ledger \(path). This is a fault in Faultline; report it.")
    }

    private static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
}
