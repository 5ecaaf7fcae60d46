/* SPDX-License-Identifier: Apache-2.0
 * See ranks.h. A command is a struct that rank 0 broadcasts, then its arrays, each a broadcast; every rank, 0 included, does its
 * part (the functions named part_*); then all agree whether all went well, and rank 0 gathers the results.
 * More than 400 lines, because the two sides of each command stand together. */
#include "device/ranks.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device/fitness.h"
#include "device/registry.h"

enum command_kind {
    COMMAND_OPEN,
    COMMAND_CONFIGURE,
    COMMAND_WRITE,
    COMMAND_READ,
    COMMAND_EVALUATE,
    COMMAND_UPDATE,
    COMMAND_INFER,
    COMMAND_LEARN,
    COMMAND_COUNT,
    COMMAND_END
};

struct command {
    uint32_t kind, layer, samples;
    bool labelled, wants_correct, wants_scores;
    uint32_t frac_bits;
    char version[32];
    struct sr_net net;
    struct sr_evaluation evaluation;
    struct sr_update update; /* its credit follows */
    struct sr_learning learning;
};

struct ranks {
    struct sr_device device; /* first; of rank 0 */
    const struct sr_communicator *c;
    struct sr_device *own;
    size_t *counts; /* [size]: bytes of each rank in a gathering */
    uint8_t *room;  /* of a batch on its way */
    size_t room_size;
    int32_t *fitness;       /* of the last evaluation */
    uint32_t fitness_pairs; /* its pairs if it covered all, else 0 */
    unsigned torn;          /* bit of each layer whose weights a failed call left different from rank to rank */
    unsigned split;         /* bit of each layer of which each rank knows its own columns only */
};

struct part { /* of a rank: numbers from first to end - 1 */
    size_t first, end;
};

static struct part part_of(const struct sr_communicator *c, uint32_t rank, size_t total) {
    return (struct part){total * rank / c->size, total * (rank + 1) / c->size};
}
static struct part own_part(const struct ranks *r, size_t total) { return part_of(r->c, r->c->rank, total); }

static struct ranks *ranks_of(struct sr_device *device) { return (struct ranks *)(void *)device; }

static unsigned all_layers(const struct sr_net *net) { return ((1u << net->layers) - 1) | 1u << SR_READOUT_LAYER; }

/* ---- talking ---- */

static void *need(const struct ranks *r, size_t size) {
    void *memory = calloc(size ? size : 1, 1);
    if (!memory) r->c->abort("out of memory");
    return memory;
}

/* A cancellation that another call has used up is forgotten. */
static void tell(struct ranks *r, struct command *command) {
    if (r->own) atomic_store(&r->own->cancelled, atomic_load(&r->device.cancelled));
    r->c->broadcast(command, sizeof *command);
}

/* Whether all ranks succeeded. Rank 0 gets the line of the first that did not. */
static enum sr_status agree(struct ranks *r, enum sr_status status, const char *line) {
    struct verdict {
        int32_t status;
        char text[256];
    } mine = {.status = (int32_t)status}, *all = NULL;
    int32_t failures = status != SR_OK;
    r->c->sum(&failures, 1);
    if (!failures) return SR_OK;
    if (status != SR_OK) snprintf(mine.text, sizeof mine.text, "%s", line);
    for (uint32_t i = 0; i < r->c->size; i++) r->counts[i] = sizeof mine;
    if (!r->c->rank) all = need(r, r->c->size * sizeof *all);
    r->c->gather(&mine, r->counts, all);
    for (uint32_t i = 0; all && i < r->c->size; i++)
        if (all[i].status) {
            status = sr_fail(&r->device, (enum sr_status)all[i].status, "rank %u: %.230s", (unsigned)i, all[i].text);
            break;
        }
    free(all);
    return status != SR_OK ? status : SR_ERR_INTERRUPTED;
}

static enum sr_status agree_own(struct ranks *r, enum sr_status status) { return agree(r, status, sr_device_error(r->own)); }

/* Each rank's part of `total` items of so many bytes, into `all` of rank 0. */
static void gather_parts(struct ranks *r, const void *mine, size_t total, size_t bytes, void *all) {
    for (uint32_t i = 0; i < r->c->size; i++) {
        struct part part = part_of(r->c, i, total);
        r->counts[i] = (part.end - part.first) * bytes;
    }
    r->c->gather(mine, r->counts, all);
}

