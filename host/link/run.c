/* SPDX-License-Identifier: Apache-2.0
 * Runs of the device: started, awaited in bounded time, counted.
 *
 * Nobody can know how fast a device is: a board, or its simulation a thousand times slower. So a run is bounded in the device's
 * own cycles, which CYC_TOTAL counts while it is busy. A device is given up when that counter stands still for STILL_MS, or has
 * passed SLACK times the cycles of the slowest machine that its limits allow (sr_link_work). sr_device_set_patience scales both. */
#include <string.h>

#include "link/link.h"
#include "map/sr_map.h"

enum { WAIT_FIRST_MS = 100, WAIT_MOST_MS = 2000, STILL_MS = 10000, LEFT_OVER_MS = 60000, SLACK = 16 };
enum { SLACK_CYCLES = 10000000 };
enum { STATUS_BUSY = 1, STATUS_EPOCH = 2 };

/* ---- the work ---- */

static uint64_t ceil_of(uint64_t count, uint32_t lanes) { return (count + lanes - 1) / lanes; }

/* Sums that stop at the largest number, whatever limits a device reports. */
static uint64_t sum(uint64_t a, uint64_t b) { return a > UINT64_MAX - b ? UINT64_MAX : a + b; }
static uint64_t product(uint64_t a, uint64_t b) { return b && a > UINT64_MAX / b ? UINT64_MAX : a * b; }

/* Cycles of a layer for one sample: every input fires in every step, and no unit works beside another. */
static uint64_t layer_cycles(const struct sr_caps *c, const struct sr_net *net, unsigned layer, bool full, uint64_t pairs,
                             uint64_t rank) {
    uint64_t rows = sr_net_rows(net, layer), cols = sr_net_cols(net, layer), steps = net->steps;
    uint64_t base = product(steps * rows, ceil_of(cols, c->lanes));
    uint64_t project = product(steps * rows, rank * ceil_of(pairs, c->proj_units));
    uint64_t lif = product(steps * ceil_of(cols, c->lanes), pairs * (1 + rank));
    uint64_t entries = full ? product(steps * rows, ceil_of(cols, c->lanes) * pairs) : 0;
    return sum(sum(base, project), sum(lif, entries));
}

static uint64_t readout_cycles(const struct sr_caps *c, const struct sr_net *net, bool full, uint64_t pairs, uint64_t rank) {
    uint64_t cols = sr_net_cols(net, SR_READOUT_LAYER), times = net->readout == SR_READOUT_SUM ? 1 : net->steps;
    uint64_t scores = product(2 * pairs * net->classes, (ceil_of(cols, c->lanes) + 2 * rank + 64) * times);
    return full ? sum(scores, product(2 * pairs * net->classes, cols * times)) : scores;
}

/* Drawing a row's and a column's factors takes a noise word of 16 rounds for 64 entries, at worst one word a cycle and round. */
static uint64_t draw_cycles(const struct sr_net *net, unsigned layer, uint64_t pairs, uint64_t rank) {
    return product(pairs * rank, 64 + sr_net_rows(net, layer) + (uint64_t)sr_net_cols(net, layer));
}

static uint64_t update_cycles(const struct sr_caps *c, const struct sr_net *net, unsigned layer, bool full, uint64_t pairs,
                              uint64_t rank) {
    uint64_t rows = sr_net_rows(net, layer), words = rows * ceil_of(sr_net_cols(net, layer), c->lanes);
    uint64_t entries = full ? product(rows * sr_net_cols(net, layer), pairs) : 0;
    return sum(product(words, pairs * rank + 128), entries);
}

/* A learned sample: the plain pass and its pairs, the rows of the hidden layer once a pair, those of the readout twice. */
static uint64_t learn_cycles(const struct sr_caps *c, const struct sr_net *net, uint64_t pairs) {
    uint64_t rows = sr_net_rows(net, 0), words = ceil_of(sr_net_cols(net, 0), c->lanes);
    uint64_t pass = layer_cycles(c, net, 0, false, 1 + pairs, 0);
    return sum(sum(pass, readout_cycles(c, net, false, 1, 0)), product((rows + net->steps) * (words + 4), pairs * 64));
}

uint64_t sr_link_work(const struct sr_link *link, uint8_t flags, uint32_t samples) {
    const struct sr_caps *c = &link->device.caps;
    const struct sr_net *net = &link->net;
    bool infer = flags & SR_RUN_INFER, hidden_full = link->want[SR_REG_MODE] & 1, readout_full = link->want[SR_REG_MODE] & 2;
    uint64_t pairs = infer ? 1 : link->want[SR_REG_PAIR_COUNT], rank = link->want[SR_REG_RANK], all = link->want[SR_REG_PAIRS];
    uint64_t sample = 1000, cycles = 0;
    if (flags & SR_RUN_LEARN) {
        cycles = product(sum(sample, learn_cycles(c, net, all)), samples);
        return sum(product(cycles, SLACK), SLACK_CYCLES);
    }
    for (unsigned l = 0; l < net->layers; l++)
        sample = sum(sample, layer_cycles(c, net, l, hidden_full && !infer, pairs, rank));
    sample = sum(sample, readout_cycles(c, net, readout_full && !infer, pairs, rank));
    if (flags & (SR_RUN_EVALUATE | SR_RUN_INFER)) cycles = product(sample, samples);
    if (flags & SR_RUN_UPDATE) pairs = all > pairs ? all : pairs;
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        if (!sr_net_rows(net, l)) continue;
        cycles = sum(cycles, draw_cycles(net, l, pairs, rank));
        if (flags & SR_RUN_UPDATE)
            cycles = sum(cycles, update_cycles(c, net, l, l == SR_READOUT_LAYER ? readout_full : hidden_full, all, rank));
    }
    return sum(product(cycles, SLACK), SLACK_CYCLES);
}

