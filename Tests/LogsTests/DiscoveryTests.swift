import CrashModel
import Foundation
import Testing

@testable import Logs

struct DiscoveryTests {
    @Test("What a folder passes over is read when it is named besides")
    func namedBesides() throws {
        try withFolder { root in
            try write("{\"State\": {\"OOMKilled\": true}}\n", to: root + "/inspect.json")
            let found = InputDiscovery().discover([root, root + "/inspect.json"])
            #expect(found.inputs.map(\.source) == [root + "/inspect.json"])
        }
    }

    @Test("A folder gives its logs sorted, and says what it passed over")
    func folder() throws {
        try withFolder { root in
            try write("x", to: root + "/b.log")
            try write("x", to: root + "/a/rank_3.log")
            try write("x", to: root + "/x.log.1")
            try write("x", to: root + "/.hidden.log")
            try write("x", to: root + "/.git/config")
            try write("x", to: root + "/model.pt")
            try write("x", to: root + "/train.py")
            try write([0x7f, 0x45, 0x4c, 0x46, 0, 0, 1], to: root + "/program")
            try write(#"{"hidden_size": 4096}"#, to: root + "/config.json")
            try write(#"{"message": {"message": "x"}}"#, to: root + "/error.json")
            try write("", to: root + "/empty.log")
            let found = InputDiscovery().discover([root])
            #expect(
                found.inputs.map { $0.source.dropFirst(root.count + 1) } == [
                    "a/rank_3.log", "b.log", "empty.log", "error.json", "x.log.1",
                ])
            #expect(found.inputs[0].origin.rank == 3)
            #expect(found.inputs[0].modified != nil)
            #expect(
                Set(found.skipped.map { String($0.source.dropFirst(root.count + 1)) }) == [
                    ".hidden.log", ".git", "model.pt", "train.py", "program", "config.json",
                ])
            #expect(found.unreadable.isEmpty)
        }
    }

    @Test("What the user names is read whatever it looks like")
    func named() throws {
        try withFolder { root in
            try write([0x61, 0, 0x62, 0x0a], to: root + "/.x.bin")
            let found = InputDiscovery().discover([root + "/.x.bin"])
            #expect(found.inputs.count == 1)
            #expect(read(found.inputs[0]).lines.map(\.whole) == ["ab"])
        }
    }

