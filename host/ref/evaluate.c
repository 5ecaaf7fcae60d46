/* SPDX-License-Identifier: Apache-2.0
 * Evaluation and inference of the engine `ref`: docs/numerics.md, sections 3 to 6.
 *
 * The batch goes through in slices. For each sample of a slice the first layer's base current and all projections are made
 * once (jobs over samples); then pairs are evaluated on the slice (jobs over groups of pairs). A job writes to places of its
 * own, so results do not depend on the threads.
 * More than 400 lines, because the jobs, the tables of a call and the plan that cuts the work are about one struct, that of the call. */
#include <stdlib.h>
#include <string.h>

#include "device/fitness.h"
#include "ref/pair.h"
#include "ref/ref.h"

enum {
    SLICE_BYTES = 512 * 1024, /* of base currents and projections: stays in a second-level cache */
    SLICE_MAX = 256,
    GROUP = 8 /* pairs that look at a sample in turn, in mode lowrank */
};

struct scratch {    /* of one worker */
    int16_t *delta; /* [steps][stride]: first layer, one for a pair */
    int16_t *base_deep, *delta_deep;
    uint8_t *spikes;         /* [steps][stride] */
    uint64_t *bits;          /* [steps][stride / 64] */
    uint16_t *events;        /* of one step */
    int16_t *y;              /* [stride] */
    uint64_t *words;         /* one column block of a full table */
    int8_t *full[SR_LAYERS]; /* [rows][stride], the pair's draw in mode full */
    int16_t *full_readout;   /* the same as int16, for the readout */
};

struct sample {          /* of the slice */
    int16_t *base;       /* [steps][stride] */
    int16_t *projection; /* [steps][share_width]: c' of section 3 */
    int32_t base_max;
    bool fast;       /* kernels may evaluate it, and base is as they want it */
    uint32_t *first; /* [steps + 1]: events of step t are event[first[t]] to event[first[t + 1] - 1] */
    uint16_t *event;
};

struct run {
    struct ref *ref;
    const struct sr_net *net;
    const struct sr_evaluation *evaluation; /* NULL: inference */
    const struct sr_batch *batch;
    int32_t *fitness, *scores;
    uint32_t *correct;
    uint8_t *predicted;
    bool lowrank[SR_LAYERS], full[SR_LAYERS];    /* how a layer is perturbed; neither: not at all */
    size_t stride_max, share_first, share_width; /* share: columns of row8 that hold the terms of this call's pairs */
    uint32_t slice_first, slice_count, slice_room, group;
    struct sample *sample;
    struct scratch *scratch;
    struct ref_pairs pairs; /* the fast way, if it serves */
    int16_t *zero;          /* [steps][stride] */
};

/* ---- a sample: events, base current, projections ---- */

static size_t list_events(const uint64_t *words, size_t count, uint16_t *events) {
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        for (uint64_t w = words[i]; w; w &= w - 1) events[n++] = (uint16_t)(i * 64 + (size_t)__builtin_ctzll(w));
    return n;
}

static void prepare_sample(void *context, unsigned worker, uint32_t index) {
    const struct run *run = context;
    struct sample *s = &run->sample[index];
    const struct ref_layer *layer = &run->ref->layer[0];
    const uint64_t *bits = run->batch->bits[run->slice_first + index];
    size_t words = sr_net_step_words(run->net), n = 0;
    (void)worker;
    for (size_t t = 0; t < run->net->steps; t++) {
        s->first[t] = (uint32_t)n;
        size_t count = list_events(bits + t * words, words, s->event + n);
        ref_sum_rows16(layer->weight, layer->stride, s->event + n, count, layer->stride, s->base + t * layer->stride);
        if (run->lowrank[0]) {
            const struct ref_factors *factors = &run->ref->factors[0];
            const struct sr_noise *noise = &run->evaluation->noise;
            int16_t *projection = s->projection + t * run->share_width;
            ref_sum_rows8(factors->row8 + run->share_first, ref_pad((size_t)noise->pairs * noise->rank), s->event + n, count,
                          run->share_width, ref_bound(noise->dist), projection);
            ref_scale(projection, run->share_width, (int32_t)run->evaluation->scale[0], 4);
        }
        n += count;
    }
    s->first[run->net->steps] = (uint32_t)n;
    s->base_max = ref_max_abs(s->base, run->net->steps * layer->stride);
    s->fast = run->pairs.kernel && ref_pairs_hold(&run->pairs, run->ref, s->base_max,
                                                  ref_max_abs(s->projection, run->net->steps * run->share_width));
    if (s->fast) ref_pairs_raise(&run->pairs, s->base);
}

