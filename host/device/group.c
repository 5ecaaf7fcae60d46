/* SPDX-License-Identifier: Apache-2.0
 * Several devices as one: each evaluates its share of the pairs, all apply the whole update, so their weights stay the same.
 * A call is one thread for each device. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device/device.h"
#include "device/fitness.h"

struct group {
    struct sr_device device; /* first */
    struct sr_device **members;
    uint32_t count;
    int32_t *fitness;       /* of the last evaluation */
    uint32_t fitness_pairs; /* its pairs if it covered all, else 0 */
    unsigned torn; /* bit of each layer whose weights may differ from member to member: a call failed in some of them */
};

/* What one thread does. Ranges are pairs or samples. */
struct job {
    struct group *group;
    uint32_t member, first, count;
    enum sr_status (*work)(struct job *job, struct sr_device *device);
    const void *argument;
    const struct sr_batch *batch;
    unsigned layer;
    int32_t *numbers;
    uint32_t *correct;
    uint8_t *predicted;
    enum sr_status status;
};

static struct group *group_of(struct sr_device *device) { return (struct group *)device; }

/* The group's failure is that of one member, with its name. */
static enum sr_status fail_member(struct group *group, enum sr_status status, uint32_t member) {
    char text[SR_NUMBER_NAME];
    return sr_fail(&group->device, status, "%s: %s", sr_device_name(group->members, member, text, sizeof text),
                   sr_device_error(group->members[member]));
}

static void *job_main(void *argument) {
    struct job *job = argument;
    job->status = job->work(job, job->group->members[job->member]);
    return NULL;
}

/* A cancelled call ends in all members. One that had already ended its part must not end its next. */
static enum sr_status settle_cancelled(struct group *group) {
    for (uint32_t i = 0; i < group->count; i++) atomic_store(&group->members[i]->cancelled, false);
    return sr_fail(&group->device, SR_ERR_INTERRUPTED, "cancelled");
}

/* Split `total` over the members and let each do its part; the first failure is the call's. */
static enum sr_status everywhere(struct group *group, const struct job *pattern, uint32_t total) {
    struct job *jobs = calloc(group->count, sizeof *jobs);
    pthread_t *threads = calloc(group->count, sizeof *threads);
    bool *started = calloc(group->count, sizeof *started);
    enum sr_status status = SR_OK;
    if (!jobs || !threads || !started)
        status = sr_fail(&group->device, SR_ERR_MEMORY, "out of memory for %u threads", (unsigned)group->count);
    for (uint32_t i = 0; i < group->count && !status; i++) {
        jobs[i] = *pattern;
        jobs[i].group = group;
        jobs[i].member = i;
        jobs[i].first = (uint32_t)((uint64_t)total * i / group->count);
        jobs[i].count = (uint32_t)((uint64_t)total * (i + 1) / group->count) - jobs[i].first;
        if (i + 1 < group->count) started[i] = pthread_create(&threads[i], NULL, job_main, &jobs[i]) == 0;
        if (!started[i]) job_main(&jobs[i]); /* the last one's work is this thread's own */
    }
    for (uint32_t i = 0; i < group->count && started; i++)
        if (started[i]) pthread_join(threads[i], NULL);
    if (!status && atomic_load(&group->device.cancelled)) status = settle_cancelled(group);
    for (uint32_t i = 0; i < group->count && !status; i++)
        if (jobs[i].status) status = fail_member(group, jobs[i].status, i);
    free(jobs);
    free(threads);
    free(started);
    return status;
}

static unsigned all_layers(const struct sr_net *net) { return ((1u << net->layers) - 1) | 1u << SR_READOUT_LAYER; }

static enum sr_status do_configure(struct job *job, struct sr_device *device) {
    return sr_device_configure(device, job->argument);
}

static enum sr_status group_configure(struct sr_device *device, const struct sr_net *net) {
    struct group *group = group_of(device);
    struct job job = {.work = do_configure, .argument = net};
    for (uint32_t i = 0; i < group->count; i++) { /* before any of them has another network than the rest */
        enum sr_status status = sr_check_stores(group->members[i], net);
        if (status) return fail_member(group, status, i);
    }
    enum sr_status status = everywhere(group, &job, 0);
    if (status)
        device->net.layers = 0; /* some have the new network, some the one before: nothing but another configure helps */
    group->torn = status ? 0 : group->torn & all_layers(net);
    return status;
}

/* Members that hold different weights would go on and never agree: they must be written anew first. */
static enum sr_status check_whole(struct group *group) {
    if (!group->torn) return SR_OK;
    return sr_fail(
        &group->device, SR_ERR_ARGUMENT,
        "the devices of the group may hold different weights since a call failed: write the weights of every layer again");
}

static enum sr_status do_write_weights(struct job *job, struct sr_device *device) {
    return sr_device_write_weights(device, job->layer, job->argument);
}

