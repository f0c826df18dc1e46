import CrashModel
import Foundation
import Testing

@testable import Logs

struct RecordTests {
    @Test("Docker's json-file records are unwrapped and their partial lines joined")
    func docker() {
        let text = #"""
            {"log":"Traceback \u0028most\n","stream":"stderr","time":"2026-11-21T04:15:12.5Z"}
            {"log":"first half, ","stream":"stdout","time":"2026-11-21T04:15:13Z"}
            {"log":"[rank3]: err\n","stream":"stderr","time":"2026-11-21T04:15:14Z"}
            {"log":"second half\n","stream":"stdout","time":"2026-11-21T04:15:15Z"}
            """#
        let lines = read(text).lines
        #expect(lines.map(\.words) == ["Traceback (most", "err", "first half, second half"])
        #expect(lines.map(\.number) == [1, 3, 2])
        #expect(lines[1].origin.rank == 3)
        #expect(spelled(lines[0].stated) == "2026-11-21T04:15:12.500Z")
    }

    @Test("CRI lines are unwrapped and their partial lines joined")
    func cri() {
        let lines = read(
            """
            2019-04-30T02:12:41.8443515Z stdout F whole
            2019-04-30T02:12:42.8443515Z stderr P one, 
            2019-04-30T02:12:43.8443515Z stderr F two
            2019-04-30T02:12:44.8443515Z stderr P never finished
            """
        ).lines
        #expect(lines.map(\.words) == ["whole", "one, two", "never finished"])
        #expect(spelled(lines[0].stated)?.hasPrefix("2019-04-30T02:12:41.84") == true)
    }

    @Test("Partial records without end stay within the limit")
    func endless() {
        let record = "2019-04-30T02:12:42.8443515Z stderr P " + String(repeating: "x", count: 100) + "\n"
        let (lines, summary) = read(String(repeating: record, count: 1000), limit: 500)
        #expect(lines.map(\.text.count) == [500])
        #expect(!summary.complete)
    }

    @Test("Journal records: bytes as numbers, kernel time by the kernel's clock, tags as syslog spells them")
    func journal() {
        let text = #"""
            {"MESSAGE":[69,114,114,255],"_TRANSPORT":"kernel","SYSLOG_FACILITY":"0","_HOSTNAME":"vm","__REALTIME_TIMESTAMP":"1795233692142367","__MONOTONIC_TIMESTAMP":"9240103172","_SOURCE_MONOTONIC_TIMESTAMP":"8980103172"}
            {"MESSAGE":"oomd attempting to kill","SYSLOG_IDENTIFIER":"systemd-oomd","_PID":"34","_HOSTNAME":"vm","__REALTIME_TIMESTAMP":"1795233692000000"}
            {"MESSAGE":null,"_HOSTNAME":"vm","__REALTIME_TIMESTAMP":"1795233692000000"}
            {"MESSAGE":["a","b"],"_HOSTNAME":"vm","__REALTIME_TIMESTAMP":"1795233692000000"}
            """#
        let lines = read(text).lines
        #expect(lines[0].message == [69, 114, 114, 255])
        #expect(lines[0].isKernel)
        #expect(lines[0].stated?.sinceBoot == 8980.103172)
        #expect(lines[0].stated?.form == .wall(Date(timeIntervalSince1970: 1_795_233_432.142367)))
        #expect(lines[1].words == "systemd-oomd[34]: oomd attempting to kill")
        #expect(lines[1].origin == LineOrigin(host: "vm", pid: 34))
        #expect(!lines[1].isKernel)
        #expect(lines.dropFirst(2).map(\.words) == ["a", "b"])
    }

    @Test(
        "Journal records are dated by when they were sent, as journalctl dates them, where that can be",
        arguments: [
            (#""_SOURCE_REALTIME_TIMESTAMP":"1795233600000000","#, 1_795_233_600.0),
            (#""_SOURCE_REALTIME_TIMESTAMP":"1795239999000000","#, 1_795_233_692.0),
            (#""_SOURCE_REALTIME_TIMESTAMP":"-9223372036854775808","#, 1_795_233_692.0),
            (#""_SOURCE_REALTIME_TIMESTAMP":"0x","#, 1_795_233_692.0), ("", 1_795_233_692.0),
        ])
    func sent(_ field: String, _ seconds: Double) {
        let text = #"{"MESSAGE":"a",\#(field)"__REALTIME_TIMESTAMP":"1795233692000000"}"#
        #expect(read(text).lines.first?.stated?.form == .wall(Date(timeIntervalSince1970: seconds)))
    }

    @Test("Clocks of kernel records at the end of their range do no harm")
    func clocks() {
        let most = "9223372036854775807"
        for own in [most, "-" + most, "0"] {
            for time in [most, "-" + most, "1795233692000000"] {
                let text =
                    #"{"MESSAGE":"a","_TRANSPORT":"kernel","__REALTIME_TIMESTAMP":"\#(time)","__MONOTONIC_TIMESTAMP":"\#(most)","_SOURCE_MONOTONIC_TIMESTAMP":"\#(own)"}"#
                #expect(read(text).lines.map(\.words) == ["a"])
            }
        }
    }

    @Test("A line cut in pieces ends with the line of its last one")
    func pieces() {
        let text = """
            2026-03-01T02:30:00.000000001Z stderr P one
            2026-03-01T02:30:00.000000001Z stdout F other
            2026-03-01T02:30:00.000000002Z stderr P two
            2026-03-01T02:30:00.000000003Z stderr F three

            """
        let lines = read(text).lines
        #expect(lines.map(\.words) == ["other", "onetwothree"])
        #expect(lines.map(\.number) == [2, 1] && lines.map(\.lastNumber) == [2, 4])
    }

    @Test("Elastic's error.json gives its traceback")
    func elastic() {
        let text =
            #"{"message": {"message": "RuntimeError: x", "extraInfo": {"py_callstack": "Traceback (most recent call last):\n  File \"t.py\"\nRuntimeError: x\n", "timestamp": "1795233756"}}}"#
        let lines = read(text).lines
        #expect(lines.map(\.words) == ["Traceback (most recent call last):", "  File \"t.py\"", "RuntimeError: x"])
        #expect(lines[0].stated?.zoneStated == true)
    }

    @Test(
        "JSON that is no log record, or no JSON, stays as it is",
        arguments: [
            #"{"loss": 1.5, "step": 3}"#, #"{"log": "x"}"#, "{", "{}", #"{"log":"x","stream":"#, "{'log': 'x'}",
            String(repeating: "{\"a\":", count: 200) + "}", #"{"MESSAGE":"x"}"#, #"{"log":"\ud800","stream"}"#,
        ])
    func notRecords(_ text: String) {
        #expect(read(text).lines.map(\.whole) == [text])
    }
}
