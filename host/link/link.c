/* SPDX-License-Identifier: Apache-2.0
 * A device behind a byte transport: the driver that engines `sim` and `serial` share. */
#include "link/link.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "map/sr_map.h"

static struct sr_link *link_of(struct sr_device *device) { return (struct sr_link *)device; }

static void set(struct sr_link *link, unsigned address, uint32_t value) {
    link->want[address] = value;
    link->used[address] = true;
}

static void forget_cycles(struct sr_link *link) { link->counters = (struct sr_counters){0}; }

static void set_noise(struct sr_link *link, const struct sr_noise *noise) {
    set(link, SR_REG_KEY_LO, (uint32_t)noise->key);
    set(link, SR_REG_KEY_HI, (uint32_t)(noise->key >> 32));
    set(link, SR_REG_PAIRS, noise->pairs);
    set(link, SR_REG_RANK, noise->rank);
    set(link, SR_REG_MODE,
        (noise->mode == SR_MODE_FULL ? 1u : 0u) | (noise->readout_mode == SR_MODE_FULL ? 2u : 0u) |
            (noise->dist == SR_DIST_BELL ? 4u : 0u));
}

/* ---- engine operations ---- */

static bool same_shape(const struct sr_net *a, const struct sr_net *b) {
    return a->layers == b->layers && a->inputs == b->inputs && a->classes == b->classes && a->steps == b->steps &&
           a->hidden[0] == b->hidden[0];
}

static enum sr_status link_configure(struct sr_device *device, const struct sr_net *net) {
    struct sr_link *link = link_of(device);
    bool fresh = !same_shape(&link->net, net);
    link->net = *net;
    if (fresh) {
        link->fitness_pairs = 0;
        enum sr_status status = sr_store_shape(link);
        if (status) {
            link->net.layers = 0;
            return status;
        }
    }
    set(link, SR_REG_STEPS, net->steps);
    set(link, SR_REG_CLASSES, net->classes);
    set(link, SR_REG_RESET_KIND, net->reset == SR_RESET_SUBTRACT ? 1 : 0);
    set(link, SR_REG_ROWS0, net->inputs);
    set(link, SR_REG_COLS0, net->hidden[0]);
    set(link, SR_REG_THETA0, net->theta[0]);
    set(link, SR_REG_LEAK0, net->leak[0]);
    set(link, SR_REG_EPOCH, link->epoch);
    /* what an inference or an update may be the first to need */
    set(link, SR_REG_PAIRS, 1);
    set(link, SR_REG_PAIR_FIRST, 0);
    set(link, SR_REG_PAIR_COUNT, 1);
    set(link, SR_REG_RANK, 1);
    set(link, SR_REG_MODE, 0);
    set(link, SR_REG_BATCH, 1);
    set(link, SR_REG_FITNESS, 0);
    set(link, SR_REG_SCALE0, 0);
    set(link, SR_REG_SCALE3, 0);
    return SR_OK;
}

/* What one sample can bring a member, at most; docs/numerics.md, section 6. */
static int64_t fitness_limit(enum sr_fitness kind) {
    return kind == SR_FITNESS_CORRECT ? 1 : kind == SR_FITNESS_MARGIN ? 32767 : 32767 + 177;
}

static enum sr_status check_result(struct sr_link *link, const struct sr_evaluation *e, uint32_t samples, size_t member,
                                   int32_t fitness, uint32_t correct) {
    int64_t limit = fitness_limit(e->fitness) * samples;
    int64_t low = e->fitness == SR_FITNESS_CORRECT ? 0 : -limit, high = e->fitness == SR_FITNESS_LOGSOFTMAX ? 0 : limit;
    if (fitness < low || fitness > high)
        return sr_fail(&link->device, SR_ERR_DEVICE,
                       "the device gives member %zu the fitness %ld, which %u samples cannot have (%lld..%lld)", member,
                       (long)fitness, (unsigned)samples, (long long)low, (long long)high);
    if (correct > samples)
        return sr_fail(&link->device, SR_ERR_DEVICE, "the device counts %u hits of member %zu in %u samples", (unsigned)correct,
                       member, (unsigned)samples);
    return SR_OK;
}

