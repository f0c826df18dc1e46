import CrashModel
import Testing

@Suite("Categories")
struct CategoryTests {
    @Test(
        "the taxonomy tells known categories from others",
        arguments: [
            ("oom/host", true), ("exception/ValueError", true), ("unknown", true), ("oom/hose", false), ("oom", false),
            ("weather/rain", false), ("exception/", false),
        ])
    func known(text: String, isKnown: Bool) {
        #expect(Category(text).isKnown == isKnown)
    }

    @Test(
        "a category matches itself, its family and everything",
        arguments: [
            ("cuda/launch", true), ("cuda/*", true), ("*", true), ("cuda", false), ("cud/*", false), ("oom/*", false),
        ])
    func matching(pattern: String, matches: Bool) {
        #expect(Category("cuda/launch").matches(pattern) == matches)
    }
}

@Suite("Capture templates")
struct CaptureTemplateTests {
    @Test("captures are filled in, and a missing one drops the text")
    func filling() {
        let template = CaptureTemplate("GPU {gpu} asked for {size}")
        #expect(template.filled(["gpu": "3", "size": "2 GiB"]) == "GPU 3 asked for 2 GiB")
        #expect(template.filled(["gpu": "3"]) == nil)
        #expect(template.names == ["gpu", "size"])
    }

    @Test("braces of the shell are no captures")
    func shellBraces() {
        let text = "awk '{print $1}' ${HOME}/x"
        #expect(CaptureTemplate(text).filledForShell([:]) == text)
    }

    @Test(
        "what a log put into a command cannot leave its word",
        arguments: [
            ("0000:3b:00.0", "0000:3b:00.0"), ("a b", "'a b'"), ("$(rm -rf ~)", "'$(rm -rf ~)'"),
            ("it's; reboot", "'it'\\''s; reboot'"), ("`id`", "'`id`'"), ("a\nb\u{1b}[2J", "'ab[2J'"),
        ])
    func quoting(value: String, word: String) {
        #expect(CaptureTemplate("kill {x}").filledForShell(["x": value]) == "kill " + word)
    }

    @Test("a capture that would be read as an option drops the command")
    func option() {
        #expect(CaptureTemplate("rm {x}").filledForShell(["x": "-rf"]) == nil)
    }

    @Test("a category takes the last part of a dotted type and nothing unprintable")
    func categoryText() {
        let template = CaptureTemplate("exception/{type}")
        #expect(template.categoryText(["type": "torch.cuda.OutOfMemoryError"]) == "exception/OutOfMemoryError")
        #expect(template.categoryText(["type": "<b>Bad</b>"]) == "exception/bBadb")
        #expect(template.categoryText([:]) == "exception/Exception")
    }
}

@Suite("Stable hashes")
struct StableHashTests {
    @Test("the hash is the published FNV-1a and keeps fields apart")
    func fields() {
        var one = StableHash()
        one.combine("ab")
        one.combine("c")
        var other = StableHash()
        other.combine("a")
        other.combine("bc")
        #expect(one.hex != other.hex)
        #expect(one.hex.count == 16)
        #expect(StableHash().hex == "cbf29ce484222325")
    }
}
