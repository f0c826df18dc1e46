import CrashModel
import Foundation
import Testing

@testable import HTMLReport
@testable import Reporting

@Suite("Drawings of a page")
struct DrawingTests {
    static func dates(_ seconds: [Double]) -> [Date] { seconds.map { Sample.start + $0 } }

    @Test(
        "later stands further right, all is within the drawing, long pauses are cut",
        arguments: [
            ([0.0, 1, 2, 3], 0), ([-7200, 0, 0.5, 9], 1), ([-7200, -60, 0, 600, 86400], 3), ([0, 21], 0),
            ([0, 30, 60, 90], 0), ([5], 0),
            ([0, 1e9], 0), ([-3600, -3599, 0, 1, 3600, 3601, 7200, 7201], 3),
        ])
    func scale(seconds: [Double], cuts: Int) {
        let scale = TimeScale(Self.dates(seconds))
        let places = Self.dates(seconds).map(scale.position)
        #expect(places == places.sorted())
        #expect(places.allSatisfy { (0...1).contains($0) })
        #expect(Set(places).count == places.count)
        #expect(scale.cuts.count == cuts)
        let ticks = scale.ticks().map(\.at)
        #expect(zip(ticks, ticks.dropFirst()).allSatisfy { $1 - $0 >= 0.129 })
    }

    @Test("times that nobody should state are drawn all the same")
    func strange() throws {
        let scale = TimeScale([.distantPast, Sample.start, .distantFuture])
        #expect((0...1).contains(scale.position(.distantFuture)))
        #expect(scale.ticks().count < 100)
    }

