/* SPDX-License-Identifier: Apache-2.0
 * Scores of both members of a pair on a sample, in one function for each instruction set. The general path of evaluate.c does the
 * same in passes over memory: d of every step and neuron is written and read back, membranes and counts are loaded and stored
 * at every step, and counts of 16 bits are multiplied with weights of 16. Here everything between the currents that come in and
 * the scores that go out stays in registers or in a few kilobytes of the first-level cache. pair_kernel.h is the walk:
 *
 * 1. A table of currents (make_tables). The entries of a neuron's factors are +1 or -1, so at a given step its d is one of 2^r
 *    values. Eight of them, 16 bytes, are computed for each step: rank 1, 2 and 3 cost the same. For ranks 4 to 6 a second
 *    table holds the part of the further indices, and the two values are added before the shift by 4.
 * 2. Neurons (fire). Each neuron's combination of signs is fixed for the generation: `places` holds the bytes of the table
 *    that it reads, so that one byte shuffle makes d for a vector of neurons. Both members share b and d. What is carried from
 *    one step to the next is the membrane after leak and reset, negated and moved by a constant, so that the leak is one rounding
 *    multiplication (plan_leak in pair.c). A hard reset selects by the mask of the spike, which a count also subtracts (a mask
 *    is -1). Two vectors of neurons go side by side through all steps: four chains that do not wait for each other. 5
 *    instructions a member, vector and step, and 3 that the members share.
 * 3. Counts become bytes, and are multiplied with rows of signed bytes (multiply): the classes, and the pair's own factors as
 *    further rows. Products of neighbours are summed in 16 bits, and in 32 before that could overflow.
 * 4. Scores, distances to the largest one, the predicted class, and the index into the table of exponentials (score), four
 *    classes at a time.
 *
 * All of it is exact where ref_pairs_hold and `served` in pair.c allow it, so the results are those of the general path bit for
 * bit; tests/test_ref.c forces each kernel by SPIKEROLL_REF (general, or a name at the end of this file) and compares.
 *
 * Measured (tests/bench_ref.c: 578-128-10, 10 steps, rank 1, all in turn on one core of an AMD EPYC with AVX2, with other work on
 * the machine): general path 2.76 million evaluations a second, sse41 3.55, avx2 5.45, update included. Against the revision before
 * there was any kernel, in 30 short runs each that alternated, avx2 is 2.19 times as fast (median), with
 * 2.03 times fewer instructions.
 * avx512 was not measured, nor has it run yet; neon has run under QEMU. Step 2 issues about 1,360 of the kernel's 2,260
 * instructions for a pair and sample: that is its bound, and wider vectors are the only way past it. */
#include <string.h>

#include "ref/pair.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define PAIR_MAX4(a, b) _mm_max_epi32((__m128i)(a), (__m128i)(b))
#define PAIR_MIN4(a, b) _mm_min_epu32((__m128i)(a), (__m128i)(b))
#define PAIR_MASK4(mask) _mm_movemask_ps((__m128)(mask))
#define PAIR_LARGEST4(v) largest4((__m128i)(v))
static inline __attribute__((target("sse4.1"))) __m128i largest4(__m128i v) {
    v = _mm_max_epi32(v, _mm_shuffle_epi32(v, 0x4e));
    return _mm_max_epi32(v, _mm_shuffle_epi32(v, 0xb1));
}
#define SUM4_128(a, b, c, d) _mm_hadd_epi32(_mm_hadd_epi32(a, b), _mm_hadd_epi32(c, d))

#define PAIR_NAME(x) x##_sse41
#define PAIR_TARGET __attribute__((target("sse4.1")))
#define PAIR_BYTES 16
#define PAIR_MULHRS(a, b) _mm_mulhrs_epi16((__m128i)(a), (__m128i)(b))
#define PAIR_LOOKUP(table, at) _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(const void *)(table)), (__m128i)(at))
#define PAIR_PACK(a, b) _mm_packus_epi16((__m128i)(a), (__m128i)(b))
#define PAIR_MULTIPLY(s, y, w) _mm_add_epi16((__m128i)(s), _mm_maddubs_epi16((__m128i)(y), (__m128i)(w)))
#define PAIR_WIDEN(s) _mm_madd_epi16((__m128i)(s), _mm_set1_epi16(1))
#define PAIR_SUM4(a, b, c, d) SUM4_128((__m128i)(a), (__m128i)(b), (__m128i)(c), (__m128i)(d))
#define PAIR_SELECT(mask, a, b) _mm_blendv_epi8((__m128i)(b), (__m128i)(a), (__m128i)(mask))
#include "ref/pair_kernel.h"

#define FOLD_256(v) _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1))

#define PAIR_NAME(x) x##_avx2
#define PAIR_TARGET __attribute__((target("avx2")))
#define PAIR_BYTES 32
#define PAIR_MULHRS(a, b) _mm256_mulhrs_epi16((__m256i)(a), (__m256i)(b))
#define PAIR_LOOKUP(table, at) \
    _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)(table))), (__m256i)(at))
