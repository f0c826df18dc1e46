import CrashModel
import Logs
import PCRE
import Rules

extension Matcher {
    /// The landmark that a line of progress is, with what it states.
    ///
    /// - Parameter places: the landmarks to try.
    mutating func progress(
        _ message: UnsafeBufferPointer<UInt8>, _ places: RuleSelector.Places, _ landmarks: [CompiledLandmark]
    ) -> (CompiledLandmark, ProgressTrail.Mark)? {
        for place in places {
            let landmark = landmarks[place]
            for pattern in landmark.match {
                guard let pattern = try? pattern.compiled(),
                    (try? finds(pattern, in: UnsafeRawBufferPointer(message))) ?? false
                else { continue }
                let mark = mark(landmark, pattern, message)
                // What a landmark's other patterns find does not count when one of them was found and is not meant.
                if matchesAny(landmark.unless, message) { break }
                return (landmark, mark)
            }
        }
        return nil
    }

    /// What the match that was found last states.
    private func mark(
        _ landmark: CompiledLandmark, _ pattern: Pattern, _ message: UnsafeBufferPointer<UInt8>
    ) -> ProgressTrail.Mark {
        func text(_ name: String) -> String? {
            found(name, of: pattern).map { String(decoding: message[$0], as: UTF8.self) }
        }
        let epoch = text("epoch").flatMap(Double.init)
        // Steps per second, stated as such or as the seconds that one takes.
        let pace = text("pace").flatMap(Double.init).map { 1 / $0 }
        let rate = text("rate").flatMap(Double.init) ?? pace
        return ProgressTrail.Mark(
            line: 0, message: [], step: text("step").flatMap(SourcePass.number),
            epoch: epoch.flatMap { Int(exactly: $0.rounded(.down)) }, exactEpoch: epoch,
            total: text("total").flatMap(SourcePass.number), loss: text("loss").flatMap { Double($0.lowercased()) },
            rate: rate.flatMap { $0.isFinite && $0 > 0 ? $0 : nil }, dialect: landmark.rule.id, time: .unknown)
    }
}