/* ---- perturbation currents ---- */

/* d of one step from its c'; returns a bound on |d|. */
static int32_t combine(const struct run *run, unsigned l, uint32_t pair, const int16_t *c, int16_t *d) {
    const struct ref_layer *layer = &run->ref->layer[l];
    const struct sr_noise *noise = &run->evaluation->noise;
    int32_t bound = 0;
    for (size_t k = 0; k < noise->rank; k++) bound += c[k] < 0 ? -c[k] : c[k];
    bound *= ref_bound(noise->dist);
    ref_combine(run->ref->factors[l].col16 + (size_t)pair * noise->rank * layer->stride, layer->stride, c, noise->rank,
                layer->stride, bound, d);
    return bound / 16 + 1;
}

static int32_t full_step(const struct run *run, const struct scratch *scratch, unsigned l, const uint16_t *events, size_t count,
                         int16_t *d) {
    size_t stride = run->ref->layer[l].stride;
    ref_sum_rows8(scratch->full[l], stride, events, count, stride, ref_bound(run->evaluation->noise.dist), d);
    ref_scale(d, stride, (int32_t)run->evaluation->scale[l], 8);
    return ref_max_abs(d, stride);
}

/* d of the first layer for a pair; returns a bound on |d|. */
static int32_t first_delta(const struct run *run, struct scratch *scratch, const struct sample *s, uint32_t pair) {
    size_t stride = run->ref->layer[0].stride, rank = run->evaluation->noise.rank;
    int32_t largest = 0;
    for (size_t t = 0; t < run->net->steps; t++) {
        int16_t *d = scratch->delta + t * stride;
        int32_t bound;
        if (run->lowrank[0])
            bound = combine(run, 0, pair, s->projection + t * run->share_width + pair * rank - run->share_first, d);
        else
            bound = full_step(run, scratch, 0, s->event + s->first[t], s->first[t + 1] - s->first[t], d);
        largest = bound > largest ? bound : largest;
    }
    return largest;
}

/* ---- one member through the layers ---- */

/* Spike bytes (0 or 1) to bits, eight at a time by a multiplication that gathers them in the top byte. */
static void pack_spikes(const uint8_t *spikes, size_t count, uint64_t *bits) {
    for (size_t i = 0; i < count; i += 64) {
        uint64_t word = 0;
        for (size_t b = 0; b < 8; b++) {
            uint64_t bytes = 0;
            for (size_t j = 0; j < 8; j++) bytes |= (uint64_t)spikes[i + 8 * b + j] << 8 * j;
            word |= (bytes * UINT64_C(0x0102040810204080) >> 56) << 8 * b;
        }
        bits[i / 64] = word;
    }
}

static void run_layer(const struct run *run, struct scratch *scratch, unsigned l, const int16_t *base, const int16_t *delta,
                      int32_t input_max, bool minus) {
    const struct ref_layer *layer = &run->ref->layer[l];
    bool last = l + 1 == run->net->layers;
    ref_lif(&(struct ref_lif){.base = base,
                              .delta = delta,
                              .minus = minus,
                              .exact16 = input_max <= layer->exact_input,
                              .steps = run->net->steps,
                              .stride = layer->stride,
                              .leak = (int32_t)run->net->leak[l],
                              .theta = (int32_t)run->net->theta[l],
                              .hard = run->net->reset == SR_RESET_HARD,
                              .count = scratch->y,
                              .spikes = last && run->net->readout == SR_READOUT_SUM ? NULL : scratch->spikes});
}