/* Identities, labels and bits of a batch: sent by rank 0, received by the others into a batch that is good until the next. */
static void share_batch(struct ranks *r, const struct command *command, const struct sr_net *net, struct sr_batch *batch) {
    const size_t count = command->samples, words = (size_t)net->steps * sr_net_step_words(net), bits = count * words * 8;
    const size_t size = bits + count * sizeof(uint64_t *) + count * sizeof(uint32_t) + count;
    if (r->room_size < size) {
        free(r->room);
        r->room = need(r, size);
        r->room_size = size;
    }
    uint64_t *bit = (uint64_t *)(void *)r->room;
    const uint64_t **row = (const uint64_t **)(void *)(r->room + bits);
    uint32_t *id = (uint32_t *)(void *)(row + count);
    uint8_t *label = (uint8_t *)(id + count);
    if (!r->c->rank) {
        for (size_t b = 0; b < count; b++) memcpy(bit + b * words, batch->bits[b], words * 8);
        memcpy(id, batch->ids, count * sizeof *id);
        if (command->labelled) memcpy(label, batch->labels, count);
    }
    r->c->broadcast(bit, bits);
    r->c->broadcast(id, count * sizeof *id);
    if (command->labelled) r->c->broadcast(label, count);
    if (!r->c->rank) return;
    for (size_t b = 0; b < count; b++) row[b] = bit + b * words;
    *batch = (struct sr_batch){.count = (uint32_t)count, .ids = id, .bits = row, .labels = command->labelled ? label : NULL};
}

/* ---- parts: what every rank does; results are for rank 0 ---- */

static enum sr_status part_write(struct ranks *r, unsigned layer, const struct sr_net *net, const int16_t *weights) {
    size_t size = (size_t)sr_net_rows(net, layer) * sr_net_cols(net, layer) * sizeof *weights;
    int16_t *copy = need(r, size);
    if (!r->c->rank) memcpy(copy, weights, size);
    r->c->broadcast(copy, size);
    enum sr_status status = agree_own(r, sr_device_write_weights(r->own, layer, copy));
    free(copy);
    return status;
}

/* Columns of a rank where they are split. */
static struct part columns(const struct sr_communicator *c, uint32_t rank, uint32_t cols) {
    struct part blocks = part_of(c, rank, (cols + 63) / 64);
    return (struct part){blocks.first * 64 < cols ? blocks.first * 64 : cols, blocks.end * 64 < cols ? blocks.end * 64 : cols};
}

/* Each rank's own columns of a layer together. */
static enum sr_status part_read(struct ranks *r, unsigned layer, const struct sr_net *net, int16_t *weights) {
    const uint32_t rows = sr_net_rows(net, layer), cols = sr_net_cols(net, layer);
    const struct part own = columns(r->c, r->c->rank, cols);
    const size_t width = own.end - own.first;
    int16_t *whole = need(r, (size_t)rows * cols * sizeof *whole), *mine = need(r, rows * width * sizeof *mine), *all = NULL;
    enum sr_status status = agree_own(r, sr_device_read_weights(r->own, layer, whole));
    if (status == SR_OK) {
        for (uint32_t row = 0; row < rows; row++)
            memcpy(mine + row * width, whole + (size_t)row * cols + own.first, width * sizeof *mine);
        for (uint32_t i = 0; i < r->c->size; i++) {
            struct part part = columns(r->c, i, cols);
            r->counts[i] = (part.end - part.first) * rows * sizeof *mine;
        }
        if (!r->c->rank) all = need(r, (size_t)rows * cols * sizeof *all);
        r->c->gather(mine, r->counts, all);
        const int16_t *from = all;
        for (uint32_t i = 0; all && i < r->c->size; i++) {
            struct part part = columns(r->c, i, cols);
            for (uint32_t row = 0; row < rows; row++, from += part.end - part.first)
                memcpy(weights + (size_t)row * cols + part.first, from, (part.end - part.first) * sizeof *from);
        }
    }
    free(whole);
    free(mine);
    free(all);
    return status;
}

