/* SPDX-License-Identifier: Apache-2.0
 * A device behind a byte transport: the driver that engines `sim` and `serial` share. */
#include "link/link.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "map/sr_map.h"

#define TRY(call)                           \
    do {                                    \
        enum sr_status try_status = (call); \
        if (try_status) return try_status;  \
    } while (0)

enum { WAIT_FIRST_MS = 100, WAIT_MOST_MS = 2000 };

static struct sr_link *link_of(struct sr_device *device) { return (struct sr_link *)device; }

static uint32_t get_u32(const uint8_t *bytes) {
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static void put_u32(uint8_t *bytes, uint32_t value) {
    for (unsigned i = 0; i < 4; i++) bytes[i] = (uint8_t)(value >> (8 * i));
}

/* ---- requests ---- */

static const char *op_name(uint8_t op) {
    switch (op) {
#define SR_OP(name, code, text) \
    case code:                  \
        return #name;
#include "map/sr_map.def"
        default:
            return "request";
    }
}

static enum sr_status silent(struct sr_link *link, uint8_t op, enum sr_packet_result result, unsigned tries) {
    if (result == SR_PACKET_GONE)
        return sr_fail(&link->device, SR_ERR_LINK, "the device is gone: its port failed during %s", op_name(op));
    return sr_fail(&link->device, SR_ERR_LINK, "the device does not answer %s: %u tries, last one %s", op_name(op), tries,
                   result == SR_PACKET_DAMAGED ? "damaged" : "silent");
}

static enum sr_status refused(struct sr_link *link, uint8_t op, uint8_t status) {
    return sr_fail(&link->device, SR_ERR_DEVICE, "the device refused %s: %s", op_name(op), sr_reply_text(status));
}

enum sr_status sr_link_ask(struct sr_link *link, uint8_t op, const uint8_t *payload, size_t count, size_t answer_max,
                           size_t *length) {
    uint8_t status = 0;
    enum sr_packet_result result =
        sr_packet_ask(&link->packets, op, payload, count, answer_max, SR_PACKET_TRIES, &status, length);
    if (result != SR_PACKET_DONE) return silent(link, op, result, SR_PACKET_TRIES);
    return status == SR_REPLY_OK ? SR_OK : refused(link, op, status);
}

/* One memory packet of at most `most` words; *moved says how many. On a bad line the packets shrink. */
static enum sr_status transfer(struct sr_link *link, uint8_t op, uint8_t memory, uint32_t first, uint8_t *bytes, uint32_t most,
                               uint32_t size, uint32_t *moved) {
    uint8_t payload[SR_PACKET_LIMIT];
    bool writing = op == SR_OP_WRITE_MEM;
    payload[0] = memory;
    put_u32(payload + 1, first);
    for (;;) {
        uint32_t head = writing ? 5 : 0, room = link->packets.transfer;
        if (room > link->packets.packet_max) room = link->packets.packet_max;
        uint32_t words = room > head + size ? (room - head) / size : 1;
        if (words > most) words = most;
        if (words > 0xFFFF) words = 0xFFFF;
        bool smallest = room <= SR_PACKET_SMALL || words == 1;
        size_t data = (size_t)words * size, count = 5, length = 0;
        if (writing) {
            memcpy(payload + 5, bytes, data);
            count += data;
        } else {
            payload[5] = (uint8_t)words;
            payload[6] = (uint8_t)(words >> 8);
            count += 2;
        }
        uint8_t status = 0;
        unsigned tries = smallest ? SR_PACKET_TRIES : 3;
        enum sr_packet_result result =
            sr_packet_ask(&link->packets, op, payload, count, writing ? 0 : data, tries, &status, &length);
        if (result != SR_PACKET_DONE && result != SR_PACKET_GONE && !smallest) {
            link->packets.retries++; /* a transfer has no effect until it is whole: start it again, smaller */
            continue;
        }
        if (result != SR_PACKET_DONE) return silent(link, op, result, tries);
        if (status != SR_REPLY_OK) return refused(link, op, status);
        if (!writing) {
            if (length != data)
                return sr_fail(&link->device, SR_ERR_DEVICE, "READ_MEM of %zu bytes was answered with %zu", data, length);
            memcpy(bytes, link->packets.in + 7, data);
        }
        *moved = words;
        return SR_OK;
    }
}

enum sr_status sr_link_read(struct sr_link *link, uint8_t memory, uint32_t first, uint8_t *bytes, uint32_t count,
                            uint32_t size) {
    for (uint32_t done = 0, moved; done < count; done += moved)
        TRY(transfer(link, SR_OP_READ_MEM, memory, first + done, bytes + (size_t)done * size, count - done, size, &moved));
    return SR_OK;
}

enum sr_status sr_link_write(struct sr_link *link, uint8_t memory, uint32_t first, const uint8_t *bytes, uint32_t count,
                             uint32_t size) {
    for (uint32_t done = 0, moved; done < count; done += moved)
        TRY(transfer(link, SR_OP_WRITE_MEM, memory, first + done, (uint8_t *)(uintptr_t)(bytes + (size_t)done * size),
                     count - done, size, &moved));
    return SR_OK;
}

static enum sr_status read_registers(struct sr_link *link, uint8_t first, uint8_t count, uint32_t *values) {
    uint8_t payload[2] = {first, count};
    size_t length = 0;
    TRY(sr_link_ask(link, SR_OP_READ_REG, payload, sizeof payload, 4u * count, &length));
    if (length != 4u * count)
        return sr_fail(&link->device, SR_ERR_DEVICE, "READ_REG of %u registers was answered with %zu bytes", (unsigned)count,
                       length);
    for (unsigned i = 0; i < count; i++) values[i] = get_u32(link->packets.in + 7 + 4 * i);
    return SR_OK;
}

static void set(struct sr_link *link, unsigned address, uint32_t value) {
    link->want[address] = value;
    link->used[address] = true;
}

static bool stale(const struct sr_link *link, unsigned address) {
    return link->used[address] && (!link->known[address] || link->want[address] != link->have[address]);
}

/* Write the registers that changed; a gap of four costs less than another packet. */
static enum sr_status write_registers(struct sr_link *link) {
    enum { GAP = 4 };
    unsigned most = (link->packets.packet_max - 1) / 4;
    for (unsigned first = 0; first < SR_LINK_REGS; first++) {
        if (!stale(link, first)) continue;
        unsigned last = first;
        for (unsigned a = first + 1; a < SR_LINK_REGS && a <= last + GAP + 1 && a - first < most; a++)
            if (stale(link, a)) last = a;
        uint8_t payload[1 + 4 * SR_LINK_REGS];
        payload[0] = (uint8_t)first;
        for (unsigned a = first; a <= last; a++) {
            put_u32(payload + 1 + 4 * (a - first), link->want[a]);
            link->known[a] = false;
        }
        size_t length;
        TRY(sr_link_ask(link, SR_OP_WRITE_REG, payload, 1 + 4 * (last - first + 1), 0, &length));
        for (unsigned a = first; a <= last; a++) {
            link->known[a] = true;
            link->have[a] = link->want[a];
        }
        first = last;
    }
    return SR_OK;
}

/* ---- runs ---- */

/* WAIT has no deadline of its own: when its answer does not come, STATUS tells a long run from a lost answer. */
static enum sr_status wait_idle(struct sr_link *link, uint8_t *code) {
    for (unsigned patience = WAIT_FIRST_MS;; patience = patience * 2 < WAIT_MOST_MS ? patience * 2 : WAIT_MOST_MS) {
        size_t length;
        uint8_t seq = sr_packet_number(&link->packets, SR_OP_WAIT);
        enum sr_packet_result result = sr_packet_once(&link->packets, SR_OP_WAIT, seq, NULL, 0, patience, code, &length);
        if (result == SR_PACKET_DONE) return SR_OK;
        if (result == SR_PACKET_GONE) return silent(link, SR_OP_WAIT, result, 1);
        if (result == SR_PACKET_DAMAGED) link->packets.retries++;
        uint32_t status = 0;
        TRY(read_registers(link, SR_REG_STATUS, 1, &status));
        if (!(status & 1)) {
            *code = (uint8_t)(status >> 8);
            return SR_OK;
        }
    }
}

static enum sr_status run(struct sr_link *link, uint8_t flags) {
    size_t length;
    uint8_t code = 0;
    uint32_t cycles[8];
    TRY(write_registers(link));
    TRY(sr_link_ask(link, SR_OP_RUN, &flags, 1, 0, &length));
    TRY(wait_idle(link, &code));
    if (code != SR_REPLY_OK) return refused(link, SR_OP_RUN, code);
    TRY(read_registers(link, SR_REG_CYC_TOTAL, 8, cycles));
    struct sr_counters *c = &link->counters;
    c->total += cycles[0], c->base += cycles[1], c->project += cycles[2], c->lif += cycles[3];
    c->lif_busy += cycles[4], c->readout += cycles[5], c->update += cycles[6], c->events += cycles[7];
    return SR_OK;
}

static void forget_cycles(struct sr_link *link) { link->counters = (struct sr_counters){0}; }

/* Pairs projected at a time: as many as the projection buffer holds, in whole groups of what works side by side. A device that
 * holds the factors of a generation takes all pairs at once. */
static enum sr_status chunk_of(struct sr_link *link, uint32_t steps, uint32_t rank, uint32_t pairs, uint32_t *chunk) {
    const struct sr_caps *caps = &link->device.caps;
    if (caps->factors) {
        *chunk = (pairs + caps->proj_units - 1) / caps->proj_units * caps->proj_units;
        return SR_OK;
    }
    uint32_t unit = caps->proj_units > 4 * caps->engines ? caps->proj_units : 4 * caps->engines;
    uint64_t words = (uint64_t)((rank + caps->rank_lanes - 1) / caps->rank_lanes) * steps;
    uint64_t fits = caps->cbuf_words / words * caps->proj_units / unit * unit;
    if (!fits)
        return sr_fail(&link->device, SR_ERR_LIMIT,
                       "rank %u over %u steps needs %llu words of projection buffer and exceeds the device's limit of %u words",
                       (unsigned)rank, (unsigned)steps, (unsigned long long)(words * (unit / caps->proj_units)),
                       (unsigned)caps->cbuf_words);
    uint32_t all = (pairs + unit - 1) / unit * unit;
    *chunk = fits < all ? (uint32_t)fits : all;
    if (*chunk > 0xFFFF) *chunk = 0xFFFF / unit * unit;
    return SR_OK;
}

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
    if (a->layers != b->layers || a->inputs != b->inputs || a->classes != b->classes || a->steps != b->steps) return false;
    for (uint32_t l = 0; l < a->layers; l++)
        if (a->hidden[l] != b->hidden[l]) return false;
    return true;
}