/* A layer above the first: its input is what the member's layer below left in scratch->spikes. */
static void run_deep_layer(const struct run *run, struct scratch *scratch, unsigned l, uint32_t pair, bool minus) {
    const struct ref_layer *layer = &run->ref->layer[l], *below = &run->ref->layer[l - 1];
    const struct ref_factors *factors = &run->ref->factors[l];
    size_t stride = layer->stride, words = below->stride / 64;
    int32_t delta_max = 0;
    for (size_t t = 0; t < run->net->steps; t++) {
        int16_t *d = scratch->delta_deep + t * stride;
        uint64_t *bits = scratch->bits;
        pack_spikes(scratch->spikes + t * below->stride, below->stride, bits);
        size_t count = list_events(bits, words, scratch->events);
        ref_sum_rows16(layer->weight, stride, scratch->events, count, stride, scratch->base_deep + t * stride);
        int32_t bound = 0;
        if (run->lowrank[l]) {
            const struct sr_noise *noise = &run->evaluation->noise;
            int16_t c[32];
            for (size_t k = 0; k < noise->rank; k++) {
                int32_t sum = ref_project(factors->row + (pair * noise->rank + k) * words, bits, words, noise->dist);
                c[k] = (int16_t)ref_sat16((sum * (int32_t)run->evaluation->scale[l]) >> 4);
            }
            bound = combine(run, l, pair, c, d);
        } else if (run->full[l]) {
            bound = full_step(run, scratch, l, scratch->events, count, d);
        }
        delta_max = bound > delta_max ? bound : delta_max;
    }
    const int16_t *delta = run->lowrank[l] || run->full[l] ? scratch->delta_deep : run->zero;
    run_layer(run, scratch, l, scratch->base_deep, delta, ref_max_abs(scratch->base_deep, run->net->steps * stride) + delta_max,
              minus);
}

/* I[o] of section 5. */
static void readout_current(const struct run *run, const struct scratch *scratch, uint32_t pair, bool minus, const int16_t *y,
                            int64_t *current) {
    const struct ref_layer *layer = &run->ref->layer[SR_READOUT_LAYER];
    size_t classes = layer->rows;
    int32_t plain[SR_CLASSES] = {0}, g[32], q[SR_CLASSES];
    ref_dot(y, layer->weight, layer->stride, classes, plain);
    for (size_t o = 0; o < SR_CLASSES; o++) current[o] = plain[o];
    if (run->lowrank[SR_READOUT_LAYER]) {
        const struct ref_factors *factors = &run->ref->factors[SR_READOUT_LAYER];
        size_t rank = run->evaluation->noise.rank, first = pair * rank;
        ref_dot(y, factors->col16 + first * layer->stride, layer->stride, rank, g);
        ref_move_classes(factors->class32 + first * SR_CLASSES, g, rank, (int64_t)run->evaluation->scale[SR_READOUT_LAYER],
                         minus, current);
    } else if (run->full[SR_READOUT_LAYER]) {
        int64_t scale = (int64_t)run->evaluation->scale[SR_READOUT_LAYER];
        ref_dot(y, scratch->full_readout, layer->stride, classes, q);
        for (size_t o = 0; o < classes; o++) {
            int64_t moved = (scale * q[o]) >> 8;
            current[o] += minus ? -moved : moved;
        }
    }
}

/* Readout kinds membrane and spikes: a current and a class neuron each step. */
static void step_readout(const struct run *run, struct scratch *scratch, uint32_t pair, bool minus, int64_t *score) {
    const struct sr_net *net = run->net;
    size_t stride = run->ref->layer[SR_READOUT_LAYER].stride;
    int32_t leak = (int32_t)net->leak[SR_READOUT_LAYER], theta = (int32_t)net->theta[SR_READOUT_LAYER];
    int32_t v[SR_CLASSES] = {0};
    int64_t current[SR_CLASSES];
    for (size_t o = 0; o < net->classes; o++) score[o] = 0;
    for (size_t t = 0; t < net->steps; t++) {
        for (size_t n = 0; n < stride; n++) scratch->y[n] = scratch->spikes[t * stride + n];
        readout_current(run, scratch, pair, minus, scratch->y, current);
        for (size_t o = 0; o < net->classes; o++) {
            v[o] = ref_sat(v[o] - ((v[o] * leak) >> 8) + (int32_t)current[o], (1 << 23) - 1);
            if (net->readout == SR_READOUT_MEMBRANE || v[o] < theta) continue;
            v[o] = net->reset == SR_RESET_HARD ? 0 : v[o] - theta;
            score[o]++;
        }
    }
    if (net->readout == SR_READOUT_MEMBRANE)
        for (size_t o = 0; o < net->classes; o++) score[o] = v[o];
}