/* ---- waiting ---- */

static enum sr_status stays_busy(struct sr_link *link, const char *why) {
    link->run_pending = true;
    return sr_fail(&link->device, SR_ERR_LINK, "the device stays busy: %s", why);
}

/* WAIT has no deadline of its own: when its answer does not come, STATUS tells a long run from a lost answer. */
enum sr_status sr_link_wait(struct sr_link *link, uint64_t work, uint8_t *code) {
    uint64_t cycles = 0, still_ms = 0, waited_ms = 0, patience = link->device.patience;
    uint32_t counter = 0;
    bool counted = false;
    for (unsigned slice = WAIT_FIRST_MS;; slice = slice * 2 < WAIT_MOST_MS ? slice * 2 : WAIT_MOST_MS) {
        size_t length;
        uint8_t seq = sr_packet_number(&link->packets, SR_OP_WAIT);
        enum sr_packet_result result = sr_packet_once(&link->packets, SR_OP_WAIT, seq, NULL, 0, slice, code, &length);
        if (result == SR_PACKET_DONE) return SR_OK;
        if (result > SR_PACKET_DAMAGED) return sr_link_silent(link, SR_OP_WAIT, result, 1);
        if (result == SR_PACKET_DAMAGED) link->packets.retries++;
        uint32_t status[2] = {0}; /* STATUS, CYC_TOTAL */
        SR_TRY(sr_link_registers(link, SR_REG_STATUS, 2, status));
        if (!(status[0] & STATUS_BUSY)) {
            *code = (uint8_t)(status[0] >> 8);
            return SR_OK;
        }
        uint32_t passed = counted ? status[1] - counter : status[1];
        bool still = counted && !passed;
        cycles += passed;
        counter = status[1];
        counted = true;
        waited_ms += slice;
        still_ms = still ? still_ms + slice : 0;
        if (!patience) continue;
        if (still_ms > STILL_MS * patience) return stays_busy(link, "its cycle counter stands still");
        if (work && cycles / patience > work) return stays_busy(link, "its run takes far more cycles than there is work");
        if (!work && waited_ms > LEFT_OVER_MS * patience) return stays_busy(link, "a run that another host began does not end");
    }
}

/* A run that a call gave up or another host left behind is of no use any more. */
enum sr_status sr_link_settle(struct sr_link *link) {
    uint8_t code;
    size_t length;
    if (!link->run_pending) return SR_OK;
    SR_TRY(sr_link_ask(link, SR_OP_ABORT, NULL, 0, 0, &length));
    SR_TRY(sr_link_wait(link, 0, &code));
    link->run_pending = false;
    return SR_OK;
}

enum sr_status sr_link_begin(struct sr_link *link) {
    link->packets.lost_ms = 0;
    return sr_link_settle(link);
}

/* ---- a device that forgot ---- */

/* Weights, samples, registers: nothing of it is there any more, or nobody knows. The caller begins with configure. */
static enum sr_status forgot(struct sr_link *link) {
    memset(link->known, 0, sizeof link->known);
    sr_store_forget(link);
    link->fitness_pairs = 0;
    link->on_device = link->run_pending = false;
    link->device.net.layers = 0;
    return sr_fail(&link->device, SR_ERR_DEVICE,
                   "the device was reset or configured anew and has forgotten its weights: configure it and write them again");
}

enum sr_status sr_link_remembers(struct sr_link *link) {
    uint32_t status;
    if (!link->known[SR_REG_EPOCH]) return SR_OK; /* it was not told yet what to remember */
    SR_TRY(sr_link_registers(link, SR_REG_STATUS, 1, &status));
    return status & STATUS_EPOCH ? SR_OK : forgot(link);
}

/* ---- runs ---- */

static enum sr_status count_cycles(struct sr_link *link, uint64_t work) {
    static const char *const names[] = {"CYC_TOTAL",   "CYC_BASE",   "CYC_LIF", "CYC_LIF_BUSY",
                                        "CYC_READOUT", "CYC_UPDATE", "EVENTS"};
    enum { COUNTERS = sizeof names / sizeof *names };
    uint32_t status[1 + COUNTERS]; /* STATUS, then the counters */
    const uint32_t *got = status + 1;
    SR_TRY(sr_link_registers(link, SR_REG_STATUS, 1 + COUNTERS, status));
    if (!(status[0] & STATUS_EPOCH)) return forgot(link);
    for (unsigned i = 0; i < COUNTERS; i++)
        if (link->device.patience && got[i] / link->device.patience > work)
            return sr_fail(&link->device, SR_ERR_DEVICE, "the device reports %s = %u of a run that can take no more than %llu",
                           names[i], (unsigned)got[i], (unsigned long long)work);
    struct sr_counters *c = &link->counters;
    c->total += got[0], c->base += got[1], c->lif += got[2], c->lif_busy += got[3];
    c->readout += got[4], c->update += got[5], c->events += got[6];
    return SR_OK;
}

enum sr_status sr_link_run(struct sr_link *link, uint8_t flags, uint32_t samples) {
    uint64_t work = sr_link_work(link, flags, samples);
    size_t length;
    uint8_t code = 0;
    SR_TRY(sr_link_update_registers(link));
    link->run_pending = true; /* until its end was seen: a call that fails in between leaves a run behind */
    SR_TRY(sr_link_ask(link, SR_OP_RUN, &flags, 1, 0, &length));
    SR_TRY(sr_link_wait(link, work, &code));
    link->run_pending = false;
    if (code == SR_REPLY_NO_RUN) return forgot(link);
    if (code != SR_REPLY_OK) return sr_link_refused(link, SR_OP_RUN, code);
    return count_cycles(link, work);
}