/* Read what the evaluation left; the outputs are written when everything has arrived and been checked. */
static enum sr_status read_results(struct sr_link *link, const struct sr_evaluation *e, uint32_t samples, int32_t *fitness,
                                   uint32_t *correct) {
    uint32_t pairs = e->pair_count;
    size_t members = 2 * (size_t)pairs;
    uint8_t *bytes = malloc(members * 6);
    if (!bytes) return sr_fail(&link->device, SR_ERR_MEMORY, "out of memory for %u pairs", (unsigned)pairs);
    enum sr_status status = sr_link_read(link, SR_MEM_FITNESS, 0, bytes, 2 * pairs, 4);
    if (!status && correct) status = sr_link_read(link, SR_MEM_CORRECT, 0, bytes + 4 * members, 2 * pairs, 2);
    if (!status) status = sr_link_remembers(link);
    const uint8_t *hits = bytes + 4 * members;
    for (size_t i = 0; i < members && !status; i++)
        status = check_result(link, e, samples, i, (int32_t)sr_get_u32(bytes + 4 * i),
                              correct ? hits[2 * i] | (uint32_t)hits[2 * i + 1] << 8 : 0);
    for (size_t i = 0; i < members && !status; i++) {
        fitness[i] = (int32_t)sr_get_u32(bytes + 4 * i);
        if (correct) correct[i] = hits[2 * i] | (uint32_t)hits[2 * i + 1] << 8;
    }
    free(bytes);
    return status;
}

static enum sr_status link_evaluate(struct sr_device *device, const struct sr_evaluation *e, const struct sr_batch *batch,
                                    int32_t *fitness, uint32_t *correct) {
    struct sr_link *link = link_of(device);
    uint32_t slice = sr_store_slice(link);
    SR_TRY(sr_link_begin(link));
    link->fitness_pairs = 0;
    forget_cycles(link);
    set_noise(link, &e->noise);
    set(link, SR_REG_PAIR_FIRST, e->pair_first);
    set(link, SR_REG_PAIR_COUNT, e->pair_count);
    set(link, SR_REG_FITNESS, (uint32_t)e->fitness | e->fitness_mul << 2 | e->fitness_shift << 6);
    set(link, SR_REG_SCALE0, e->scale[0]);
    set(link, SR_REG_SCALE3, e->scale[SR_READOUT_LAYER]);
    for (uint32_t first = 0; first < batch->count; first += slice) {
        uint32_t count = batch->count - first < slice ? batch->count - first : slice;
        SR_TRY(sr_store_load(link, batch, first, count));
        set(link, SR_REG_BATCH, count);
        SR_TRY(sr_link_run(link, (uint8_t)(first ? SR_RUN_EVALUATE | SR_RUN_ACCUMULATE : SR_RUN_EVALUATE), count));
    }
    SR_TRY(read_results(link, e, batch->count, fitness, correct));
    if (e->pair_first == 0 && e->pair_count == e->noise.pairs) {
        int32_t *keep = realloc(link->fitness, 2 * (size_t)e->pair_count * sizeof *keep);
        if (!keep) return sr_fail(device, SR_ERR_MEMORY, "out of memory for %u pairs", (unsigned)e->pair_count);
        link->fitness = keep;
        memcpy(keep, fitness, 2 * (size_t)e->pair_count * sizeof *keep);
        link->fitness_pairs = e->pair_count;
        link->on_device = true;
    }
    return SR_OK;
}

static uint32_t step_of(const struct sr_update *update, unsigned layer) {
    return update->step[layer] ? update->step[layer] | update->doublings[layer] << 16 : 0;
}

static enum sr_status link_update(struct sr_device *device, const struct sr_update *update) {
    struct sr_link *link = link_of(device);
    uint32_t pairs = update->noise.pairs, flags = SR_RUN_UPDATE;
    if (!update->credit && link->fitness_pairs != pairs)
        return sr_fail(device, SR_ERR_ARGUMENT, "credit is missing, and the last evaluation did not cover all %u pairs",
                       (unsigned)pairs);
    SR_TRY(sr_link_begin(link));
    if (!update->credit) {
        set(link, SR_REG_PAIR_FIRST, 0);
        set(link, SR_REG_PAIR_COUNT, pairs);
    }
    set_noise(link, &update->noise);
    set(link, SR_REG_STEP0, step_of(update, 0));
    set(link, SR_REG_STEP3, step_of(update, SR_READOUT_LAYER));
    if (!update->credit && link->on_device) {
        flags |= SR_RUN_SHAPE;
    } else {
        uint8_t *credit = malloc(pairs);
        if (!credit) return sr_fail(device, SR_ERR_MEMORY, "out of memory for %u pairs", (unsigned)pairs);
        for (uint32_t p = 0; p < pairs; p++) {
            int sign = update->credit ? update->credit[p]
                                      : (link->fitness[2 * p] > link->fitness[2 * p + 1]) -
                                            (link->fitness[2 * p] < link->fitness[2 * p + 1]);
            credit[p] = (uint8_t)(int8_t)sign;
        }
        enum sr_status status = sr_link_write(link, SR_MEM_CREDIT, 0, credit, pairs, 1);
        free(credit);
        if (status) return status;
    }
    return sr_link_run(link, (uint8_t)flags, 0);
}

