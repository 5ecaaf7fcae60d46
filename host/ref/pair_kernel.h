/* SPDX-License-Identifier: Apache-2.0
 * The body of a pair kernel, included by pair_kernels.c once for each instruction set. The includer defines
 *   PAIR_NAME(x)             x with the instruction set's name behind it
 *   PAIR_TARGET              the attribute that allows the instruction set in a function
 *   PAIR_BYTES               bytes of a vector: 16, 32 or 64
 *   PAIR_MULHRS(a, b)        (a * b + 2^14) >> 15 of 16-bit lanes
 *   PAIR_LOOKUP(table, at)   bytes of a table of 16 bytes in memory, at places given by bytes
 *   PAIR_PACK(a, b)          16-bit lanes of a, then of b, as bytes
 *   PAIR_MULTIPLY(s, y, w)   s and the products of unsigned bytes y (at most 127) and signed bytes w, neighbours added
 *   PAIR_WIDEN(s)            such sums in 32-bit lanes
 *   PAIR_SUM4(a, b, c, d)    the sums over all lanes of four vectors of 32-bit lanes, as one vector of four
 *   PAIR_SELECT(mask, a, b)  a where mask is -1, b where it is 0
 * and this file undefines all of them. PAIR_MAX4 (signed), PAIR_MIN4 (unsigned), PAIR_LARGEST4 (the largest signed lane, in all
 * lanes) and PAIR_MASK4 (bit i: lane i of a mask is -1) are for four lanes of 32 bits, in all sets. */

/* The tables of currents: for each step and each table 8 values of 16 bits, sum_k (+-c'[k]) for the combinations of signs. If
 * there is one table only, its values are already d. */
static inline __attribute__((always_inline)) PAIR_TARGET void PAIR_NAME(make_tables)(const struct ref_pair_work *work,
                                                                                     const size_t tables, int16_t *table) {
    typedef int16_t eight __attribute__((vector_size(16)));
    const eight sign[PAIR_BITS] = {{1, -1, 1, -1, 1, -1, 1, -1}, {1, 1, -1, -1, 1, 1, -1, -1}, {1, 1, 1, 1, -1, -1, -1, -1}};
    const int16_t *c = work->projection;
    for (size_t t = 0; t < work->steps; t++, c += work->projection_stride)
        for (size_t i = 0; i < tables; i++, table += 8) {
            size_t first = i * PAIR_BITS, left = work->rank - first;
            eight sum = sign[0] * c[first];
            if (left > 1) sum += sign[1] * c[first + 1];
            if (left > 2) sum += sign[2] * c[first + 2];
            if (tables == 1) sum >>= 4;
            memcpy(table, &sum, sizeof sum);
        }
}

/* All steps of all neurons; y: spike counts of the two members. */
static inline __attribute__((always_inline)) PAIR_TARGET void PAIR_NAME(fire)(const struct ref_pair_work *work,
                                                                              const int16_t *table, const size_t tables,
                                                                              const bool hard, uint8_t *y) {
    typedef int16_t lanes __attribute__((vector_size(PAIR_BYTES)));
    typedef uint8_t bytes __attribute__((vector_size(PAIR_BYTES)));
    enum { LANES = PAIR_BYTES / 2 };
    const size_t stride = work->stride, steps = work->steps;
    const lanes factor = (lanes){0} + work->leak_factor, theta = (lanes){0} + work->theta, rest = (lanes){0} + work->rest;
    const lanes below = (lanes){0} + work->below;
    for (size_t n = 0; n < stride; n += 2 * LANES) { /* two vectors of neurons at a time hide the latency of a step */
        lanes kept[2][2], count[2][2] = {{{0}}};     /* [vector][member]; kept: rest - the membrane after reset and leak */
        bytes at[2][PAIR_TABLES];
        for (size_t i = 0; i < 4; i++) kept[i / 2][i % 2] = rest;
        for (size_t h = 0; h < 2; h++)
            for (size_t i = 0; i < tables; i++)
                memcpy(&at[h][i], work->places + i * 2 * stride + 2 * (n + h * LANES), sizeof at[h][i]);
        const int16_t *base = work->base + n, *now = table;
        for (size_t t = 0; t < steps; t++, base += stride, now += 8 * tables)
            for (size_t h = 0; h < 2; h++) {
                lanes b, d = (lanes)PAIR_LOOKUP(now, at[h][0]);
                memcpy(&b, base + h * LANES, sizeof b);
                if (tables == 2) d = (d + (lanes)PAIR_LOOKUP(now + 8, at[h][1])) >> 4;
                for (size_t minus = 0; minus < 2; minus++) {
                    lanes u = (minus ? b - d : b + d) - kept[h][minus], spike = u > below;
                    if (!hard) u -= theta & spike;
                    lanes leaked = (lanes)PAIR_MULHRS(u, factor);
                    kept[h][minus] = hard ? (lanes)PAIR_SELECT(spike, rest, leaked) : leaked;
                    count[h][minus] -= spike;
                }
            }
        for (size_t minus = 0; minus < 2; minus++) {
            bytes packed = (bytes)PAIR_PACK(count[0][minus], count[1][minus]);
            memcpy(y + minus * stride + n, &packed, sizeof packed);
        }
    }
}

