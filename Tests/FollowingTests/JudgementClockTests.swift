import Testing

@testable import Following

@Suite("When what came is judged")
struct JudgementClockTests {
    @Test("soon after it has settled, and not much later than it began")
    func settles() {
        var clock = JudgementClock()
        #expect(clock.due == nil)
        clock.noteChange(at: 10)
        #expect(clock.due == 10 + JudgementClock.settle)
        clock.noteChange(at: 10.2)
        #expect(clock.due == 10.2 + JudgementClock.settle)
        for tenth in 3...30 { clock.noteChange(at: 10 + Double(tenth) / 10) }
        #expect(clock.due == 10 + JudgementClock.patience)
    }

    @Test("what held nothing is looked at from time to time, and judging leaves time to read")
    func rests() {
        var clock = JudgementClock()
        clock.noteChange(at: 10)
        clock.noteJudgement(at: 10.5, seconds: 0.4, isOpen: false)
        #expect(clock.due == nil)
        clock.noteBytes()
        #expect(clock.due == 10.5 + 20)
        clock.noteChange(at: 10.6)
        #expect(abs((clock.due ?? 0) - 11.7) < 1e-9)
        clock.noteJudgement(at: 12, seconds: 0.001, isOpen: true)
        #expect(clock.due == 12 + JudgementClock.rest)
    }
}