static void run_member(const struct run *run, struct scratch *scratch, const struct sample *s, uint32_t pair, bool minus,
                       const int16_t *delta, int32_t delta_max, int64_t *score) {
    run_layer(run, scratch, 0, s->base, delta, s->base_max + delta_max, minus);
    for (unsigned l = 1; l < run->net->layers; l++) run_deep_layer(run, scratch, l, pair, minus);
    if (run->net->readout == SR_READOUT_SUM)
        readout_current(run, scratch, pair, minus, scratch->y, score);
    else
        step_readout(run, scratch, pair, minus, score);
}

/* ---- jobs ---- */

static void draw_full_tables(const struct run *run, struct scratch *scratch, uint32_t pair) {
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        const struct ref_layer *layer = &run->ref->layer[l];
        if (!run->full[l]) continue;
        ref_full_table(&run->evaluation->noise, l, pair, layer->rows, layer->cols, scratch->words, scratch->full[l]);
        if (l == SR_READOUT_LAYER)
            for (size_t i = 0; i < layer->rows * layer->stride; i++) scratch->full_readout[i] = scratch->full[l][i];
    }
}

static void evaluate_pair(const struct run *run, struct scratch *scratch, const struct sample *s, uint32_t label,
                          uint32_t pair) {
    bool perturbed = run->lowrank[0] || run->full[0];
    int32_t delta_max = perturbed ? first_delta(run, scratch, s, pair) : 0;
    uint32_t member = 2 * (pair - run->evaluation->pair_first);
    for (unsigned minus = 0; minus < 2; minus++) {
        int64_t score[SR_CLASSES];
        uint32_t correct;
        run_member(run, scratch, s, pair, minus, perturbed ? scratch->delta : run->zero, delta_max, score);
        run->fitness[member + minus] += sr_sample_fitness(run->evaluation, score, run->net->classes, label, &correct);
        if (run->correct) run->correct[member + minus] += correct;
    }
}

/* The same by a kernel; work is that of the pair. */
static void evaluate_pair_fast(const struct run *run, struct ref_pair_work *work, const struct sample *s, uint32_t label,
                               uint32_t pair) {
    const struct sr_evaluation *e = run->evaluation;
    uint32_t first = 2 * (pair - e->pair_first), classes = run->net->classes;
    struct ref_pair_member members[2];
    work->base = s->base;
    work->projection = s->projection + pair * e->noise.rank - run->share_first;
    work->projection_stride = run->share_width;
    run->pairs.kernel->run(work, members);
    for (unsigned minus = 0; minus < 2; minus++) {
        const struct ref_pair_member *member = &members[minus];
        uint32_t correct = 0;
        if (e->fitness == SR_FITNESS_LOGSOFTMAX) {
            run->fitness[first + minus] += sr_log_softmax(member->distance_cut, (classes + 3) / 4, member->distance[label]);
            correct = member->predicted == label;
        } else {
            int64_t score[SR_CLASSES];
            for (uint32_t o = 0; o < classes; o++) score[o] = member->score[o];
            run->fitness[first + minus] += sr_sample_fitness(e, score, classes, label, &correct);
        }
        if (run->correct) run->correct[first + minus] += correct;
    }
}

