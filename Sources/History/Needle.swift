/// A short text to look for in many bytes (Horspool's search: a step is as long as the text, mostly).
struct Needle {
    let text: String
    private let bytes: [UInt8]
    /// By the byte under the needle's end: how far to go on when it is not there.
    private let steps: [Int]

    init(_ text: String) {
        self.text = text
        bytes = Array(text.utf8)
        var steps = [Int](repeating: max(1, bytes.count), count: 256)
        for (index, byte) in bytes.dropLast().enumerated() { steps[Int(byte)] = bytes.count - 1 - index }
        self.steps = steps
    }

    func stands(in hay: UnsafeRawBufferPointer) -> Bool {
        guard let last = bytes.last else { return true }
        var end = bytes.count - 1
        while end < hay.count {
            let byte = hay[end]
            if byte == last, hay[(end - bytes.count + 1)...end].elementsEqual(bytes) { return true }
            end += steps[Int(byte)]
        }
        return false
    }
}