static uint32_t row_words(const struct sr_link *link, unsigned layer) {
    return sr_row_words(&link->device.caps, sr_net_cols(&link->net, layer));
}

static uint32_t word_base(const struct sr_link *link, unsigned layer) {
    uint32_t base = 0;
    if (layer != SR_READOUT_LAYER)
        for (unsigned l = 0; l < layer; l++) base += sr_net_rows(&link->net, l) * row_words(link, l);
    return base;
}

static enum sr_status link_configure(struct sr_device *device, const struct sr_net *net) {
    struct sr_link *link = link_of(device);
    uint32_t chunk = 0;
    TRY(chunk_of(link, net->steps, 1, 1, &chunk));
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
    set(link, SR_REG_LAYERS, net->layers);
    set(link, SR_REG_STEPS, net->steps);
    set(link, SR_REG_CLASSES, net->classes);
    set(link, SR_REG_RESET_KIND, net->reset == SR_RESET_SUBTRACT ? 1 : 0);
    set(link, SR_REG_READOUT, net->readout == SR_READOUT_MEMBRANE ? 1 : net->readout == SR_READOUT_SPIKES ? 2 : 0);
    set(link, SR_REG_R_THETA, net->readout == SR_READOUT_SPIKES ? net->theta[SR_READOUT_LAYER] : 1);
    set(link, SR_REG_R_LEAK, net->readout != SR_READOUT_SUM ? net->leak[SR_READOUT_LAYER] : 0);
    set(link, SR_REG_X_STRIDE, link->slot_words / net->steps);
    for (unsigned l = 0; l < SR_HIDDEN_LAYERS; l++) {
        bool there = l < net->layers;
        set(link, SR_REG_ROWS0 + l, there ? sr_net_rows(net, l) : 0);
        set(link, SR_REG_COLS0 + l, there ? net->hidden[l] : 0);
        set(link, SR_REG_THETA0 + l, there ? net->theta[l] : 1);
        set(link, SR_REG_LEAK0 + l, there ? net->leak[l] : 0);
        if (l) set(link, SR_REG_WBASE1 + l - 1, there ? word_base(link, l) : 0);
    }
    /* what an inference or an update may be the first to need */
    set(link, SR_REG_PAIRS, 1);
    set(link, SR_REG_PAIR_FIRST, 0);
    set(link, SR_REG_PAIR_COUNT, 1);
    set(link, SR_REG_CHUNK, chunk);
    set(link, SR_REG_RANK, 1);
    set(link, SR_REG_MODE, 0);
    set(link, SR_REG_BATCH, 1);
    set(link, SR_REG_FITNESS, 0);
    for (unsigned l = 0; l < SR_LAYERS; l++) set(link, SR_REG_SCALE0 + l, 0);
    return SR_OK;
}