static enum sr_status group_write_weights(struct sr_device *device, unsigned layer, const int16_t *master) {
    struct job job = {.work = do_write_weights, .layer = layer, .argument = master};
    struct group *group = group_of(device);
    enum sr_status status = everywhere(group, &job, 0);
    group->torn = status ? group->torn | 1u << layer : group->torn & ~(1u << layer);
    return status;
}

static enum sr_status group_read_weights(struct sr_device *device, unsigned layer, int16_t *master) {
    struct sr_device *first = group_of(device)->members[0];
    enum sr_status status = check_whole(group_of(device));
    if (status) return status;
    status = sr_device_read_weights(first, layer, master);
    if (atomic_load(&device->cancelled)) return settle_cancelled(group_of(device));
    return status ? fail_member(group_of(device), status, 0) : SR_OK;
}

static enum sr_status do_evaluate(struct job *job, struct sr_device *device) {
    if (!job->count) return SR_OK;
    struct sr_evaluation share = *(const struct sr_evaluation *)job->argument;
    share.pair_first += job->first;
    share.pair_count = job->count;
    return sr_device_evaluate(device, &share, job->batch, job->numbers + 2 * (size_t)job->first,
                              job->correct ? job->correct + 2 * (size_t)job->first : NULL);
}

static enum sr_status group_evaluate(struct sr_device *device, const struct sr_evaluation *evaluation,
                                     const struct sr_batch *batch, int32_t *fitness, uint32_t *correct) {
    struct group *group = group_of(device);
    size_t members = 2 * (size_t)evaluation->pair_count;
    int32_t *all = malloc(members * sizeof *all);
    uint32_t *right = correct ? malloc(members * sizeof *right) : NULL;
    enum sr_status status = SR_OK;
    if (!all || (correct && !right))
        status = sr_fail(device, SR_ERR_MEMORY, "out of memory for %u pairs", (unsigned)evaluation->pair_count);
    if (!status) status = check_whole(group);
    struct job job = {.work = do_evaluate, .argument = evaluation, .batch = batch, .numbers = all, .correct = right};
    group->fitness_pairs = 0;
    if (!status) status = everywhere(group, &job, evaluation->pair_count);
    if (!status) {
        memcpy(fitness, all, members * sizeof *all);
        if (correct) memcpy(correct, right, members * sizeof *right);
        free(group->fitness);
        group->fitness = all;
        all = NULL;
        if (evaluation->pair_count == evaluation->noise.pairs) group->fitness_pairs = evaluation->noise.pairs;
    }
    free(all);
    free(right);
    return status;
}

static enum sr_status do_update(struct job *job, struct sr_device *device) { return sr_device_update(device, job->argument); }

static enum sr_status group_update(struct sr_device *device, const struct sr_update *update) {
    struct group *group = group_of(device);
    struct sr_update whole = *update;
    uint32_t pairs = update->noise.pairs;
    int8_t *credit = NULL;
    enum sr_status status = check_whole(group);
    if (status) return status;
    if (!whole.credit) { /* no device has seen every pair: shape here */
        if (group->fitness_pairs != pairs)
            return sr_fail(device, SR_ERR_ARGUMENT, "credit is missing, and the last evaluation did not cover all %u pairs",
                           (unsigned)pairs);
        if (!(credit = malloc(pairs))) return sr_fail(device, SR_ERR_MEMORY, "out of memory for %u pairs", (unsigned)pairs);
        sr_shape_signs(group->fitness, pairs, credit);
        whole.credit = credit;
    }
    struct job job = {.work = do_update, .argument = &whole};
    status = everywhere(group, &job, 0);
    if (status) group->torn = all_layers(&device->net);
    free(credit);
    return status;
}

static enum sr_status do_infer(struct job *job, struct sr_device *device) {
    if (!job->count) return SR_OK;
    struct sr_batch part = {.count = job->count,
                            .ids = job->batch->ids + job->first,
                            .bits = job->batch->bits + job->first,
                            .labels = job->batch->labels ? job->batch->labels + job->first : NULL};
    size_t classes = device->net.classes;
    return sr_device_infer(device, &part, job->numbers ? job->numbers + classes * job->first : NULL,
                           job->predicted + job->first);
}

static enum sr_status group_infer(struct sr_device *device, const struct sr_batch *batch, int32_t *scores, uint8_t *predicted) {
    size_t numbers = (size_t)batch->count * device->net.classes;
    int32_t *all = scores ? malloc(numbers * sizeof *all) : NULL;
    uint8_t *best = malloc(batch->count);
    enum sr_status status = SR_OK;
    if ((scores && !all) || !best)
        status = sr_fail(device, SR_ERR_MEMORY, "out of memory for %u samples", (unsigned)batch->count);
    struct job job = {.work = do_infer, .batch = batch, .numbers = all, .predicted = best};
    if (!status) status = check_whole(group_of(device));
    if (!status) status = everywhere(group_of(device), &job, batch->count);
    if (!status) {
        if (scores) memcpy(scores, all, numbers * sizeof *all);
        memcpy(predicted, best, batch->count);
    }
    free(all);
    free(best);
    return status;
}