#define PAIR_PACK(a, b) _mm256_permute4x64_epi64(_mm256_packus_epi16((__m256i)(a), (__m256i)(b)), 0xd8)
#define PAIR_MULTIPLY(s, y, w) _mm256_add_epi16((__m256i)(s), _mm256_maddubs_epi16((__m256i)(y), (__m256i)(w)))
#define PAIR_WIDEN(s) _mm256_madd_epi16((__m256i)(s), _mm256_set1_epi16(1))
#define PAIR_SUM4(a, b, c, d) \
    FOLD_256(_mm256_hadd_epi32(_mm256_hadd_epi32((__m256i)(a), (__m256i)(b)), _mm256_hadd_epi32((__m256i)(c), (__m256i)(d))))
#define PAIR_SELECT(mask, a, b) _mm256_blendv_epi8((__m256i)(b), (__m256i)(a), (__m256i)(mask))
#include "ref/pair_kernel.h"

#define FOLD_512(v) FOLD_256(_mm256_add_epi32(_mm512_castsi512_si256(v), _mm512_extracti64x4_epi64(v, 1)))

#define PAIR_NAME(x) x##_avx512
#define PAIR_TARGET __attribute__((target("avx2,avx512f,avx512bw,avx512vnni")))
#define PAIR_BYTES 64
#define PAIR_MULHRS(a, b) _mm512_mulhrs_epi16((__m512i)(a), (__m512i)(b))
#define PAIR_LOOKUP(table, at) \
    _mm512_shuffle_epi8(_mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)(const void *)(table))), (__m512i)(at))
#define PAIR_PACK(a, b) \
    _mm512_permutexvar_epi64(_mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7), _mm512_packus_epi16((__m512i)(a), (__m512i)(b)))
#define PAIR_MULTIPLY(s, y, w) _mm512_dpbusd_epi32((__m512i)(s), (__m512i)(y), (__m512i)(w))
#define PAIR_WIDEN(s) ((__m512i)(s))
#define PAIR_SUM4(a, b, c, d) \
    SUM4_128(FOLD_512((__m512i)(a)), FOLD_512((__m512i)(b)), FOLD_512((__m512i)(c)), FOLD_512((__m512i)(d)))
#define PAIR_SELECT(mask, a, b) _mm512_ternarylogic_epi64((__m512i)(mask), (__m512i)(a), (__m512i)(b), 0xca)
#include "ref/pair_kernel.h"

#elif defined(__aarch64__)
#include <arm_neon.h>

#define PAIR_MAX4(a, b) vmaxq_s32((int32x4_t)(a), (int32x4_t)(b))
#define PAIR_MIN4(a, b) vminq_u32((uint32x4_t)(a), (uint32x4_t)(b))
#define PAIR_LARGEST4(v) vdupq_n_s32(vmaxvq_s32((int32x4_t)(v)))
#define PAIR_MASK4(mask) vaddvq_u32(vandq_u32((uint32x4_t)(mask), (uint32x4_t){1, 2, 4, 8}))

#define PAIR_NAME(x) x##_neon
#define PAIR_TARGET
#define PAIR_BYTES 16
#define PAIR_MULHRS(a, b) vqrdmulhq_s16((int16x8_t)(a), (int16x8_t)(b))
#define PAIR_LOOKUP(table, at) vqtbl1q_u8(vld1q_u8((const uint8_t *)(table)), (uint8x16_t)(at))
#define PAIR_PACK(a, b) vuzp1q_u8((uint8x16_t)(a), (uint8x16_t)(b))
#define PAIR_MULTIPLY(s, y, w)                                                                                        \
    vmlal_high_s8(vmlal_s8((int16x8_t)(s), vget_low_s8((int8x16_t)(y)), vget_low_s8((int8x16_t)(w))), (int8x16_t)(y), \
                  (int8x16_t)(w))
#define PAIR_WIDEN(s) vpaddlq_s16((int16x8_t)(s))
#define PAIR_SUM4(a, b, c, d) vpaddq_s32(vpaddq_s32((int32x4_t)(a), (int32x4_t)(b)), vpaddq_s32((int32x4_t)(c), (int32x4_t)(d)))
#define PAIR_SELECT(mask, a, b) vbslq_s16((uint16x8_t)(mask), (int16x8_t)(a), (int16x8_t)(b))
#include "ref/pair_kernel.h"
#endif

const struct ref_pair_kernel *ref_pair_kernel(size_t i) {
#if defined(__x86_64__)
    static const struct ref_pair_kernel kernels[] = {{"avx512", run_avx512}, {"avx2", run_avx2}, {"sse41", run_sse41}};
    const bool runs[] = {__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vnni"),
                         __builtin_cpu_supports("avx2"), __builtin_cpu_supports("sse4.1")};
    for (size_t k = 0; k < sizeof kernels / sizeof kernels[0]; k++)
        if (runs[k] && i-- == 0) return &kernels[k];
#elif defined(__aarch64__)
    static const struct ref_pair_kernel kernel = {"neon", run_neon};
    if (i == 0) return &kernel;
#else
    (void)i;
#endif
    return NULL;
}
