/// Finds where a launcher glued one writer's line to another's unfinished one.
enum GluedLines {
    /// Where the next writer's line begins inside `text`, looking past `start`: before `[default7]:`, `[rank3]:` or
    /// `[1,3]<stderr>:`, and before a glog mark stuck to a progress bar (`1.0s/it]W1121 04:02:59.426000`).
    static func nextStart(in text: UnsafeBufferPointer<UInt8>, after start: Int) -> Int? {
        var index = start + 1
        while index + 8 < text.count {
            let byte = text[index]
            if byte == UInt8(ascii: "[") {
                if isTag(text, at: index) { return index }
            } else if byte == UInt8(ascii: "W") || byte == UInt8(ascii: "E") || byte == UInt8(ascii: "I")
                || byte == UInt8(ascii: "F")
            {
                if text[index + 1].isDigit, isBarEnd(text[index - 1]) {
                    var cursor = ByteCursor(text, at: index)
                    if cursor.glogTimestamp() != nil { return index }
                }
            }
            index += 1
        }
        return nil
    }

    private static func isTag(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool {
        let next = text[index + 1] | 0x20
        if next.isDigit || text[index + 1].isDigit {
            var cursor = ByteCursor(text, at: index)
            var ignored = Prefix()
            guard cursor.mpiTag(&ignored) else { return false }
            return cursor.bytes[index..<cursor.at].contains(UInt8(ascii: "<"))
        }
        guard next.isLetter else { return false }
        let isDefault = ByteCursor(text, at: index).isNext("[default")
        // Other roles only where nothing separates them: prose puts a space before its brackets.
        guard isDefault || isBarEnd(text[index - 1]) else { return false }
        var cursor = ByteCursor(text, at: index)
        var ignored = Prefix()
        return cursor.rankTag(&ignored)
    }

    /// What a progress bar or a sentence ends with; an identifier's last letter would make `name[key0]:`.
    private static func isBarEnd(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ":"), UInt8(ascii: "."), UInt8(ascii: "["), UInt8(ascii: "_"): false
        default: byte.isDigit || !(byte.isLetter || byte.isBlank)
        }
    }
}