/* A layer's weights as words of COL_LANES int16, the columns beyond the last as 0, up to the next row: words between rows
 * cost bytes, but whole packets; a packet a row would cost more time. */
static enum sr_status weight_words(struct sr_link *link, unsigned layer, uint8_t **bytes, uint32_t *count) {
    uint32_t size = 2 * link->device.caps.col_lanes;
    *count = sr_net_rows(&link->net, layer) * row_words(link, layer);
    *bytes = calloc(*count, size);
    return *bytes ? SR_OK : sr_fail(&link->device, SR_ERR_MEMORY, "out of memory for the weights of layer %u", layer);
}

static enum sr_status link_write_weights(struct sr_device *device, unsigned layer, const int16_t *master) {
    struct sr_link *link = link_of(device);
    uint32_t rows = sr_net_rows(&link->net, layer), cols = sr_net_cols(&link->net, layer);
    uint32_t lanes = device->caps.col_lanes, row_bytes = row_words(link, layer) * lanes * 2, count;
    uint8_t *bytes;
    TRY(weight_words(link, layer, &bytes, &count));
    for (uint32_t j = 0; j < rows; j++)
        for (uint32_t n = 0; n < cols; n++) {
            uint16_t value = (uint16_t)master[(size_t)j * cols + n];
            uint8_t *at = bytes + (size_t)j * row_bytes + 2 * (size_t)n;
            at[0] = (uint8_t)value;
            at[1] = (uint8_t)(value >> 8);
        }
    enum sr_status status = sr_link_write(link, layer == SR_READOUT_LAYER ? SR_MEM_RWEIGHT : SR_MEM_WEIGHT,
                                          word_base(link, layer), bytes, count, 2 * lanes);
    free(bytes);
    return status;
}

