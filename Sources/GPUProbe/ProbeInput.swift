#if os(Linux)
    import Glibc

    /// What came from the probe, until it is a whole line.
    struct ProbeInput: ~Copyable {
        enum Taken {
            case nothing
            /// Without its newline; valid until the next call.
            case line(UnsafeRawBufferPointer)
            /// The probe has closed its end.
            case ended
            /// What came is no line of JSON, or longer than one may be.
            case broken
        }

        private let bytes: UnsafeMutableRawBufferPointer
        private var filled = 0
        /// The bytes of the line that was given out.
        private var given = 0

        init(limit: Int) {
            bytes = .allocate(byteCount: limit, alignment: 1)
        }

        deinit { bytes.deallocate() }

        mutating func clear() {
            filled = 0
            given = 0
        }

        /// Reads what is there, and no more.
        mutating func take(from descriptor: Int32) -> Taken {
            forgetGiven()
            if let end = newline(from: 0) { return line(end) }
            while filled < bytes.count {
                let count = read(descriptor, bytes.baseAddress.map { $0 + filled }, bytes.count - filled)
                if count < 0 {
                    if errno == EINTR { continue }
                    return .nothing
                }
                if count == 0 { return .ended }
                let start = filled
                filled += count
                if let end = newline(from: start) { return line(end) }
            }
            return .broken
        }

        private mutating func forgetGiven() {
            guard given > 0, let start = bytes.baseAddress else { return }
            memmove(start, start + given, filled - given)
            filled -= given
            given = 0
        }

        private func newline(from start: Int) -> Int? {
            guard let base = bytes.baseAddress, let found = memchr(base + start, 0x0a, filled - start) else {
                return nil
            }
            return UnsafeRawPointer(found) - UnsafeRawPointer(base)
        }

        private mutating func line(_ end: Int) -> Taken {
            given = end + 1
            let line = UnsafeRawBufferPointer(rebasing: bytes[..<end])
            // It is written into the recording as it is, so it must not be able to break a line of it.
            guard line.first == UInt8(ascii: "{"), line.last == UInt8(ascii: "}"),
                line.allSatisfy({ $0 >= 0x20 && $0 < 0x7f })
            else { return .broken }
            return .line(line)
        }
    }
#endif
