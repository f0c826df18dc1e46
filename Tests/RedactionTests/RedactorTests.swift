import BuiltInRules
import Foundation
import Rules
import TestSupport
import Testing

@testable import Redaction

@Suite("Redaction")
struct RedactorTests {
    let redactor: Redactor

    init() throws {
        redactor = try Redactor(rules: RuleBook.builtIn.landmarks)
    }

    @Test("at least 35 kinds of secrets are known, and 30 are planted here")
    func kinds() {
        #expect(redactor.kinds.count >= 35)
        #expect(Set(Planted.all.map(\.kind)).count >= 30)
    }

    @Test("a planted secret is taken out, and what took its place says what it was", arguments: 0..<Planted.all.count)
    func planted(index: Int) {
        let (line, secret, kind) = Planted.all[index]
        for (before, after) in [("", ""), ("2026-03-01 10:00:00 INFO ", " (rank 3)"), ("[rank0]: ", ".")] {
            let redacted = redactor.redact(before + line + after)
            let tail = String(secret.suffix(6))
            #expect(!redacted.text.contains(tail), "\(redacted.text)")
            #expect(redacted.text.contains("[redacted:"), "\(redacted.text)")
            #expect(redacted.counts.keys.contains(kind), "\(redacted.counts) for \(line)")
        }
    }

    @Test(
        "of an address the password goes and the host stays",
        arguments: [
            ("postgres://user:pw@db.host:5432/x", "postgres://user:[redacted:url-password]@db.host:5432/x"),
            (
                "postgres://u:p/w#2?x@db.example.org:5432/x",
                "postgres://u:[redacted:url-password]@db.example.org:5432/x"
            ),
            ("redis://:p@ss@cache.example.org/0", "redis://:[redacted:url-password]@cache.example.org/0"),
            (
                "git clone https://oauth2:glpat-EXAMPLEexample0123456@gitlab.com/a/b.git",
                "git clone https://oauth2:[redacted:gitlab-token]@gitlab.com/a/b.git"
            ),
            (
                "a@b.org: https://x:y1@h.org/, then c@d.org",
                "[redacted:email]: https://x:[redacted:url-password]@h.org/, then [redacted:email]"
            ),
            ("http://10.0.0.1:8080/runs/a?to=x@y.org", "http://10.0.0.1:8080/runs/a?to=[redacted:email]"),
            ("https://trainer@git.example.org/x", "https://trainer@git.example.org/x"),
        ])
    func hosts(line: String, shown: String) {
        #expect(redactor.redact(line).text == shown)
    }

    @Test("redacting twice changes nothing more", arguments: 0..<Planted.all.count)
    func twice(index: Int) {
        let once = redactor.redact(Planted.all[index].line)
        let again = redactor.redact(once.text)
        #expect(again.text == once.text)
        #expect(again.counts == [:])
    }