/* sums[member][row] = sum_n y[n] * row[n], four rows and both members at a time. */
static inline __attribute__((always_inline)) PAIR_TARGET void PAIR_NAME(multiply)(const struct ref_pair_work *work,
                                                                                  const uint8_t *y,
                                                                                  int32_t sums[2][PAIR_ROWS_MAX]) {
    typedef uint8_t bytes __attribute__((vector_size(PAIR_BYTES)));
    typedef int16_t lanes __attribute__((vector_size(PAIR_BYTES)));
    typedef int32_t four __attribute__((vector_size(16)));
    const size_t stride = work->stride, flush = (size_t)32767 / (256 * work->steps) * PAIR_BYTES;
    for (size_t r = 0; r < work->row_count; r += 4) {
        const int8_t *const *row = work->rows + r;
        for (size_t n = 0, end; n < stride; n = end) {
            const bool first = n == 0;
            lanes sum[4][2] = {{{0}}};
            end = stride - n > flush ? n + flush : stride;
            for (size_t i = n; i < end; i += PAIR_BYTES) {
                bytes plus, minus, w;
                memcpy(&plus, y + i, sizeof plus);
                memcpy(&minus, y + stride + i, sizeof minus);
                for (size_t j = 0; j < 4; j++) {
                    memcpy(&w, row[j] + i, sizeof w);
                    sum[j][0] = (lanes)PAIR_MULTIPLY(sum[j][0], plus, w);
                    sum[j][1] = (lanes)PAIR_MULTIPLY(sum[j][1], minus, w);
                }
            }
            for (size_t m = 0; m < 2; m++) {
                four before = {0}, total = (four)PAIR_SUM4(PAIR_WIDEN(sum[0][m]), PAIR_WIDEN(sum[1][m]), PAIR_WIDEN(sum[2][m]),
                                                           PAIR_WIDEN(sum[3][m]));
                if (!first) memcpy(&before, &sums[m][r], sizeof before);
                total += before;
                memcpy(&sums[m][r], &total, sizeof total);
            }
        }
    }
}

/* Scores of both members from their sums, predicted classes, and scaled distances to the largest scores; vectors: of four classes.
 * They have 16 bytes for every instruction set: a processor passes on what it has just stored only to a load that is no wider. */
static inline __attribute__((always_inline)) PAIR_TARGET void PAIR_NAME(score)(const struct ref_pair_work *work,
                                                                               int32_t sums[2][PAIR_ROWS_MAX],
                                                                               const size_t vectors,
                                                                               struct ref_pair_member member[2]) {
    typedef int32_t four __attribute__((vector_size(16)));
    typedef uint32_t ufour __attribute__((vector_size(16)));
    const four scale = (four){0} + work->readout_scale;
    const ufour mul = (ufour){0} + work->fitness_mul;
    const uint32_t shift = work->fitness_shift;
    four absent[SR_CLASSES / 4], q[2][SR_CLASSES / 4] = {{{0}}};
    memcpy(absent, work->absent, sizeof absent);
    for (size_t k = 0; k < work->rank; k++)
        for (size_t i = 0; i < vectors; i++) {
            four entries;
            memcpy(&entries, work->class_entries + k * SR_CLASSES + 4 * i, sizeof entries);
            for (size_t m = 0; m < 2; m++) q[m][i] += entries * sums[m][work->classes + k];
        }
    for (size_t m = 0; m < 2; m++) {
        four score[SR_CLASSES / 4], largest = (four){0} + INT32_MIN;
        for (size_t i = 0; i < vectors; i++) {
            four moved = (q[m][i] * scale) >> 8;
            memcpy(&score[i], sums[m] + 4 * i, sizeof score[i]);
            score[i] = m ? score[i] - moved : score[i] + moved;
            score[i] = (score[i] & ~absent[i]) | (absent[i] & INT32_MIN);
            largest = (four)PAIR_MAX4(largest, score[i]);
            memcpy(member[m].score + 4 * i, &score[i], sizeof score[i]);
        }
        largest = (four)PAIR_LARGEST4(largest);
        uint32_t equal = 0; /* bit o: class o has the largest score */
        for (size_t i = 0; i < vectors; i++) {
            ufour distance = (((ufour)largest - (ufour)score[i]) * mul) >> shift;
            ufour cut = (ufour)PAIR_MIN4(distance | (ufour)absent[i], (ufour){0} + 511);
            equal |= (uint32_t)PAIR_MASK4(score[i] == largest) << 4 * i;
            memcpy(member[m].distance + 4 * i, &distance, sizeof distance);
            memcpy(member[m].distance_cut + 4 * i, &cut, sizeof cut);
        }
        member[m].predicted = (uint32_t)__builtin_ctz(equal);
    }
}

static PAIR_TARGET void PAIR_NAME(run)(const struct ref_pair_work *work, struct ref_pair_member member[2]) {
    int16_t table[PAIR_STEPS_MAX * PAIR_TABLES * 8];
    uint8_t y[2 * 4096];
    int32_t sums[2][PAIR_ROWS_MAX];
    if (work->rank <= PAIR_BITS) {
        PAIR_NAME(make_tables)(work, 1, table);
        if (work->hard)
            PAIR_NAME(fire)(work, table, 1, true, y);
        else
            PAIR_NAME(fire)(work, table, 1, false, y);
    } else {
        PAIR_NAME(make_tables)(work, 2, table);
        if (work->hard)
            PAIR_NAME(fire)(work, table, 2, true, y);
        else
            PAIR_NAME(fire)(work, table, 2, false, y);
    }
    PAIR_NAME(multiply)(work, y, sums);
    if (work->classes <= 12)
        PAIR_NAME(score)(work, sums, 3, member);
    else
        PAIR_NAME(score)(work, sums, 4, member);
}

#undef PAIR_NAME
#undef PAIR_TARGET
#undef PAIR_BYTES
#undef PAIR_MULHRS
#undef PAIR_LOOKUP
#undef PAIR_PACK
#undef PAIR_MULTIPLY
#undef PAIR_WIDEN
#undef PAIR_SUM4
#undef PAIR_SELECT
