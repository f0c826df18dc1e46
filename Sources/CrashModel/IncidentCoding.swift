// The JSON contract of `scan`: fixed names, absent values written as null. docs/json.md describes it.
import Foundation

extension Incident: Encodable {
    enum CodingKeys: String, CodingKey {
        case id, fingerprint, title, category, severity, outcome, verdict, confidence, because, host, ranks
        case root, consequences, confirmations, teardown, advice, context
        case firstSeen = "first_seen"
        case lastSeen = "last_seen"
        case lastProgress = "last_progress"
        case lastCheckpoint = "last_checkpoint"
        case lost
        case stepsPerSecond = "steps_per_second"
        case runnersUp = "runners_up"
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(fingerprint, forKey: .fingerprint)
        try container.encode(title, forKey: .title)
        try container.encode(category, forKey: .category)
        try container.encode(severity, forKey: .severity)
        try container.encode(outcome, forKey: .outcome)
        try container.encode(verdict, forKey: .verdict)
        try container.encode(confidence, forKey: .confidence)
        try container.encode(because, forKey: .because)
        try container.encode(firstSeen?.iso8601, forKey: .firstSeen)
        try container.encode(lastSeen?.iso8601, forKey: .lastSeen)
        try container.encode(host, forKey: .host)
        try container.encode(ranks, forKey: .ranks)
        try container.encode(root, forKey: .root)
        try container.encode(consequences, forKey: .consequences)
        try container.encode(confirmations, forKey: .confirmations)
        try container.encode(teardown, forKey: .teardown)
        try container.encode(advice, forKey: .advice)
        try container.encode(lastProgress, forKey: .lastProgress)
        try container.encode(lastCheckpoint, forKey: .lastCheckpoint)
        try container.encode(lost, forKey: .lost)
        try container.encode(stepsPerSecond, forKey: .stepsPerSecond)
        try container.encode(runnersUp, forKey: .runnersUp)
        try container.encode(context, forKey: .context)
    }
}

extension Finding: Encodable {
    enum CodingKeys: String, CodingKey {
        case rule, title, category, source, line, time, host, rank, pid, gpu, text, excerpt, captures, count
        case timeSource = "time_source"
        case lastLine = "last_line"
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(rule, forKey: .rule)
        try container.encode(title, forKey: .title)
        try container.encode(category, forKey: .category)
        try container.encode(source, forKey: .source)
        try container.encode(line, forKey: .line)
        try container.encode(time.date?.iso8601, forKey: .time)
        try container.encode(time.source, forKey: .timeSource)
        try container.encode(origin.host, forKey: .host)
        try container.encode(origin.rank, forKey: .rank)
        try container.encode(origin.pid, forKey: .pid)
        try container.encode(origin.gpu, forKey: .gpu)
        try container.encode(text, forKey: .text)
        try container.encode(excerpt, forKey: .excerpt)
        try container.encode(captures, forKey: .captures)
        try container.encode(count, forKey: .count)
        try container.encode(lastLine, forKey: .lastLine)
    }
}

extension RunnerUp: Encodable {
    enum CodingKeys: String, CodingKey {
        case rule, title, category, source, line, time, text, reason
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(finding.rule, forKey: .rule)
        try container.encode(finding.title, forKey: .title)
        try container.encode(finding.category, forKey: .category)
        try container.encode(finding.source, forKey: .source)
        try container.encode(finding.line, forKey: .line)
        try container.encode(finding.time.date?.iso8601, forKey: .time)
        try container.encode(finding.text, forKey: .text)
        try container.encode(reason, forKey: .reason)
    }
}

extension ScanReport: Encodable {
    enum CodingKeys: String, CodingKey {
        case schema, inputs, skipped, incidents, telling, notes, version, rules
        case seenBefore = "seen_before"
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(Self.schema, forKey: .schema)
        try container.encode(inputs, forKey: .inputs)
        try container.encode(skipped, forKey: .skipped)
        try container.encode(incidents, forKey: .incidents)
        try container.encode(seenBefore, forKey: .seenBefore)
        try container.encode(telling, forKey: .telling)
        try container.encode(notes, forKey: .notes)
        try container.encode(version, forKey: .version)
        try container.encode(rules, forKey: .rules)
    }
}
