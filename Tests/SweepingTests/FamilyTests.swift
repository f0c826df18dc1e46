import Testing

@testable import Sweeping

@Suite("Names of rotated logs")
struct FamilyTests {
    @Test(
        "a log and its rotated pieces are one family",
        arguments: [
            "/l/train.log", "/l/train.log.1", "/l/train.log.2.gz", "/l/train.log.old", "/l/train-20260301.log",
            "/l/train.log.1.zst", "/l/train.1.log", "/l/train.log.bak",
        ])
    func pieces(path: String) {
        #expect(FileFamily.key(of: path) == "/l/train.log")
    }

    @Test(
        "other logs are not", arguments: ["/l/train2.log", "/m/train.log", "/l/rank1.log", "/l/slurm-4711.out"])
    func others(path: String) {
        #expect(FileFamily.key(of: path) != FileFamily.key(of: "/l/train.log"))
        #expect(FileFamily.key(of: "/l/slurm-4711.out") != FileFamily.key(of: "/l/slurm-4712.out"))
        #expect(FileFamily.key(of: "/l/rank1.log") != FileFamily.key(of: "/l/rank10.log"))
    }
}
