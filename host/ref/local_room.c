/* SPDX-License-Identifier: Apache-2.0
 * Memory of mode `local` of the engine `ref`, and the way of the weights into their two forms and back: see local.h. */
#include <stdlib.h>
#include <string.h>

#include "ref/local.h"

/* ---- memory ---- */

static void *room(size_t count, size_t size) {
    size_t bytes = (count * size + LOCAL_LINE - 1) / LOCAL_LINE * LOCAL_LINE;
    void *memory = aligned_alloc(LOCAL_LINE, bytes ? bytes : LOCAL_LINE);
    if (memory) memset(memory, 0, bytes);
    return memory;
}

static void free_local(struct ref_local *local) {
    if (!local) return;
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        struct local_layer *layer = &local->layer[l];
        free(layer->weight), free(layer->master), free(layer->base), free(layer->reach);
        free(layer->spikes), free(layer->noise), free(layer->credit), free(layer->f);
    }
    for (unsigned i = 0; local->worker && i < local->workers; i++) {
        struct local_worker *w = &local->worker[i];
        for (unsigned l = 0; l < SR_HIDDEN_LAYERS; l++) {
            free(w->input[l].event), free(w->input[l].first), free(w->input[l].mask);
            free(w->input[l].count), free(w->input[l].row), free(w->input[l].group);
        }
        free(w->step_spikes), free(w->piece), free(w->words), free(w->below);
        free(w->noise_bits), free(w->plane), free(w->numbers);
    }
    free(local->worker);
    free(local->y);
    free(local);
}

static bool make_layer(struct ref_local *local, unsigned l) {
    const struct sr_net *net = &local->net;
    struct local_layer *layer = &local->layer[l];
    layer->rows = sr_net_rows(net, l);
    layer->cols = sr_net_cols(net, l);
    layer->blocks = (layer->cols + 63) / 64;
    layer->padded = layer->blocks * 64;
    layer->size = (layer->rows + LOCAL_TILE - 1) / LOCAL_TILE * LOCAL_TILE;
    layer->planes = (net->steps + LOCAL_PLANE - 1) / LOCAL_PLANE;
    size_t padded = layer->padded;
    if (l == SR_READOUT_LAYER) {
        layer->weight = room(layer->rows * padded, sizeof *layer->weight);
        layer->master = room(layer->rows * padded, sizeof *layer->master);
        return layer->weight && layer->master;
    }
    layer->weight = room(padded * layer->size, sizeof *layer->weight);
    layer->master = room(padded * layer->size, sizeof *layer->master);
    layer->base = room(padded * net->steps, sizeof *layer->base);
    layer->reach = room(padded / LOCAL_TILE, sizeof *layer->reach);
    layer->spikes = room(net->steps * layer->blocks, sizeof *layer->spikes);
    layer->noise = room(layer->blocks * net->steps, sizeof *layer->noise);
    layer->credit = room(padded, sizeof *layer->credit);
    layer->f = room(padded, sizeof *layer->f);
    return layer->weight && layer->master && layer->base && layer->reach && layer->spikes && layer->noise && layer->credit &&
           layer->f;
}