static enum sr_status part_evaluate(struct ranks *r, const struct command *command, struct sr_batch *batch, int32_t *fitness,
                                    uint32_t *correct) {
    const struct part own = own_part(r, command->evaluation.pair_count);
    struct sr_evaluation share = command->evaluation;
    const size_t members = 2 * (own.end - own.first);
    int32_t *mine = need(r, members * sizeof *mine);
    uint32_t *right = need(r, members * sizeof *right);
    share.pair_first += (uint32_t)own.first;
    share.pair_count = (uint32_t)(own.end - own.first);
    enum sr_status status = members ? sr_device_evaluate(r->own, &share, batch, mine, right) : SR_OK;
    status = agree_own(r, status);
    if (status == SR_OK) gather_parts(r, mine, command->evaluation.pair_count, 2 * sizeof *mine, fitness);
    if (status == SR_OK && command->wants_correct)
        gather_parts(r, right, command->evaluation.pair_count, 2 * sizeof *right, correct);
    free(mine);
    free(right);
    return status;
}

static enum sr_status part_update(struct ranks *r, const struct command *command, const int8_t *credit) {
    struct sr_update update = command->update;
    int8_t *copy = need(r, update.noise.pairs);
    if (!r->c->rank) memcpy(copy, credit, update.noise.pairs);
    r->c->broadcast(copy, update.noise.pairs);
    update.credit = copy;
    enum sr_status status = agree_own(r, sr_device_update(r->own, &update));
    free(copy);
    return status;
}

static enum sr_status part_infer(struct ranks *r, const struct command *command, const struct sr_net *net,
                                 const struct sr_batch *batch, int32_t *scores, uint8_t *predicted) {
    const struct part own = own_part(r, batch->count);
    const size_t count = own.end - own.first, classes = net->classes;
    int32_t *mine = need(r, count * classes * sizeof *mine);
    uint8_t *best = need(r, count);
    struct sr_batch part = {.count = (uint32_t)count,
                            .ids = batch->ids + own.first,
                            .bits = batch->bits + own.first,
                            .labels = batch->labels ? batch->labels + own.first : NULL};
    enum sr_status status = count ? sr_device_infer(r->own, &part, command->wants_scores ? mine : NULL, best) : SR_OK;
    status = agree_own(r, status);
    if (status == SR_OK && command->wants_scores) gather_parts(r, mine, batch->count, classes * sizeof *mine, scores);
    if (status == SR_OK) gather_parts(r, best, batch->count, 1, predicted);
    free(mine);
    free(best);
    return status;
}

static void sum_for_share(void *context, int32_t *values, size_t count) {
    const struct ranks *r = context;
    r->c->sum(values, count);
}

/* Every rank gets the results of all samples, since it has all the scores. */
static enum sr_status part_learn(struct ranks *r, const struct command *command, const struct sr_net *net,
                                 const struct sr_batch *batch, int32_t *fitness, uint8_t *correct) {
    const struct part own = own_part(r, (net->hidden[0] + 63) / 64);
    const struct sr_column_share share = {
        .first = (uint32_t)own.first, .end = (uint32_t)own.end, .sum = sum_for_share, .context = r};
    return agree_own(r, sr_device_learn_share(r->own, &command->learning, batch, &share, fitness, correct));
}

static enum sr_status part_count(struct ranks *r, struct sr_counters *all) {
    struct sr_counters mine = {0};
    enum sr_status status = agree_own(r, sr_device_counters(r->own, &mine));
    if (status == SR_OK) gather_parts(r, &mine, r->c->size, sizeof mine, all);
    return status;
}

static enum sr_status part_open(struct ranks *r, const struct command *command, const struct sr_open *how, uint32_t patience,
                                const char *fault, struct sr_caps *all) {
    struct sr_open open = *how;
    char error[256] = "";
    enum sr_status status = SR_OK;
    if (!fault && strcmp(command->version, SR_VERSION)) fault = "another version of spikeroll than rank 0";
    if (fault) {
        snprintf(error, sizeof error, "%s", fault);
        status = SR_ERR_ARGUMENT;
    } else {
        open.frac_bits = command->frac_bits;
        status = sr_device_open(&open, &r->own, error, sizeof error);
    }
    status = agree(r, status, error);
    if (status != SR_OK) return status;
    struct sr_caps caps = *sr_device_caps(r->own);
    if (!r->own->ops->learn_share && r->c->size > 1) caps.modes &= ~(uint32_t)SR_MODES_LOCAL;
    sr_device_set_patience(r->own, patience);
    gather_parts(r, &caps, r->c->size, sizeof *all, all);
    return SR_OK;
}

