import CrashModel
import Foundation

// Lines of loggers that write one JSON object each: python-json-logger, structlog, loguru, zap, logrus, slog, pino.

extension ContainerRecord {
    /// Such a line inside another record, which says what `context` holds.
    init?(structured line: [UInt8], inside context: Prefix) {
        guard line.first == UInt8(ascii: "{"), line.last == UInt8(ascii: "}"), let json = FlatJSON(line),
            var record = Self.structured(json)
        else { return nil }
        var merged = context
        if let stated = record.context.stated { merged.state(stated) }
        let (own, outer) = (record.context.origin, context.origin)
        merged.origin.host = own.host ?? outer.host
        merged.origin.pid = own.pid ?? outer.pid
        merged.origin.rank = own.rank ?? outer.rank
        merged.origin.stream = own.stream ?? outer.stream
        merged.rankIsGlobal = record.context.rankIsGlobal || context.rankIsGlobal
        record.context = merged
        self = record
    }

    /// Such a line as its logger's plain form would show it: the level if it is a warning or worse, the message, what
    /// else the object holds, and the traceback below.
    static func structured(_ json: FlatJSON) -> ContainerRecord? {
        if let record = json.object("record"), let text = json.text("text") { return loguru(text, record) }
        guard let (key, message) = messageKeys.lazy.compactMap({ key in json.text(key).map { (key, $0) } }).first else {
            return nil
        }
        let time = timeKeys.lazy.compactMap { stated(json[$0]) }.first
        let level = levelKeys.lazy.compactMap { json.text($0) }.first
        // Samples of a data set have a text too.
        guard level != nil || time != nil && key != "text" else { return nil }
        var context = Prefix()
        if let time { context.state(time) }
        readOrigin(json, &context)
        // Rules read lines of figures as they are.
        if isFigures(json) { return ContainerRecord(payload: json.line, context: context) }
        var payload = level.flatMap(loudLevel) ?? []
        payload += message
        while payload.last == 0x0a { payload.removeLast() }
        payload += remainder(of: json, besides: key)
        for key in traceKeys {
            guard let trace = json.text(key), !trace.isEmpty else { continue }
            payload.append(0x0a)
            payload += trace
        }
        return ContainerRecord(payload: payload, context: context)
    }

    /// loguru's `serialize=True` has the whole plain line, traceback and all, in `text`.
    private static func loguru(_ text: [UInt8], _ record: FlatJSON) -> ContainerRecord? {
        guard let time = record.object("time"), record["message"] != nil else { return nil }
        var context = Prefix()
        if let stated = stated(time["timestamp"]) { context.state(stated) }
        if let extra = record.object("extra") { readOrigin(extra, &context) }
        context.origin.pid = context.origin.pid ?? record.object("process")?.integer("id")
        return ContainerRecord(payload: text, context: context)
    }

    private static let messageKeys = ["message", "msg", "event", "text"]
    private static let timeKeys = ["timestamp", "time", "ts", "@timestamp", "asctime", "datetime", "created"]
    private static let levelKeys = ["level", "levelname", "severity", "log.level", "lvl"]
    private static let traceKeys = [
        "exc_info", "exc_text", "exception", "stack_info", "stacktrace", "stack", "traceback",
    ]
    private static let rankKeys = ["rank", "global_rank"]
    private static let hostKeys = ["host", "hostname", "node"]
    private static let pidKeys = ["pid", "process", "process_id"]
    /// What else loggers write of a line that says nothing about what happened.
    private static let sideKeys: Set<String> = [
        "logger", "name", "module", "filename", "file", "pathname", "func", "funcName", "function", "func_name", "line",
        "lineno", "line_number", "caller", "source", "thread", "threadName", "thread_id", "thread_name", "processName",
        "levelno", "msecs", "relativeCreated", "taskName", "local_rank", "world_size", "v", "args",
    ]
    private static let known =
        sideKeys.union(timeKeys).union(levelKeys).union(traceKeys).union(rankKeys).union(hostKeys).union(pidKeys)

    private static func readOrigin(_ json: FlatJSON, _ context: inout Prefix) {
        func number(_ keys: [String], below limit: Int) -> Int? {
            keys.lazy.compactMap { json.integer($0) }.first { (0..<limit).contains($0) }
        }
        if let rank = number(rankKeys, below: 100_000) {
            context.setRank(rank, global: true)
            context.addStream("rank\(rank)")
        } else if let rank = number(["local_rank"], below: 1000) {
            context.setRank(rank)
            context.addStream("local rank \(rank)")
        }
        context.origin.pid = number(pidKeys, below: 1 << 32)
        let host = hostKeys.lazy.compactMap { json.text($0) }.first { name in
            !name.isEmpty && name.count <= 255 && name.allSatisfy(\.isHostByte)
        }
        context.origin.host = host.map { String(decoding: $0, as: UTF8.self) }
    }

    /// A step and a loss as numbers, as trackers write them.
    private static func isFigures(_ json: FlatJSON) -> Bool {
        func hasNumber(_ keys: [String]) -> Bool {
            keys.contains { key in
                switch json[key] {
                case .integer, .number: true
                default: false
                }
            }
        }
        return hasNumber(["step", "global_step", "iter", "global_iter", "iteration", "global_iteration"])
            && hasNumber(["loss", "train_loss", "train/loss"])
    }

    /// `ERROR ` before a message whose own words need not say so.
    private static func loudLevel(_ level: [UInt8]) -> [UInt8]? {
        let word = String(decoding: level.prefix(12), as: UTF8.self).uppercased()
        guard ["WARN", "WARNING", "ERROR", "CRITICAL", "FATAL", "PANIC", "DPANIC", "EMERGENCY", "ALERT"].contains(word)
        else { return nil }
        return Array((word + " ").utf8)
    }

    /// ` {"reason":"OOMKilled"}`: the fields that are no part of a logger's own, as zap's console shows them.
    private static func remainder(of json: FlatJSON, besides message: String) -> [UInt8] {
        var fields: [UInt8] = []
        for (key, range) in json.fields where key != message && !known.contains(key) {
            fields += [fields.isEmpty ? UInt8(ascii: "{") : UInt8(ascii: ",")]
            fields += json.line[range]
        }
        return fields.isEmpty ? [] : [0x20] + fields + [UInt8(ascii: "}")]
    }

    /// A time in any spelling, or seconds, milli-, micro- or nanoseconds since 1970.
    private static func stated(_ value: FlatJSON.Value?) -> StatedTime? {
        var seconds: Double
        switch value {
        case .string(let text):
            if let time = ByteCursor.reading(text, { $0.timestamp() }) { return time }
            guard let number = Double(String(decoding: text.prefix(32), as: UTF8.self)) else { return nil }
            seconds = number
        case .integer(let number): seconds = Double(number)
        case .number(let number): seconds = number
        default: return nil
        }
        guard seconds.isFinite, seconds > 0 else { return nil }
        for _ in 0..<3 where seconds > 1e11 { seconds /= 1000 }
        guard (1.2e9..<2.6e9).contains(seconds) else { return nil }
        return StatedTime(form: .wall(Date(timeIntervalSince1970: seconds)), zoneStated: true)
    }
}
