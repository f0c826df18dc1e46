import Foundation
import Synchronization

/// A stretch of an input that consists of whole segments: it ends where a line or a segment of a line does.
public final class LogChunk: Sendable {
    /// Bytes of the input before the first of this chunk.
    public let position: Int
    /// Newlines that were passed over between the chunk before and this one, with the rest of a line beyond the limit.
    public let newlinesBefore: Int
    /// Whether the one segment that this chunk holds was longer than the limit, and its rest is missing.
    public let isCut: Bool
    private let count: Int
    // Written before `init` and never after, so threads may read it; given back to the pool when nobody does.
    nonisolated(unsafe) private let buffer: UnsafeMutableRawBufferPointer
    private let pool: BufferPool

    init(
        _ buffer: UnsafeMutableRawBufferPointer, of pool: BufferPool, count: Int, position: Int, newlinesBefore: Int,
        isCut: Bool
    ) {
        self.buffer = buffer
        self.pool = pool
        self.count = count
        self.position = position
        self.newlinesBefore = newlinesBefore
        self.isCut = isCut
    }

    /// The bytes, valid as long as the chunk is.
    public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: buffer[..<count]) }

    deinit { pool.give(buffer) }
}

/// Buffers of one size, used again: fresh ones cost a page fault for every four kilobytes.
final class BufferPool: Sendable {
    private struct Buffers: @unchecked Sendable {
        var free: [UnsafeMutableRawBufferPointer] = []
    }

    private let size: Int
    private let buffers = Mutex(Buffers())

    init(size: Int) {
        self.size = size
    }

    func take() -> UnsafeMutableRawBufferPointer {
        buffers.withLock { $0.free.popLast() } ?? .allocate(byteCount: size, alignment: 64)
    }

    func give(_ buffer: UnsafeMutableRawBufferPointer) {
        buffers.withLock { $0.free.append(buffer) }
    }

    deinit {
        buffers.withLock { $0.free.forEach { $0.deallocate() } }
    }
}
