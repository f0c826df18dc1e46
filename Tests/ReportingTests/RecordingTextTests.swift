import CrashModel
import Foundation
import Testing

@testable import Reporting

private let start = Date(timeIntervalSince1970: 1_772_000_000)
private let gigabyte = 1 << 30

private func sample(_ second: Double, available: Int, process: ProcessSample? = nil, celsius: Double? = nil)
    -> MachineSample
{
    var gpu = GPUSample(index: 3)
    (gpu.temperature, gpu.throttle) = (celsius, celsius.map { $0 > 90 ? ["hw-thermal-slowdown"] : [] })
    return MachineSample(
        time: start + second, uptime: 1000 + second, interval: 1,
        memory: MemorySample(total: 64 * gigabyte, available: available),
        processes: ProcessesSample(count: 1, top: process.map { [$0] } ?? []),
        gpu: celsius.map { _ in GPUsSample(status: .ok, gpus: [gpu]) })
}

private func text(_ isUnicode: Bool = true) -> RecordingText {
    RecordingText(style: .plain, timeZone: TimeZone(identifier: "UTC") ?? .current, isUnicode: isUnicode)
}

private func row(_ label: String, in page: String) -> Substring? {
    page.split(separator: "\n").first { $0.drop { $0 == " " }.hasPrefix(label) }
}

@Suite struct RecordingTextTests {
    @Test("A dip and a peak of one second are seen in a day", arguments: [60, 3600, 86400])
    func peaksAreKept(seconds: Int) throws {
        var chart = RecordingChart()
        for second in 0..<seconds {
            let isMoment = second == seconds * 2 / 3
            chart.add(
                sample(Double(second), available: (isMoment ? 1 : 50) * gigabyte, celsius: isMoment ? 99 : 30))
        }
        let page = text().render(chart, host: "node17")
        let memory = try #require(row("available", in: page))
        #expect(memory.contains("▁") && memory.contains("▇") && memory.contains("1.0G"))
        #expect(memory.count { $0 == "▁" } <= 2)
        let heat = try #require(row("temperature", in: page))
        #expect(heat.contains("█") && heat.contains("▃") && heat.contains("99C"))
        #expect(page.contains("slowed down: hw-thermal-slowdown in"))
        #expect(page.split(separator: "\n").allSatisfy { DisplayWidth.of(String($0)) <= 80 })
        #expect(page.hasPrefix("node17, 2026-02-25 06:13:20 UTC"))
    }

    @Test("Without UTF-8 the page is ASCII")
    func ascii() {
        var chart = RecordingChart()
        for second in 0..<100 { chart.add(sample(Double(second), available: (64 - second / 2) * gigabyte)) }
        let page = text(false).render(chart)
        #expect(page.utf8.allSatisfy { $0 < 0x80 })
        #expect(page.contains("#") && page.contains("="))
        for (environment, can) in [
            (["LANG": "de_DE.UTF-8"], true), (["LC_ALL": "C", "LANG": "de_DE.UTF-8"], false), ([:], false),
            (["LANG": "en_US.utf8", "TERM": "dumb"], false), (["LC_ALL": "", "LANG": "C.UTF-8"], true),
        ] {
            #expect(RecordingText.canShowBlocks(environment: environment) == can)
        }
    }

    @Test("Gaps have their place in the line and their words below")
    func gaps() throws {
        var chart = RecordingChart()
        chart.add(sample(0, available: gigabyte))
        for second in 1...50 { chart.add(sample(Double(second), available: gigabyte)) }
        chart.add(RecordingGap(.stopped, from: start + 50, to: start + 150, seconds: 100, why: "SIGTERM"))
        for second in 150...200 { chart.add(sample(Double(second), available: gigabyte)) }
        chart.add(RecordingGap(.clock, from: start + 200, to: start - 3399, seconds: 1, shift: -3600))
        for second in 201...250 { chart.add(sample(Double(second), available: gigabyte)) }
        chart.add(RecordingGap(.reboot, from: start + 250, to: start + 310, seconds: 60))
        var late = sample(310, available: gigabyte)
        late.uptime = 5
        chart.add(late)
        let page = text().render(chart)
        let line = try #require(row("gaps", in: page))
        #expect(line.contains("xxxxxx") && line.contains("C") && line.contains("R"))
        let memory = try #require(row("available", in: page))
        #expect(memory.contains("▁         "), "nothing is drawn where nothing was recorded")
        #expect(page.contains("no recorder ran (SIGTERM)") && page.contains("set 60 minutes back"))
        #expect(page.contains("started anew"))
    }

