import Foundation
import Gzip

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
        /// The path names a compressed ledger, which can be read and not be written.
        public static let compressed = Kind(name: "compressed")
        /// The filesystem has no locks, and what was to be done needs one.
        public static let unlockable = Kind(name: "unlockable")
        /// There is no such file.
        public static let missing = Kind(name: "missing")
        /// A ledger holds damaged lines, which what was to be done would lose.
        public static let damaged = Kind(name: "damaged")
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

    static func unreadable(_ path: String, _ error: GzipError) -> LedgerError {
        LedgerError(.unreadable, path: path, "cannot read the ledger \(path): \(error.description). \(wayOut)")
    }

    static func compressed(_ path: String) -> LedgerError {
        LedgerError(
            .compressed, path: path,
            "the ledger \(path) is compressed, so that it can be read and not be changed. Open it out with gunzip first."
        )
    }

    static func unlockable(_ path: String) -> LedgerError {
        LedgerError(
            .unlockable, path: path,
            "the ledger \(path) cannot be locked here, so that another program could write while it is replaced; nothing "
                + "was changed. Copy it to a local disk, do it there, and copy it back while no scan runs.")
    }

    static func missing(_ path: String) -> LedgerError {
        LedgerError(.missing, path: path, "there is no ledger \(path). A scan makes it; --ledger FILE names another.")
    }

    static func damaged(_ path: String, lines: Int) -> LedgerError {
        LedgerError(
            .damaged, path: path,
            "\(path) holds \(lines == 1 ? "a damaged line" : "\(lines) damaged lines"), which would be lost; nothing was "
                + "written. Move them aside first: faultline history repair --ledger FILE")
    }

    static func beside(_ name: String, of path: String, _ code: Int32) -> LedgerError {
        LedgerError(
            .unwritable, path: path,
            "cannot write \(name): \(reason(code)). The ledger \(path) was left as it is.")
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
