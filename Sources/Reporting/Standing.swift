package import CrashModel

// Where the training stood when it failed, in words for text and Markdown alike.

extension ProgressMark {
    /// `epoch 2, step 4120`; nil when the line states neither.
    package var words: String? { Standing.words(epoch: epoch, step: step) }
}

extension CheckpointMark {
    /// `epoch 2, step 4000`; nil when neither is known.
    package var words: String? { Standing.words(epoch: epoch, step: step) }

    /// Where it was saved; nil when the line does not say so.
    package var knownPath: String? { path.flatMap { $0.isEmpty ? nil : $0 } }
}

extension LostWork {
    /// `340 steps, 7 minutes of training (about 0.8 steps a second before it stopped)`; nil when nothing is known.
    func words(stepsPerSecond: Double?) -> String? {
        var parts: [String] = []
        if let steps, steps >= 0 { parts.append(steps == 0 ? "no whole step" : Amount.of(steps, "step")) }
        if let seconds, seconds.isFinite, seconds >= 0.5 { parts.append(Amount.span(seconds) + " of training") }
        if parts.isEmpty { return nil }
        // How fast it went tells what it takes to do again; where nothing is lost, that is nothing.
        if steps == 0, parts.count == 1 { return parts[0] }
        let pace = stepsPerSecond.flatMap(Standing.pace).map { " (\($0) before it stopped)" } ?? ""
        return parts.joined(separator: ", ") + pace
    }
}

enum Standing {
    static func words(epoch: Int?, step: Int?) -> String? {
        let parts = [epoch.map { "epoch \($0)" }, step.map { "step \($0)" }].compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    /// `about 0.8 steps a second`, and slow training the other way round: `about 12 seconds a step`.
    static func pace(_ stepsPerSecond: Double) -> String? {
        guard stepsPerSecond.isFinite, stepsPerSecond > 1e-6 else { return nil }
        if stepsPerSecond >= 0.5 {
            let number = Amount.shortTenths(stepsPerSecond)
            return "about \(number) \(number == "1" ? "step" : "steps") a second"
        }
        let seconds = 1 / stepsPerSecond
        return "about \(seconds < 9.95 ? Amount.shortTenths(seconds) + " seconds" : Amount.span(seconds)) a step"
    }
}

extension TextPage {
    /// The last step, the last checkpoint and what is lost between them; nothing of what is not known.
    mutating func standing(
        progress: ProgressMark?, checkpoint: CheckpointMark?, lost: LostWork?, stepsPerSecond: Double? = nil
    ) {
        gap()
        if let progress {
            var pieces: [Piece] = []
            if let words = progress.words { pieces.append(.words(words + ",")) }
            pieces.append(.place(progress.source, progress.line))
            paragraph(pieces, lead: "Last progress: ", leadTone: .heading)
            if progress.words == nil { quote(progress.text, indent: 4, most: 1) }
        }
        if let checkpoint {
            var pieces: [Piece] = []
            if let words = checkpoint.words { pieces.append(.words(words + ",")) }
            if let path = checkpoint.knownPath { pieces.append(.place(path + ",")) }
            let isBare = pieces.isEmpty
            if !isBare { pieces.append(.words("at")) }
            pieces.append(.place(checkpoint.source, checkpoint.line))
            paragraph(pieces, lead: "Last checkpoint: ", leadTone: .heading)
            if isBare { quote(checkpoint.text, indent: 4, most: 1) }
        }
        if let words = lost?.words(stepsPerSecond: stepsPerSecond) {
            paragraph([.words(words)], lead: "Lost: ", leadTone: .heading)
        }
    }
}