/* ---- rank 0: the device ---- */

/* Weights that every rank has whole, before a call that needs them so. */
static enum sr_status make_whole(struct ranks *r) {
    struct sr_device *device = &r->device;
    if (r->torn)
        return sr_fail(device, SR_ERR_ARGUMENT,
                       "the ranks may hold different weights since a call failed: write the weights of every layer again");
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        if (!(r->split >> l & 1)) continue;
        int16_t *weights = need(r, (size_t)sr_net_rows(&device->net, l) * sr_net_cols(&device->net, l) * sizeof *weights);
        enum sr_status status = device->ops->read_weights(device, l, weights);
        if (status == SR_OK) status = device->ops->write_weights(device, l, weights);
        free(weights);
        if (status != SR_OK) return status;
    }
    return SR_OK;
}

static enum sr_status ranks_configure(struct sr_device *device, const struct sr_net *net) {
    struct ranks *r = ranks_of(device);
    struct command command = {.kind = COMMAND_CONFIGURE, .net = *net};
    enum sr_status status = make_whole(r);
    if (status != SR_OK && !r->torn) return status;
    tell(r, &command);
    status = agree_own(r, sr_device_configure(r->own, net));
    if (status != SR_OK) device->net.layers = 0; /* some have the new network, some the one before */
    r->torn = status != SR_OK ? 0 : r->torn & all_layers(net);
    return status;
}

static enum sr_status ranks_write_weights(struct sr_device *device, unsigned layer, const int16_t *master) {
    struct ranks *r = ranks_of(device);
    struct command command = {.kind = COMMAND_WRITE, .layer = layer};
    tell(r, &command);
    enum sr_status status = part_write(r, layer, &device->net, master);
    r->torn = status != SR_OK ? r->torn | 1u << layer : r->torn & ~(1u << layer);
    r->split &= ~(1u << layer);
    return status;
}

static enum sr_status ranks_read_weights(struct sr_device *device, unsigned layer, int16_t *master) {
    struct ranks *r = ranks_of(device);
    struct command command = {.kind = COMMAND_READ, .layer = layer};
    if (r->torn) return make_whole(r);
    if (r->split >> layer & 1) {
        tell(r, &command);
        return part_read(r, layer, &device->net, master);
    }
    enum sr_status status = sr_device_read_weights(r->own, layer, master);
    return status == SR_OK ? SR_OK : sr_fail(device, status, "%s", sr_device_error(r->own));
}

static enum sr_status ranks_evaluate(struct sr_device *device, const struct sr_evaluation *evaluation,
                                     const struct sr_batch *batch, int32_t *fitness, uint32_t *correct) {
    struct ranks *r = ranks_of(device);
    struct sr_batch shared = *batch;
    struct command command = {.kind = COMMAND_EVALUATE,
                              .samples = batch->count,
                              .labelled = true,
                              .wants_correct = correct != NULL,
                              .evaluation = *evaluation};
    enum sr_status status = make_whole(r);
    if (status != SR_OK) return status;
    const size_t members = 2 * (size_t)evaluation->pair_count;
    tell(r, &command);
    share_batch(r, &command, &device->net, &shared);
    status = part_evaluate(r, &command, &shared, fitness, correct);
    r->fitness_pairs = 0;
    if (status != SR_OK || evaluation->pair_count != evaluation->noise.pairs) return status;
    free(r->fitness);
    r->fitness = need(r, members * sizeof *fitness);
    memcpy(r->fitness, fitness, members * sizeof *fitness);
    r->fitness_pairs = evaluation->noise.pairs;
    return SR_OK;
}

