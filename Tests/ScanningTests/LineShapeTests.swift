import Testing

@testable import Scanning

@Suite("The shape of a line")
struct LineShapeTests {
    private func shape(_ text: String) -> LineShape { LineShape(Array(text.utf8)) }

    @Test(
        "stays when only figures and what holds them differ",
        arguments: [
            ("step 12 of 100", "step 7 of 100000"), ("loss 1.25 lr 3.0e-05", "loss -0.003 lr 1e-4"),
            ("node-17 is up", "node-3 is up"), ("rank 3 at 10.0.0.1:4321", "rank 17 at 192.168.1.20:9"),
            ("read /data/shard_0001.bin", "read /data/shard_917.bin"), ("at 0x7f3a2b", "at 0x91c"),
            ("using v1.2.3-rc1", "using v2.0.0"), ("|####      | 40%", "|########  | 80%"),
            ("    indented", "  indented"), ("==== epoch 3 ====", "======== epoch 12 ========"),
            ("3f2a9c1d is done", "77b is done"), ("", ""),
        ])
    func same(one: String, other: String) {
        #expect(shape(one) == shape(other))
    }

    @Test(
        "is another when a word, a sign or the number of figures is",
        arguments: [
            ("shard opened", "shard closed"), ("Error in shard", "error in shard"), ("loss nan", "loss 1.5"),
            ("done: 1", "done 1"), ("a 1 b", "1 a b"), ("1 2", "1 2 3"), ("x=1", "x==1 y"), ("shard", "shards"),
            ("read /data/a/1", "read /data/1"), ("", "a"), ("(1)", "[1]"), ("größer 1", "großer 1"),
        ])
    func different(one: String, other: String) {
        #expect(shape(one) != shape(other))
    }

    @Test(
        "stays when a ruler or a bar is longer",
        arguments: [("----------", "--------------------"), ("[=>......]", "[====>...]"), ("wait....", "wait.......")])
    func rulers(one: String, other: String) {
        #expect(shape(one) == shape(other))
    }

    @Test("is told by the beginning of a long line")
    func longLines() {
        let long = String(repeating: "word ", count: 100)
        #expect(shape(long + "a") == shape(long + "b"))
        #expect(shape("a" + long) != shape("b" + long))
    }

    @Test(
        "comes with the whole numbers that stand alone",
        arguments: [
            ("step 12 of 100", [12, 100]), ("[3/8] done", [3, 8]), ("lr 1e-5 loss 2.5 v1 -3", []),
            ("id 1234567890123456", []), ("007", [7]), ("none", []), ("12:30:05", [12, 30, 5]),
        ] as [(String, [Int])])
    func numbers(text: String, expected: [Int]) {
        var numbers: [Int] = []
        _ = LineShape(Array(text.utf8)) { numbers.append($0) }
        #expect(numbers == expected)
    }

    @Test("is taken of bytes that are no text, too")
    func bytes() {
        #expect(LineShape([0xff, 0xfe, 0x31]) == LineShape([0xff, 0xfe, 0x32]))
        #expect(LineShape([0]) != LineShape([1]))
    }
}
