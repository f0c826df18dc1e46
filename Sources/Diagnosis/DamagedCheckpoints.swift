import CrashModel
import Scanning

/// The checkpoints that a failure's own lines show to be of no use: one that could not be read, or that was being written
/// when writing failed.
struct DamagedCheckpoints {
    private var files: [[Substring]] = []
    /// Of a folder that several saves went into, only the one of this step, or else the last.
    private var folders: [(path: [Substring], step: Int?)] = []

    init(story: Story, scans: [SourceScan]) {
        for piece in [story.root] + story.consequences + story.confirmations where Self.isOfCheckpoint(piece) {
            let trail = scans[piece.sourceIndex].checkpoints
            let told = [piece.finding.text] + piece.finding.captures.values.sorted() + piece.scanned.block.map(\.text)
            var named = told.flatMap(Self.paths).map { (path: $0, step: Int?.none) }
            // What cannot be read is what the log said last that it reads.
            if piece.category.kind == "corrupt", let mark = trail.read(before: piece.finding.line), let path = mark.path
            {
                named.append((Self.parts(of: path), mark.step))
            }
            for (path, step) in named {
                if path.last?.contains(".") ?? false { files.append(path) } else { folders.append((path, step)) }
            }
        }
    }

    func contains(_ mark: CheckpointTrail.Mark) -> Bool {
        guard let path = mark.path.map(Self.parts) else { return false }
        if files.contains(where: { Self.isSame($0, path) }) { return true }
        return folders.contains { folder in
            Self.isSame(folder.path, path) && folder.step != nil && folder.step == mark.step
        }
    }

    private static func isOfCheckpoint(_ piece: Evidence) -> Bool {
        ["checkpoint/corrupt", "checkpoint/save-failed"].contains(piece.category.description)
            || ["storage/full", "storage/quota", "storage/io-error"].contains(piece.category.description)
    }

    /// Paths that a text names in quotes or between blanks.
    private static func paths(in text: String) -> [[Substring]] {
        text.split { " '\"`,;()[]<>".contains($0) }.filter { $0.contains("/") || isWeightFile($0) }
            .map { parts(of: String($0)) }.filter { $0.last.map(isWeightFile) ?? false }
    }

    private static func isWeightFile(_ name: Substring) -> Bool {
        [".pt", ".pth", ".ckpt", ".safetensors", ".bin", ".h5", ".npz", ".tar", ".distcp"].contains {
            name.hasSuffix($0)
        }
    }

    private static func parts(of path: String) -> [Substring] { path.split(separator: "/").filter { $0 != "." } }

    /// Whether two paths may name one file: one is the end of the other, as `out/a.pt` is of `/srv/out/a.pt`.
    private static func isSame(_ a: [Substring], _ b: [Substring]) -> Bool {
        let length = min(a.count, b.count)
        return length > 0 && a.suffix(length).elementsEqual(b.suffix(length))
    }
}