    @Test(
        "what only looks like a secret stays",
        arguments: [
            "commit 3f9a0c7e15b2d8643f9a0c7e15b2d8643f9a0c7e", "GPU-5f1e2d3c-9a8b-7c6d-5e4f-3a2b1c0d9e8f",
            "NCCL INFO comm 0x55d0c0a1b2c0 rank 3 nranks 8 commId 0xb2c1f0a9d8e7f6a5 - Init COMPLETE",
            "container 7f3e2d1c0b9a8f7e6d5c4b3a29181706f5e4d3c2b1a09f8e7d6c5b4a39281706 exited",
            "sha256:7f3e2d1c0b9a8f7e6d5c4b3a29181706f5e4d3c2b1a09f8e7d6c5b4a39281706",
            "NVRM: Xid (PCI:0000:3b:00): 79, GPU has fallen off the bus.", "saved /data/out/Llama3-8B/step_0012000.pt",
            "  File \"/opt/venv/lib/python3.11/site-packages/torch/nn/modules/module.py\", line 1511, in _wrapped_call_impl",
            "    return self.connect(user=user, password=password, token=token)",
            "    password = os.environ[\"DB_PASSWORD\"]", "    raise ValueError('password is required')",
            "pad_token_id=151643, eos_token_id=151645", "tokens/s/device: 2502.115, num_tokens=123456789012",
            "user@1000.service: Main process exited", "git@github.com:pytorch/pytorch.git", "tcp://10.0.0.1:29500",
            "pip install git+https://github.com/huggingface/transformers@v4.44.0", "mlx5_0:1/RoCE [1]NET/IB",
            "wandb: Synced 5 W&B file(s)", "run 01234567-89ab-cdef-0123-456789abcdef", "hf_model_name_or_path: x",
            "key: 0x7f3e2d1c0b9a", "api_key is missing", "Authorization failed for rank 3",
            "SHA256:" + String(repeating: "ab01", count: 16), String(repeating: "ab01", count: 16),
            "/data/runs/2026-03-01/EXPERIMENT7/alpha/Beta/gamma/Delta9/epsilon",
            "self.passwd = passwd", "mkdir -p /data/mysql/runs", "docker run --name mysql -p 3306:3306 mysql:8",
            "python -m http.server -p 8080", "akka.tcp://sparkDriverActorSystem@10.0.2.15:45047",
            "certificate-authority-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==", "PWD=/home/trainer/run",
            "pulling oci://registry:5000/train@sha256:3f9a0c7e15b2d8643f9a0c7e15b2d864",
            "slurmstepd: error: Detected 1 oom_kill event in StepId=4711.0.", "token=tokenizer.eos_token",
        ])
    func innocent(line: String) {
        #expect(redactor.redact(line) == Redacted(text: line))
    }

    @Test("each line of a private key is taken out, with a log's prefix, and what follows is not")
    func keyBlock() {
        let body = (0..<5).map { _ in Planted.noise(64) } + ["Q3k9xB=="]
        for prefix in ["", "[rank3]: ", "2026-03-01 10:00:00 | "] {
            let lines =
                ["before", "-----BEGIN OPENSSH PRIVATE KEY-----"] + body
                + ["-----END OPENSSH PRIVATE KEY-----", "Killed", "step 12 of 100"]
            let text = lines.map { prefix + $0 }.joined(separator: "\n")
            let redacted = redactor.redact(text)
            #expect(!redacted.text.contains(Planted.noise(64).prefix(12)))
            #expect(!redacted.text.contains("Q3k9xB"))
            #expect(redacted.text.hasSuffix("Killed\n\(prefix)step 12 of 100"))
            #expect(redacted.text.split(separator: "\n").count == lines.count, "each is visible as a redaction")
            #expect(redacted.counts["private-key"] == 7)
        }
        // A log that was cut in the middle of a key hides no more than the key.
        let torn = redactor.redact(
            "-----BEGIN RSA PRIVATE KEY-----\n\(Planted.noise(64))\nThe run failed: out of memory")
        #expect(torn.text.hasSuffix("\nThe run failed: out of memory"))
        #expect(redactor.redact(Planted.noise(64)).counts == ["private-key": 1], "a line of one alone")
    }

    @Test("a person's own pattern is added; one that is broken or matches everywhere is refused, and says why")
    func added() throws {
        let own = try Redactor(rules: [], adding: ["proj-[0-9]+", "codename (?<secret>\\w+)"])
        #expect(own.redact("proj-12 of codename Otter").text == "[redacted:custom] of codename [redacted:custom]")
        for wrong in ["(", "x*", ""] {
            let error = #expect(throws: RedactionError.self) { try Redactor(rules: [], adding: [wrong]) }
            #expect(error?.description.contains("custom") == true)
        }
    }

