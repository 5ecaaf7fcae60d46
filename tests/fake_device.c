/* SPDX-License-Identifier: Apache-2.0
 * See fake_device.h. More than 400 lines, because it is a whole device: packets, registers, memories, runs, and the ways to be broken. */
#include "fake_device.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "link/dense.h"
#include "link/packet.h"
#include "map/sr_map.h"

enum { MEMORIES = 8, QUEUE = 1 << 17 };
enum state { HUNT, SYNC, HEAD, PAYLOAD, CHECK };

struct fake {
    struct fake_setup setup;
    struct fake_seen seen;
    struct sr_device *ref;
    uint32_t registers[0x80];
    uint8_t *memory[MEMORIES];
    uint32_t depth[MEMORIES], size[MEMORIES];
    enum state state;
    uint32_t at, length;
    uint8_t packet[4 + 65536 + 4]; /* op, seq, length, payload, CRC */
    uint8_t queue[QUEUE], answer[65536];
    size_t queued;
    bool run_known, waiting, epoch;
    uint8_t run_seq, run_code, wait_seq;
    uint32_t busy, cycles, written, waited_ms, random, next_id;
};

static uint32_t draw(struct fake *fake, uint32_t below) {
    fake->random = fake->random * 1664525u + 1013904223u;
    return (uint32_t)((uint64_t)fake->random * below >> 32);
}