/* What the device learned in a run: the plain pass of each sample. Checked before it is passed on. */
static enum sr_status read_learned(struct sr_link *link, uint32_t count, int32_t *fitness, uint8_t *correct) {
    uint8_t *bytes = malloc((size_t)count * 6);
    if (!bytes) return sr_fail(&link->device, SR_ERR_MEMORY, "out of memory for %u samples", (unsigned)count);
    uint8_t *hits = bytes + (size_t)count * 4;
    enum sr_status status = fitness ? sr_link_read(link, SR_MEM_FITNESS, 0, bytes, count, 4) : SR_OK;
    if (!status && correct) status = sr_link_read(link, SR_MEM_CORRECT, 0, hits, count, 2);
    if (!status) status = sr_link_remembers(link);
    for (uint32_t b = 0; b < count && !status; b++) {
        int32_t got = fitness ? (int32_t)sr_get_u32(bytes + 4 * (size_t)b) : 0;
        uint32_t hit = correct ? hits[2 * (size_t)b] | (uint32_t)hits[2 * (size_t)b + 1] << 8 : 0;
        if (got > 0 || got < -fitness_limit(SR_FITNESS_LOGSOFTMAX) || hit > 1) {
            status = sr_fail(&link->device, SR_ERR_DEVICE,
                             "the device gives sample %u the fitness %ld and %u hits, which no sample has", (unsigned)b,
                             (long)got, (unsigned)hit);
            break;
        }
        if (fitness) fitness[b] = got;
        if (correct) correct[b] = (uint8_t)hit;
    }
    free(bytes);
    return status;
}

static enum sr_status link_learn(struct sr_device *device, const struct sr_learning *learning, const struct sr_batch *batch,
                                 int32_t *fitness, uint8_t *correct) {
    struct sr_link *link = link_of(device);
    const struct sr_caps *caps = &device->caps;
    uint32_t slice = sr_store_slice(link);
    if (caps->pairs_max < slice) slice = caps->pairs_max; /* results lie where those of members do */
    if (learning->pairs > caps->pairs_max)
        return sr_fail(device, SR_ERR_LIMIT, "pairs = %u exceeds the device's limit of %u pairs", (unsigned)learning->pairs,
                       (unsigned)caps->pairs_max);
    SR_TRY(sr_link_begin(link));
    link->fitness_pairs = 0;
    link->on_device = false;
    forget_cycles(link);
    set_noise(link, &(struct sr_noise){.key = learning->key, .pairs = learning->pairs, .rank = 1});
    set(link, SR_REG_FITNESS, SR_FITNESS_LOGSOFTMAX | learning->error_mul << 2 | learning->error_shift << 6);
    set(link, SR_REG_SCALE0, learning->sigma[0]);
    set(link, SR_REG_STEP0, learning->factor[0]);
    set(link, SR_REG_STEP3, learning->factor[SR_READOUT_LAYER]);
    for (uint32_t first = 0; first < batch->count; first += slice) {
        uint32_t count = batch->count - first < slice ? batch->count - first : slice;
        SR_TRY(sr_store_load(link, batch, first, count));
        set(link, SR_REG_BATCH, count);
        set(link, SR_REG_PLACE, learning->first + first);
        SR_TRY(sr_link_run(link, SR_RUN_LEARN, count));
        if (fitness || correct)
            SR_TRY(read_learned(link, count, fitness ? fitness + first : NULL, correct ? correct + first : NULL));
    }
    return SR_OK;
}

static enum sr_status infer_slice(struct sr_link *link, uint32_t count, int32_t *scores, uint8_t *predicted) {
    uint32_t classes = link->net.classes, each = classes + 1;
    uint8_t *bytes = malloc((size_t)count * each * 4);
    if (!bytes) return sr_fail(&link->device, SR_ERR_MEMORY, "out of memory for %u samples", (unsigned)count);
    enum sr_status status = sr_link_run(link, SR_RUN_INFER, count);
    if (!status) status = sr_link_read(link, SR_MEM_SCORE, 0, bytes, count * each, 4);
    if (!status) status = sr_link_remembers(link);
    for (uint32_t b = 0; b < count && !status; b++) {
        const uint8_t *at = bytes + (size_t)b * each * 4;
        uint32_t best = sr_get_u32(at + 4 * (size_t)classes);
        if (best >= classes)
            status =
                sr_fail(&link->device, SR_ERR_DEVICE, "the device predicts class %u for a sample, of a network of %u classes",
                        (unsigned)best, (unsigned)classes);
        for (uint32_t o = 0; scores && o < classes; o++) scores[(size_t)b * classes + o] = (int32_t)sr_get_u32(at + 4 * o);
        predicted[b] = (uint8_t)best;
    }
    free(bytes);
    return status;
}