    @Test("Hostile names do not reach the terminal")
    func hostile() {
        var chart = RecordingChart()
        let name = "\u{1b}]0;owned\u{7}\n\u{202e}"
        chart.add(sample(0, available: 1, process: ProcessSample(pid: 1, name: name, resident: 5)))
        let page = text().render(chart, host: name, problems: [name])
        #expect(!page.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0.value == 0x202e })
        #expect(page.contains("\\x1b"))
        var loud = sample(0, available: 1, process: ProcessSample(pid: 1, name: name, resident: 5))
        loud.gpu = GPUsSample(status: .failing, problem: name)
        let json = RecordingJSON().line(loud, process: "1", gpu: nil)
        #expect(json.unicodeScalars.allSatisfy { $0 == "\n" || (0x20..<0x7f).contains($0.value) })
        #expect(
            Array("{\"name\":\"\u{9b}\u{202e}\"}".utf8).withUnsafeBytes { RecordingJSON().line($0) }
                == "{\"name\":\"\\u009b\\u202e\"}\n")
    }

    @Test("Senseless numbers draw a page")
    func senseless() {
        var chart = RecordingChart()
        for (index, number) in [Double.nan, .infinity, -.infinity, 1e308, -1e308, 0].enumerated() {
            var one = sample(Double(index), available: index % 2 == 0 ? .max : .min, celsius: number)
            one.uptime = number
            one.disks = [DiskSample(name: "d", read: number, write: number, busy: number)]
            one.filesystems = [FilesystemSample(path: "/", total: .min, available: .max)]
            one.cgroups = [CgroupSample(path: "/c", current: .max, max: 1)]
            one.memory?.swapTotal = .max
            one.memory?.swapFree = .min
            chart.add(one)
            #expect(RecordingCSV().row(one).hasSuffix("\r\n"))
        }
        #expect(text().render(chart).contains("Memory"))
        #expect(text().render(RecordingChart()).contains("Nothing is recorded"))
    }

    @Test(
        "A table runs no formula and keeps its columns",
        arguments: [
            ("python3", "python3"), ("=1+1", "'=1+1"), ("+a", "'+a"), ("-a", "'-a"), ("@a", "'@a"), ("a,b", "\"a,b\""),
            ("a\"b", "\"a\"\"b\""), (" =HYPERLINK(\"x\")", "\"' =HYPERLINK(\"\"x\"\")\""), ("a\nb", "a\\nb"), ("", ""),
        ])
    func table(name: String, cell: String) {
        #expect(RecordingCSV.text(name) == cell)
        let row = RecordingCSV().row(
            sample(0, available: 5, process: ProcessSample(pid: 7, name: "x", resident: 9)))
        #expect(row.split(separator: ",", omittingEmptySubsequences: false).count == RecordingCSV.columns.count)
        #expect(row.contains(",7,x,9,"))
    }

    @Test("Only the processes and the GPU that were asked for are shown", arguments: ["42", "python"])
    func asked(process: String) throws {
        var chart = RecordingChart(process: process)
        var one = sample(0, available: gigabyte, celsius: 50)
        one.processes?.top = [
            ProcessSample(pid: 42, name: "python", resident: 5 * gigabyte),
            ProcessSample(pid: 7, name: "other", resident: 50 * gigabyte),
        ]
        chart.add(one)
        one.processes?.top[0].resident = 9 * gigabyte
        one.uptime += 1
        chart.add(one)
        let page = text().render(chart)
        #expect(try #require(row("python 42", in: page)).contains("+4.0G"))
        #expect(!page.contains("other") && !page.contains("GPU 3"))
    }

    @Test("The growth is told when it leads somewhere")
    func growth() {
        var growth = MemoryGrowth(
            bytesPerSecond: 500e6, low: 4e8, high: 6e8, span: 8, secondsToLimit: 240, quality: .sure)
        #expect(RecordingText.sentence(growth) == "At this rate (477M/s over 8 seconds) memory is full in 4 minutes.")
        growth.quality = .likely
        #expect(RecordingText.sentence(growth)?.contains("may be data being loaded") == true)
        growth.secondsToLimit = 0
        #expect(RecordingText.sentence(growth)?.hasPrefix("Memory is full") == true)
        growth.secondsToLimit = nil
        #expect(RecordingText.sentence(growth) == nil)
    }
}