static enum sr_status ranks_update(struct sr_device *device, const struct sr_update *update) {
    struct ranks *r = ranks_of(device);
    struct command command = {.kind = COMMAND_UPDATE, .update = *update};
    int8_t *credit = NULL;
    enum sr_status status = make_whole(r);
    if (status != SR_OK) return status;
    if (!update->credit) { /* no rank has seen every pair: shape here */
        if (r->fitness_pairs != update->noise.pairs)
            return sr_fail(device, SR_ERR_ARGUMENT, "credit is missing, and the last evaluation did not cover all %u pairs",
                           (unsigned)update->noise.pairs);
        credit = need(r, update->noise.pairs);
        sr_shape_signs(r->fitness, update->noise.pairs, credit);
    }
    tell(r, &command);
    status = part_update(r, &command, credit ? credit : update->credit);
    if (status != SR_OK) r->torn = all_layers(&device->net);
    free(credit);
    return status;
}

static enum sr_status ranks_infer(struct sr_device *device, const struct sr_batch *batch, int32_t *scores, uint8_t *predicted) {
    struct ranks *r = ranks_of(device);
    struct sr_batch shared = *batch;
    struct command command = {
        .kind = COMMAND_INFER, .samples = batch->count, .labelled = batch->labels != NULL, .wants_scores = scores != NULL};
    enum sr_status status = make_whole(r);
    if (status != SR_OK) return status;
    tell(r, &command);
    share_batch(r, &command, &device->net, &shared);
    return part_infer(r, &command, &device->net, &shared, scores, predicted);
}

static enum sr_status ranks_learn(struct sr_device *device, const struct sr_learning *learning, const struct sr_batch *batch,
                                  int32_t *fitness, uint8_t *correct) {
    struct ranks *r = ranks_of(device);
    struct sr_batch shared = *batch;
    struct command command = {.kind = COMMAND_LEARN, .samples = batch->count, .labelled = true, .learning = *learning};
    if (r->torn) return make_whole(r);
    if (device->net.layers > 1 && r->c->size > 1)
        return sr_fail(device, SR_ERR_UNSUPPORTED, "mode local over several ranks needs one hidden layer: the network has %u",
                       (unsigned)device->net.layers);
    tell(r, &command);
    share_batch(r, &command, &device->net, &shared);
    enum sr_status status = part_learn(r, &command, &device->net, &shared, fitness, correct);
    if (status != SR_OK) r->torn = all_layers(&device->net);
    if (r->c->size > 1) r->split = all_layers(&device->net);
    return status;
}

static enum sr_status ranks_counters(struct sr_device *device, struct sr_counters *counters) {
    struct ranks *r = ranks_of(device);
    struct command command = {.kind = COMMAND_COUNT};
    struct sr_counters *all = need(r, r->c->size * sizeof *all), sum = {0};
    tell(r, &command);
    enum sr_status status = part_count(r, all);
    for (uint32_t i = 0; i < r->c->size && status == SR_OK; i++) sr_join_counters(&sum, &all[i]);
    if (status == SR_OK) *counters = sum;
    free(all);
    return status;
}

/* The other ranks finish the call, which then fails as one that this rank did not carry out. */
static void ranks_cancel(struct sr_device *device) { sr_device_cancel(ranks_of(device)->own); }

static void drop(struct ranks *r) {
    sr_device_close(r->own);
    free(r->counts);
    free(r->room);
    free(r->fitness);
    free(r);
}

static void ranks_close(struct sr_device *device) { drop(ranks_of(device)); }

static struct ranks *make(const struct sr_communicator *c) {
    struct ranks *r = calloc(1, sizeof *r);
    if (!r || !(r->counts = calloc(c->size, sizeof *r->counts))) c->abort("out of memory");
    r->c = c;
    return r;
}