static bool make_worker(struct ref_local *local, unsigned number) {
    struct local_worker *w = &local->worker[number];
    size_t steps = local->net.steps, size = local->layer[SR_READOUT_LAYER].padded, many = SR_CLASSES;
    bool ok = true;
    for (unsigned l = 0; l < local->net.layers; l++) {
        const struct local_layer *layer = &local->layer[l];
        struct local_input *input = &w->input[l];
        const size_t first = local->first < layer->blocks ? local->first : layer->blocks;
        const size_t blocks = (local->end < layer->blocks ? local->end : layer->blocks) - first;
        w->block[l] = first + blocks * number / local->workers;
        w->block_end[l] = first + blocks * (number + 1) / local->workers;
        input->event = room(layer->rows * steps, sizeof *input->event);
        input->first = room(steps + 1, sizeof *input->first);
        input->mask = room(layer->planes * layer->size, sizeof *input->mask);
        input->count = room(layer->size, sizeof *input->count);
        input->row = room(layer->rows, sizeof *input->row);
        input->group = room(layer->size / 16 + 4, sizeof *input->group);
        ok = ok && input->event && input->first && input->mask && input->count && input->row && input->group;
        if (layer->size > size) size = layer->size;
    }
    if (steps > many) many = steps;
    w->step_spikes = room(steps * LOCAL_TILE, sizeof *w->step_spikes);
    w->piece = room(5 * size, sizeof *w->piece);
    w->words = room(size > many ? size : many, sizeof *w->words);
    w->below = room(local->net.layers > 1 ? steps * LOCAL_TILE : 1, sizeof *w->below);
    w->noise_bits = room(steps, sizeof *w->noise_bits);
    w->plane = room((steps + LOCAL_PLANE - 1) / LOCAL_PLANE, sizeof *w->plane);
    w->numbers = room(many, sizeof *w->numbers);
    for (size_t i = 0; w->numbers && i < many; i++) w->numbers[i] = (uint16_t)i;
    return ok && w->step_spikes && w->piece && w->words && w->below && w->noise_bits && w->plane && w->numbers;
}

static void bring_weights(struct ref *ref, struct ref_local *local) {
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        const struct ref_layer *from = &ref->layer[l];
        struct local_layer *to = &local->layer[l];
        for (size_t j = 0; j < from->rows; j++)
            for (size_t n = 0; n < from->cols; n++) {
                int16_t master = from->master[j * from->cols + n], weight = from->weight[j * from->stride + n];
                if (l == SR_READOUT_LAYER) {
                    to->master[j * to->padded + n] = master;
                    to->weight[j * to->padded + n] = weight;
                } else {
                    to->master[n * to->size + j] = master;
                    to->weight[(n / LOCAL_TILE * to->size + j) * LOCAL_TILE + n % LOCAL_TILE] = weight;
                }
            }
    }
}

void ref_local_leave(struct ref *ref) {
    struct ref_local *local = ref->local;
    if (!local) return;
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        struct ref_layer *to = &ref->layer[l];
        const struct local_layer *from = &local->layer[l];
        for (size_t j = 0; j < to->rows; j++)
            for (size_t n = 0; n < to->cols; n++) {
                bool readout = l == SR_READOUT_LAYER;
                int16_t master = from->master[readout ? j * from->padded + n : n * from->size + j];
                to->master[j * to->cols + n] = master;
                to->weight[j * to->stride + n] = (int16_t)(master >> ref->device.caps.frac_w);
            }
    }
    ref->local = NULL;
    free_local(local);
}

bool local_enter(struct ref *ref, const struct sr_column_share *share) {
    const size_t from = share ? share->first : 0, to = share ? share->end : SIZE_MAX;
    if (ref->local && ref->local->first == from && ref->local->end == to) return true;
    ref_local_leave(ref);
    struct ref_local *local = room(1, sizeof *local);
    if (!local) return false;
    size_t most = 1;
    for (unsigned l = 0; l < ref->device.net.layers; l++) {
        size_t blocks = (ref->device.net.hidden[l] + 63) / 64;
        if (share) blocks = to > from ? to - from : 1;
        most = blocks > most ? blocks : most;
    }
    local->first = from;
    local->end = to;
    local->net = ref->device.net;
    local->workers = ref_pool_workers(ref->pool) < most ? ref_pool_workers(ref->pool) : (unsigned)most;
    local->worker = room(local->workers, sizeof *local->worker);
    bool ok = local->worker != NULL;
    for (unsigned l = 0; l < SR_LAYERS && ok; l++)
        if (sr_net_rows(&local->net, l)) ok = make_layer(local, l);
    local->y = room(local->layer[SR_READOUT_LAYER].padded, sizeof *local->y);
    ok = ok && local->y;
    for (unsigned i = 0; i < local->workers && ok; i++) ok = make_worker(local, i);
    if (!ok) {
        free_local(local);
        return false;
    }
    bring_weights(ref, local);
    ref->local = local;
    return true;
}
