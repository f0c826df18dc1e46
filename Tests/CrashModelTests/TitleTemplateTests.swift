import CrashModel
import Testing

@Suite("Titles")
struct TitleTemplateTests {
    @Test(
        "parts in brackets are left out, or replaced, where a capture is missing",
        arguments: [
            ([:], "A GPU ran out of memory"), (["gpu": "3"], "GPU 3 ran out of memory"),
            (["size": "2 GiB"], "A GPU ran out of memory asking for 2 GiB"),
            (["gpu": "3", "size": "2 GiB"], "GPU 3 ran out of memory asking for 2 GiB"),
            (["gpu": "", "size": ""], "A GPU ran out of memory"),
        ] as [([String: String], String)])
    func brackets(captures: [String: String], title: String) {
        #expect(TitleTemplate("[GPU {gpu}|A GPU] ran out of memory[ asking for {size}]").filled(captures) == title)
    }

    @Test("of several alternatives the first counts that can be filled")
    func alternatives() {
        let template = TitleTemplate("[Port {port} of {hca}|Port {port}|A port] went down")
        #expect(template.filled(["port": "1", "hca": "mlx5_0"]) == "Port 1 of mlx5_0 went down")
        #expect(template.filled(["port": "1"]) == "Port 1 went down")
        #expect(template.filled(["hca": "mlx5_0"]) == "A port went down")
        #expect(template.outline == "Port {port} of {hca} went down")
        #expect(template.needed.isEmpty)
    }

    @Test(
        "a capture that is missing though it is needed leaves no gap that shows",
        arguments: [
            ("GPU {x} fell off the bus", "GPU fell off the bus"), ("It failed ({x})", "It failed"),
            ("It failed (Xid {x})", "It failed (Xid)"), ("It failed: {x}", "It failed"), ("{x} failed", "failed"),
            ("{x}", ""),
        ])
    func needed(template: String, title: String) {
        #expect(TitleTemplate(template).general == title)
        #expect(TitleTemplate(template).needed == ["x"])
    }

    @Test(
        "brackets and braces that hold no capture are text",
        arguments: ["A list [of] things", "An [open one", "Shut] first", "[]", "${HOME} in [${X}]", "a [b|c] d"])
    func text(template: String) {
        #expect(TitleTemplate(template).general == template)
        #expect(TitleTemplate(template).outline == template)
    }

    @Test("what a capture holds is no template")
    func hostile() {
        let filled = TitleTemplate("[Rank {rank}|A rank] died[ of {why}]").filled([
            "rank": "[x|{why}]", "why": "{rank}",
        ])
        #expect(filled == "Rank [x|{why}] died of {rank}")
    }
}

@Suite("Names of inputs")
struct SourceNameTests {
    @Test("standard input has one name, and a file its path")
    func names() {
        #expect(SourceName.of("-", line: 39) == "standard input:39")
        #expect(SourceName.of("a/-", line: 2) == "a/-:2")
    }

    @Test(
        "a problem is told without the path that stands beside it",
        arguments: [
            ("no such file or folder: a.log", "no such file or folder"), ("a.log: bad data", "bad data"),
            ("it is torn", "it is torn"), ("", "it ended early"), (nil, "it ended early"),
            ("no such file: other/a.log", "no such file: other/a.log"),
        ] as [(String?, String)])
    func reason(problem: String?, words: String) {
        #expect(InputReport(source: "a.log", complete: false, problem: problem).reason == words)
    }
}

@Suite("Parts of paths")
struct PathPartsTests {
    @Test(
        "a path is a folder and a name, whatever its length",
        arguments: [
            ("a", "", "a"), ("", "", ""), ("/", "/", ""), ("//", "/", ""), (".", "", "."), ("/a", "/", "a"),
            ("a/b", "a", "b"), ("a//b", "a", "b"), ("a/b/", "a", "b"), ("/a/b", "/a", "b"), ("é", "", "é"),
            ("a/\u{301}b", "a", "\u{301}b"), ("a/b.log", "a", "b.log"),
        ] as [(String, String, String)])
    func parts(path: String, folder: String, name: String) {
        #expect(PathParts(path).folder == folder)
        #expect(PathParts(path).name == name)
    }

    @Test("a name is put into a folder with one slash")
    func joined() {
        #expect(PathParts.path(of: "a", in: "") == "a")
        #expect(PathParts.path(of: "a", in: "/") == "/a")
        #expect(PathParts.path(of: "a", in: "b") == "b/a")
    }
}
