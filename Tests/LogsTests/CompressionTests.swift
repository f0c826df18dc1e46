import CrashModel
import Foundation
import Testing

@testable import Logs

struct CompressionTests {
    @Test(
        "Compressed logs are read, from memory and from files, by content", arguments: ["gzip", "xz", "zstd", "bzip2"])
    func whole(_ program: String) throws {
        let text = (1...20_000).map { "line \($0)\n" }.joined()
        let bytes = try compressed(Array(text.utf8), by: program)
        let (lines, summary) = read(bytes)
        #expect(lines.count == 20_000)
        #expect(summary.complete, "\(summary.problem ?? "")")
        #expect(summary.bytes == text.utf8.count)
        try withFolder { root in
            try write(bytes, to: root + "/renamed.log")
            let found = InputDiscovery().discover([root])
            #expect(found.inputs.count == 1)
            #expect(read(found.inputs[0]).lines.last?.whole == "line 20000")
        }
    }

    @Test("A torn archive gives what came before the tear and says so", arguments: ["gzip", "xz", "zstd", "bzip2"])
    func torn(_ program: String) throws {
        var text = ""
        var state: UInt64 = 1
        for line in 1...30_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1
            text += "line \(line) \(state)\n"
        }
        let bytes = try compressed(Array(text.utf8), by: program)
        let (lines, summary) = read(Array(bytes.prefix(bytes.count * 3 / 4)))
        #expect(!summary.complete)
        #expect(summary.problem?.contains("torn or damaged") == true)
        if program == "gzip" || program == "zstd" { #expect(lines.first?.whole.hasPrefix("line 1 ") == true) }
    }

    @Test("Compressed binaries in a folder are passed over")
    func binaries() throws {
        try withFolder { root in
            try write(try compressed([0, 1, 2, 3, 0, 0], by: "gzip"), to: root + "/train-images-idx3-ubyte.gz")
            try write(try compressed(Array("x".utf8), by: "gzip"), to: root + "/run.log.2.gz")
            try write(try compressed(Array("x".utf8), by: "gzip"), to: root + "/all.tar.gz")
            let found = InputDiscovery().discover([root])
            #expect(found.inputs.map(\.source) == [root + "/run.log.2.gz"])
            #expect(found.skipped.count == 2)
        }
    }

    @Test("A name that says .gz over plain text is read as what it holds")
    func misnamed() throws {
        try withFolder { root in
            try write("Error\n", to: root + "/a.log.gz")
            #expect(read(InputDiscovery().discover([root]).inputs[0]).lines.map(\.whole) == ["Error"])
        }
    }
}
