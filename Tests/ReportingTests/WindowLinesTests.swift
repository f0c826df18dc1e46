import CrashModel
import Foundation
import Testing

@testable import Reporting

@Suite struct WindowLinesTests {
    static let date = Date(timeIntervalSince1970: 1_772_359_200)

    static func series(_ name: String, _ unit: RecordedSeries.Unit, subject: String? = nil) -> RecordedSeries {
        RecordedSeries(
            name: name, unit: unit, subject: subject, limit: unit == .bytes ? 64e9 : nil,
            values: (0..<48).map { $0 == 5 ? nil : Double($0) * 1e9 })
    }

    static func window(_ texts: [(kind: String, text: String)], gpu: Int? = nil) -> RecordedWindow {
        RecordedWindow(
            moment: date, from: date - 300, to: date + 60, host: "node1", sampleCount: 361,
            times: (0..<48).map { Double($0 - 40) * 7.5 },
            series: [
                series("memory.available", .bytes),
                series("process.resident", .bytes, subject: "pid 42 (\u{1b}[31mred)"),
                series("cgroup.memory", .bytes, subject: "/job"), series("gpu.temperature", .celsius, subject: "GPU 3"),
                series("gpu.power", .watts, subject: "GPU 3"), series("pressure.io", .percent),
            ],
            observations: texts.map { MachineObservation(kind: $0.kind, text: $0.text, at: date, gpu: gpu) })
    }

    private func lines(_ window: RecordedWindow) -> WindowLines {
        WindowLines(window: window, moment: Moment(timeZone: .gmt))
    }

    @Test(
        "The curves are those that the sentences speak of, three at most",
        arguments: [
            ("oom-kill", nil, ["memory available", "pid 42"]),
            ("cgroup-oom-kill", nil, ["memory of the group", "pid 42"]),
            ("gpu-throttled", 3, ["GPU 3 heat"]),
            ("gpu-spinning", 3, ["GPU 3 power"]),
        ] as [(String, Int?, [String])])
    func curves(kind: String, gpu: Int?, names: [String]) {
        let curves = lines(Self.window([(kind, "x")], gpu: gpu)).curves
        #expect(curves.count == names.count + 1)
        for (curve, name) in zip(curves, names) { #expect(curve.hasPrefix(name), "\(curve)") }
        #expect(curves.last?.hasSuffix("^ 10:00:00") == true)
        #expect(curves.allSatisfy { $0.count <= 78 && !$0.contains("\u{1b}") })
    }

    @Test("The mark stands under the moment")
    func mark() throws {
        let curves = lines(Self.window([("oom-kill", "x")])).curves
        let column = try #require(curves.last?.firstIndex(of: "^")?.utf16Offset(in: curves.last ?? ""))
        #expect(column == WindowLines.nameWidth + 2 + 40 * WindowLines.width / 48)
    }

    @Test("A curve shows what is missing as a blank, and its highest value as the highest block")
    func sparkline() {
        #expect(Sparkline(values: [0, nil, 5, 10], floor: 0, ceiling: nil).text == "▁ ▅█")
        #expect(Sparkline(values: [50, 100], floor: 0, ceiling: 100).text == "▅█")
        #expect(Sparkline(values: [0, 0], floor: 0, ceiling: nil).text == "▁▁")
        #expect(Sparkline(values: [.infinity, -1, .nan], floor: 0, ceiling: nil).text.count == 3)
        #expect(Sparkline(values: [], floor: 0, ceiling: nil).text.isEmpty)
    }

    @Test("Both reports tell the sentences and no escape sequence, and the text fits 80 columns")
    func reports() throws {
        var incident = Sample.gpuMemory
        incident.context = ResourceContext(
            origin: .recording, takenAt: Self.date,
            memory: MemorySample(total: 64 << 30, available: 1 << 30),
            window: Self.window([("oom-kill", "the kernel killed \u{1b}[2Jevil `x` (pid 42)")]))
        let report = ScanReport(inputs: [], incidents: [incident])
        let text = TextReport(style: .plain).render(report)
        let markdown = MarkdownReport().render(report)
        for page in [text, markdown] {
            #expect(page.contains("The machine around that moment, as recorded"))
            #expect(page.contains("the kernel killed"))
            #expect(!page.contains("\u{1b}"))
        }
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
        let json = JSONReport().render(report)
        #expect(json.contains(#""sample_count" : 361"#) || json.contains(#""sample_count":361"#))
    }
}
