import BuiltInRules
import Foundation
import Rules
import TestSupport
import Testing

@testable import Redaction

/// A ledger keeps the beginning of a long line, and titles and advice quote the beginning of a long message.
@Suite("Secrets that were cut")
struct CutEndTests {
    let redactor: Redactor

    init() throws {
        redactor = try Redactor(rules: RuleBook.builtIn.landmarks)
    }

    /// What stands before the secret itself, and is no secret. A token that is cut within it shows nothing of itself.
    private static let marks = [
        "-----BEGIN RSA PRIVATE KEY-----", "-----BEGIN OPENSSH PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----", "LS0tLS1CRUdJTiBPUEVOU1NI", "LS0tLS1CRUdJTiBQUklWQVRF", "AGE-SECRET-KEY-1",
        "bedrock-api-key-", "github_pat_", "GR1348941", "api_org_", "dckr_pat_", "sk_test_", "rk_test_", "sk_live_",
        "_gitlab_session=", "session=", "sk-or-v1-",
        "sk-proj-", "sk-ant-api03-", "lsv2_pt_", "sntrys_eyJ", "ops_eyJ", "eyJrIjoi", "eyJhcGlfYWRkcmVzcyI6",
        "eyJhbGciO", "pypi-AgE", "wandb_v1_", "ATATT3", "IQoJb3JpZ2lu",
        // The number of a bot, and what names a token of Terraform, are no secrets.
        "1234567890:AA", "MTIzNDU2Nzg5MDEyMzQ1Njc4.EXAMPL.", "EXAMPLEexample.atlasv1.",
        Planted.noise(14) + ".atlasv1.",
    ].map { Array($0.utf8) }

    /// Cuts the line within the secret, at each place that leaves eight of its characters, and says where eight stay.
    private func problems(_ line: String, _ secret: Range<Int>) -> [String] {
        let bytes = Array(line.utf8)
        let mark = Self.marks.filter { bytes[secret].starts(with: $0) }.map(\.count).max() ?? 0
        var problems: [String] = []
        for end in (secret.lowerBound + max(8, mark + 1))..<max(secret.upperBound, secret.lowerBound + max(9, mark + 2))
        {
            guard end < secret.upperBound, bytes[end] & 0xc0 != 0x80 else { continue }
            // All of the first, then some: later ones differ by their length alone.
            if end > secret.lowerBound + 40, end % 9 > 0 { continue }
            for rest in [["…", "… in step 3", "…: it failed"][end % 3]] {
                let cut = String(decoding: bytes[..<end], as: UTF8.self) + rest
                let shown = redactor.redact(cut).text
                let stays = (secret.lowerBound + mark...max(end - 8, secret.lowerBound + mark)).contains { start in
                    start + 8 <= end && shown.contains(String(decoding: bytes[start..<(start + 8)], as: UTF8.self))
                }
                if stays { problems.append("\(cut) -> \(shown)") }
            }
        }
        return problems
    }

    @Test("of an example of any kind no eight characters stay, wherever it was cut")
    func examples() throws {
        var seen: Set<String> = []
        for rule in RuleBook.builtIn.landmarks where rule.kind == .secret {
            // Nothing says that a word was to be an address before its @.
            if rule.id == "secret.email" { continue }
            for example in rule.examples {
                for secret in secrets(in: example) {
                    let found = problems(example, secret)
                    #expect(found.isEmpty, "\(rule.id): \(found.prefix(2))")
                    seen.insert(rule.id)
                }
            }
        }
        #expect(seen.count >= 35, "\(seen.count) kinds were cut")
    }

    @Test("of a planted secret no eight characters stay, wherever it was cut", arguments: 0..<Planted.all.count)
    func planted(index: Int) throws {
        let (line, secret, kind) = Planted.all[index]
        // Nor what the program is that a word will be given to.
        if kind == "email" || line.hasPrefix("echo ") { return }
        let start = try #require(line.range(of: secret)).lowerBound
        let from = line.utf8.distance(from: line.startIndex, to: start)
        let found = problems(line, from..<(from + secret.utf8.count))
        #expect(found.isEmpty, "\(found.prefix(2))")
    }

    /// Where the secrets of a line stand: what differs between it and what is left of it.
    private func secrets(in line: String) -> [Range<Int>] {
        let bytes = Array(line.utf8)
        var result: [Range<Int>] = []
        var at = 0
        var rest = Substring(redactor.redact(line).text)
        while let open = rest.range(of: "[redacted:") {
            at += rest[..<open.lowerBound].utf8.count
            guard let close = rest[open.upperBound...].firstIndex(of: "]") else { break }
            rest = rest[rest.index(after: close)...]
            // Up to where the text that stayed goes on.
            let next = Array(rest.range(of: "[redacted:").map { rest[..<$0.lowerBound] }?.utf8 ?? rest.utf8)
            var end = bytes.count - next.count
            if rest.contains("[redacted:") {
                end = (at...bytes.count).first { bytes[$0...].starts(with: next) && !next.isEmpty } ?? bytes.count
            }
            result.append(at..<end)
            at = end
        }
        return result
    }

    @Test(
        "what was cut and is no secret stays",
        arguments: [
            "Loading checkpoint shards…", "token=tokenizer.eos_tok…", "tcp://10.0.0.1:29500…", "s3://my-bucket-of-che…",
            "sk-learn-estim…", "commit 3f9a0c7e15b2d8…", "File \"/opt/venv/lib/python3.11/site-pack…",
            "Fix the RuntimeError: CUDA error: an illegal memory acc…", "api_key=config.api_k…", "bearer authenticat…",
            "--world_info=eyJsb2NhbGhvc3QiOiBbMCwgMS…", "SK hynix…", "run 01234567-89ab-cdef-01…", "hf_…",
            "https://hugg…",
        ])
    func innocent(line: String) {
        #expect(redactor.redact(line).text == line)
    }
}
