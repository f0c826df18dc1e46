import Foundation
import Reporting
import TestSupport
import Testing

@testable import Bundling

@Suite("Bundles that somebody made or that broke", .enabled(if: hasLibrary, "libarchive is not installed"))
struct HostileBundleTests {
    /// A good bundle's files, changed, and packed again.
    private func altered(
        _ compression: BundleCompression = .gzip, _ change: (inout [TarLibrary.Entry]) throws -> Void
    ) throws -> Data {
        let library = try TarLibrary()
        let made = try BundleTests.write(Sample.report()).bytes
        var entries = try library.unpack([UInt8](made), .standard)
        try change(&entries)
        return Data(try #require(try library.pack(entries, compression, time: 0, most: 32 << 20)))
    }

    private func manifest(_ entries: inout [TarLibrary.Entry], _ change: (inout [String: Any]) -> Void) throws {
        var json =
            try JSONSerialization.jsonObject(with: Data(entries[0].bytes)) as? [String: Any] ?? [:]
        change(&json)
        entries[0].bytes = [UInt8](try JSONSerialization.data(withJSONObject: json))
    }

    @Test("one that was packed again, with or without its folder, is read")
    func again() throws {
        let plain = try altered { entries in
            for index in entries.indices { entries[index].path.removeFirst("crash/".count) }
        }
        #expect(try BundleTests.read(plain).incidents.count == 1)
        let mixed = try altered(.zstd) { $0.reverse() }
        #expect(try BundleTests.read(mixed).incidents.count == 1)
    }

    @Test("what is missing, altered, unlisted or twice is said")
    func wrong() throws {
        #expect(throws: BundleError.missing("report.md")) {
            try BundleTests.read(try altered { $0.removeAll { $0.path == "crash/report.md" } })
        }
        #expect(throws: BundleError.altered("report.md")) {
            try BundleTests.read(
                try altered { entries in
                    for index in entries.indices where entries[index].path == "crash/report.md" {
                        entries[index].bytes[0] ^= 1
                    }
                })
        }
        #expect(throws: BundleError.unlisted("more.txt")) {
            try BundleTests.read(try altered { $0.append(.init(path: "crash/more.txt", bytes: [1])) })
        }
        #expect(throws: BundleError.unlisted("other/report.md")) {
            try BundleTests.read(try altered { $0.append(.init(path: "other/report.md", bytes: [1])) })
        }
        #expect(throws: BundleError.refused("crash/report.md", "stands in it twice")) {
            try BundleTests.read(try altered { $0.append(.init(path: "crash/report.md", bytes: [1])) })
        }
        #expect(throws: BundleError.noBundle) {
            try BundleTests.read(try altered { $0.removeFirst() })
        }
    }

    @Test(
        "paths that lead elsewhere are refused",
        arguments: ["../x", "/etc/cron.d/x", "crash/../../x", "crash/\u{1b}[2J"])
    func paths(path: String) throws {
        let bytes = try altered { $0.append(.init(path: path, bytes: [1])) }
        let error = #expect(throws: BundleError.self) { try BundleTests.read(bytes) }
        #expect(error?.description.contains("is no plain path") == true)
        #expect(error?.description.contains("\u{1b}") == false)
        let listed = try altered { entries in
            try manifest(&entries) { json in
                json["files"] = [["path": path, "bytes": 1, "sha256": "", "about": ""]]
            }
        }
        #expect(throws: BundleError.self) { try BundleTests.read(listed) }
    }

    @Test("a newer one, and a manifest that is none, are told apart")
    func schemas() throws {
        #expect(throws: BundleError.newer("faultline.bundle/2")) {
            try BundleTests.read(try altered { try manifest(&$0) { $0["schema"] = "faultline.bundle/2" } })
        }
        #expect(throws: BundleError.noBundle) {
            try BundleTests.read(try altered { try manifest(&$0) { $0["schema"] = "another/1" } })
        }
        for change in [{ $0["files"] = 3 }, { $0["report"] = NSNull() }] as [(inout [String: Any]) -> Void] {
            let error = #expect(throws: BundleError.self) {
                try BundleTests.read(try altered { try manifest(&$0, change) })
            }
            guard case .malformed("manifest.json", _) = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
        #expect(throws: BundleError.missing("elsewhere.json")) {
            try BundleTests.read(try altered { try manifest(&$0) { $0["report"] = "elsewhere.json" } })
        }
    }

    @Test("a report that does not read is refused, though its hash is right")
    func report() throws {
        let error = #expect(throws: BundleError.self) {
            try BundleTests.read(
                try altered { entries in
                    let library = try TarLibrary()
                    let bytes = Array(#"{"schema":"faultline.report/9"}"#.utf8)
                    let hash = try library.sha256(bytes)
                    entries[1].bytes = bytes
                    try manifest(&entries) { json in
                        var files = json["files"] as? [[String: Any]] ?? []
                        files[0]["bytes"] = bytes.count
                        files[0]["sha256"] = hash
                        json["files"] = files
                    }
                })
        }
        #expect(error?.description.contains("update faultline") == true, "\(String(describing: error))")
    }

    @Test("cut off anywhere, it is refused", arguments: [BundleCompression.gzip, .zstd])
    func cut(compression: BundleCompression) throws {
        let whole = try BundleTests.write(Sample.report(incidents: 2), compression).bytes
        for length in stride(from: 0, to: whole.count - 16, by: max(1, whole.count / 60)) {
            #expect(throws: BundleError.self, "\(length) of \(whole.count)") {
                try BundleTests.read(whole.prefix(length))
            }
        }
    }

    @Test("with any bit turned over, it is refused or is the same", arguments: [BundleCompression.gzip, .zstd])
    func flipped(compression: BundleCompression) throws {
        let report = Sample.report()
        let whole = try BundleTests.write(report, compression).bytes
        let json = CrashReportJSON().render(report)
        var random = Seeded(7)
        for _ in 0..<300 {
            var bytes = whole
            bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            do { #expect(CrashReportJSON().render(try BundleTests.read(bytes)) == json) } catch is BundleError {}
        }
    }

    @Test("little that becomes much is refused before it is much", arguments: [BundleCompression.gzip, .zstd])
    func bomb(compression: BundleCompression) throws {
        let zeros = [UInt8](repeating: 0, count: 40 << 20)
        let one = try altered(compression) { $0.append(.init(path: "crash/zeros", bytes: zeros)) }
        #expect(one.count < 1 << 20)
        let error = #expect(throws: BundleError.self) { try BundleTests.read(one) }
        guard case .tooLarge = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        let half = Array(zeros.prefix(30 << 20))
        let three = try altered(compression) { entries in
            for name in ["a", "b", "c"] { entries.append(.init(path: "crash/\(name)", bytes: half)) }
        }
        #expect(throws: BundleError.self) { try BundleTests.read(three) }
        let many = try altered(compression) { entries in
            for number in 0..<500 { entries.append(.init(path: "crash/\(number)", bytes: [])) }
        }
        #expect(throws: BundleError.tooLarge("the number of its files", most: 400)) { try BundleTests.read(many) }
        var limits = BundleLimits()
        limits.packed = 1000
        #expect(throws: BundleError.tooLarge("the file", most: 1000)) {
            try BundleTests.read(try BundleTests.write(Sample.report(incidents: 5)).bytes, limits: limits)
        }
    }
}