static uint32_t u32(const uint8_t *bytes) {
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static void put(uint8_t *bytes, uint32_t value) {
    for (unsigned i = 0; i < 4; i++) bytes[i] = (uint8_t)(value >> (8 * i));
}

void fake_defaults(struct fake_setup *setup) {
    memset(setup, 0, sizeof *setup);
    uint32_t *id = setup->id;
    id[SR_REG_MAGIC] = SR_MAGIC_VALUE, id[SR_REG_PROTOCOL] = SR_PROTOCOL_VALUE, id[SR_REG_MAP_HASH] = SR_MAP_HASH;
    id[SR_REG_LANES] = 4, id[SR_REG_RANK_LANES] = 2, id[SR_REG_PROJ_UNITS] = 4, id[SR_REG_SAMPLE_W] = 16, id[SR_REG_FRAC_W] = 8;
    id[SR_REG_BUFFERS] = 1, id[SR_REG_INPUTS_MAX] = 1024, id[SR_REG_HIDDEN_MAX] = 256, id[SR_REG_CLASSES_MAX] = 16;
    id[SR_REG_STEPS_MAX] = 64, id[SR_REG_RANK_MAX] = 32, id[SR_REG_PAIRS_MAX] = 64, id[SR_REG_SAMPLE_WORDS] = 4096;
    id[SR_REG_WEIGHT_WORDS] = 65536, id[SR_REG_RWEIGHT_WORDS] = 1024, id[SR_REG_BATCH_MAX] = 64, id[SR_REG_SCORE_WORDS] = 256;
    id[SR_REG_PACKET_MAX] = 256, id[SR_REG_FACTORS] = 2048, id[SR_REG_ROW_WORDS] = 64;
    id[SR_REG_MODES] = SR_MODES_ALL;
    setup->seed = 1;
}

#define REG(name) (fake->registers[SR_REG_##name])

/* ---- runs: registers and memories to a call of engine ref ---- */

static uint8_t *word_at(struct fake *fake, unsigned memory, uint32_t word) {
    return fake->memory[memory] + (size_t)word * fake->size[memory];
}

static void read_net(const struct fake *fake, struct sr_net *net) {
    memset(net, 0, sizeof *net);
    net->layers = 1, net->inputs = REG(ROWS0), net->classes = REG(CLASSES), net->steps = REG(STEPS);
    net->hidden[0] = REG(COLS0), net->theta[0] = REG(THETA0), net->leak[0] = REG(LEAK0);
    net->reset = REG(RESET_KIND) ? SR_RESET_SUBTRACT : SR_RESET_HARD;
}

/* Weights of a layer between memory and ref; reading back leaves other values in the padding columns and words. */
static bool move_weights(struct fake *fake, const struct sr_net *net, unsigned layer, bool to_ref) {
    uint32_t rows = sr_net_rows(net, layer), cols = sr_net_cols(net, layer), lanes = fake->setup.id[SR_REG_LANES];
    uint32_t stride = fake->setup.id[SR_REG_ROW_WORDS];
    unsigned memory = layer == SR_READOUT_LAYER ? SR_MEM_RWEIGHT : SR_MEM_WEIGHT;
    int16_t *master = calloc((size_t)rows * cols, sizeof *master);
    bool ok = master && (to_ref || sr_device_read_weights(fake->ref, layer, master) == SR_OK);
    for (uint32_t j = 0; j < rows && ok; j++)
        for (uint32_t n = 0; n < stride * lanes; n++) {
            uint8_t *at = word_at(fake, memory, j * stride + n / lanes) + 2 * (size_t)(n % lanes);
            if (to_ref && n < cols) master[(size_t)j * cols + n] = (int16_t)(at[0] | at[1] << 8);
            if (!to_ref) {
                uint16_t value = n < cols ? (uint16_t)master[(size_t)j * cols + n] : (uint16_t)(0x5A00 + n);
                at[0] = (uint8_t)value, at[1] = (uint8_t)(value >> 8);
            }
        }
    if (ok && to_ref) ok = sr_device_write_weights(fake->ref, layer, master) == SR_OK;
    free(master);
    return ok;
}

static bool move_all_weights(struct fake *fake, const struct sr_net *net, bool to_ref) {
    for (unsigned l = 0; l < net->layers; l++)
        if (!move_weights(fake, net, l, to_ref)) return false;
    return move_weights(fake, net, SR_READOUT_LAYER, to_ref);
}

static void read_noise(const struct fake *fake, struct sr_noise *noise) {
    noise->key = REG(KEY_LO) | (uint64_t)REG(KEY_HI) << 32;
    noise->pairs = REG(PAIRS), noise->rank = REG(RANK);
    noise->mode = REG(MODE) & 1 ? SR_MODE_FULL : SR_MODE_LOWRANK;
    noise->readout_mode = REG(MODE) & 2 ? SR_MODE_FULL : SR_MODE_LOWRANK;
    noise->dist = REG(MODE) & 4 ? SR_DIST_BELL : SR_DIST_SIGN;
}

static uint8_t noise_limit(const struct fake *fake, uint32_t pairs) {
    const uint32_t *id = fake->setup.id;
    if ((REG(MODE) & 3 && !(id[SR_REG_MODES] & 1)) || (REG(MODE) & 4 && !(id[SR_REG_MODES] & 2))) return SR_REPLY_LIMIT_MODE;
    return pairs * REG(RANK) > id[SR_REG_FACTORS] ? SR_REPLY_LIMIT_FACTORS : SR_REPLY_OK;
}

struct samples {
    struct sr_batch batch;
    uint32_t *ids;
    uint64_t **bits;
    uint8_t *labels;
};

static void free_samples(struct samples *s) {
    for (uint32_t b = 0; b < s->batch.count && s->bits; b++) free(s->bits[b]);
    free(s->ids), free(s->bits), free(s->labels);
}

static bool read_samples(struct fake *fake, const struct sr_net *net, struct samples *s) {
    uint32_t width = fake->setup.id[SR_REG_SAMPLE_W], words = sr_net_step_words(net),
             stride = (net->inputs + width - 1) / width;
    memset(s, 0, sizeof *s);
    s->batch.count = REG(BATCH);
    s->ids = calloc(s->batch.count, sizeof *s->ids);
    s->bits = calloc(s->batch.count, sizeof *s->bits);
    s->labels = calloc(s->batch.count, 1);
    if (!s->ids || !s->bits || !s->labels) return false;
    s->batch.ids = s->ids, s->batch.bits = (const uint64_t *const *)s->bits, s->batch.labels = s->labels;
    for (uint32_t b = 0; b < s->batch.count; b++) {
        uint32_t entry = u32(word_at(fake, SR_MEM_BATCH, b));
        s->ids[b] = fake->next_id++;
        s->labels[b] = (uint8_t)(entry >> 28);
        if (!(s->bits[b] = calloc((size_t)net->steps * words, sizeof **s->bits))) return false;
        for (uint32_t t = 0; t < net->steps; t++)
            for (uint32_t j = 0; j < net->inputs; j++) {
                uint32_t word = (entry & 0x0FFFFFFF) + t * stride + j / width;
                if (word >= fake->depth[SR_MEM_SAMPLE]) return false;
                uint64_t bit = word_at(fake, SR_MEM_SAMPLE, word)[j % width / 8] >> (j % 8) & 1;
                s->bits[b][t * words + j / 64] |= bit << (j % 64);
            }
    }
    return true;
}

static uint8_t evaluate(struct fake *fake, struct samples *s, bool accumulate) {
    const uint32_t *id = fake->setup.id;
    uint8_t code;
    uint32_t pairs = REG(PAIR_COUNT);
    if (!pairs || pairs > id[SR_REG_PAIRS_MAX]) return SR_REPLY_LIMIT_PAIRS;
    if ((code = noise_limit(fake, pairs))) return code;
    struct sr_evaluation e = {.pair_first = REG(PAIR_FIRST), .pair_count = pairs};
    read_noise(fake, &e.noise);
    e.scale[0] = REG(SCALE0), e.scale[SR_READOUT_LAYER] = REG(SCALE3);
    uint32_t kind = REG(FITNESS);
    e.fitness = (kind & 3) == 0 ? SR_FITNESS_CORRECT : (kind & 3) == 1 ? SR_FITNESS_MARGIN : SR_FITNESS_LOGSOFTMAX;
    e.fitness_mul = kind >> 2 & 15, e.fitness_shift = kind >> 6 & 31;
    int32_t *fitness = calloc(2 * (size_t)pairs, sizeof *fitness);
    uint32_t *correct = calloc(2 * (size_t)pairs, sizeof *correct);
    bool ok = fitness && correct && sr_device_evaluate(fake->ref, &e, &s->batch, fitness, correct) == SR_OK;
    for (uint32_t m = 0; m < 2 * pairs && ok; m++) {
        uint8_t *f = word_at(fake, SR_MEM_FITNESS, m), *c = word_at(fake, SR_MEM_CORRECT, m);
        uint32_t before = accumulate ? (uint32_t)c[0] | (uint32_t)c[1] << 8 : 0;
        put(f, (accumulate ? u32(f) : 0) + (uint32_t)fitness[m]);
        c[0] = (uint8_t)(before + correct[m]), c[1] = (uint8_t)((before + correct[m]) >> 8);
    }
    free(fitness), free(correct);
    fake->seen.evaluations++;
    return ok ? SR_REPLY_OK : SR_REPLY_LIMIT_BATCH;
}

static uint8_t infer(struct fake *fake, const struct sr_net *net, struct samples *s) {
    uint32_t count = s->batch.count, each = net->classes + 1;
    if (count * each > fake->depth[SR_MEM_SCORE]) return SR_REPLY_LIMIT_SCORE;
    int32_t *scores = calloc((size_t)count * net->classes, sizeof *scores);
    uint8_t *predicted = calloc(count, 1);
    bool ok = scores && predicted && sr_device_infer(fake->ref, &s->batch, scores, predicted) == SR_OK;
    for (uint32_t b = 0; b < count && ok; b++) {
        for (uint32_t o = 0; o < net->classes; o++)
            put(word_at(fake, SR_MEM_SCORE, b * each + o), (uint32_t)scores[b * net->classes + o]);
        put(word_at(fake, SR_MEM_SCORE, b * each + net->classes), predicted[b]);
    }
    free(scores), free(predicted);
    memset(fake->memory[SR_MEM_FITNESS], 0xEE, (size_t)fake->depth[SR_MEM_FITNESS] * 4); /* nobody promised to keep it */
    return ok ? SR_REPLY_OK : SR_REPLY_LIMIT_BATCH;
}

static uint8_t learn(struct fake *fake, const struct sr_net *net, struct samples *s) {
    uint32_t count = s->batch.count, kind = REG(FITNESS);
    if (!(fake->setup.id[SR_REG_MODES] & 4)) return SR_REPLY_LIMIT_MODE;
    struct sr_learning l = {.key = (uint64_t)REG(KEY_HI) << 32 | REG(KEY_LO),
                            .first = REG(PLACE),
                            .pairs = REG(PAIRS),
                            .sigma = {REG(SCALE0)},
                            .factor = {REG(STEP0), 0, 0, REG(STEP3)},
                            .error_mul = kind >> 2 & 15,
                            .error_shift = kind >> 6 & 31};
    if (!l.pairs || l.pairs > fake->setup.id[SR_REG_PAIRS_MAX]) return SR_REPLY_LIMIT_PAIRS;
    int32_t *fitness = calloc(count, sizeof *fitness);
    uint8_t *correct = calloc(count, 1);
    bool ok = fitness && correct && sr_device_learn(fake->ref, &l, &s->batch, fitness, correct) == SR_OK;
    for (uint32_t b = 0; b < count && ok; b++) {
        uint8_t *c = word_at(fake, SR_MEM_CORRECT, b);
        put(word_at(fake, SR_MEM_FITNESS, b), (uint32_t)fitness[b]);
        c[0] = correct[b], c[1] = 0;
    }
    free(fitness), free(correct);
    if (!ok) return SR_REPLY_LIMIT_BATCH;
    return move_all_weights(fake, net, false) ? SR_REPLY_OK : SR_REPLY_LIMIT_COLS;
}

static uint8_t update(struct fake *fake, const struct sr_net *net, bool shape) {
    struct sr_update u = {.credit = (const int8_t *)fake->memory[SR_MEM_CREDIT]};
    read_noise(fake, &u.noise);
    uint8_t code = noise_limit(fake, u.noise.pairs);
    if (code) return code;
    if (shape && (REG(PAIR_FIRST) || REG(PAIR_COUNT) != REG(PAIRS))) return SR_REPLY_LIMIT_PAIRS;
    for (uint32_t p = 0; p < u.noise.pairs && shape; p++) {
        int32_t plus = (int32_t)u32(word_at(fake, SR_MEM_FITNESS, 2 * p));
        int32_t minus = (int32_t)u32(word_at(fake, SR_MEM_FITNESS, 2 * p + 1));
        fake->memory[SR_MEM_CREDIT][p] = (uint8_t)(int8_t)((plus > minus) - (plus < minus));
    }
    u.step[0] = REG(STEP0) & 65535, u.doublings[0] = REG(STEP0) >> 16 & 15;
    u.step[SR_READOUT_LAYER] = REG(STEP3) & 65535, u.doublings[SR_READOUT_LAYER] = REG(STEP3) >> 16 & 15;
    fake->seen.updates++;
    if (sr_device_update(fake->ref, &u) != SR_OK) return SR_REPLY_LIMIT_PAIRS;
    return move_all_weights(fake, net, false) ? SR_REPLY_OK : SR_REPLY_LIMIT_COLS;
}

static uint8_t run(struct fake *fake, uint8_t flags) {
    struct sr_net net;
    fake->seen.runs++;
    uint8_t code = SR_REPLY_OK;
    read_net(fake, &net);
    if (sr_device_configure(fake->ref, &net) != SR_OK) return SR_REPLY_LIMIT_COLS;
    if (!move_all_weights(fake, &net, true)) return SR_REPLY_LIMIT_COLS;
    if (flags & (SR_RUN_EVALUATE | SR_RUN_INFER | SR_RUN_LEARN)) {
        struct samples s;
        if (!REG(BATCH) || REG(BATCH) > fake->depth[SR_MEM_BATCH]) return SR_REPLY_LIMIT_BATCH;
        if (!read_samples(fake, &net, &s))
            code = SR_REPLY_LIMIT_BATCH;
        else if (flags & SR_RUN_LEARN)
            code = learn(fake, &net, &s);
        else if (flags & SR_RUN_INFER)
            code = infer(fake, &net, &s);
        else
            code = evaluate(fake, &s, (flags & SR_RUN_ACCUMULATE) != 0);
        free_samples(&s);
    }
    if (!code && flags & SR_RUN_UPDATE) code = update(fake, &net, (flags & SR_RUN_SHAPE) != 0);
    for (unsigned i = 0; i < 7; i++) fake->registers[SR_REG_CYC_TOTAL + i] = 100 + i;
    return code;
}

/* ---- the link ---- */

static void reply(struct fake *fake, uint8_t op, uint8_t seq, uint8_t status, const uint8_t *payload, size_t count) {
    if (fake->setup.mute || fake->queued + count + SR_PACKET_FRAME > QUEUE) return;
    uint8_t *at = fake->queue + fake->queued;
    at[0] = 0x5A, at[1] = 0xA5, at[2] = op, at[3] = seq, at[4] = status, at[5] = (uint8_t)count, at[6] = (uint8_t)(count >> 8);
    if (count) memcpy(at + 7, payload, count);
    put(at + 7 + count, sr_crc32(at + 2, count + 5));
    fake->queued += count + SR_PACKET_FRAME;
}

static uint8_t memory_request(struct fake *fake, uint8_t op, const uint8_t *payload, uint32_t count, uint8_t *answer,
                              size_t *length) {
    if (op == SR_OP_READ_MEM ? count != 7 : count < 6) return SR_REPLY_BAD_LENGTH;
    if (payload[0] >= MEMORIES) return SR_REPLY_BAD_ADDRESS;
    unsigned memory = payload[0];
    uint32_t first = u32(payload + 1), size = fake->size[memory], words;
    words = op == SR_OP_READ_MEM ? (uint32_t)payload[5] | (uint32_t)payload[6] << 8 : (count - 5) / size;
    if (op == SR_OP_READ_MEM ? words * size > fake->setup.id[SR_REG_PACKET_MAX] : (count - 5) % size != 0)
        return SR_REPLY_BAD_LENGTH;
    if (fake->busy) return SR_REPLY_BUSY;
    if ((uint64_t)first + words > fake->depth[memory]) return SR_REPLY_BAD_ADDRESS;
    if (op == SR_OP_READ_MEM) {
        *length = (size_t)words * size;
        memcpy(answer, word_at(fake, memory, first), *length);
        uint32_t lied = fake->setup.word_lied - first;
        if (fake->setup.lie_memory && fake->setup.memory_lied == memory && fake->setup.word_lied >= first && lied < words)
            for (uint32_t i = 0; i < size; i++) answer[lied * size + i] = (uint8_t)(fake->setup.lie >> (8 * (i % 4)));
        return SR_REPLY_OK;
    }
    if (memory > SR_MEM_CREDIT) return SR_REPLY_BAD_ADDRESS;
    memcpy(word_at(fake, memory, first), payload + 5, (size_t)words * size);
    if (memory == SR_MEM_SAMPLE) fake->seen.sample_words += words;
    if (memory == SR_MEM_BATCH) fake->seen.batch_words += words;
    if (memory == SR_MEM_CREDIT) fake->seen.credit_words += words;
    return SR_REPLY_OK;
}

static uint8_t dense_request(struct fake *fake, const uint8_t *payload, uint32_t count) {
    static uint8_t words[5 + 65536];
    size_t decoded, most = (size_t)fake->setup.id[SR_REG_PACKET_MAX] * fake->size[SR_MEM_SAMPLE];
    if (!(fake->setup.id[SR_REG_MODES] & SR_MODES_DENSE)) return SR_REPLY_BAD_OP;
    if (count < 6 || most > sizeof words - 5 || !sr_dense_decode(payload + 5, count - 5, words + 5, most, &decoded))
        return SR_REPLY_BAD_LENGTH;
    if (payload[0] != SR_MEM_SAMPLE) return SR_REPLY_BAD_ADDRESS;
    memcpy(words, payload, 5);
    fake->seen.dense_bytes += count - 5;
    return memory_request(fake, SR_OP_WRITE_MEM, words, (uint32_t)decoded + 5, NULL, NULL);
}

static uint8_t register_request(struct fake *fake, uint8_t op, const uint8_t *payload, uint32_t count, uint8_t *answer,
                                size_t *length) {
    if (op == SR_OP_READ_REG) {
        if (count != 2 || payload[1] * 4u > fake->setup.id[SR_REG_PACKET_MAX]) return SR_REPLY_BAD_LENGTH;
        if (payload[0] + payload[1] > 0x80) return SR_REPLY_BAD_ADDRESS;
        fake->registers[SR_REG_STATUS] = (uint32_t)fake->run_code << 8 | (fake->epoch ? 2u : 0) | (fake->busy != 0);
        for (unsigned i = 0; i < payload[1]; i++) put(answer + 4 * i, fake->registers[payload[0] + i]);
        if (fake->busy && payload[0] <= SR_REG_CYC_TOTAL && payload[0] + payload[1] > SR_REG_CYC_TOTAL) {
            if (!fake->setup.still) fake->cycles += fake->setup.stuck ? 40000000 : 1000; /* two seconds at 20 MHz */
            put(answer + 4 * (SR_REG_CYC_TOTAL - payload[0]), fake->cycles);
        }
        if (fake->setup.lie_register && fake->setup.register_lied - payload[0] < payload[1] &&
            fake->setup.register_lied >= payload[0])
            put(answer + 4 * (fake->setup.register_lied - payload[0]), fake->setup.lie);
        *length = 4u * payload[1];
        return SR_REPLY_OK;
    }
    uint32_t words = (count - 1) / 4;
    if (count < 5 || (count - 1) % 4) return SR_REPLY_BAD_LENGTH;
    if (fake->busy) return SR_REPLY_BUSY;
    if (payload[0] < 0x40 || payload[0] + words > 0x80) return SR_REPLY_BAD_ADDRESS;
    for (uint32_t i = 0; i < words; i++) fake->registers[payload[0] + i] = u32(payload + 1 + 4 * i);
    if (payload[0] + words > SR_REG_EPOCH) fake->epoch = true;
    fake->seen.register_writes += words;
    return SR_REPLY_OK;
}

static void obey(struct fake *fake) {
    uint8_t op = fake->packet[0], seq = fake->packet[1], status = SR_REPLY_BAD_OP;
    const uint8_t *payload = fake->packet + 4;
    uint8_t *answer = fake->answer;
    size_t length = 0;
    fake->waiting = false;
    if (op == SR_OP_IDENTIFY) {
        status = fake->length ? SR_REPLY_BAD_LENGTH : SR_REPLY_OK;
        length = status ? 0 : 4 * SR_ID_REGS;
        for (unsigned i = 0; i < SR_ID_REGS; i++) put(answer + 4 * i, fake->setup.id[i]);
    } else if (op == SR_OP_READ_REG || op == SR_OP_WRITE_REG) {
        status = register_request(fake, op, payload, fake->length, answer, &length);
    } else if (op == SR_OP_READ_MEM || op == SR_OP_WRITE_MEM) {
        status = memory_request(fake, op, payload, fake->length, answer, &length);
    } else if (op == SR_OP_WRITE_DENSE) {
        status = dense_request(fake, payload, fake->length);
    } else if (op == SR_OP_RUN) {
        status = SR_REPLY_OK;
        if (fake->length != 1) {
            status = SR_REPLY_BAD_LENGTH;
        } else if (!fake->run_known || seq != fake->run_seq) {
            if (fake->busy) {
                status = SR_REPLY_BUSY;
            } else {
                fake->run_known = true;
                fake->run_seq = seq;
                if (payload[0]) {
                    fake->run_code = run(fake, payload[0]);
                    fake->busy = fake->setup.run_reads;
                    if (fake->setup.stuck || fake->setup.still) fake->busy = UINT32_MAX;
                    fake->cycles = 0;
                    if (fake->setup.resets && --fake->setup.resets == 0) fake_reset(fake);
                }
                if (fake->setup.lose_run) return;
            }
        }
    } else if (op == SR_OP_ABORT || op == SR_OP_RESET) {
        status = fake->length ? SR_REPLY_BAD_LENGTH : SR_REPLY_OK;
        if (!status && op == SR_OP_RESET) fake_reset(fake);
        if (!status && fake->busy && !fake->setup.stuck && !fake->setup.still) {
            fake->busy = 0;
            fake->run_code = SR_REPLY_ABORTED;
        }
    } else if (op == SR_OP_WAIT) {
        status = fake->run_code;
        if (fake->busy) {
            fake->waiting = true;
            fake->wait_seq = seq;
            return;
        }
    }
    reply(fake, op, seq, status, answer, status ? 0 : length);
}

static void receive(struct fake *fake, uint8_t byte) {
    switch (fake->state) {
        case HUNT:
            if (byte == 0xA5) fake->state = SYNC;
            break;
        case SYNC:
            fake->state = byte == 0x5A ? HEAD : byte == 0xA5 ? SYNC : HUNT;
            fake->at = 0;
            break;
        case HEAD:
            fake->packet[fake->at++] = byte;
            if (fake->at < 4) break;
            fake->length = (uint32_t)fake->packet[2] | (uint32_t)fake->packet[3] << 8;
            fake->state = fake->length ? PAYLOAD : CHECK;
            if (fake->length > fake->setup.id[SR_REG_PACKET_MAX]) {
                fake->waiting = false;
                fake->state = HUNT;
                reply(fake, fake->packet[0], fake->packet[1], SR_REPLY_BAD_LENGTH, NULL, 0);
            }
            break;
        case PAYLOAD:
            fake->packet[fake->at++] = byte;
            if (fake->at == fake->length + 4) fake->state = CHECK;
            break;
        case CHECK:
            fake->packet[fake->at++] = byte;
            if (fake->at < fake->length + 8) break;
            fake->state = HUNT;
            if (u32(fake->packet + fake->length + 4) == sr_crc32(fake->packet, fake->length + 4)) {
                obey(fake);
            } else {
                fake->waiting = false;
                reply(fake, fake->packet[0], fake->packet[1], SR_REPLY_BAD_CRC, NULL, 0);
            }
    }
}

/* ---- the line ---- */

/* false: the byte is lost */
static bool line(struct fake *fake, uint8_t *byte) {
    if (!fake->setup.fault || draw(fake, fake->setup.fault)) return true;
    fake->seen.faults++;
    if (draw(fake, 2)) return false;
    *byte ^= (uint8_t)(1u << draw(fake, 8));
    return true;
}

static long fake_write(void *context, const uint8_t *bytes, size_t count) {
    struct fake *fake = context;
    fake->waited_ms = 0;
    size_t some = count > 3 ? count - draw(fake, 3) : count; /* a port may take less than it is given */
    for (size_t i = 0; i < some; i++) {
        uint8_t byte = bytes[i];
        if (fake->setup.dies_after && ++fake->written > fake->setup.dies_after) return -1;
        if (line(fake, &byte)) receive(fake, byte);
    }
    return (long)some;
}

static long fake_read(void *context, uint8_t *bytes, size_t size, unsigned timeout_ms) {
    struct fake *fake = context;
    if (fake->setup.dies_after && fake->written > fake->setup.dies_after) return -1;
    if (fake->setup.drip) {
        *bytes = (uint8_t)fake->setup.drip;
        return 1;
    }
    if (fake->busy && fake->busy != UINT32_MAX && --fake->busy == 0 && fake->waiting) {
        fake->waiting = false;
        reply(fake, SR_OP_WAIT, fake->wait_seq, fake->run_code, NULL, 0);
    }
    if (fake->waited_ms < fake->setup.late_ms) {
        fake->waited_ms += timeout_ms;
        return 0;
    }
    if (fake->setup.delay && draw(fake, fake->setup.delay) == 0) {
        fake->seen.delays++;
        return 0;
    }
    size_t most = fake->queued < size ? fake->queued : size, taken = 0, got = 0;
    if (most > 1) most = 1 + draw(fake, (uint32_t)most);
    for (; taken < most; taken++) {
        uint8_t byte = fake->queue[taken];
        if (line(fake, &byte)) bytes[got++] = byte;
    }
    fake->queued -= taken;
    memmove(fake->queue, fake->queue + taken, fake->queued);
    return (long)got;
}

static void fake_hang_up(void *context) { (void)context; }

struct fake *fake_open(const struct fake_setup *setup, struct sr_transport *transport) {
    struct fake *fake = calloc(1, sizeof *fake);
    if (!fake) abort();
    const uint32_t *id = setup->id;
    fake->setup = *setup;
    fake->random = setup->seed * 2654435761u + 1;
    fake->run_known = setup->ran;
    fake->run_seq = setup->run_seq;
    fake->run_code = setup->ran ? SR_REPLY_OK : SR_REPLY_NO_RUN;
    memcpy(fake->registers, id, sizeof setup->id);
    const uint32_t pairs = id[SR_REG_PAIRS_MAX], lanes = id[SR_REG_LANES];
    const uint32_t size[MEMORIES] = {id[SR_REG_SAMPLE_W] / 8, 4, 2 * lanes, 2 * lanes, 1, 4, 2, 4};
    const uint32_t depth[MEMORIES] = {id[SR_REG_SAMPLE_WORDS],
                                      id[SR_REG_BATCH_MAX],
                                      id[SR_REG_WEIGHT_WORDS],
                                      id[SR_REG_RWEIGHT_WORDS],
                                      pairs,
                                      2 * pairs,
                                      2 * pairs,
                                      id[SR_REG_SCORE_WORDS]};
    for (unsigned m = 0; m < MEMORIES; m++) {
        fake->size[m] = size[m], fake->depth[m] = depth[m];
        if (!(fake->memory[m] = calloc(depth[m] + 1, size[m]))) abort();
    }
    for (unsigned a = 0x40; a < 0x80; a++) fake->registers[a] = 0xDEADBEEF; /* undefined until written */
    char error[128];
    struct sr_open how = {.engine = "ref", .threads = 1, .frac_bits = id[SR_REG_FRAC_W]};
    if (sr_ref_open(&how, &fake->ref, error, sizeof error) != SR_OK) abort();
    *transport = (struct sr_transport){.context = fake, .write = fake_write, .read = fake_read, .close = fake_hang_up};
    return fake;
}

const struct fake_seen *fake_seen(const struct fake *fake) { return &fake->seen; }

struct fake_setup *fake_setup(struct fake *fake) {
    return &fake->setup;
}

void fake_end_run(struct fake *fake) { fake->busy = 0; }

void fake_reset(struct fake *fake) {
    fake->busy = 0;
    fake->run_known = fake->epoch = false;
    fake->run_code = SR_REPLY_NO_RUN;
}

void fake_close(struct fake *fake) {
    sr_device_close(fake->ref);
    for (unsigned m = 0; m < MEMORIES; m++) free(fake->memory[m]);
    free(fake);
}
