import CrashModel
import Foundation
import Testing

@testable import Logs

@Suite("Lines of loggers that write JSON")
struct StructuredRecordTests {
    struct Sample: Sendable {
        var line: String
        var words: [String]
        var time: String?
        var origin = LineOrigin()
    }

    @Test(
        "give their message, time and writer",
        arguments: [
            // zap, with seconds since 1970
            Sample(
                line:
                    #"{"level":"error","ts":1772359209.5,"caller":"a/b.go:12","msg":"disk full","stacktrace":"main.f\n\t/a/b.go:12"}"#,
                words: ["ERROR disk full", "main.f", "\t/a/b.go:12"], time: "2026-03-01T10:00:09.500Z"),
            // slog and logrus
            Sample(
                line: #"{"time":"2026-03-01T10:00:09.5+01:00","level":"INFO","msg":"step 3 loss 1.0"}"#,
                words: ["step 3 loss 1.0"], time: "2026-03-01T09:00:09.500Z"),
            // python-json-logger
            Sample(
                line:
                    #"{"asctime": "2026-03-01 10:00:09,500", "levelname": "WARNING", "name": "train", "message": "slow", "rank": 3, "process": 41}"#,
                words: ["WARNING slow"], time: "2026-03-01T10:00:09.500Z?",
                origin: LineOrigin(rank: 3, pid: 41, stream: "rank3")),
            Sample(
                line:
                    #"{"message": "failed", "exc_info": "Traceback (most recent call last):\n  File \"t.py\", line 1\nValueError: x", "timestamp": "2026-03-01T10:00:09Z"}"#,
                words: ["failed", "Traceback (most recent call last):", "  File \"t.py\", line 1", "ValueError: x"],
                time: "2026-03-01T10:00:09.000Z"),
            // structlog
            Sample(
                line:
                    #"{"event": "worker gone", "level": "critical", "timestamp": "2026-03-01T10:00:09Z", "reason":"OOMKilled","code": 137, "hostname": "n-1.lan"}"#,
                words: [#"CRITICAL worker gone {"reason":"OOMKilled","code": 137}"#],
                time: "2026-03-01T10:00:09.000Z", origin: LineOrigin(host: "n-1.lan")),
            // pino, in milliseconds
            Sample(
                line: #"{"level":50,"time":1772359209500,"pid":17,"hostname":"n1","msg":"gone"}"#, words: ["gone"],
                time: "2026-03-01T10:00:09.500Z", origin: LineOrigin(host: "n1", pid: 17)),
            // loguru
            Sample(
                line:
                    #"{"text": "2026-03-01 10:00:09.500 | ERROR    | __main__:f:3 - bad\nTraceback (most recent call last):\n", "record": {"elapsed": {"seconds": 0.1}, "extra": {"rank": 2}, "level": {"name": "ERROR", "no": 40}, "message": "bad", "process": {"id": 28, "name": "MainProcess"}, "time": {"repr": "2026-03-01 11:00:09.500000+01:00", "timestamp": 1772359209.5}}}"#,
                words: ["ERROR    | __main__:f:3 - bad", "Traceback (most recent call last):"],
                time: "2026-03-01T10:00:09.500Z", origin: LineOrigin(rank: 2, pid: 28, stream: "rank2")),
            // A message with a rank of its own; local ranks are no more than a guess.
            Sample(
                line: #"{"ts":"2026-03-01T10:00:09Z","local_rank":1,"msg":"[rank9]: x"}"#, words: ["x"],
                time: "2026-03-01T10:00:09.000Z", origin: LineOrigin(rank: 9, stream: "local rank 1 rank9")),
            // Without a time the level tells that it is a record.
            Sample(line: #"{"severity":"ERROR","message":"gone"}"#, words: ["ERROR gone"]),
            // Inside a container's record.
            Sample(
                line: #"2026-03-01T10:00:10.844351500Z stderr F {"level":"error","msg":"gone","rank":1}"#,
                words: ["ERROR gone"], time: "2026-03-01T10:00:10.844Z", origin: LineOrigin(rank: 1, stream: "rank1")),
        ])
    func records(_ it: Sample) throws {
        let lines = read(it.line).lines
        #expect(lines.map(\.words) == it.words)
        #expect(lines.first?.origin == it.origin)
        #expect(spelled(lines.first?.stated) == it.time)
    }

    @Test("of figures stay as they are, for the rules that read them, and have their time")
    func figures() {
        let text = #"{"time": "2026-03-01T10:00:09Z", "message": "train", "step": 60, "loss": 5.9565, "rank": 2}"#
        let line = read(text).lines[0]
        #expect(line.words == text)
        #expect(spelled(line.stated) == "2026-03-01T10:00:09.000Z")
        #expect(line.origin.rank == 2)
    }

    @Test(
        "are told from other JSON",
        arguments: [
            #"{"message": "x"}"#, #"{"text": "a sample", "timestamp": "2026-03-01T10:00:09Z"}"#,
            #"{"event": "config", "max_steps": 12000}"#, #"{"ts": "2026-03-01T10:00:09Z", "step": 60, "loss": 5.9}"#,
            #"{"message": {"a": 1}, "time": 1772359209}"#, #"{"message": "x", "time": 17}"#,
            #"{"message": "x", "time": 1e999}"#, #"{"message": "x", "time": -1772359209}"#,
            #"{"message": "x", "time": "99999999999999999999"}"#, #"{"message": "x", "level": 40}"#,
            #"{"message": "x", "level": "error""#,
        ])
    func others(_ text: String) {
        let lines = read(text).lines
        #expect(lines.map(\.whole) == [text])
        #expect(lines.first?.stated == nil)
    }

    @Test("with writers that cannot be say nothing of them")
    func strangeWriters() {
        let text =
            #"{"level":"info","msg":"x","rank":-1,"pid":99999999999999,"host":"a b\u001b[31m","local_rank":1000000}"#
        #expect(read(text).lines.first?.origin == LineOrigin())
    }
}
