internal import CrashModel
public import Foundation
public import Reporting

/// A file that goes into a bundle.
public struct BundledFile: Sendable, Hashable {
    /// Beside the manifest; plain letters.
    public var path: String
    /// What it is, for people.
    public var about: String
    public var bytes: Data

    public init(path: String, about: String, bytes: Data) {
        self.path = path
        self.about = about
        self.bytes = bytes
    }
}

/// Makes one file of a report, its forms and what belongs to it.
public struct BundleWriter {
    let library: TarLibrary
    let limits: BundleLimits

    public init(library: TarLibrary, limits: BundleLimits = .standard) {
        self.library = library
        self.limits = limits
    }

    /// The bytes of the bundle, the same each time for the same report.
    ///
    /// The report has lost its secrets before. What does not fit is left out, the last first, and the manifest says so;
    /// of the report itself the last incidents.
    ///
    /// - Parameters:
    ///   - folder: In which its files are unpacked.
    ///   - forms: The report in other forms.
    public func bundle(
        _ report: CrashReport, compression: BundleCompression, folder: String, forms: (CrashReport) -> [BundledFile]
    ) throws(BundleError) -> (bytes: Data, manifest: BundleManifest) {
        let (report, json) = try shortened(report)
        let root = BundlePath.plain(folder).isEmpty ? "faultline-report" : BundlePath.plain(folder)
        var manifest = BundleManifest(of: report, at: "report.json", createdAt: report.createdAt.iso8601)
        var entries: [TarLibrary.Entry] = []
        var total = 0
        let first = BundledFile(path: manifest.report, about: "the report for programs", bytes: json)
        for file in [first] + forms(report) + ReportExcerpts.files(of: report) + RecordedCurves.files(of: report) {
            let bytes = [UInt8](file.bytes)
            // The manifest takes room, too.
            let most = min(limits.file, limits.content - limits.manifest - total)
            guard bytes.count <= most, entries.count < limits.entries / 2 else {
                manifest.leave(out: file.path, bytes.count)
                continue
            }
            total += bytes.count
            manifest.files.append(
                .init(path: file.path, bytes: bytes.count, sha256: try library.sha256(bytes), about: file.about))
            entries.append(.init(path: root + "/" + file.path, bytes: bytes))
        }
        while true {
            let head = TarLibrary.Entry(path: root + "/" + BundleManifest.name, bytes: try encoded(manifest))
            let packed = try library.pack(
                [head] + entries, compression, time: Int64(report.createdAt.timeIntervalSince1970), most: limits.packed)
            if let packed { return (Data(packed), manifest) }
            // It would not be read again. The largest goes first, so that most stay.
            guard let index = entries.indices.dropFirst().max(by: { entries[$0].bytes.count < entries[$1].bytes.count })
            else { throw .tooLarge("the report", most: limits.packed) }
            manifest.leave(out: manifest.files[index].path, manifest.files[index].bytes)
            manifest.files.remove(at: index)
            entries.remove(at: index)
        }
    }

    private func encoded(_ manifest: BundleManifest) throws(BundleError) -> [UInt8] {
        do { return [UInt8](try manifest.encoded()) } catch { throw .malformed(BundleManifest.name, "\(error)") }
    }

    /// As many of its incidents as make a report of the allowed size.
    private func shortened(_ report: CrashReport) throws(BundleError) -> (CrashReport, Data) {
        var short = report
        while true {
            let json = Data(CrashReportJSON().render(short).utf8)
            if json.count <= limits.report { return (short, json) }
            if short.incidents.count < 2 { throw .tooLarge("the report", most: limits.report) }
            let kept = short.incidents.count / 2
            short = report
            short.incidents = Array(report.incidents.prefix(kept))
            short.notes.append("the bundle tells of \(kept) of \(report.incidents.count) failures, for its size")
        }
    }
}

extension BundleManifest {
    fileprivate mutating func leave(out path: String, _ bytes: Int) {
        leftOut.append(.init(path: path, bytes: bytes, reason: "too large for a bundle"))
    }
}