    @Test("names of people and machines go where that is asked for, and only there")
    func names() throws {
        let line = "File \"/home/alice/train.py\" on gpu-a12.example, gpu-a121"
        #expect(redactor.redact(line).text == line)
        let strict = try Redactor(
            rules: RuleBook.builtIn.landmarks, options: RedactionOptions(hidesNames: true, hosts: ["gpu-a12"]))
        #expect(
            strict.redact(line).text == "File \"/home/[redacted:user]/train.py\" on [redacted:host].example, gpu-a121")
    }

    @Test("every text of a value is redacted, keys and nested lists too, and the rest is as it was")
    func values() throws {
        struct Line: Codable, Equatable { var line: Int; var text: String }
        struct Page: Codable, Equatable {
            var name: String?
            var share: Double
            var big: Int
            var isOn: Bool
            var lines: [Line]
            var more: [String: [String]]
        }
        let secret = "ghp_" + Planted.noise(36)
        let page = Page(
            name: "x \(secret)", share: 0.1, big: .max, isOn: true,
            lines: [
                Line(line: 1, text: "-----BEGIN RSA PRIVATE KEY-----"), Line(line: 2, text: "c2hvcnQ="),
                Line(line: 3, text: "done"),
            ], more: [secret: [secret]])
        let (redacted, counts) = try redactor.redact(page)
        #expect(redacted.name == "x [redacted:github-token]")
        #expect(redacted.lines.map(\.text) == ["[redacted:private-key]", "[redacted:private-key]", "done"])
        #expect(redacted.more == ["[redacted:github-token]": ["[redacted:github-token]"]])
        #expect((redacted.share, redacted.big, redacted.isOn) == (0.1, .max, true))
        #expect(counts == ["github-token": 3, "private-key": 2])
        let odd = try redactor.redact([Double.nan, .infinity, -0.0, 1e300]).value
        #expect(odd[0].isNaN && odd[1] == .infinity && odd[3] == 1e300)
    }

    @Test("nothing in the project's example logs is taken for a secret but what is listed")
    func fixtures() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "fixtures")
        let allowed: Set<String> = [
            "mockbuild@kbuilder.bsys.centos.org", "giometti@linux.it", "debian-kernel@lists.debian.org",
        ]
        let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
        var lines = 0
        for case let file as URL in files {
            guard let data = try? Data(contentsOf: file), !data.prefix(512).contains(0), data.first != 0x1f else {
                continue
            }
            let text = String(decoding: data, as: UTF8.self)
            let redacted = redactor.redact(text)
            lines += text.utf8.count { $0 == 0x0a }
            if redacted.counts.isEmpty { continue }
            for (old, new) in zip(text.split(separator: "\n"), redacted.text.split(separator: "\n")) where old != new {
                #expect(
                    allowed.contains { new.contains("[redacted:email]") && old.contains($0) },
                    "\(file.lastPathComponent): \(old) -> \(new)")
            }
        }
        #expect(lines > 30_000, "only \(lines) lines were looked at")
    }

    @Test("what is not UTF-8 or cuts a character leaves whole characters")
    func characters() {
        #expect(redactor.redact("password=пароль22, дальше").text == "password=[redacted:password], дальше")
        #expect(redactor.redact("").text == "")
    }

    @Test(
        "ten megabytes in one line take seconds, whatever they are",
        arguments: [
            "eyJ", "eyJhbGciOiJ.", "password=", "token=a", "://a:", "://a:b", "-----BEGIN PRIVATE KEY-----", "a@",
            "a.b@c.",
            "sk-", "Authorization: ", "cookie: a", "x", "AKIA", "curl ", "curl -u", "machine a login b ", "$6$",
            "?sig=", " ", "mysql -p", "docker login ", "echo ", "\u{1b}]", "\\u200b",
            "://a:b/c@", "name: A_TOKEN, ", "A_", "hf_a", "password ",
        ])
    func hostile(unit: String) {
        let line = String(repeating: unit, count: 10_000_000 / unit.utf8.count)
        let clock = ContinuousClock()
        let time = clock.measure { _ = redactor.redact(line) }
        #expect(time < .seconds(60), "\(unit): \(time)")
    }
}
