import CrashModel
import Foundation
public import Sweeping
import Yams

extension SweepConfigurationFile {
    /// Whom `notify:` names; nobody where there is no such key.
    public func receivers() throws(SweepError) -> [Receiver] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw SweepError(.configuration, "cannot read the configuration \(path)")
        }
        return try receivers(in: String(decoding: data, as: UTF8.self))
    }

    /// What the owner of the file should know: it shows a secret to others.
    public func secrecyWarning(for receivers: [Receiver]) -> String? {
        let hasLiteral = receivers.contains { receiver in
            guard case .webhook(let webhook) = receiver.channel else { return false }
            return webhook.address.isLiteral || webhook.headers.contains(where: \.value.isLiteral)
        }
        var info = stat()
        guard hasLiteral, stat(path, &info) == 0, info.st_mode & 0o044 != 0 else { return nil }
        return
            "\(path) holds a webhook's address or a header, and others can read it. Say chmod 600, or move the secret out "
            + "of it with '{env: NAME}' or '{file: PATH}'."
    }

    func receivers(in text: String) throws(SweepError) -> [Receiver] {
        let root: Node?
        do { root = try Yams.compose(yaml: text) } catch { throw noYAML(error) }
        guard let list = root?.mapping?["notify"] else { return [] }
        guard let items = list.sequence else { throw problem("'notify' must be a list of receivers", at: list) }
        var receivers: [Receiver] = []
        for item in items {
            let receiver = try receiver(item)
            if receivers.contains(where: { $0.name.lowercased() == receiver.name.lowercased() }) {
                throw problem("two receivers are named '\(receiver.name)'; each needs a name of its own", at: item)
            }
            receivers.append(receiver)
        }
        return receivers
    }

    private func receiver(_ node: Node) throws(SweepError) -> Receiver {
        let entries = try mapping(
            node, "a receiver",
            keys: ["name", "webhook", "command", "format", "headers", "timeout", "when", "group", "hourly", "keep"])
        let fields = Dictionary(entries.map { ($0.key, $0.value) }) { first, _ in first }
        var receiver = Receiver(name: try name(fields["name"], of: node), channel: try channel(fields, node))
        if case .command = receiver.channel { receiver.timeout = 30 }
        for (key, value) in entries {
            switch key {
            case "timeout": receiver.timeout = try duration(value, key, 1...120)
            case "group": receiver.group = try duration(value, key, 0...86_400)
            case "keep": receiver.keep = try duration(value, key, 3600...(90 * 86_400))
            case "hourly":
                guard let most = value.int, (1...3600).contains(most) else {
                    throw problem("'hourly' must be a number of messages, 1 to 3600", at: value)
                }
                receiver.hourly = most
            case "when": receiver.when = try condition(value)
            default: break
            }
        }
        return receiver
    }

    private func name(_ node: Node?, of receiver: Node) throws(SweepError) -> String {
        guard let node else {
            throw problem("a receiver needs a 'name': its messages are kept under it", at: receiver)
        }
        guard let name = node.string,
            name.range(of: "^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$", options: .regularExpression) != nil
        else { throw problem("'name' must be 1 to 40 letters, digits, '.', '_' or '-'", at: node) }
        return name
    }

    private func channel(_ fields: [String: Node], _ node: Node) throws(SweepError) -> Receiver.Channel {
        switch (fields["webhook"], fields["command"]) {
        case (let address?, nil):
            var webhook = Webhook(address: try secret(address, "webhook"))
            if case .literal(let text) = webhook.address.origin, let problem = Webhook.problem(with: text) {
                throw self.problem("'webhook' \(problem)", at: address)
            }
            if let format = fields["format"] { webhook.format = try choice(format, "format") }
            if let headers = fields["headers"] { webhook.headers = try self.headers(headers) }
            return .webhook(webhook)
        case (nil, let command?):
            for key in ["format", "headers"] where fields[key] != nil {
                throw problem("'\(key)' is for a webhook; a command gets JSON on standard input", at: fields[key])
            }
            guard command.sequence != nil else {
                throw problem(
                    "'command' must be a list: the program and its arguments, [/usr/local/bin/page, --team, ml]",
                    at: command)
            }
            let words = try texts(command, "command")
            guard let program = words.first, program.hasPrefix("/"), !words.contains(where: { $0.contains("\0") })
            else {
                throw problem(
                    "'command' must begin with the whole path of a program, such as /usr/local/bin/page", at: command)
            }
            return .command(words)
        default: throw problem("a receiver needs either 'webhook' or 'command'", at: node)
        }
    }

    private func headers(_ node: Node) throws(SweepError) -> [Webhook.Header] {
        guard let entries = node.mapping else {
            throw problem("'headers' must be names with values, such as 'Authorization: {env: TOKEN}'", at: node)
        }
        var headers: [Webhook.Header] = []
        for (key, value) in entries {
            guard let name = key.string, name.range(of: "^[A-Za-z0-9-]{1,64}$", options: .regularExpression) != nil
            else {
                throw problem("a header's name must be letters, digits and '-'", at: key)
            }
            let own = [
                "content-length", "content-type", "transfer-encoding", "connection", "expect", "host",
                "idempotency-key",
            ]
            if own.contains(name.lowercased()) { throw problem("the header \(name) is set by Faultline", at: key) }
            headers.append(Webhook.Header(name: name, value: try secret(value, name)))
        }
        return headers
    }

    private func secret(_ node: Node, _ key: String) throws(SweepError) -> Secret {
        if let text = node.string {
            let secret = Secret(.literal(text))
            do { _ = try secret.value(environment: [:]) } catch { throw problem("'\(key)': \(error)", at: node) }
            return secret
        }
        var origin: Secret.Origin?
        var prefix = ""
        for (name, value) in try mapping(node, "'\(key)'", keys: ["env", "file", "prefix"]) {
            guard let text = value.string, !text.isEmpty,
                text.unicodeScalars.allSatisfy({ $0.value > 31 && $0.value != 127 })
            else { throw problem("'\(name)' must be a text", at: value) }
            if name == "prefix" {
                prefix = text
            } else if origin != nil {
                throw problem("'\(key)' must have either 'env' or 'file'", at: node)
            } else {
                origin = name == "env" ? .environment(text) : .file(whole(text))
            }
        }
        guard let origin else { throw problem("'\(key)' must have either 'env' or 'file'", at: node) }
        return Secret(origin, prefix: prefix)
    }

    /// Relative paths are relative to the configuration, as those of sources are.
    private func whole(_ path: String) -> String {
        if path.hasPrefix("/") { return path }
        if path.hasPrefix("~/") {
            return HomeFolder.path(environment: ProcessInfo.processInfo.environment) + path.dropFirst()
        }
        let folder = PathParts(self.path).folder
        return folder.isEmpty ? path : folder + "/" + path
    }

    private func condition(_ node: Node) throws(SweepError) -> Receiver.Condition {
        var condition = Receiver.Condition()
        for (key, value) in try mapping(node, "'when'", keys: ["severity", "category", "host", "verdict"]) {
            switch key {
            case "severity": condition.severities = try choices(value, key)
            case "verdict": condition.verdicts = try choices(value, key)
            case "host": condition.filter.hosts = try texts(value, key)
            default:
                for name in try texts(value, key) {
                    let category = Category(name)
                    guard name == "*" || Category.taxonomy[category.family] != nil,
                        category.kind == nil || category.kind == "*" || category.isKnown
                    else {
                        throw problem(
                            "'\(name.prefix(60))' is no category; 'oom', 'oom/gpu' and 'oom/*' are, and "
                                + "'faultline rules list' shows those of all rules", at: value)
                    }
                    condition.filter.categories.append(name)
                }
            }
        }
        return condition
    }

    private func choices<Choice: RawRepresentable & CaseIterable>(
        _ node: Node, _ key: String
    ) throws(SweepError) -> [Choice] where Choice.RawValue == String {
        if node.string != nil { return [try choice(node, key)] }
        guard let items = node.sequence else { throw problem("'\(key)' must be a list", at: node) }
        var choices: [Choice] = []
        for item in items { choices.append(try choice(item, key)) }
        return choices
    }

    private func choice<Choice: RawRepresentable & CaseIterable>(
        _ node: Node, _ key: String
    ) throws(SweepError) -> Choice where Choice.RawValue == String {
        guard let choice = node.string.flatMap(Choice.init(rawValue:)) else {
            throw problem(
                "'\(key)' must be one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))", at: node)
        }
        return choice
    }

    /// `10`, `10s`, `5m`, `2h`, `7d`; in seconds.
    private func duration(_ node: Node, _ key: String, _ range: ClosedRange<Double>) throws(SweepError) -> Double {
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        let text = node.string ?? ""
        let unit = text.last.flatMap { units[$0] }
        guard let number = Double(unit == nil ? text : String(text.dropLast())), range.contains(number * (unit ?? 1))
        else {
            throw problem(
                "'\(key)' must be a time of \(Int(range.lowerBound)) to \(Int(range.upperBound)) seconds, such as 30s, 5m, "
                    + "2h or 7d", at: node)
        }
        return number * (unit ?? 1)
    }
}