static enum sr_status link_read_weights(struct sr_device *device, unsigned layer, int16_t *master) {
    struct sr_link *link = link_of(device);
    uint32_t rows = sr_net_rows(&link->net, layer), cols = sr_net_cols(&link->net, layer);
    uint32_t lanes = device->caps.col_lanes, row_bytes = row_words(link, layer) * lanes * 2, count;
    uint8_t *bytes;
    TRY(weight_words(link, layer, &bytes, &count));
    enum sr_status status = sr_link_read(link, layer == SR_READOUT_LAYER ? SR_MEM_RWEIGHT : SR_MEM_WEIGHT,
                                         word_base(link, layer), bytes, count, 2 * lanes);
    for (uint32_t j = 0; j < rows && !status; j++)
        for (uint32_t n = 0; n < cols; n++) {
            const uint8_t *at = bytes + (size_t)j * row_bytes + 2 * (size_t)n;
            master[(size_t)j * cols + n] = (int16_t)(at[0] | at[1] << 8);
        }
    free(bytes);
    return status;
}

/* Read what the evaluation left; the outputs are written when everything has arrived. */
static enum sr_status read_results(struct sr_link *link, uint32_t pairs, int32_t *fitness, uint32_t *correct) {
    size_t members = 2 * (size_t)pairs;
    uint8_t *bytes = malloc(members * 6);
    if (!bytes) return sr_fail(&link->device, SR_ERR_MEMORY, "out of memory for %u pairs", (unsigned)pairs);
    enum sr_status status = sr_link_read(link, SR_MEM_FITNESS, 0, bytes, 2 * pairs, 4);
    if (!status && correct) status = sr_link_read(link, SR_MEM_CORRECT, 0, bytes + 4 * members, 2 * pairs, 2);
    for (size_t i = 0; i < members && !status; i++) {
        fitness[i] = (int32_t)get_u32(bytes + 4 * i);
        if (correct) correct[i] = bytes[4 * members + 2 * i] | (uint32_t)bytes[4 * members + 2 * i + 1] << 8;
    }
    free(bytes);
    return status;
}