    @Test("An archive is no log, neither named nor below a folder", arguments: ["tar", "zip", "7z", "rar"])
    func archives(kind: String) throws {
        try withFolder { root in
            var bytes = [UInt8](repeating: 0x61, count: 2048)
            switch kind {
            case "tar": bytes.replaceSubrange(257..<262, with: Array("ustar".utf8))
            case "zip": bytes.replaceSubrange(0..<4, with: [0x50, 0x4b, 3, 4])
            case "7z": bytes.replaceSubrange(0..<6, with: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c])
            default: bytes.replaceSubrange(0..<6, with: Array("Rar!".utf8) + [0x1a, 0x07])
            }
            try write(bytes, to: root + "/logs.log")
            let named = InputDiscovery().discover([root + "/logs.log"])
            #expect(named.inputs.isEmpty)
            #expect(named.unreadable.first?.problem?.contains("unpack it first") == true)
            let below = InputDiscovery().discover([root])
            #expect(below.inputs.isEmpty)
            #expect(below.skipped.map(\.reason) == ["an archive of files: unpack it first"])
        }
    }

    @Test("Second ways to a file are passed over; a broken link is an input that could not be read")
    func links() throws {
        try withFolder { root in
            let files = FileManager.default
            try write("x", to: root + "/a/run.log")
            try files.createSymbolicLink(atPath: root + "/a/up", withDestinationPath: root)
            try files.createSymbolicLink(atPath: root + "/a/self", withDestinationPath: "self")
            try files.createSymbolicLink(atPath: root + "/dead.log", withDestinationPath: root + "/gone")
            try files.createSymbolicLink(atPath: root + "/.#run.log", withDestinationPath: "me@node17.4711")
            try files.createSymbolicLink(atPath: root + "/latest.log", withDestinationPath: root + "/a/run.log")
            let found = InputDiscovery().discover([root])
            #expect(found.inputs.map(\.source) == [root + "/a/run.log"])
            let reasons = Dictionary(
                uniqueKeysWithValues: found.skipped.map { ($0.source.dropFirst(root.count + 1), $0.reason) })
            #expect(reasons["a/up"] == "a link that leads back here")
            #expect(reasons["a/self"] == nil && reasons["dead.log"] == nil)
            #expect(reasons["latest.log"]?.hasPrefix("the same file as") == true)
            // A lock of an editor is passed over as what is hidden is.
            #expect(reasons[".#run.log"] == "hidden")
            #expect(
                found.unreadable.map { [$0.source, $0.reason] } == [
                    [root + "/a/self", "a broken link, to self"],
                    [root + "/dead.log", "a broken link, to \(root)/gone"],
                ])
            #expect(found.unreadable.allSatisfy { !$0.complete })
            let named = InputDiscovery().discover([root + "/dead.log"])
            #expect(named.unreadable.map(\.reason) == ["a broken link, to \(root)/gone"])
        }
    }

    @Test("A path that is not there is reported, and the others are read")
    func missing() throws {
        try withFolder { root in
            try write("x", to: root + "/a.log")
            let found = InputDiscovery().discover([root + "/nope.log", root + "/a.log", "-", "-"])
            #expect(found.inputs.map(\.source) == [root + "/a.log", "-"])
            #expect(found.unreadable.map(\.complete) == [false])
            #expect(found.unreadable[0].problem == "no such file or folder: \(root)/nope.log")
        }
    }

    @Test("What may not be read is reported", .enabled(if: geteuid() != 0))
    func denied() throws {
        try withFolder { root in
            try write("x", to: root + "/secret/a.log")
            try write("x", to: root + "/b.log")
            try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: root + "/secret")
            try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: root + "/b.log")
            let found = InputDiscovery().discover([root])
            #expect(
                Set(found.unreadable.map(\.problem)) == [
                    "permission denied: \(root)/secret", "permission denied: \(root)/b.log",
                ])
            try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: root + "/secret")
        }
    }

    @Test("A file that goes away between finding and reading is reported")
    func gone() {
        let summary = read(LogInput(source: "gone.log", location: .file("/nowhere/gone.log"))).summary
        #expect(!summary.complete)
        #expect(summary.problem == "no such file or folder: /nowhere/gone.log")
    }

    @Test(
        "Names tell the rank, the pid and the node",
        arguments: [
            ("logs/rank_3.log", LineOrigin(rank: 3)), ("rank3.err", LineOrigin(rank: 3)),
            ("log_rank_12", LineOrigin(rank: 12)),
            ("rank-7/stdout.log", LineOrigin(rank: 7)),
            ("x/attempt_0/3/stderr.log", LineOrigin(rank: 3, isRankLocal: true)),
            ("local_rank_2.log", LineOrigin(rank: 2, isRankLocal: true)), ("rank_8_15.log", LineOrigin()),
            ("ranks-0-7.out", LineOrigin()), ("rank_3/rank_0_7.log", LineOrigin()),
            ("rank_3_2.log", LineOrigin(rank: 3)), ("rank_3_20260301.log", LineOrigin(rank: 3)),
            ("train.rank00.log", LineOrigin(rank: 0)), ("frank3.log", LineOrigin()), ("ranking3.log", LineOrigin()),
            ("node22.log", LineOrigin(host: "node22")), ("slurm-17-node-03.out", LineOrigin(host: "node-03")),
            ("node_rank_1.log", LineOrigin()), ("nodes.log", LineOrigin()),
            (
                "ray/worker-1b586f465579f0d1566a881e7271d25e8a110cf9a4a4dff0a026d3ec-ffffffff-9966.err",
                LineOrigin(pid: 9966)
            ),
            ("worker-1.log", LineOrigin()), ("", LineOrigin()),
        ])
    func paths(_ path: String, _ origin: LineOrigin) {
        #expect(RankInPath.origin(of: path) == origin)
    }
}