static void evaluate_group(void *context, unsigned worker, uint32_t index) {
    const struct run *run = context;
    const struct sr_evaluation *e = run->evaluation;
    struct scratch *scratch = &run->scratch[worker];
    struct ref_pair_work work[GROUP];
    uint32_t first = index * run->group, end = e->pair_count - first < run->group ? e->pair_count : first + run->group;
    draw_full_tables(run, scratch, e->pair_first + first); /* groups are single pairs if there is any such table */
    for (uint32_t p = first; run->pairs.kernel && p < end; p++)
        ref_pairs_work(&run->pairs, run->ref, e->pair_first + p, &work[p - first]);
    for (uint32_t b = 0; b < run->slice_count && !ref_cancelled(run->ref); b++) {
        const struct sample *s = &run->sample[b];
        uint32_t label = run->batch->labels[run->slice_first + b];
        for (uint32_t p = first; p < end; p++)
            if (s->fast)
                evaluate_pair_fast(run, &work[p - first], s, label, e->pair_first + p);
            else
                evaluate_pair(run, scratch, s, label, e->pair_first + p);
    }
}

static void infer_sample(void *context, unsigned worker, uint32_t index) {
    const struct run *run = context;
    const struct sr_net *net = run->net;
    size_t b = run->slice_first + (size_t)index;
    int64_t score[SR_CLASSES];
    if (ref_cancelled(run->ref)) return;
    prepare_sample(context, worker, index);
    run_member(run, &run->scratch[worker], &run->sample[index], 0, false, run->zero, 0, score);
    for (size_t o = 0; run->scores && o < net->classes; o++) run->scores[b * net->classes + o] = (int32_t)score[o];
    if (run->predicted) run->predicted[b] = (uint8_t)sr_predicted_class(score, net->classes);
}

/* ---- memory of a call ---- */

static bool make_scratch(const struct run *run, struct scratch *scratch) {
    size_t cells = run->net->steps * run->stride_max, rows_max = 0;
    bool ok = true;
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        const struct ref_layer *layer = &run->ref->layer[l];
        rows_max = layer->rows > rows_max ? layer->rows : rows_max;
        if (!run->full[l]) continue;
        scratch->full[l] = malloc(layer->rows * layer->stride);
        ok = ok && scratch->full[l];
    }
    if (run->full[SR_READOUT_LAYER]) {
        const struct ref_layer *layer = &run->ref->layer[SR_READOUT_LAYER];
        scratch->full_readout = malloc(layer->rows * layer->stride * sizeof *scratch->full_readout);
        ok = ok && scratch->full_readout;
    }
    scratch->delta = malloc(cells * sizeof *scratch->delta);
    scratch->base_deep = malloc(cells * sizeof *scratch->base_deep);
    scratch->delta_deep = malloc(cells * sizeof *scratch->delta_deep);
    scratch->spikes = calloc(cells, 1);
    scratch->bits = malloc(run->stride_max / 64 * sizeof *scratch->bits);
    scratch->events = malloc(run->stride_max * sizeof *scratch->events);
    scratch->y = calloc(run->stride_max, sizeof *scratch->y);
    scratch->words = malloc(rows_max * sizeof *scratch->words);
    return ok && scratch->delta && scratch->base_deep && scratch->delta_deep && scratch->spikes && scratch->bits &&
           scratch->events && scratch->y && scratch->words;
}

static void free_scratch(struct scratch *scratch) {
    for (unsigned l = 0; l < SR_LAYERS; l++) free(scratch->full[l]);
    free(scratch->full_readout);
    free(scratch->delta);
    free(scratch->base_deep);
    free(scratch->delta_deep);
    free(scratch->spikes);
    free(scratch->bits);
    free(scratch->events);
    free(scratch->y);
    free(scratch->words);
}

static bool make_sample(const struct run *run, struct sample *s) {
    size_t steps = run->net->steps;
    s->base = malloc(steps * run->ref->layer[0].stride * sizeof *s->base);
    s->projection = malloc(steps * run->share_width * sizeof *s->projection + 1);
    s->first = malloc((steps + 1) * sizeof *s->first);
    s->event = malloc(steps * run->net->inputs * sizeof *s->event);
    return s->base && s->projection && s->first && s->event;
}

static void free_run(struct run *run) {
    for (uint32_t i = 0; run->sample && i < run->slice_room; i++) {
        free(run->sample[i].base);
        free(run->sample[i].projection);
        free(run->sample[i].first);
        free(run->sample[i].event);
    }
    for (unsigned i = 0; run->scratch && i < ref_pool_workers(run->ref->pool); i++) free_scratch(&run->scratch[i]);
    free(run->sample);
    free(run->scratch);
    free(run->zero);
    ref_pairs_free(&run->pairs);
}

