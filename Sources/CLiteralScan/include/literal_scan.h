#ifndef LITERAL_SCAN_H
#define LITERAL_SCAN_H

#include <stddef.h>
#include <stdint.h>

/// Ways to look for windows. They give the same answer at different speeds.
typedef enum {
    LITERAL_SCAN_PORTABLE = 0,
    LITERAL_SCAN_AVX2 = 1,
} literal_scan_kernel;

/// The fastest way that this processor has.
literal_scan_kernel literal_scan_best_kernel(void);

/// The hash of a window: four bytes, the first one lowest, each with bit 5 set (which folds letters to lower case).
static inline uint32_t literal_scan_hash(uint32_t window) { return window * 0x9e3779b1u; }

/// Looks at the windows that start at every fourth byte of `bytes`, from `start` (a multiple of 4) on, and writes down
/// the places of those that `filter` knows: a Bloom filter of 2^filter_bits bits in which the word comes from the
/// hash's uppermost bits, and the two bits within it from bits 3-7 and 8-12.
///
/// Returns how many places were written, at most `capacity`, which must be at least 8. `*resume` is where to go on: at
/// least `count - 3` when all was looked at.
size_t literal_scan_windows(
    const uint8_t *bytes, size_t start, size_t count, const uint32_t *filter, uint32_t filter_bits,
    literal_scan_kernel kernel, uint32_t *places, size_t capacity, size_t *resume);

/// Counts the newlines in `bytes[start..<end]`, and sets `*has_special` when there may be bytes that a line has to be cleaned of: control
/// characters other than tab and carriage return, and what may be an escape sequence's end without its beginning.
size_t literal_scan_lines(
    const uint8_t *bytes, size_t start, size_t end, literal_scan_kernel kernel, int *has_special);

/// The place of the first such byte from `start` on, or `count`.
size_t literal_scan_next_special(const uint8_t *bytes, size_t start, size_t count);

#endif
