import CrashModel
import Foundation
import Reporting
import Testing

/// What an explanation says of strange incidents.
@Suite struct ExplainTextTests {
    static let page = ExplainText(style: .plain, timeZone: .gmt, now: Sample.now)

    static func account(_ change: (inout IncidentAccount) -> Void) -> IncidentAccount {
        var account = Sample.account
        change(&account)
        return account
    }

    @Test("A long story keeps its cause, and counts what it leaves out")
    func longStory() {
        let root = Sample.account.timeline[2]
        let entry = Sample.account.timeline[4]
        let page = Self.page.render(
            Self.account { $0.timeline = Array(repeating: entry, count: 150) + [root] + [entry] })
        #expect(page.split(separator: "\n").filter { $0.contains("  followed  ") }.count == 100)
        let order = ["… 50 more lines", "CAUSE", "… 1 more line\n"].compactMap { page.firstRange(of: $0)?.lowerBound }
        #expect(order.count == 3 && order == order.sorted())
    }

    @Test("The date is said once, and again when it changes")
    func dates() {
        let page = Self.page.render(Sample.account)
        let dates = page.matches(of: /\n  (\d{4}-\d\d-\d\d) UTC\n/).map { String($0.1) }
        #expect(dates == ["2026-02-17", "2026-02-18", "2026-02-19"])
    }

    @Test("Without any time there is no date, and every entry keeps its place")
    func timeless() {
        let page = Self.page.render(
            Self.account { account in
                for index in account.timeline.indices { account.timeline[index].time = nil }
            })
        #expect(page.contains("when         unknown, the log states no time"))
        #expect(page.matches(of: /time unknown/).count == Sample.account.timeline.count)
        let parts = page.matches(of: /time unknown  (\w+)/).map { String($0.1) }
        #expect(parts == ["checkpoint", "last", "CAUSE", "confirmed", "followed", "noise"])
    }

    @Test("An incident without a story, rivals or rules has no empty sections")
    func empty() {
        let page = Self.page.render(
            Self.account { account in
                account.timeline = []
                account.rivals = []
                account.rules = []
                account.advice = []
                account.past = nil
            })
        for heading in ["What happened", "What else", "Rules", "What to do", "Seen before", "\n\n\n"] {
            #expect(!page.contains(heading))
        }
    }

    @Test("The last step and the last checkpoint stand in the story, and not a second time below it")
    func standing() {
        let known = Self.account {
            $0.lastProgress = ProgressMark(source: "a.log", line: 9, text: "", step: 4120)
            $0.lastCheckpoint = CheckpointMark(source: "a.log", line: 7, text: "", step: 4000)
        }
        #expect(!Self.page.render(known).contains("Last "))
        var short = known
        short.timeline.removeFirst(2)
        let page = Self.page.render(short)
        #expect(page.contains("\nLast progress: step 4120, a.log:9\nLast checkpoint: step 4000, at a.log:7\nLost: "))
    }

    @Test("Colour changes no word")
    func colour() {
        let coloured = ExplainText(style: .coloured, timeZone: .gmt, now: Sample.now).render(Sample.account)
        #expect(coloured.contains("\u{1b}[31;1m"))
        #expect(coloured.replacing(/\x{1b}\[[0-9;]*m/, with: "") == Self.page.render(Sample.account))
    }
}