    @Test(
        "how long before or after is said in two units at most",
        arguments: [
            (0.4, "+0.4 s"), (9, "+9 s"), (-200, "−3 min 20 s"), (7500, "+2 h 5 min"), (7200, "+2 h"),
            (273_600, "+3 d 4 h"),
            (.nan, "?"), (.infinity, "?"), (-0.0, "+0 s"),
        ])
    func offsets(seconds: Double, words: String) { #expect(Offset.words(seconds) == words) }

    @Test(
        "numbers of drawings are plain",
        arguments: [
            (12.345, "12.35"), (12.0, "12"), (-0.5, "-0.50"), (0.05, "0.05"), (.nan, "0"), (.infinity, "0"),
            (1e300, "1000000"),
        ])
    func coordinates(number: Double, text: String) { #expect(Coordinate.of(number) == text) }

    @Test("what a sample does not say breaks a curve, and nothing that is no number gets into it")
    func curves() throws {
        let window = try #require(Sample.context("x").window)
        let panels = ChartPanel.all(of: window)
        #expect(panels.map(\.title) == ["Memory of the machine", "Memory of processes", "GPU temperature", "x"])
        let markup = Markup(try HTMLReport().render(Sample.report("x")))
        let paths = markup.tags.filter { $0.attributes["class"]?.hasPrefix("curve c") == true }
            .compactMap { $0.attributes["d"] }.filter { $0 != "M0 4H28" }
        #expect(paths.count == 4)
        for path in paths {
            #expect(path.allSatisfy { "ML h.0123456789".contains($0) }, "\(path)")
            #expect(path.filter { $0 == "M" }.count == 4)
        }
    }

    @Test("all curves share one axis, and the moment stands at one place of it")
    func axis() throws {
        let markup = Markup(try HTMLReport().render(Sample.report("x")))
        let events = markup.tags.filter {
            $0.name == "line" && $0.attributes["class"] == "event" && $0.attributes["y1"] == "8"
        }
        #expect(events.count == 4)
        #expect(Set(events.compactMap { $0.attributes["x1"] }) == ["85.71%"])
    }

    @Test("what tells the cause once more is counted beside it, and is nothing that came after")
    func again() throws {
        var report = Sample.report("x")
        var items = report.incidents[0].evidence
        for index in items.indices where items[index].part == .consequence {
            items[index].title = index == items.lastIndex { $0.part == .consequence } ? "other" : "x"
        }
        report.incidents[0].evidence = items
        let text = Markup(try HTMLReport().render(report)).text
        #expect(text.contains("Told in 1 further line, rank 1"))
        let after = try #require(text.range(of: "What came after")).upperBound
        let facts = try #require(text.range(of: "The run", range: after..<text.endIndex)).lowerBound
        #expect(text[after..<facts].contains("other"))
    }

    @Test("what was written before the cause did not come after it", arguments: [-3.0, 3])
    func earlier(seconds: Double) throws {
        var report = Sample.report("x")
        for index in report.incidents[0].evidence.indices where report.incidents[0].evidence[index].part != .root {
            report.incidents[0].evidence[index].title = "other"
            report.incidents[0].evidence[index].time = Sample.start + seconds
        }
        let text = Markup(try HTMLReport().render(report)).text
        #expect(text.contains("What came after") == (seconds > 0))
        #expect(text.contains("What else the logs tell") == (seconds < 0))
    }

    @Test("what stands out shades the curves that it shows in, from its beginning to its end")
    func bands() throws {
        var report = Sample.report("x")
        report.incidents[0].machine = Sample.longContext
        let markup = Markup(try HTMLReport().render(report))
        let bands = markup.tags.filter { $0.attributes["class"] == "seen" }
        #expect(bands.count == 12)
        #expect(bands.first?.attributes["x"] == "70.92%")
        #expect(bands.first?.attributes["width"] == "7.09%")
        let quiet = try #require(Sample.context("x").window)
        #expect(ChartPanel.all(of: quiet).map(\.seen.count) == [1, 0, 0, 0])
    }

    @Test("a GPU has one colour in all drawings, and of many those are drawn of which something is said")
    func colours() throws {
        var window = try #require(Sample.longContext.window)
        let many = (0..<16).map { number in
            RecordedSeries(name: "gpu.temperature", unit: .celsius, subject: "GPU \(number)", values: [40, 50])
        }
        window.series = many + [RecordedSeries(name: "gpu.power", unit: .watts, subject: "GPU 13", values: [100, 90])]
        window.times = [-10, 0]
        window.observations = [MachineObservation(kind: "gpu-hot", text: "hot", at: window.moment, gpu: 13)]
        var report = Sample.report("x")
        report.incidents[0].machine?.window = window
        let panels = ChartPanel.all(of: window)
        #expect(panels.map(\.left) == [8, 0])
        #expect(panels.first?.series.compactMap(\.subject).contains("GPU 13") == true)
        let markup = Markup(try HTMLReport().render(report))
        #expect(markup.text.contains("8 more curves not drawn"))
        let classes = markup.tags.filter { $0.name == "path" }.compactMap { $0.attributes["class"] }
        #expect(classes.filter { $0 == "curve c6" }.count == 4 + 2)
    }

    @Test("the cause's lane is the first, many ranks share the last, and every mark is of a lane")
    func lanes() throws {
        var incident = Sample.incident("log")
        incident.consequences = (0..<64).map {
            Sample.finding("b", "log", line: 100 + $0, after: Double($0), rank: $0, source: "rank\($0).log")
        }
        let moment = Moment(timeZone: .gmt)
        var room = PageRoom(lines: 0, story: 0)
        let drawing = try #require(TimelineDrawing(ReportedIncident(incident), moment: moment, room: &room))
        #expect(drawing.lanes.first?.name == "rank 3")
        #expect(drawing.lanes.count == TimelineDrawing.mostLanes - 1)
        #expect(drawing.folded.count > 50)
        #expect((drawing.lanes.flatMap(\.marks) + drawing.foldedMarks).reduce(0) { $0 + $1.count } == 69)
    }

    @Test("a line without a time stands where it can have been written nearest to the cause")
    func placed() throws {
        var incident = Sample.incident("log")
        let span = (Sample.start - 60)...(Sample.start + 4000)
        incident.consequences[0].time = LogTime(date: Sample.start + 2000, source: .interpolated, span: span)
        incident.consequences[1].time = LogTime(
            date: Sample.start + 2000, source: .interpolated, span: (Sample.start + 90)...(Sample.start + 4000))
        let told = ReportedIncident(incident)
        let times = PlacedTimes(told)
        let placed = told.evidence.filter { $0.part == .consequence }.compactMap(times.of)
        #expect(placed.sorted() == [Sample.start, Sample.start + 90])
        #expect(told.evidence.filter { $0.part == .consequence }.compactMap { times.offset($0) } == [])
        #expect(told.evidence.filter { $0.part == .teardown }.compactMap { times.offset($0) } == ["+2 s"])
        incident.root.time = LogTime(date: Sample.start, source: .interpolated, span: span)
        let vague = ReportedIncident(incident)
        let about = vague.evidence.filter { $0.part == .teardown }.compactMap { PlacedTimes(vague).offset($0) }
        #expect(about == ["about +2 s"])
    }

    @Test("logs are called by what tells them apart")
    func names() {
        var incident = ReportedIncident(Sample.incident("log"))
        incident.excerpts = []
        for (index, source) in ["/a/b/r0/err.log", "/a/b/r1/err.log", "/a/b/kern.log", "-"].enumerated() {
            incident.evidence[index].source = source
            incident.evidence[index].rank = nil
        }
        incident.evidence = Array(incident.evidence.prefix(4))
        let names = SourceNames(incident)
        #expect(incident.evidence.map { names.lane($0) } == ["r0/err.log", "r1/err.log", "kern.log", "standard input"])
        #expect(names.place(incident.evidence[2]).hasPrefix("kern.log:"))
    }
}
