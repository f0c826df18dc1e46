import Foundation
import Testing

@testable import Logs
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

    @Test("names the journal, the kernel and pstore")
    func feeds() throws {
        let configuration = try parse(
            """
            sources:
              - journal: true
              - journal: {directory: other, units: [train.service, "slurm*"], merge: true}
                machine: false
                first: 7d
              - journal: {kernel: true}
              - kernel: true
                first: 90m
              - pstore: true
              - pstore: [/srv/pstore]
              - journal: false
                paths: /x
            """)
        var units = JournalQuery(path: "/etc/faultline/other")
        units.units = ["train.service", "slurm*"]
        units.isMerged = true
        var kernel = JournalQuery()
        kernel.isKernelOnly = true
        let day = 86_400.0
        #expect(
            configuration.sources.map(\.feed) == [
                .journal(JournalQuery(), first: day), .journal(units, first: 7 * day), .journal(kernel, first: day),
                .kernel(first: 5400), .pstore(["/sys/fs/pstore", "/var/lib/systemd/pstore"]), .pstore(["/srv/pstore"]),
                nil,
            ])
        #expect(configuration.sources.map(\.isMachine) == [true, false, true, true, true, true, false])
        let names = configuration.sources.compactMap(\.feed?.name)
        #expect(Set(names.prefix(5)).count == 5)
    }

    @Test(
        "keeps every value from being taken for an option",
        arguments: ["-x", "--help", "a b", "--since=now", "$(reboot)"])
    func arguments(_ text: String) {
        var query = JournalQuery(path: text)
        query.units = [text]
        query.boot = text
        let arguments = query.arguments(from: .cursor(text))
        #expect(!arguments.contains(text))
        for option in ["--directory=", "--unit=", "--boot=", "--cursor="] { #expect(arguments.contains(option + text)) }
    }

    @Test(
        "is refused with the line of what is wrong",
        arguments: [
            ("sources:\n  - path: /x", ":2: unknown key 'path'"),
            ("sources:\n  - paths: /x\nsettl: 3", ":3: unknown key 'settl'"),
            ("sources:\n  - paths: /x\n    together: folders", ":3: 'together' must be one of folder, file, all"),
            ("sources:\n  - journal: true\n    paths: /x", ":2: a source has one of 'paths', 'journal'"),
            ("sources:\n  - journal: {unit: x}", ":2: unknown key 'unit'"),
            ("sources:\n  - journal: 7", ":2: 'journal' must be true or false"),
            ("sources:\n  - journal: {kernel: true, units: [x]}", ":2: the kernel is no unit"),
            ("sources:\n  - journal: {directory: [a]}", ":2: 'directory' must be a folder"),
            ("sources:\n  - kernel: yes-please", ":2: 'kernel' must be true or false"),
            ("sources:\n  - kernel: true\n    first: 24", ":3: 'first' must be a time such as 30m"),
            ("sources:\n  - kernel: true\n    first: 1e300d", ":3: 'first' must be a time"),
            ("sources:\n  - kernel: true\n    first: -1h", ":3: 'first' must be a time"),
            ("sources:\n  - pstore: true\n    first: 1h", ":2: 'first' is for 'journal' and 'kernel'"),
            ("sources:\n  - paths: /x\n    first: 1h", ":2: 'first' is for"),
            ("sources:\n  - kernel: false", ":2: a source needs 'paths'"),
            ("sources:\n  - labels: {a: b}", ":2: a source needs 'paths'"),
            ("sources:\n  - paths: ['']", ":2: 'paths' must hold texts only"),
            ("sources: /x", ":1: 'sources' must be a list"),
            ("settle: -1\nsources: [{paths: [x.log]}]", ":1: 'settle' must be a number of seconds"),
            ("settle: 1e400\nsources: [{paths: [x.log]}]", ":1: 'settle' must be a number of seconds"),
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
