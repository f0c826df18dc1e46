import Foundation

/// The tags of a page, as a browser's tokenizer sees them.
struct Markup {
    struct Tag: Hashable {
        var name: String
        var attributes: [String: String]
    }

    let page: String
    let tags: [Tag]

    init(_ page: String) {
        self.page = page
        var tags: [Tag] = []
        var rest = page.unicodeScalars[...]
        while let start = rest.firstIndex(of: "<") {
            rest = rest[rest.index(after: start)...]
            // A `<` begins a tag before a letter, `/`, `!` and `?` only.
            guard let next = rest.first, next.properties.isAlphabetic || "/!?".unicodeScalars.contains(next) else {
                continue
            }
            let (tag, after) = Self.tag(rest)
            tags.append(tag)
            rest = after
            if tag.name == "style" || tag.name == "script", let end = Self.find("</" + tag.name, in: rest) {
                rest = rest[end...]
            }
        }
        self.tags = tags
    }

    private static func find(_ text: String, in rest: Substring.UnicodeScalarView) -> String.Index? {
        Substring(rest).range(of: text)?.lowerBound
    }

    private static func tag(_ scalars: Substring.UnicodeScalarView) -> (Tag, Substring.UnicodeScalarView) {
        var rest = scalars
        let space: Set<Unicode.Scalar> = [" ", "\n", "\t", "/"]
        func take(_ isPart: (Unicode.Scalar) -> Bool) -> String {
            let part = rest.prefix(while: isPart)
            rest = rest[part.endIndex...]
            return String(part)
        }
        var name = ""
        if rest.first == "/" {
            rest = rest.dropFirst()
            name = "/"
        }
        name += take { !space.contains($0) && $0 != ">" }
        var attributes: [String: String] = [:]
        while let next = rest.first, next != ">" {
            if space.contains(next) {
                rest = rest.dropFirst()
                continue
            }
            let key = take { !space.contains($0) && $0 != ">" && $0 != "=" }
            var value = ""
            if rest.first == "=" {
                rest = rest.dropFirst()
                if let quote = rest.first, quote == "\"" || quote == "'" {
                    rest = rest.dropFirst()
                    value = take { $0 != quote }
                    rest = rest.dropFirst()
                } else {
                    value = take { !space.contains($0) && $0 != ">" }
                }
            }
            attributes[key.isEmpty ? "?" : key] = value
            if key.isEmpty, rest.first != ">" { rest = rest.dropFirst() }
        }
        return (Tag(name: name.lowercased(), attributes: attributes), rest.dropFirst())
    }

    /// What a log must not be able to change: which tags there are, in which order, with which attributes.
    var skeleton: [String] {
        tags.map { "\($0.name) \($0.attributes.keys.sorted().joined(separator: " "))" }
    }

    var ids: [String] { tags.compactMap { $0.attributes["id"] } }
    var links: [String] { tags.compactMap { $0.attributes["href"] } }

    /// The words that the page shows, with entities decoded.
    var text: String {
        page.replacing(/<style>.*?<\/style>|<script>.*?<\/script>/.dotMatchesNewlines(), with: "")
            .replacing(/<[^>]*>/, with: " ")
            .replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&quot;", with: "\"")
            .replacing("&#39;", with: "'").replacing("&amp;", with: "&")
    }
}
