// The two loops that see every byte of every log. All else is Swift; these are C for the gather instruction and for
// code that is chosen when the program runs. docs/decisions.md has the measurements.
#include "literal_scan.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define FOLD 0x20202020u

literal_scan_kernel literal_scan_best_kernel(void) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) return LITERAL_SCAN_AVX2;
#endif
    return LITERAL_SCAN_PORTABLE;
}

static inline uint32_t window_at(const uint8_t *bytes) {
    uint32_t window;
    memcpy(&window, bytes, 4);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    window = __builtin_bswap32(window);
#endif
    return window | FOLD;
}

static inline uint32_t is_known(uint32_t window, const uint32_t *filter, uint32_t shift) {
    uint32_t hash = literal_scan_hash(window);
    uint32_t word = filter[hash >> shift];
    return (word >> ((hash >> 3) & 31)) & (word >> ((hash >> 8) & 31)) & 1;
}

static size_t windows_portable(
    const uint8_t *bytes, size_t start, size_t count, const uint32_t *filter, uint32_t shift, uint32_t *places,
    size_t capacity, size_t *resume) {
    size_t found = 0;
    size_t at = start;
    while (at + 16 <= count && found + 4 <= capacity) {
        uint32_t first = is_known(window_at(bytes + at), filter, shift);
        uint32_t second = is_known(window_at(bytes + at + 4), filter, shift);
        uint32_t third = is_known(window_at(bytes + at + 8), filter, shift);
        uint32_t fourth = is_known(window_at(bytes + at + 12), filter, shift);
        if (__builtin_expect(first | second | third | fourth, 0)) {
            if (first) places[found++] = (uint32_t)at;
            if (second) places[found++] = (uint32_t)at + 4;
            if (third) places[found++] = (uint32_t)at + 8;
            if (fourth) places[found++] = (uint32_t)at + 12;
        }
        at += 16;
    }
    while (at + 4 <= count && found < capacity) {
        if (is_known(window_at(bytes + at), filter, shift)) places[found++] = (uint32_t)at;
        at += 4;
    }
    *resume = at;
    return found;
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static size_t windows_avx2(
    const uint8_t *bytes, size_t start, size_t count, const uint32_t *filter, uint32_t shift, uint32_t *places,
    size_t capacity, size_t *resume) {
    const __m256i fold = _mm256_set1_epi8(0x20);
    const __m256i multiplier = _mm256_set1_epi32((int)0x9e3779b1u);
    const __m256i low = _mm256_set1_epi32(31);
    const __m128i word_shift = _mm_cvtsi32_si128((int)shift);
    size_t found = 0;
    size_t at = start;
    while (at + 32 <= count && found + 8 <= capacity) {
        __m256i windows = _mm256_or_si256(_mm256_loadu_si256((const __m256i *)(bytes + at)), fold);
        __m256i hash = _mm256_mullo_epi32(windows, multiplier);
        __m256i word = _mm256_i32gather_epi32((const int *)filter, _mm256_srl_epi32(hash, word_shift), 4);
        __m256i first = _mm256_srlv_epi32(word, _mm256_and_si256(_mm256_srli_epi32(hash, 3), low));
        __m256i second = _mm256_srlv_epi32(word, _mm256_and_si256(_mm256_srli_epi32(hash, 8), low));
        __m256i both = _mm256_slli_epi32(_mm256_and_si256(first, second), 31);
        unsigned known = (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(both));
        while (__builtin_expect(known != 0, 0)) {
            places[found++] = (uint32_t)at + 4 * (uint32_t)__builtin_ctz(known);
            known &= known - 1;
        }
        at += 32;
    }
    if (found + 8 > capacity) {
        *resume = at;
        return found;
    }
    return found + windows_portable(bytes, at, count, filter, shift, places + found, capacity - found, resume);
}
#endif

size_t literal_scan_windows(
    const uint8_t *bytes, size_t start, size_t count, const uint32_t *filter, uint32_t filter_bits,
    literal_scan_kernel kernel, uint32_t *places, size_t capacity, size_t *resume) {
    uint32_t shift = 32 - (filter_bits - 5);
#if defined(__x86_64__)
    if (kernel == LITERAL_SCAN_AVX2) {
        return windows_avx2(bytes, start, count, filter, shift, places, capacity, resume);
    }
#endif
    (void)kernel;
    return windows_portable(bytes, start, count, filter, shift, places, capacity, resume);
}

// What may have to be cleaned away. `before` is the byte to the left: "[31m" whose ESC was lost ends in a digit and m.
static inline uint8_t may_be_special(uint8_t byte, uint8_t before) {
    uint8_t control = (uint8_t)((byte < 0x20) & (byte != 0x0a) & (byte != 0x09) & (byte != 0x0d));
    uint8_t other = (uint8_t)((byte == 0x7f) | (byte == 0xc2));
    uint8_t colour = (uint8_t)((byte == 'm') & (((before >= '0') & (before <= ';')) | (before == '[')));
    return control | other | colour;
}

// Written for the compiler to vectorise: sums of a byte's width, taken out before they can overflow.
static inline __attribute__((always_inline)) size_t lines_in(
    const uint8_t *bytes, size_t start, size_t count, int *has_special) {
    size_t lines = 0;
    uint8_t special = 0;
    size_t at = start;
    if (at == 0 && count > 0) {
        lines += bytes[0] == 0x0a;
        special |= may_be_special(bytes[0], 0x0a);
        at = 1;
    }
    while (at < count) {
        size_t end = count - at > 32 * 255 ? at + 32 * 255 : count;
        size_t block = at;
        for (; block + 32 <= end; block += 32) {
            uint8_t sum = 0;
            for (size_t i = 0; i < 32; i++) {
                sum = (uint8_t)(sum + (bytes[block + i] == 0x0a));
                special |= may_be_special(bytes[block + i], bytes[block + i - 1]);
            }
            lines += sum;
        }
        for (; block < end; block++) {
            lines += bytes[block] == 0x0a;
            special |= may_be_special(bytes[block], bytes[block - 1]);
        }
        at = end;
    }
    *has_special |= special;
    return lines;
}

static size_t lines_portable(const uint8_t *bytes, size_t start, size_t end, int *has_special) {
    return lines_in(bytes, start, end, has_special);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static size_t lines_avx2(
    const uint8_t *bytes, size_t start, size_t count, int *has_special) {
    if (start >= count) return 0;
    const __m256i newline = _mm256_set1_epi8(0x0a);
    const __m256i space = _mm256_set1_epi8(0x1f);
    const __m256i tab = _mm256_set1_epi8(0x09);
    const __m256i carriage = _mm256_set1_epi8(0x0d);
    const __m256i del = _mm256_set1_epi8(0x7f);
    const __m256i lead = _mm256_set1_epi8((char)0xc2);
    const __m256i m = _mm256_set1_epi8('m');
    const __m256i bracket = _mm256_set1_epi8('[');
    const __m256i zero = _mm256_set1_epi8('0');
    const __m256i span = _mm256_set1_epi8(';' - '0');
    __m256i special = _mm256_setzero_si256();
    __m256i total = _mm256_setzero_si256();
    int scalar = may_be_special(bytes[start], start > 0 ? bytes[start - 1] : 0x0a);
    size_t lines = bytes[start] == 0x0a;
    size_t at = start + 1;
    while (at + 32 <= count) {
        size_t rounds = (count - at) / 32;
        if (rounds > 255) rounds = 255;
        __m256i sums = _mm256_setzero_si256();
        for (size_t round = 0; round < rounds; round++, at += 32) {
            __m256i now = _mm256_loadu_si256((const __m256i *)(bytes + at));
            __m256i before = _mm256_loadu_si256((const __m256i *)(bytes + at - 1));
            __m256i is_newline = _mm256_cmpeq_epi8(now, newline);
            sums = _mm256_sub_epi8(sums, is_newline);
            __m256i control = _mm256_cmpeq_epi8(_mm256_min_epu8(now, space), now);
            __m256i white = _mm256_or_si256(
                is_newline, _mm256_or_si256(_mm256_cmpeq_epi8(now, tab), _mm256_cmpeq_epi8(now, carriage)));
            __m256i past = _mm256_sub_epi8(before, zero);
            __m256i digit = _mm256_cmpeq_epi8(_mm256_min_epu8(past, span), past);
            __m256i colour = _mm256_and_si256(
                _mm256_cmpeq_epi8(now, m), _mm256_or_si256(digit, _mm256_cmpeq_epi8(before, bracket)));
            __m256i other = _mm256_or_si256(_mm256_cmpeq_epi8(now, del), _mm256_cmpeq_epi8(now, lead));
            special = _mm256_or_si256(
                special, _mm256_or_si256(_mm256_andnot_si256(white, control), _mm256_or_si256(colour, other)));
        }
        total = _mm256_add_epi64(total, _mm256_sad_epu8(sums, _mm256_setzero_si256()));
    }
    uint64_t parts[4];
    _mm256_storeu_si256((__m256i *)parts, total);
    lines += (size_t)(parts[0] + parts[1] + parts[2] + parts[3]);
    scalar |= !_mm256_testz_si256(special, special);
    for (; at < count; at++) {
        lines += bytes[at] == 0x0a;
        scalar |= may_be_special(bytes[at], bytes[at - 1]);
    }
    *has_special |= scalar;
    return lines;
}
#endif

size_t literal_scan_lines(
    const uint8_t *bytes, size_t start, size_t end, literal_scan_kernel kernel, int *has_special) {
#if defined(__x86_64__)
    if (kernel == LITERAL_SCAN_AVX2) return lines_avx2(bytes, start, end, has_special);
#endif
    (void)kernel;
    return lines_portable(bytes, start, end, has_special);
}

size_t literal_scan_next_special(const uint8_t *bytes, size_t start, size_t count) {
    size_t at = start;
    while (at < count) {
        // Groups without any are passed over at the loop's full speed.
        if (at > 0 && at + 64 <= count) {
            uint8_t any = 0;
            for (size_t i = 0; i < 64; i++) any |= may_be_special(bytes[at + i], bytes[at + i - 1]);
            if (!any) {
                at += 64;
                continue;
            }
        }
        size_t end = at + 64 < count ? at + 64 : count;
        for (; at < end; at++) {
            if (!may_be_special(bytes[at], at > 0 ? bytes[at - 1] : 0x0a)) continue;
            // U+0080 to U+009F are control characters; the rest behind 0xC2 are signs such as the no-break space.
            if (bytes[at] == 0xc2 && !(at + 1 < count && bytes[at + 1] >= 0x80 && bytes[at + 1] < 0xa0)) continue;
            return at;
        }
    }
    return count;
}
