import CrashModel
import Foundation
import Sweeping
import Testing

@testable import Notifying

@Suite("notify: in faultline.yaml")
struct ReceiverConfigurationTests {
    private let file = SweepConfigurationFile(path: "/etc/faultline/faultline.yaml")

    @Test("names receivers with all that they need")
    func whole() throws {
        let receivers = try file.receivers(
            in: """
                sources:
                  - paths: /x
                notify:
                  - name: ops
                    webhook: {env: SLACK_WEBHOOK}
                    format: slack
                    headers:
                      Authorization: {file: token, prefix: "Bearer "}
                      X-Team: ml
                    timeout: 5
                    when: {severity: [fatal], category: [oom, gpu/*], host: gpu-a12, verdict: [replace-hardware]}
                    group: 10m
                    hourly: 6
                    keep: 2d
                  - name: page.1
                    command: [/usr/local/bin/page, --team, ml]
                """)
        #expect(receivers.map(\.name) == ["ops", "page.1"])
        #expect(
            receivers[0]
                == Receiver(
                    name: "ops",
                    channel: .webhook(
                        Webhook(
                            address: Secret(.environment("SLACK_WEBHOOK")), format: .slack,
                            headers: [
                                .init(
                                    name: "Authorization",
                                    value: Secret(.file("/etc/faultline/token"), prefix: "Bearer ")),
                                .init(name: "X-Team", value: Secret(.literal("ml"))),
                            ])),
                    timeout: 5,
                    when: .init(
                        severities: [.fatal], verdicts: [.replaceHardware],
                        filter: .init(categories: ["oom", "gpu/*"], hosts: ["gpu-a12"])),
                    group: 600, hourly: 6, keep: 172_800))
        #expect(receivers[1].channel == .command(["/usr/local/bin/page", "--team", "ml"]))
        #expect(receivers[1].timeout == 30)
        #expect(try file.receivers(in: "sources: [{paths: [x.log]}]").isEmpty)
    }

    @Test(
        "is refused with the line of what is wrong, and without what may be a secret",
        arguments: [
            ("- name: a\n  web: x", ":3: unknown key 'web'"),
            ("- webhook: https://h/KEYKEY", ":2: a receiver needs a 'name'"),
            ("- name: a", ":2: a receiver needs either 'webhook' or 'command'"),
            ("- {name: a, webhook: https://h/KEYKEY, command: [/x]}", "either 'webhook' or 'command'"),
            ("- {name: a/b, command: [/x]}", "'name' must be"), ("- {name: .., command: [/x]}", "'name' must be"),
            ("- {name: a, command: /x --y}", "'command' must be a list"),
            ("- {name: a, command: [page]}", "whole path"), ("- {name: a, command: []}", "whole path"),
            ("- {name: a, command: [/x], format: slack}", "'format' is for a webhook"),
            ("- {name: a, webhook: ftp://h/KEYKEY}", "begins with https://"),
            ("- {name: a, webhook: file:///etc/KEYKEY}", "begins with https://"),
            ("- {name: a, webhook: 'https://h/KEYKEY x'}", "without spaces"),
            ("- {name: a, webhook: KEYKEY}", "https://"),
            ("- {name: a, webhook: {env: A, file: B}}", "either 'env' or 'file'"),
            ("- {name: a, webhook: {}}", "either 'env'"),
            ("- {name: a, webhook: {url: KEYKEY}}", "unknown key 'url'"),
            ("- {name: a, webhook: https://h, format: xml}", "one of json, slack"),
            ("- {name: a, webhook: https://h, headers: {'X Y': KEYKEY}}", "a header's name"),
            ("- {name: a, webhook: https://h, headers: {Host: KEYKEY}}", "set by Faultline"),
            ("- {name: a, webhook: https://h, headers: {A: \"KEYKEY\\nB: c\"}}", "one line"),
            ("- {name: a, command: [/x], timeout: 0}", "'timeout' must be"),
            ("- {name: a, command: [/x], timeout: 1e9}", "'timeout'"),
            ("- {name: a, command: [/x], timeout: nan}", "'timeout'"),
            ("- {name: a, command: [/x], group: 3w}", "'group'"),
            ("- {name: a, command: [/x], hourly: 0}", "'hourly'"),
            ("- {name: a, command: [/x], when: {category: omm}}", "'omm' is no category"),
            ("- {name: a, command: [/x], when: {category: oom/disk}}", "is no category"),
            ("- {name: a, command: [/x], when: {severity: [bad]}}", "one of warning, error, fatal"),
            ("- {name: a, command: [/x], when: {rank: 3}}", "unknown key 'rank'"),
            ("- {name: a, command: [/x]}\n- {name: A, command: [/x]}", ":3: two receivers are named 'A'"),
            ("- name: a\n  webhook: https://h/KEYKEY: x: y", ":3: this is no YAML"),
            ("- name: a\n  webhook: \"KEYKEY", "this is no YAML"),
            ("{}", "'notify' must be a list"), ("x", "'notify' must be a list"),
        ])
    func wrong(notify: String, message: String) throws {
        let text = "notify:\(notify.hasPrefix("-") ? "\n" : " ")\(notify)\n"
        let error = #expect(throws: SweepError.self) { try file.receivers(in: text) }
        let words = error?.description ?? ""
        #expect(words.contains(message), "\(words)")
        #expect(!words.contains("KEYKEY"), "\(words)")
    }

    @Test(
        "warns when others can read a secret that it holds",
        arguments: [
            ("https://h.example/KEYKEY", 0o644, true), ("https://h.example/KEYKEY", 0o600, false),
            ("{env: HOOK}", 0o644, false),
        ])
    func warning(address: String, mode: Int, isWarned: Bool) throws {
        let desk = try Desk()
        let path = desk.folder + "/faultline.yaml"
        try "sources: [{paths: [x.log]}]\nnotify:\n  - {name: ops, webhook: \(address)}\n".write(
            toFile: path, atomically: true, encoding: .utf8)
        chmod(path, mode_t(mode))
        let file = SweepConfigurationFile(path: path)
        let warning = file.secrecyWarning(for: try file.receivers())
        #expect((warning != nil) == isWarned)
        #expect(warning?.contains("KEYKEY") != true)
        _ = try file.read()
    }
}