static enum sr_status link_evaluate(struct sr_device *device, const struct sr_evaluation *e, const struct sr_batch *batch,
                                    int32_t *fitness, uint32_t *correct) {
    struct sr_link *link = link_of(device);
    uint32_t chunk = 0, slice = sr_store_slice(link);
    TRY(chunk_of(link, link->net.steps, e->noise.rank, e->pair_count, &chunk));
    link->fitness_pairs = 0;
    forget_cycles(link);
    set_noise(link, &e->noise);
    set(link, SR_REG_PAIR_FIRST, e->pair_first);
    set(link, SR_REG_PAIR_COUNT, e->pair_count);
    set(link, SR_REG_CHUNK, chunk);
    set(link, SR_REG_FITNESS, (uint32_t)e->fitness | e->fitness_mul << 2 | e->fitness_shift << 6);
    for (unsigned l = 0; l < SR_LAYERS; l++)
        set(link, SR_REG_SCALE0 + l, l < link->net.layers || l == SR_READOUT_LAYER ? e->scale[l] : 0);
    for (uint32_t first = 0; first < batch->count; first += slice) {
        uint32_t count = batch->count - first < slice ? batch->count - first : slice;
        TRY(sr_store_load(link, batch, first, count));
        set(link, SR_REG_BATCH, count);
        TRY(run(link, (uint8_t)(first ? SR_RUN_EVALUATE | SR_RUN_ACCUMULATE : SR_RUN_EVALUATE)));
    }
    TRY(read_results(link, e->pair_count, fitness, correct));
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

static enum sr_status link_update(struct sr_device *device, const struct sr_update *update) {
    struct sr_link *link = link_of(device);
    uint32_t pairs = update->noise.pairs, flags = SR_RUN_UPDATE, chunk = 0;
    if (!update->credit && link->fitness_pairs != pairs)
        return sr_fail(device, SR_ERR_ARGUMENT, "credit is missing, and the last evaluation did not cover all %u pairs",
                       (unsigned)pairs);
    if (!update->credit) {
        set(link, SR_REG_PAIR_FIRST, 0);
        set(link, SR_REG_PAIR_COUNT, pairs);
    }
    TRY(chunk_of(link, link->net.steps, update->noise.rank, link->want[SR_REG_PAIR_COUNT], &chunk));
    set_noise(link, &update->noise);
    set(link, SR_REG_CHUNK, chunk);
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        bool there = l < link->net.layers || l == SR_READOUT_LAYER;
        set(link, SR_REG_STEP0 + l, there && update->mant[l] ? update->mant[l] | update->shift[l] << 8 : 0);
    }
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
    return run(link, (uint8_t)flags);
}

