import CrashModel
import Dispatch
import Foundation
import Logs
import Scanning
import Synchronization

/// The course of one sweep: reads run by run, has each judged, records what is new, and then remembers what was read.
struct SweepCourse<Keeper: IncidentKeeper> {
    /// Bytes of files in which nothing is new that are read again for one run.
    private let mostContext = 64 << 20
    /// Files read before what they held is judged and forgotten.
    private let batch = 64

    let file: SweepStateFile
    let keeper: Keeper
    let work: SweepWork
    let tools: SweepTools
    let reader: PartReader
    let threads: Int
    var state: SweepState
    var outcome: SweepOutcome
    /// What the machine says.
    private var machine: [PartScan] = []
    private var isMachineWhole = false
    private var lastSaved = ContinuousClock.now

    init(
        file: SweepStateFile, keeper: Keeper, work: SweepWork, tools: SweepTools, reader: PartReader, threads: Int,
        state: SweepState, outcome: SweepOutcome
    ) {
        self.file = file
        self.keeper = keeper
        self.work = work
        self.tools = tools
        self.reader = reader
        self.threads = threads
        self.state = state
        self.outcome = outcome
    }

    mutating func run() throws {
        machine = read(work.machine.filter(work.isNews), .whole)
        note(machine)
        var next = 0
        while next < work.runs.count {
            let first = next
            var files: [Int] = []
            while next < work.runs.count, files.isEmpty || files.count + work.runs[next].count <= batch {
                files += work.runs[next].filter(work.isNews)
                next += 1
            }
            if files.isEmpty { continue }
            let parts = Dictionary(grouping: read(files, .glance), by: \.file.group)
            for run in work.runs[first..<next] {
                guard let group = run.first.map({ work.files[$0].group }), var own = parts[group] else { continue }
                if own.contains(where: \.isWorthMore) || saysSomethingNew(own) { own = closer(own, run) }
                note(own)
                if saysSomethingNew(own) {
                    own += context(of: run)
                    try tell(&own)
                }
                remember(own)
            }
            if ContinuousClock.now - lastSaved > .seconds(2) { try save() }
        }
        if saysSomethingNew(machine) { try tellOfMachine() }
        remember(machine)
    }

    /// Remembers everything as read.
    mutating func skip() {
        let parts = read(work.files.indices.filter(work.isNews), .nothing)
        for part in parts { outcome.newBytes += part.newBytes }
        remember(parts)
    }

    private mutating func save() throws {
        // What the machine said was told with some of the runs, and will be with others.
        var present = self
        present.remember(machine, isInterrupted: true)
        try file.write(present.state)
        lastSaved = ContinuousClock.now
    }

    // MARK: - Reading

    /// Reads several files at a time; those that were moved meanwhile are left for the next sweep.
    private mutating func read(_ indices: [Int], _ extent: PartReader.Extent) -> [PartScan] {
        let results = Mutex([Result<PartScan, PartReader.Failure>?](repeating: nil, count: indices.count))
        let next = Atomic(0)
        let (work, reader, cursors) = (work, reader, state.cursors)
        DispatchQueue.concurrentPerform(iterations: min(indices.count, threads)) { _ in
            while true {
                let number = next.add(1, ordering: .relaxed).oldValue
                guard number < indices.count else { return }
                let index = work.cursor(of: indices[number])
                let result = Result { () throws(PartReader.Failure) in
                    try reader.read(
                        work.files[indices[number]], index.map { cursors[$0] }, index: index, extent)
                }
                results.withLock { $0[number] = result }
            }
        }
        var parts: [PartScan] = []
        for (number, result) in zip(indices, results.withLock { $0 }) {
            switch result {
            case .success(let part): parts.append(part)
            case .failure(.unreadable(let reason)):
                let path = work.files[number].path
                outcome.unreadable.append(
                    InputReport(source: path, complete: false, problem: "\(path): \(reason)"))
            case .failure(.moved), nil: break
            }
        }
        return parts
    }

