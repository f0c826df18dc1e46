internal import Reporting

/// Why a bundle could not be written or read.
public enum BundleError: Error, Sendable, Hashable, CustomStringConvertible {
    case libraryMissing
    /// The library cannot do it here, such as a compression that it was built without.
    case unable(String)
    /// Some bound: what is too large, and what it may be, in bytes or files.
    case tooLarge(String, most: Int)
    /// The file itself: why it could not be read or written.
    case unreadable(String)
    /// Cut off, or no archive at all.
    case damaged(String)
    /// An archive, but of something else.
    case noBundle
    /// An entry that no bundle has: its name, and what is wrong with it.
    case refused(String, String)
    /// What the manifest names and is not there.
    case missing(String)
    /// Not what its hash says.
    case altered(String)
    /// In the archive, and not in the manifest.
    case unlisted(String)
    case newer(String)
    /// The manifest or the report cannot be understood.
    case malformed(String, String)

    public var description: String {
        switch self {
        case .libraryMissing:
            return "libarchive is needed for bundles, and was not found. Install it: apt-get install libarchive13"
        case .unable(let reason):
            return "libarchive cannot do it here (\(safe(reason))); try a name that ends in .tar.gz"
        case .tooLarge(let what, let most):
            return "\(safe(what)) is larger than a bundle may be (\(most)); nothing of it was used"
        case .unreadable(let reason): return safe(reason)
        case .damaged(let reason):
            return "it is damaged, cut off or no archive (\(safe(reason))); have it sent again"
        case .noBundle:
            return
                "it is an archive, but no bundle of Faultline: it holds no manifest.json. Of logs in an archive, unpack "
                + "them first"
        case .refused(let entry, let reason):
            return "it was refused: '\(safe(entry))' \(safe(reason)), which no bundle holds. Nothing of it was used"
        case .missing(let entry):
            return "'\(safe(entry))', which its manifest names, is not in it; have it sent again"
        case .altered(let entry):
            return
                "'\(safe(entry))' is not what its hash in the manifest says: it was altered or damaged. Nothing of it "
                + "was used"
        case .unlisted(let entry):
            return "it was refused: '\(safe(entry))' is not in its manifest. Nothing of it was used"
        case .newer(let schema):
            return "it was made by a newer Faultline (\(safe(schema)), this program knows \(BundleManifest.schema)); "
                + "update faultline"
        case .malformed(let entry, let reason): return "its '\(safe(entry))' cannot be read: \(safe(reason))"
        }
    }

    /// All of it may come from the archive.
    private func safe(_ text: String) -> String { SafeText.line(text, limit: 200) }
}