static void most(uint64_t *a, uint64_t b) {
    if (b > *a) *a = b;
}

void sr_join_counters(struct sr_counters *all, const struct sr_counters *one) {
    most(&all->total, one->total), most(&all->base, one->base);
    most(&all->lif, one->lif), most(&all->readout, one->readout), most(&all->update, one->update);
    all->lif_busy += one->lif_busy;
    all->events += one->events;
    all->link_tx += one->link_tx;
    all->link_rx += one->link_rx;
    all->link_requests += one->link_requests;
    all->link_retries += one->link_retries;
}

static enum sr_status group_counters(struct sr_device *device, struct sr_counters *counters) {
    struct group *group = group_of(device);
    struct sr_counters sum = {0};
    for (uint32_t i = 0; i < group->count; i++) {
        struct sr_counters one;
        enum sr_status status = sr_device_counters(group->members[i], &one);
        if (status) return fail_member(group, status, i);
        sr_join_counters(&sum, &one);
    }
    *counters = sum;
    return SR_OK;
}

/* What all members say alike, as the identity of a build. */
static enum sr_status group_read_registers(struct sr_device *device, unsigned first, unsigned count, uint32_t *values) {
    struct group *group = group_of(device);
    char text[SR_NUMBER_NAME];
    for (uint32_t i = 0; i < group->count; i++) {
        for (unsigned k = 0; k < count; k++) {
            uint32_t value;
            enum sr_status status = sr_device_read_registers(group->members[i], first + k, 1, &value);
            if (status) return fail_member(group, status, i);
            if (i && value != values[k])
                return sr_fail(device, SR_ERR_MISMATCH, "register 0x%02X of %s is 0x%08X, of the first device 0x%08X",
                               first + k, sr_device_name(group->members, i, text, sizeof text), (unsigned)value,
                               (unsigned)values[k]);
            values[k] = value;
        }
    }
    return SR_OK;
}

static void group_cancel(struct sr_device *device) {
    struct group *group = group_of(device);
    for (uint32_t i = 0; i < group->count; i++) sr_device_cancel(group->members[i]);
}

static void group_set_patience(struct sr_device *device, uint32_t times) {
    struct group *group = group_of(device);
    for (uint32_t i = 0; i < group->count; i++) sr_device_set_patience(group->members[i], times);
}

static void group_close(struct sr_device *device) {
    struct group *group = group_of(device);
    for (uint32_t i = 0; i < group->count; i++) sr_device_close(group->members[i]);
    free(group->members);
    free(group->fitness);
    free(group);
}

enum sr_status sr_group_open(struct sr_device **devices, uint32_t count, struct sr_device **device, char *error,
                             size_t error_size) {
    static const struct sr_engine_ops ops = {.close = group_close,
                                             .configure = group_configure,
                                             .write_weights = group_write_weights,
                                             .read_weights = group_read_weights,
                                             .evaluate = group_evaluate,
                                             .update = group_update,
                                             .infer = group_infer,
                                             .counters = group_counters,
                                             .cancel = group_cancel,
                                             .read_registers = group_read_registers,
                                             .set_patience = group_set_patience};
    char unused[1], name[2][SR_NUMBER_NAME];
    if (!error || !error_size) error = unused, error_size = sizeof unused;
    enum sr_status status = count ? SR_OK : SR_ERR_ARGUMENT;
    if (!count) snprintf(error, error_size, "a group of no devices");
    for (uint32_t i = 1; i < count && !status; i++)
        if (devices[i]->caps.frac_w != devices[0]->caps.frac_w) {
            snprintf(error, error_size, "%s has FRAC_W %u, %s has %u: their weights would differ",
                     sr_device_name(devices, i, name[1], sizeof name[1]), (unsigned)devices[i]->caps.frac_w,
                     sr_device_name(devices, 0, name[0], sizeof name[0]), (unsigned)devices[0]->caps.frac_w);
            status = SR_ERR_MISMATCH;
        }
    struct group *group = status ? NULL : calloc(1, sizeof *group);
    struct sr_device **members = status ? NULL : malloc(count * sizeof *members);
    if (!status && (!group || !members)) {
        snprintf(error, error_size, "out of memory for a group of %u devices", (unsigned)count);
        status = SR_ERR_MEMORY;
    }
    if (status) {
        for (uint32_t i = 0; i < count; i++) sr_device_close(devices[i]);
        free(group);
        free(members);
        return status;
    }
    memcpy(members, devices, count * sizeof *members);
    group->members = members;
    group->count = count;
    group->device.ops = &ops;
    group->device.caps = devices[0]->caps;
    for (uint32_t i = 1; i < count; i++) sr_join_caps(&group->device.caps, &devices[i]->caps);
    group->device.caps.modes &= ~(uint32_t)SR_MODES_LOCAL; /* a group does not learn in it; ranks (ranks.h) do */
    sr_join_remarks(members, count, group->device.remark, sizeof group->device.remark);
    *device = &group->device;
    return SR_OK;
}