static bool make_run(struct run *run) {
    unsigned workers = ref_pool_workers(run->ref->pool);
    run->sample = calloc(run->slice_room, sizeof *run->sample);
    run->scratch = calloc(workers, sizeof *run->scratch);
    run->zero = calloc(run->net->steps * run->stride_max, sizeof *run->zero);
    bool ok = run->sample && run->scratch && run->zero;
    for (uint32_t i = 0; ok && i < run->slice_room; i++) ok = make_sample(run, &run->sample[i]);
    for (unsigned i = 0; ok && i < workers; i++) ok = make_scratch(run, &run->scratch[i]);
    return ok;
}

/* How layers are perturbed, which projections are wanted, how the work is cut. */
static void plan(struct run *run) {
    const struct sr_evaluation *e = run->evaluation;
    uint32_t workers = ref_pool_workers(run->ref->pool);
    bool any_full = false;
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        const struct ref_layer *layer = &run->ref->layer[l];
        run->stride_max = layer->stride > run->stride_max ? layer->stride : run->stride_max;
        if (!e || !layer->rows || !e->scale[l]) continue;
        run->full[l] = (l == SR_READOUT_LAYER ? e->noise.readout_mode : e->noise.mode) == SR_MODE_FULL;
        run->lowrank[l] = !run->full[l];
        any_full = any_full || run->full[l];
    }
    if (run->lowrank[0]) {
        size_t first = (size_t)e->pair_first * e->noise.rank, end = first + (size_t)e->pair_count * e->noise.rank;
        run->share_first = first / REF_BLOCK * REF_BLOCK;
        run->share_width = ref_pad(end) - run->share_first;
    }
    size_t bytes = run->net->steps * (run->ref->layer[0].stride + run->share_width) * sizeof(int16_t);
    uint32_t least = run->full[0] || any_full ? 32 : 4 * workers; /* a full table is drawn anew for each slice */
    size_t room = SLICE_BYTES / bytes;
    run->slice_room = room > SLICE_MAX ? SLICE_MAX : room < least ? least : (uint32_t)room;
    if (run->slice_room > run->batch->count) run->slice_room = run->batch->count;
    if (!e) return;
    uint32_t fair = (e->pair_count + 2 * workers - 1) / (2 * workers);
    run->group = any_full ? 1 : fair < GROUP ? fair : GROUP;
}

enum sr_status ref_run(struct ref *ref, const struct sr_evaluation *evaluation, const struct sr_batch *batch, int32_t *fitness,
                       uint32_t *correct, int32_t *scores, uint8_t *predicted) {
    struct run run = {.ref = ref,
                      .net = &ref->device.net,
                      .evaluation = evaluation,
                      .batch = batch,
                      .fitness = fitness,
                      .correct = correct,
                      .scores = scores,
                      .predicted = predicted};
    plan(&run);
    if (!make_run(&run) ||
        (evaluation && (!ref_factors_ready(ref, &evaluation->noise) || !ref_pairs_make(&run.pairs, ref, evaluation)))) {
        free_run(&run);
        return sr_fail(&ref->device, SR_ERR_MEMORY, "no memory for the evaluation");
    }
    if (evaluation) {
        memset(fitness, 0, 2 * (size_t)evaluation->pair_count * sizeof *fitness);
        if (correct) memset(correct, 0, 2 * (size_t)evaluation->pair_count * sizeof *correct);
    }
    for (uint32_t first = 0; first < batch->count && !ref_cancelled(ref); first += run.slice_room) {
        run.slice_first = first;
        run.slice_count = batch->count - first < run.slice_room ? batch->count - first : run.slice_room;
        if (!evaluation) {
            ref_pool_run(ref->pool, run.slice_count, infer_sample, &run);
            continue;
        }
        ref_pool_run(ref->pool, run.slice_count, prepare_sample, &run);
        ref_pool_run(ref->pool, (evaluation->pair_count + run.group - 1) / run.group, evaluate_group, &run);
    }
    free_run(&run);
    return ref_end(ref);
}