static enum sr_status link_infer(struct sr_device *device, const struct sr_batch *batch, int32_t *scores, uint8_t *predicted) {
    struct sr_link *link = link_of(device);
    uint32_t classes = link->net.classes, slice = sr_store_slice(link), fits = device->caps.score_words / (classes + 1);
    if (!fits)
        return sr_fail(device, SR_ERR_LIMIT, "classes = %u needs %u result words and exceeds the device's limit of %u words",
                       (unsigned)classes, (unsigned)classes + 1, (unsigned)device->caps.score_words);
    if (slice > fits) slice = fits;
    SR_TRY(sr_link_begin(link));
    int32_t *got = scores ? malloc((size_t)batch->count * classes * sizeof *got) : NULL;
    uint8_t *best = malloc(batch->count);
    enum sr_status status = SR_OK;
    if ((scores && !got) || !best)
        status = sr_fail(device, SR_ERR_MEMORY, "out of memory for %u samples", (unsigned)batch->count);
    link->on_device = false;
    forget_cycles(link);
    for (uint32_t first = 0; first < batch->count && !status; first += slice) {
        uint32_t count = batch->count - first < slice ? batch->count - first : slice;
        status = sr_store_load(link, batch, first, count);
        set(link, SR_REG_BATCH, count);
        if (!status) status = infer_slice(link, count, got ? got + (size_t)first * classes : NULL, best + first);
    }
    if (!status) {
        if (scores) memcpy(scores, got, (size_t)batch->count * classes * sizeof *got);
        memcpy(predicted, best, batch->count);
    }
    free(got);
    free(best);
    return status;
}

static enum sr_status link_counters(struct sr_device *device, struct sr_counters *counters) {
    struct sr_link *link = link_of(device);
    const struct sr_packets *p = &link->packets;
    *counters = link->counters;
    counters->link_tx = p->tx - link->reported_tx;
    counters->link_rx = p->rx - link->reported_rx;
    counters->link_requests = p->requests - link->reported_requests;
    counters->link_retries = p->retries - link->reported_retries;
    link->reported_tx = p->tx;
    link->reported_rx = p->rx;
    link->reported_requests = p->requests;
    link->reported_retries = p->retries;
    return SR_OK;
}

static void link_close(struct sr_device *device) {
    struct sr_link *link = link_of(device);
    sr_packets_free(&link->packets);
    sr_store_free(link);
    free(link->fitness);
    free(link);
}

/* ---- opening ---- */

enum sr_status sr_link_try(const struct sr_transport *transport, const char *engine, unsigned tries, bool *answered,
                           struct sr_device **device, char *error, size_t error_size) {
    static const struct sr_engine_ops ops = {.close = link_close,
                                             .configure = link_configure,
                                             .write_weights = sr_link_write_weights,
                                             .read_weights = sr_link_read_weights,
                                             .evaluate = link_evaluate,
                                             .update = link_update,
                                             .learn = link_learn,
                                             .infer = link_infer,
                                             .counters = link_counters,
                                             .write_memory = sr_link_raw_write_memory,
                                             .read_memory = sr_link_raw_read_memory,
                                             .write_registers = sr_link_raw_write_registers,
                                             .read_registers = sr_link_raw_read_registers};
    struct sr_link *link = calloc(1, sizeof *link);
    char unused[1];
    if (!error || !error_size) error = unused, error_size = sizeof unused;
    if (!link) {
        transport->close(transport->context);
        snprintf(error, error_size, "out of memory for a device");
        return SR_ERR_MEMORY;
    }
    link->device.ops = &ops;
    link->device.patience = 1;
    link->tries = tries;
    snprintf(link->device.caps.engine, sizeof link->device.caps.engine, "%s", engine);
    enum sr_status status = SR_OK;
    if (!sr_packets_init(&link->packets, transport))
        status = sr_fail(&link->device, SR_ERR_MEMORY, "out of memory for packets");
    link->packets.cancelled = &link->device.cancelled;
    link->packets.patience = &link->device.patience;
    if (!status) status = sr_link_identify(link);
    *answered = link->answered;
    /* A run may be left over from a host that went away; then the RUN that starts nothing makes the next number new. */
    uint8_t nothing = 0;
    size_t length;
    link->run_pending = true;
    if (!status) status = sr_link_settle(link);
    if (!status) status = sr_link_ask(link, SR_OP_RUN, &nothing, 1, 0, &length);
    link->epoch = (uint32_t)time(NULL) ^ (uint32_t)(uintptr_t)link; /* any number: that it was written is what counts */
    if (status) {
        snprintf(error, error_size, "%s", link->device.error);
        link_close(&link->device);
        return status;
    }
    *device = &link->device;
    return SR_OK;
}

enum sr_status sr_link_open(const struct sr_transport *transport, const char *engine, struct sr_device **device, char *error,
                            size_t error_size) {
    bool answered;
    return sr_link_try(transport, engine, SR_PACKET_TRIES, &answered, device, error, error_size);
}