    /// Reads again, with all that diagnosis needs, what was only glanced at.
    private mutating func closer(_ own: [PartScan], _ run: [Int]) -> [PartScan] {
        let glances = Set(own.filter(\.isGlance).map(\.file.path))
        return own.filter { !$0.isGlance } + read(run.filter { glances.contains(work.files[$0].path) }, .whole)
    }

    private mutating func note(_ parts: [PartScan]) {
        for part in parts where part.newBytes > 0 || !part.scan.input.complete {
            outcome.inputs.append(part.scan.input)
            outcome.newBytes += part.newBytes
        }
    }

    /// What the other files of a run said lately.
    private mutating func context(of run: [Int]) -> [PartScan] {
        var budget = mostContext
        let others = run.filter { index in
            guard case .unchanged(let cursor) = work.matches[index] else { return false }
            let file = work.files[index]
            if state.cursors[cursor].isCompressed { return false }
            let age = abs(reader.now.timeIntervalSince1970 - file.facts.modifiedSeconds)
            return file.input.isFlightRecorderDump || age < Sweeper.openFor || reader.isOpen(state.cursors[cursor])
        }
        let newest = others.sorted { work.files[$0].facts.modified > work.files[$1].facts.modified }.prefix { index in
            budget -= min(work.files[index].facts.size, PartReader.context)
            return budget >= 0
        }
        return read(Array(newest), .context)
    }

    /// Whether a line that no sweep has told of holds a finding. What only a silence says is left to `scan`: a log that
    /// is still written has no end.
    private func saysSomethingNew(_ parts: [PartScan]) -> Bool {
        parts.contains { part in
            part.scan.dump != nil || part.scan.findings.contains { $0.finding.lastLine >= part.firstNewLine }
        }
    }

    // MARK: - Telling

    private mutating func tell(_ own: inout [PartScan]) throws {
        if !isMachineWhole {
            isMachineWhole = true
            machine += context(of: work.machine)
        }
        // What was told of before the run went on again has no part in what came then.
        let run = own
        let past = run.filter { $0.isPast(of: run) }
        own = run.filter { !$0.isPast(of: run) }
        var told = ToldParts(own + machine, own: own.count, reader: reader)
        try record(&told)
        machine = Array(told.parts[own.count...])
        own = told.parts[..<own.count] + past
    }

    private mutating func tellOfMachine() throws {
        var told = ToldParts(machine, own: machine.count, reader: reader)
        try record(&told)
        machine = told.parts
    }

    private mutating func record(_ told: inout ToldParts) throws {
        let new = told.judge(tools.diagnose(told.parts.map(\.scan)))
        outcome.continued.formUnion(told.continued)
        outcome.waiting += told.waiting
        guard !new.isEmpty else { return }
        // First what is about to be told, then the ledger, then what was read: wherever this ends, the next sweep knows
        // by the ledger which lines are taken.
        state.pending += new.map { PendingIncident(id: $0.id, title: $0.title) }
        var announced = self
        announced.remember(told.parts, isInterrupted: true)
        try file.write(announced.state)
        outcome.incidents += try keeper.record(new)
    }

    // MARK: - Remembering

    /// - Parameter isInterrupted: that these lines are taken, but not yet that they were read.
    private mutating func remember(_ parts: [PartScan], isInterrupted: Bool = false) {
        for part in parts {
            var cursor = part.cursor
            if isInterrupted {
                let old = part.cursorIndex.map { state.cursors[$0] }
                cursor.position = old?.position ?? 0
                cursor.lines = old?.lines ?? 0
                cursor.heldSince = old?.heldSince
                cursor.isInterrupted = true
            }
            if let index = part.cursorIndex {
                state.cursors[index] = cursor
            } else {
                state.cursors.append(cursor)
            }
        }
    }
}