enum sr_status sr_ranks_open(const struct sr_communicator *c, const struct sr_open *how, uint32_t patience,
                             struct sr_device **device, char *error, size_t error_size) {
    static const struct sr_engine_ops ops = {.close = ranks_close,
                                             .configure = ranks_configure,
                                             .write_weights = ranks_write_weights,
                                             .read_weights = ranks_read_weights,
                                             .evaluate = ranks_evaluate,
                                             .update = ranks_update,
                                             .learn = ranks_learn,
                                             .infer = ranks_infer,
                                             .counters = ranks_counters,
                                             .cancel = ranks_cancel};
    struct ranks *r = make(c);
    struct command command = {.kind = COMMAND_OPEN, .frac_bits = how->frac_bits, .version = SR_VERSION};
    struct sr_caps *all = need(r, c->size * sizeof *all);
    tell(r, &command);
    enum sr_status status = part_open(r, &command, how, patience, NULL, all);
    for (uint32_t i = 1; i < c->size && status == SR_OK; i++)
        if (all[i].frac_w != all[0].frac_w)
            status =
                sr_fail(&r->device, SR_ERR_MISMATCH, "rank %u has %u fraction bits, rank 0 has %u: their weights would differ",
                        (unsigned)i, (unsigned)all[i].frac_w, (unsigned)all[0].frac_w);
    if (status != SR_OK) {
        snprintf(error, error_size, "%s", r->device.error);
        drop(r);
        free(all);
        return status;
    }
    r->device.ops = &ops;
    r->device.caps = all[0];
    for (uint32_t i = 1; i < c->size; i++) sr_join_caps(&r->device.caps, &all[i]);
    snprintf(r->device.remark, sizeof r->device.remark, "%s", sr_device_remark(r->own));
    free(all);
    *device = &r->device;
    return SR_OK;
}

/* ---- the other ranks ---- */

void sr_ranks_serve(const struct sr_communicator *c, const struct sr_open *how, uint32_t patience, const char *fault) {
    struct ranks *r = make(c);
    struct command command;
    for (bool more = true; more;) {
        struct sr_batch batch = {0};
        tell(r, &command);
        const struct sr_net *net = r->own ? &r->own->net : NULL;
        if (net && command.samples) share_batch(r, &command, net, &batch);
        enum sr_status status = SR_OK; /* rank 0 has been told, by agree */
        switch ((enum command_kind)command.kind) {
            case COMMAND_OPEN:
                status = part_open(r, &command, how, patience, fault, NULL);
                break;
            case COMMAND_CONFIGURE:
                status = agree_own(r, sr_device_configure(r->own, &command.net));
                break;
            case COMMAND_WRITE:
                status = part_write(r, command.layer, net, NULL);
                break;
            case COMMAND_READ:
                status = part_read(r, command.layer, net, NULL);
                break;
            case COMMAND_EVALUATE:
                status = part_evaluate(r, &command, &batch, NULL, NULL);
                break;
            case COMMAND_UPDATE:
                status = part_update(r, &command, NULL);
                break;
            case COMMAND_INFER:
                status = part_infer(r, &command, net, &batch, NULL, NULL);
                break;
            case COMMAND_LEARN:
                status = part_learn(r, &command, net, &batch, NULL, NULL);
                break;
            case COMMAND_COUNT:
                status = part_count(r, NULL);
                break;
            case COMMAND_END:
                more = false;
                break;
        }
        (void)status;
    }
    drop(r);
}

void sr_ranks_end(const struct sr_communicator *c) {
    struct command command = {.kind = COMMAND_END};
    if (!c->rank) c->broadcast(&command, sizeof command);
    c->end();
}

enum sr_status sr_ranks_begin(const struct sr_communicator **communicator, char *error, size_t error_size) {
    static const char *const sizes[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"};
    const char *size = NULL;
    char path[SR_MODULE_PATH];
    *communicator = NULL;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes && !size; i++) size = getenv(sizes[i]);
    if (!size) return SR_OK;
    if (!sr_registry_file("ranks.mpi.so", path, sizeof path)) {
        snprintf(
            error, error_size,
            "started by mpirun in %.20s processes, and there is no ranks.mpi.so for them to talk with: `make mpi` builds it",
            size);
        return SR_ERR_UNSUPPORTED;
    }
    /* The symbols are global, as Open MPI's own plugins look for its library among them. */
    void *module = dlopen(path, RTLD_NOW | RTLD_GLOBAL | RTLD_NODELETE);
    sr_communicator_entry entry = NULL;
    if (module) *(void **)&entry = dlsym(module, SR_COMMUNICATOR_ENTRY_NAME);
    if (!entry) {
        const char *why = dlerror();
        snprintf(error, error_size, "%s", why ? why : "ranks.mpi.so cannot be loaded");
        return SR_ERR_MISMATCH;
    }
    *communicator = entry();
    return SR_OK;
}
