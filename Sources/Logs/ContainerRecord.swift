import CrashModel
import Foundation

/// A log record that a container runtime, the journal or a logger wrapped around a line.
struct ContainerRecord {
    /// What the program wrote; several lines when it holds newlines.
    var payload: [UInt8]
    /// What the record says around it.
    var context: Prefix
    /// The runtime cut the program's line here; the next record of the stream goes on with it.
    var isPartial = false
    /// Tells the streams apart whose partial records are to be joined.
    var channel: UInt8 = 0

    /// Whether a line may be a record, judged by a few of its bytes.
    static func isLikely(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = line.first else { return false }
        if first == UInt8(ascii: "{") { return line.last == UInt8(ascii: "}") }
        return first.isDigit && line.count > 30 && line[4] == 0x2d && line[10] == UInt8(ascii: "T")
    }

    init?(_ line: [UInt8]) {
        guard let first = line.first else { return nil }
        let found: ContainerRecord?
        if first == UInt8(ascii: "{") {
            guard line.last == UInt8(ascii: "}"), let json = FlatJSON(line) else { return nil }
            found =
                Self.docker(json) ?? Self.journal(json) ?? Self.elastic(json) ?? Self.cloud(json)
                ?? Self.structured(json)
        } else if first.isDigit {
            found = Self.cri(line)
        } else {
            found = nil
        }
        guard let found else { return nil }
        self = found
    }

    init(payload: [UInt8], context: Prefix, isPartial: Bool = false, channel: UInt8 = 0) {
        self.payload = payload
        self.context = context
        self.isPartial = isPartial
        self.channel = channel
    }

    /// The kubelet's format: `2019-04-30T02:12:41.8443515Z stdout F message`.
    private static func cri(_ line: [UInt8]) -> ContainerRecord? {
        guard line.count > 30, line[4] == 0x2d, line[10] == UInt8(ascii: "T") else { return nil }
        return ByteCursor.reading(line) { cri(&$0) }
    }

    private static func cri(_ cursor: inout ByteCursor) -> ContainerRecord? {
        guard let time = cursor.isoTimestamp() else { return nil }
        let isError = cursor.isNext(" stderr ")
        guard isError || cursor.isNext(" stdout ") else { return nil }
        cursor.at += 8
        let tag = cursor.peek()
        guard tag == UInt8(ascii: "F") || tag == UInt8(ascii: "P") else { return nil }
        cursor.skip(limit: 40) { $0 > 0x20 }  // tags may follow, joined by colons
        guard cursor.take(0x20) || cursor.isAtEnd else { return nil }
        var context = Prefix()
        context.state(time)
        return ContainerRecord(
            payload: Array(cursor.bytes[cursor.at...]), context: context, isPartial: tag == UInt8(ascii: "P"),
            channel: isError ? 2 : 1)
    }

    /// Docker's json-file driver: `{"log":"…\n","stream":"stderr","time":"…Z"}`. A `log` without a newline goes on.
    private static func docker(_ json: FlatJSON) -> ContainerRecord? {
        guard let log = json.text("log"), json.text("stream") != nil || json.text("time") != nil else { return nil }
        var context = Prefix()
        if let time = json.text("time").flatMap(time) { context.state(time) }
        let isError = json.text("stream").map { $0.elementsEqual("stderr".utf8) } ?? false
        return ContainerRecord(
            payload: log, context: context, isPartial: log.last != 0x0a, channel: isError ? 2 : 1)
    }

    /// `journalctl -o json`. When journald starts it stamps older kernel records with the time of reading, so a
    /// kernel record's time is worked out from its own clock.
    private static func journal(_ json: FlatJSON) -> ContainerRecord? {
        guard json["MESSAGE"] != nil,
            json["__REALTIME_TIMESTAMP"] != nil || json["_HOSTNAME"] != nil || json["SYSLOG_IDENTIFIER"] != nil
        else { return nil }
        var context = Prefix()
        context.isSyslog = true
        context.origin.host = json.text("_HOSTNAME").map { String(decoding: $0, as: UTF8.self) }
        let isKernel = json.text("_TRANSPORT").map { $0.elementsEqual("kernel".utf8) } ?? false
        context.isKernel = isKernel && (json.integer("SYSLOG_FACILITY") ?? 0) == 0
        let ownClock = isKernel ? json.integer("_SOURCE_MONOTONIC_TIMESTAMP") : nil
        if var micros = json.integer("__REALTIME_TIMESTAMP") {
            if let ownClock, let read = json.integer("__MONOTONIC_TIMESTAMP"), ownClock >= 0, read >= ownClock,
                micros >= 0
            {
                micros -= read - ownClock
            } else if !isKernel, let sent = json.integer("_SOURCE_REALTIME_TIMESTAMP"), sent > 0, sent < micros {
                // Sent before journald came to it, which on a machine that stalls may be much later.
                micros = sent
            }
            let date = Date(timeIntervalSince1970: Double(micros) / 1e6)
            context.state(
                StatedTime(form: .wall(date), zoneStated: true, sinceBoot: ownClock.map { Double($0) / 1e6 }))
        }
        var payload = json.text("MESSAGE") ?? []
        if !isKernel, let name = json.text("SYSLOG_IDENTIFIER"), !name.isEmpty {
            // As syslog would spell it, so that one rule reads both.
            let pid = json.integer("_PID") ?? json.integer("SYSLOG_PID")
            context.origin.pid = pid
            payload = name + Array((pid.map { "[\($0)]: " } ?? ": ").utf8) + payload
        }
        return ContainerRecord(payload: payload, context: context)
    }

    /// `error.json` of torch elastic: the traceback is inside it.
    private static func elastic(_ json: FlatJSON) -> ContainerRecord? {
        guard let message = json.object("message"), let extra = message.object("extraInfo"),
            let stack = extra.text("py_callstack"), !stack.isEmpty
        else { return nil }
        var context = Prefix()
        if let seconds = extra.integer("timestamp"), (1_200_000_000..<2_600_000_000).contains(seconds) {
            context.state(StatedTime(form: .wall(Date(timeIntervalSince1970: Double(seconds))), zoneStated: true))
        }
        return ContainerRecord(payload: stack, context: context)
    }

    /// Cloud logging exports: `{"textPayload": "…", "timestamp": "…"}`.
    private static func cloud(_ json: FlatJSON) -> ContainerRecord? {
        guard let text = json.text("textPayload") else { return nil }
        var context = Prefix()
        if let time = json.text("timestamp").flatMap(time) { context.state(time) }
        return ContainerRecord(payload: text, context: context)
    }

    private static func time(_ text: [UInt8]) -> StatedTime? {
        ByteCursor.reading(text) { $0.isoTimestamp() }
    }
}
