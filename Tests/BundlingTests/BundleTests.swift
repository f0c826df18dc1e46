import Foundation
import Reporting
import TestSupport
import Testing

@testable import Bundling

/// Whether this machine can write bundles at all; else nothing of it can be tested.
let hasLibrary = (try? TarLibrary()) != nil

@Suite("Bundles", .enabled(if: hasLibrary, "libarchive is not installed"))
struct BundleTests {
    static func write(
        _ report: CrashReport, _ compression: BundleCompression = .zstd, limits: BundleLimits = .standard,
        folder: String = "crash"
    ) throws -> (bytes: Data, manifest: BundleManifest) {
        try BundleWriter(library: try TarLibrary(), limits: limits).bundle(
            report, compression: compression, folder: folder
        ) { report in
            Sample.forms(report).map { BundledFile(path: $0, about: "a form", bytes: Data($1.utf8)) }
        }
    }

    static func read(_ bytes: Data, limits: BundleLimits = .standard) throws -> CrashReport {
        let file = FileManager.default.temporaryDirectory.appending(path: "bundle-" + UUID().uuidString)
        try bytes.write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try BundleReader(library: try TarLibrary(), limits: limits).read(file.path()).report
    }

    @Test(
        "a bundle gives the report back, and the same report the same bytes",
        arguments: [BundleCompression.gzip, .zstd])
    func same(compression: BundleCompression) throws {
        let report = Sample.report(incidents: 3)
        let made = try Self.write(report, compression)
        #expect(CrashReportJSON().render(try Self.read(made.bytes)) == CrashReportJSON().render(report))
        #expect(try Self.write(report, compression).bytes == made.bytes)
        #expect(
            made.manifest.files.map(\.path) == [
                "report.json", "report.md", "report.txt", "excerpts/1-15f976c9aa0.txt", "excerpts/2-15f976c9aa1.txt",
                "excerpts/3-15f976c9aa2.txt", "recording/1-15f976c9aa0.csv", "recording/2-15f976c9aa1.csv",
                "recording/3-15f976c9aa2.csv",
            ])
        #expect(made.manifest.leftOut.isEmpty)
    }

    @Test("the hash is SHA-256")
    func hashes() throws {
        let library = try TarLibrary()
        #expect(
            try library.sha256(Array("abc".utf8))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(try library.sha256([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }

    @Test("tables and excerpts hold nothing that drives a terminal or a spreadsheet")
    func parts() throws {
        let report = Sample.report(text: "\u{1b}[31mred\n=1+1")
        for file in ReportExcerpts.files(of: report) + RecordedCurves.files(of: report) {
            let text = String(decoding: file.bytes, as: UTF8.self)
            #expect(!text.contains("\u{1b}"), "\(file.path)")
            if file.path.hasSuffix(".csv") { #expect(!text.contains(",=") && !text.contains("\"=")) }
        }
        let table = String(decoding: try #require(RecordedCurves.files(of: report).first).bytes, as: UTF8.self)
        #expect(table.hasSuffix("2026-02-18T10:03:03.000Z,-9,5\r\n2026-02-18T10:03:12.000Z,0,\r\n"), "\(table)")
    }

    @Test("what does not fit is left out and named, the report itself never")
    func bounds() throws {
        var limits = BundleLimits()
        limits.manifest = 4000
        let report = Sample.report(incidents: 20, text: Planted.noise(1500))
        let json = CrashReportJSON().render(report).utf8.count
        limits.report = json / 2
        let all = try Self.write(report, limits: limits).manifest
        #expect(all.leftOut.isEmpty)
        limits.content = all.files.reduce(0) { $0 + $1.bytes } + limits.manifest - 1
        let made = try Self.write(report, limits: limits)
        #expect(made.manifest.leftOut.map(\.path) == [all.files[all.files.count - 1].path])
        #expect(made.manifest.files.first?.path == "report.json")
        let read = try Self.read(made.bytes, limits: limits)
        #expect(read.incidents.count == 5 || read.incidents.count == 10)
        #expect(read.notes.contains { $0.contains("of 20 failures") })
        limits.report = 500
        #expect(throws: BundleError.tooLarge("the report", most: 500)) { try Self.write(report, limits: limits) }
    }

    @Test("a file that would be too large is made smaller, or not made")
    func packed() throws {
        var limits = BundleLimits()
        let report = Sample.report(incidents: 8, text: Planted.noise(1900))
        let whole = try Self.write(report).bytes.count
        limits.packed = whole - 500
        let made = try Self.write(report, limits: limits)
        #expect(made.bytes.count <= limits.packed)
        #expect(!made.manifest.leftOut.isEmpty)
        #expect(try Self.read(made.bytes, limits: limits).incidents.count == 8)
        limits.packed = 700
        #expect(throws: BundleError.self) { try Self.write(report, limits: limits) }
    }

    @Test("without the library, that is said")
    func missing() {
        let error = #expect(throws: BundleError.libraryMissing) {
            try TarLibrary(names: ["libnone.so.1", "libm.so.6"])
        }
        #expect(error?.description.contains("apt-get install libarchive13") == true)
    }

    @Test(
        "names say the compression",
        arguments: [
            ("a.tar.zst", BundleCompression.zstd), ("A.TAR.GZ", .gzip), ("x/b.tgz", .gzip), ("a.zst", nil),
            ("tar.gz", nil), ("a.tar", nil), ("", nil),
        ])
    func names(file: String, compression: BundleCompression?) {
        #expect(BundleCompression(file: file) == compression)
    }

    @Test(
        "a path is plain or is none",
        arguments: [
            ("a.txt", true), ("a/b-1_2.csv", true), ("/a", false), ("../a", false), ("a/../b", false), ("a//b", false),
            ("", false), (".", false), ("a/.", false), ("-rf", false), ("a b", false), ("ä", false), ("a\\b", false),
            ("a\u{1b}", false), ("a/b/c/d/e", false), (String(repeating: "a", count: 101), false),
        ])
    func paths(path: String, isPlain: Bool) {
        #expect(BundlePath.isPlain(path) == isPlain)
    }

    @Test("the folder is named like the file, with plain letters only")
    func folder() throws {
        for (name, folder) in [("crash", "crash"), ("../..", "faultline-report"), ("my crash ü!", "mycrash")] {
            let entries = try TarLibrary().unpack(
                [UInt8](try Self.write(Sample.report(), folder: name).bytes), .standard)
            #expect(entries.allSatisfy { $0.path.hasPrefix(folder + "/") }, "\(entries.map(\.path))")
        }
    }
}
