import Foundation
import Testing

@testable import Sweeping

@Suite("faultline.yaml")
struct ConfigurationTests {
    private func parse(_ text: String) throws -> SweepConfiguration {
        try SweepConfigurationFile(path: "faultline.yaml").parse(text, folder: "/etc/faultline")
    }

    @Test("names sources, labels and who belongs together")
    func whole() throws {
        let configuration = try parse(
            """
            settle: 2.5
            sources:
              - paths: [/logs/*, "here/**/*.log"]
                labels: {job: llama, host: gpu-a12}
              - paths: /var/log/kern.log*
                machine: true
                together: all
            """)
        #expect(configuration.settle == 2.5)
        #expect(
            configuration.sources.map(\.paths) == [
                ["/logs/*", "/etc/faultline/here/**/*.log"], ["/var/log/kern.log*"],
            ])
        #expect(configuration.sources[0].labels == ["job": "llama", "host": "gpu-a12"])
        #expect(configuration.sources[1].isMachine && configuration.sources[1].together == .all)
    }

    @Test(
        "is refused with the line of what is wrong",
        arguments: [
            ("sources:\n  - path: /x", ":2: unknown key 'path'"),
            ("sources:\n  - paths: /x\nsettl: 3", ":3: unknown key 'settl'"),
            ("sources:\n  - paths: /x\n    together: folders", ":3: 'together' must be one of folder, file, all"),
            ("sources:\n  - labels: {a: b}", ":2: a source needs 'paths'"),
            ("sources:\n  - paths: ['']", ":2: 'paths' must hold texts only"),
            ("sources: /x", ":1: 'sources' must be a list"),
            ("settle: -1\nsources: []", ":1: 'settle' must be a number of seconds"),
            ("settle: 1e400\nsources: []", ":1: 'settle' must be a number of seconds"),
            ("", "it is empty"), ("- x", ":1: the file must hold keys"), ("settle: 1", "'sources' is missing"),
            ("a: [", "is no YAML"),
        ])
    func wrong(text: String, message: String) throws {
        let error = #expect(throws: SweepError.self) { try parse(text) }
        #expect(error?.kind == .configuration)
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test(
        "globs",
        arguments: [
            ("*.log", ["a.log", "b.log"]), ("d/*.log", ["d/c.log"]),
            ("**/*.log", ["a.log", "b.log", "d/c.log", "d/e/f.log"]),
            ("d/**/f.log", ["d/e/f.log"]), ("[ab].log", ["a.log", "b.log"]), ("?.out", []),
            ("nothing.log", ["nothing.log"]),
            ("*/e", ["d/e"]),
        ])
    func globs(pattern: String, found: [String]) throws {
        let folder = NSTemporaryDirectory() + "faultline-glob-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder + "/d/e", withIntermediateDirectories: true)
        for name in ["a.log", "b.log", "d/c.log", "d/e/f.log", ".hidden.log"] {
            _ = FileManager.default.createFile(atPath: folder + "/" + name, contents: nil)
        }
        // A link that leads back must not be followed for ever.
        symlink(folder, folder + "/d/loop")
        #expect(Glob.paths(matching: folder + "/" + pattern) == found.map { folder + "/" + $0 })
    }
}
