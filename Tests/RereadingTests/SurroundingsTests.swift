import CrashModel
import Testing

@testable import Rereading

@Suite("What is shown around a line")
struct SurroundingsTests {
    private func lines(_ text: String) -> [FoundLine] {
        text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().map {
            FoundLine(number: $0 + 1, text: "[rank0]:" + $1, message: String($1), origin: LineOrigin())
        }
    }

    private static let python = """
        step 1
        step 2
        step 3
        Traceback (most recent call last):
          File "a.py", line 1, in load
            read()
          File "b.py", line 2, in read
            open()
        OSError: no

        The above exception was the direct cause of the following exception:

        Traceback (most recent call last):
          File "c.py", line 3, in <module>
            load()
          File "d.py", line 4, in load
            raise E
        ValueError: bad
        next 1
        next 2
        next 3
        """

    @Test(
        "a traceback is shown whole, with its exception, from wherever it is met",
        arguments: [
            // Far from it: only the lines around.
            (1, 1, 1...2),
            // Its head is the last line of the context.
            (2, 2, 1...18),
            // The first exception, and the chain below it is begun with the context.
            (9, 0, 9...9), (9, 1, 4...18), (8, 1, 4...18),
            // The second exception: what came before it belongs to it.
            (18, 1, 4...19), (18, 3, 4...21),
            // A frame within.
            (6, 1, 4...18), (16, 1, 4...18),
            (21, 1, 20...21),
        ])
    func python(number: Int, context: Int, shown: ClosedRange<Int>) {
        #expect(Surroundings(context: context).range(around: number, in: lines(Self.python)) == shown)
    }

    @Test("the arrows of a notebook belong to its frames")
    func notebook() {
        let text = """
            Epoch 1
            Cell In[17], line 28
                 26 loader = make()
                 27 for x in loader:
            ---> 28     train(x)

            File ~/net.py:4, in train(x)
                  3 def train(x):
            ----> 4     raise E
            TypeError: no
            after
            """
        #expect(Surroundings(context: 1).range(around: 10, in: lines(text)) == 2...11)
        #expect(Surroundings(context: 1).range(around: 2, in: lines(text)) == 1...10)
    }

    @Test("a stack without an end is cut, and a log that is all indented is not all shown")
    func bounds() {
        let text = (1...500).map { "    at frame \($0)" }.joined(separator: "\n")
        let range = Surroundings(context: 3).range(around: 250, in: lines(text))
        #expect(range == 247...253)
        #expect(Surroundings(context: 3).range(around: 9, in: []) == 9...9)
    }
}
