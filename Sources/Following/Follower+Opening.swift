import CrashModel
import Foundation
import Logs
import Scanning
import Sweeping

extension Follower {
    /// Finds files that came since the last time.
    func list(now: Double, isStart: Bool) {
        let began = ContinuousClock.now
        defer { listing.note(at: now, seconds: (ContinuousClock.now - began) / .seconds(1)) }
        if isStart {
            for path in listing.named { follow(path, from: configuration.fromStart ? .beginning : .end, now: now) }
        }
        listing.withoutMatch = []
        var passedOver: Set<String> = []
        defer { listing.passedOver = passedOver }
        var known = Set(openContents.map(\.identity))
        for place in listing.places {
            let isPattern = Glob.isPattern(place)
            let matching = Glob.paths(matching: place)
            if matching.isEmpty { listing.withoutMatch.append(place) }
            watch.watch(isPattern ? Self.fixedFolder(of: place) : place)
            for path in matching {
                let found = InputDiscovery(known: known).discover([path])
                passedOver.formUnion(found.skipped.map(\.source))
                for input in found.inputs { adopt(input, isStart: isStart, now: now, &known) }
                if isStart {
                    for report in found.unreadable { say(report.problem ?? report.source) }
                }
                watchFolders(below: path)
            }
        }
    }

    /// The folder of a pattern before its first `*`.
    private static func fixedFolder(of pattern: String) -> String {
        let parts = pattern.split(separator: "/", omittingEmptySubsequences: false)
        let fixed = parts.prefix { !Glob.isPattern(String($0)) }
        return fixed == [""] ? "/" : fixed.joined(separator: "/")
    }

    private func watchFolders(below path: String) {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return }
        watch.watch(path)
        guard let all = FileManager.default.enumerator(atPath: path) else { return }
        for case let name as String in all {
            guard all.fileAttributes?[.type] as? FileAttributeType == .typeDirectory else { continue }
            watch.watch(ChangeWatch.path(name, in: path))
        }
    }

    /// Takes a file of a folder, unless it is a piece of what is followed under another name.
    private func adopt(_ input: LogInput, isStart: Bool, now: Double, _ known: inout Set<FileIdentity>) {
        let path = input.source
        guard filesByPath[path] == nil, let facts = FileFacts(path: path) else { return }
        if input.isFlightRecorderDump { return readDump(input, facts, isStart: isStart, now: now) }
        // What is empty may become anything.
        guard facts.size > 0 || isStart, !known.contains(facts.identity) else { return }
        guard let log = OpenLog(path) else { return }
        if log.isCompressed {
            // It is not written any more: of interest only to who wants to hear of what was.
            guard isStart, configuration.fromStart else { return }
            return keep(
                FollowedSource(number(), tools.scanner.scan(input), firstNewLine: 1, now: now), changed: true,
                now: now)
        }
        var start = isStart && !configuration.fromStart ? FollowStart.end : .beginning
        if !isStart {
            let family = FileFamily.key(of: path)
            let present = files.filter { FileFamily.key(of: $0.path) == family }.compactMap(\.content?.mark)
            switch listing.standing(of: log, facts, path, present: present) {
            case .new: break
            case .read(let position):
                guard facts.size > position else { return }
                start = .byte(position)
            case .copy:
                // One that nobody writes on is left alone until somebody does.
                if Date().timeIntervalSince(facts.modifiedAt) > 60 {
                    listing.remember(
                        facts.identity, head: log.bytes(0..<ContentMark.headBytes), position: facts.size)
                }
                return
            }
        }
        known.insert(facts.identity)
        follow(path, from: start, now: now)
    }

    private func readDump(_ input: LogInput, _ facts: FileFacts, isStart: Bool, now: Double) {
        guard listing.dumps[input.source] != facts else { return }
        listing.dumps[input.source] = facts
        keep(
            FollowedSource(
                number(), tools.scanner.scan(input), firstNewLine: isStart && !configuration.fromStart ? .max : 1,
                now: now),
            changed: !isStart || configuration.fromStart, now: now)
    }

    private func follow(_ path: String, from start: FollowStart, now: Double) {
        guard filesByPath[path] == nil else { return }
        let file = FollowedFile(path)
        files.append(file)
        filesByPath[path] = file
        // Behind a link the events come from elsewhere.
        if let real = realpath(path, nil) {
            let target = String(cString: real)
            free(real)
            var status = stat()
            if lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK {
                watch.watch(ChangeWatch.folder(of: target))
                filesByPath[target] = filesByPath[target] ?? file
            }
        }
        open(file, from: start, now: now)
    }

    /// Opens the file that has a name, and reads what stands before its end for what it says of the run.
    func open(_ file: FollowedFile, from place: FollowStart, now: Double) {
        watch.watch(ChangeWatch.folder(of: file.path))
        guard let log = OpenLog(file.path) else {
            let reason = String(cString: strerror(errno))
            if errno != ENOENT, file.problem != reason {
                file.problem = reason
                say("\(file.path) cannot be opened: \(reason)")
            }
            return
        }
        guard let facts = log.facts else {
            if file.problem == nil { say("\(file.path) is no regular file; it is not followed") }
            file.problem = "no regular file"
            return
        }
        if log.isCompressed {
            if file.problem == nil { say("\(file.path) is compressed, and is not followed: scan reads it") }
            file.problem = "compressed"
            return
        }
        file.problem = nil
        var input = LogInput(source: file.path, location: .file(file.path)).renamed(file.path)
        input.modified = facts.modifiedAt
        let isOld = abs(Date().timeIntervalSince(facts.modifiedAt)) > FollowConfiguration.contextAge
        let context = isOld ? 0 : FollowConfiguration.context
        // A line that is being written is new.
        let end =
            switch place {
            case .beginning: 0
            case .end: log.endOfLines(facts.size)
            case .byte(let position): log.endOfLines(min(position, facts.size))
            }
        let start = end == 0 ? 0 : log.startOfLine(from: end - context, before: end)
        input.linesBefore = log.newlines(in: 0..<start)
        let source = FollowedSource(
            number(), file.path, live: tools.scanner.live(input), offset: start, firstNewLine: 1, now: now)
        let content = OpenContent(log, facts: facts, source: source, position: start)
        if end > start {
            content.readContext(to: end, now: now)
            source.firstNewLine = source.nextLine
        } else {
            source.firstNewLine = input.linesBefore + 1
        }
        if place != .beginning { _ = source.takeChange() }
        file.content = content
        look(file, now: now)
    }

    // MARK: - Streams

    func openStream(_ path: String, now: Double) {
        let source = { (input: LogInput) in
            FollowedSource(
                self.number(), path, live: self.tools.scanner.live(input), offset: 0, firstNewLine: 1, now: now)
        }
        guard let stream = FollowedStream(path, source: source) else {
            return say("\(path) cannot be opened: \(String(cString: strerror(errno)))")
        }
        keep(stream)
    }

    func readStream(_ stream: FollowedStream, now: Double) {
        guard !stream.isEnded else { return }
        let count = stream.read(budget: Self.budget, now: now)
        if let note = stream.takeNote() { say(note) }
        noteStream(count, isEnd: stream.isEnded, now: now)
    }
}

/// Where a file's new part begins.
enum FollowStart: Equatable {
    case beginning
    /// Behind its last whole line.
    case end
    /// Behind the last whole line before so many bytes.
    case byte(Int)
}