static enum sr_status infer_slice(struct sr_link *link, uint32_t count, int32_t *scores, uint8_t *predicted) {
    uint32_t classes = link->net.classes, each = classes + 1;
    uint8_t *bytes = malloc((size_t)count * each * 4);
    if (!bytes) return sr_fail(&link->device, SR_ERR_MEMORY, "out of memory for %u samples", (unsigned)count);
    enum sr_status status = run(link, SR_RUN_INFER);
    if (!status) status = sr_link_read(link, SR_MEM_SCORE, 0, bytes, count * each, 4);
    for (uint32_t b = 0; b < count && !status; b++) {
        const uint8_t *at = bytes + (size_t)b * each * 4;
        for (uint32_t o = 0; scores && o < classes; o++) scores[(size_t)b * classes + o] = (int32_t)get_u32(at + 4 * o);
        predicted[b] = at[4 * classes];
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

/* ---- memories and registers themselves ---- */

static uint32_t word_size(const struct sr_link *link, unsigned memory) {
    switch (memory) {
        case SR_MEM_SAMPLE:
            return link->device.caps.sample_w / 8;
        case SR_MEM_WEIGHT:
        case SR_MEM_RWEIGHT:
            return 2 * link->device.caps.col_lanes;
        case SR_MEM_CREDIT:
            return 1;
        case SR_MEM_CORRECT:
            return 2;
        default:
            return 4;
    }
}

static enum sr_status link_write_memory(struct sr_device *device, unsigned memory, uint32_t first, const uint8_t *bytes,
                                        uint32_t words) {
    struct sr_link *link = link_of(device);
    if (memory == SR_MEM_SAMPLE || memory == SR_MEM_BATCH) sr_store_forget(link);
    return sr_link_write(link, (uint8_t)memory, first, bytes, words, word_size(link, memory));
}

static enum sr_status link_read_memory(struct sr_device *device, unsigned memory, uint32_t first, uint8_t *bytes,
                                       uint32_t words) {
    return sr_link_read(link_of(device), (uint8_t)memory, first, bytes, words, word_size(link_of(device), memory));
}

static enum sr_status link_write_registers(struct sr_device *device, unsigned first, unsigned count, const uint32_t *values) {
    struct sr_link *link = link_of(device);
    unsigned most = (link->packets.packet_max - 1) / 4;
    if (first + count > SR_LINK_REGS) return sr_fail(device, SR_ERR_ARGUMENT, "registers end at 0x%02X", SR_LINK_REGS - 1);
    for (unsigned done = 0; done < count;) {
        uint8_t payload[1 + 4 * SR_LINK_REGS];
        unsigned part = count - done < most ? count - done : most;
        size_t length;
        payload[0] = (uint8_t)(first + done);
        for (unsigned i = 0; i < part; i++) {
            link->known[first + done + i] = false;
            put_u32(payload + 1 + 4 * i, values[done + i]);
        }
        TRY(sr_link_ask(link, SR_OP_WRITE_REG, payload, 1 + 4 * part, 0, &length));
        done += part;
    }
    return SR_OK;
}

static enum sr_status link_read_registers(struct sr_device *device, unsigned first, unsigned count, uint32_t *values) {
    struct sr_link *link = link_of(device);
    unsigned most = link->packets.packet_max / 4;
    for (unsigned done = 0, part; done < count; done += part) {
        part = count - done < most ? count - done : most;
        TRY(read_registers(link, (uint8_t)(first + done), (uint8_t)part, values + done));
    }
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

static enum sr_status identify(struct sr_link *link) {
    struct sr_device *d = &link->device;
    size_t length = 0;
    TRY(sr_link_ask(link, SR_OP_IDENTIFY, NULL, 0, 4 * SR_ID_REGS, &length));
    const uint8_t *answer = link->packets.in + 7;
    uint32_t id[SR_ID_REGS] = {0};
    for (size_t i = 0; i < SR_ID_REGS && 4 * i + 4 <= length; i++) id[i] = get_u32(answer + 4 * i);
    if (id[SR_REG_MAGIC] != SR_MAGIC_VALUE)
        return sr_fail(d, SR_ERR_MISMATCH, "not a Spikeroll: magic 0x%08X, expected 0x%08X", (unsigned)id[SR_REG_MAGIC],
                       (unsigned)SR_MAGIC_VALUE);
    if (id[SR_REG_PROTOCOL] != SR_PROTOCOL_VALUE)
        return sr_fail(d, SR_ERR_MISMATCH, "the device speaks protocol %u, expected %u", (unsigned)id[SR_REG_PROTOCOL],
                       (unsigned)SR_PROTOCOL_VALUE);
    if (id[SR_REG_MAP_HASH] != SR_MAP_HASH)
        return sr_fail(d, SR_ERR_MISMATCH, "the device has register list 0x%08X, expected 0x%08X: build host and device alike",
                       (unsigned)id[SR_REG_MAP_HASH], (unsigned)SR_MAP_HASH);
    if (length != 4 * SR_ID_REGS)
        return sr_fail(d, SR_ERR_MISMATCH, "IDENTIFY gave %zu registers, expected %u", length / 4, (unsigned)SR_ID_REGS);
    struct sr_caps *c = &d->caps;
    const struct {
        uint32_t *field;
        unsigned reg;
        const char *name;
        uint32_t least, most;
    } fields[] = {
#define FIELD(field, reg, least, most) {&c->field, SR_REG_##reg, #reg, least, most}
        FIELD(lanes, LANES, 1, 65535),
        FIELD(engines, ENGINES, 1, 255),
        FIELD(col_lanes, COL_LANES, 1, SR_PACKET_LIMIT / 4),
        FIELD(rank_lanes, RANK_LANES, 1, 255),
        FIELD(proj_units, PROJ_UNITS, 1, 255),
        FIELD(upd_rows, UPD_ROWS, 1, 255),
        FIELD(sample_w, SAMPLE_W, 8, 255),
        FIELD(frac_w, FRAC_W, 0, 8),
        FIELD(buffers, BUFFERS, 1, 2),
        FIELD(layers_max, LAYERS_MAX, 1, SR_HIDDEN_LAYERS),
        FIELD(inputs_max, INPUTS_MAX, 1, 8191),
        FIELD(hidden_max, HIDDEN_MAX, 1, 8191),
        FIELD(classes_max, CLASSES_MAX, 2, SR_CLASSES),
        FIELD(steps_max, STEPS_MAX, 1, 1023),
        FIELD(rank_max, RANK_MAX, 1, 63),
        FIELD(pairs_max, PAIRS_MAX, 1, 65535),
        FIELD(sample_words, SAMPLE_WORDS, 1, 1u << 28),
        FIELD(weight_words, WEIGHT_WORDS, 1, 1u << 24),
        FIELD(rweight_words, RWEIGHT_WORDS, 1, 1u << 24),
        FIELD(batch_max, BATCH_MAX, 1, 65535),
        FIELD(score_words, SCORE_WORDS, 0, 1u << 28),
        FIELD(cbuf_words, CBUF_WORDS, 1, 1u << 28),
        FIELD(packet_max, PACKET_MAX, 128, SR_PACKET_LIMIT),
        FIELD(step_readout, STEP_READOUT, 0, 1),
        FIELD(spike_words, SPIKE_WORDS, 0, 1u << 28),
        FIELD(clock_hz, CLOCK_HZ, 0, UINT32_MAX),
        FIELD(modes, MODES, 0, 255),
        FIELD(factors, FACTORS, 0, 65535),
        FIELD(row_words, ROW_WORDS, 0, 65535),
#undef FIELD
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        uint32_t value = id[fields[i].reg];
        if (value < fields[i].least || value > fields[i].most)
            return sr_fail(d, SR_ERR_MISMATCH, "the device reports %s = %u, expected %u..%u", fields[i].name, (unsigned)value,
                           (unsigned)fields[i].least, (unsigned)fields[i].most);
        *fields[i].field = value;
    }
    if (c->sample_w & (c->sample_w - 1))
        return sr_fail(d, SR_ERR_MISMATCH, "the device reports SAMPLE_W = %u, expected a power of two", (unsigned)c->sample_w);
    if (c->row_words && c->row_words < (c->hidden_max + c->col_lanes - 1) / c->col_lanes)
        return sr_fail(d, SR_ERR_MISMATCH, "the device reports ROW_WORDS = %u, too few for HIDDEN_MAX = %u",
                       (unsigned)c->row_words, (unsigned)c->hidden_max);
    c->protocol = id[SR_REG_PROTOCOL];
    c->map_hash = id[SR_REG_MAP_HASH];
    c->devices = 1;
    link->packets.packet_max = c->packet_max;
    if (link->packets.transfer > c->packet_max) link->packets.transfer = c->packet_max;
    return SR_OK;
}

enum sr_status sr_link_open(const struct sr_transport *transport, const char *engine, struct sr_device **device, char *error,
                            size_t error_size) {
    static const struct sr_engine_ops ops = {.close = link_close,
                                             .configure = link_configure,
                                             .write_weights = link_write_weights,
                                             .read_weights = link_read_weights,
                                             .evaluate = link_evaluate,
                                             .update = link_update,
                                             .infer = link_infer,
                                             .counters = link_counters,
                                             .write_memory = link_write_memory,
                                             .read_memory = link_read_memory,
                                             .write_registers = link_write_registers,
                                             .read_registers = link_read_registers};
    struct sr_link *link = calloc(1, sizeof *link);
    if (!link) {
        transport->close(transport->context);
        snprintf(error, error_size, "out of memory for a device");
        return SR_ERR_MEMORY;
    }
    link->device.ops = &ops;
    snprintf(link->device.caps.engine, sizeof link->device.caps.engine, "%s", engine);
    enum sr_status status = SR_OK;
    if (!sr_packets_init(&link->packets, transport))
        status = sr_fail(&link->device, SR_ERR_MEMORY, "out of memory for packets");
    if (!status) status = identify(link);
    /* A run may be left over from a host that went away; then the RUN that starts nothing makes the next number new. */
    uint8_t code, nothing = 0;
    size_t length;
    if (!status) status = wait_idle(link, &code);
    if (!status) status = sr_link_ask(link, SR_OP_RUN, &nothing, 1, 0, &length);
    if (status) {
        snprintf(error, error_size, "%s", link->device.error);
        link_close(&link->device);
        return status;
    }
    *device = &link->device;
    return SR_OK;
}
