/// Month names as syslog, dmesg -T and journalctl write them: abbreviated, in the locale of whoever ran the command.
enum MonthNames {
    /// Spelled as glibc's locales abbreviate them (`abmon`), lower case; a trailing dot is taken by the reader.
    private static let abbreviations: [(month: Int, names: [StaticString])] = [
        (1, ["jan", "ene", "janv", "gen", "sty", "янв", "led", "oca", "tammi"]),
        (2, ["feb", "fev", "févr", "lut", "фев", "úno", "şub", "helmi"]),
        (3, ["mar", "mär", "märz", "mars", "mrt", "мар", "bře", "maalis"]),
        (4, ["apr", "abr", "avr", "avril", "kwi", "апр", "dub", "huhti"]),
        (5, ["may", "mai", "mag", "mei", "maj", "май", "мая", "kvě", "touko"]),
        (6, ["jun", "juin", "juni", "giu", "cze", "июн", "čen", "haz", "kesä"]),
        (7, ["jul", "juil", "juli", "lug", "lip", "июл", "čec", "tem", "heinä"]),
        (8, ["aug", "ago", "août", "sie", "авг", "srp", "ağu", "elo"]),
        (9, ["sep", "sept", "set", "wrz", "сен", "zář", "eyl", "syys"]),
        (10, ["oct", "okt", "ott", "out", "paź", "окт", "říj", "eki", "loka"]),
        (11, ["nov", "lis", "ноя", "kas", "marras"]),
        (12, ["dec", "dic", "déc", "dez", "gru", "дек", "pro", "ara", "joulu"]),
    ]

    /// English first: nearly every line has these.
    private static func english(_ a: UInt8, _ b: UInt8, _ c: UInt8) -> Int? {
        switch key(a, b, c) {
        case 0x6a616e: 1
        case 0x666562: 2
        case 0x6d6172: 3
        case 0x617072: 4
        case 0x6d6179: 5
        case 0x6a756e: 6
        case 0x6a756c: 7
        case 0x617567: 8
        case 0x736570: 9
        case 0x6f6374: 10
        case 0x6e6f76: 11
        case 0x646563: 12
        default: nil
        }
    }

    /// A bit for the first two bytes of each name, so that most words need not be looked up.
    private static let beginnings: [UInt64] = {
        var bits = [UInt64](repeating: 0, count: 1024)
        for name in byName.keys {
            let pair = Int(name[0]) << 8 | Int(name[1])
            bits[pair >> 6] |= 1 << UInt64(pair & 63)
        }
        return bits
    }()

    private static func isBeginning(_ a: UInt8, _ b: UInt8) -> Bool {
        let pair = Int(folded(a)) << 8 | Int(folded(b))
        return beginnings[pair >> 6] & (1 << UInt64(pair & 63)) != 0
    }

    private static func folded(_ byte: UInt8) -> UInt8 { byte.isUpper ? byte | 0x20 : byte }

    private static let byName: [[UInt8]: Int] = {
        var table: [[UInt8]: Int] = [:]
        for (month, names) in abbreviations {
            for name in names { name.withUTF8Buffer { table[Array($0)] = month } }
        }
        return table
    }()

    private static func key(_ a: UInt8, _ b: UInt8, _ c: UInt8) -> UInt32 {
        UInt32(a) << 16 | UInt32(b) << 8 | UInt32(c)
    }

    /// Reads `Nov`, `mars`, `févr.`, `апр`, `11月`; the cursor stands after it. Upper case only where ASCII.
    static func read(_ cursor: inout ByteCursor) -> Int? {
        let first = cursor.peek()
        if first.isLetter, !isNamePart(cursor.peek(3)) {
            let (b, c) = (cursor.peek(1), cursor.peek(2))
            if let month = english(first | 0x20, b | 0x20, c | 0x20) {
                cursor.at += 3
                _ = cursor.take(UInt8(ascii: "."))
                return month
            }
        }
        return cursor.attempt { cursor in
            if first.isDigit {  // ja, zh: 11月; ko: 11월
                guard let month = cursor.number(digits: 1...2), (1...12).contains(month) else { return nil }
                return cursor.take("月") || cursor.take("월") ? month : nil
            }
            guard isNamePart(first), isBeginning(first, cursor.peek(1)) else { return nil }
            let start = cursor.at
            guard cursor.skip(limit: 10, while: isNamePart) >= 3 else { return nil }
            let name = cursor.bytes[start..<cursor.at].map(folded)
            guard let month = byName[name] else { return nil }
            _ = cursor.take(UInt8(ascii: "."))
            return month
        }
    }

    private static func isNamePart(_ byte: UInt8) -> Bool { byte.isLetter || byte >= 0x80 }
}
