/* SPDX-License-Identifier: Apache-2.0
 * The running mean of a training's weights: see average.h. */
#include "train/average.h"

#include "train/training.h"

enum { MEAN_BITS = 12 }; /* fraction bits of a mean, beside those of the weights */

static void array_name(char *name, const char *what, unsigned l) {
    sr_format(name, SR_ARRAY_NAME, "%s.%s", what, sr_layer_name(l));
}

static void *array_of(const struct sr_training *t, const char *what, unsigned l) {
    char name[SR_ARRAY_NAME];
    array_name(name, what, l);
    struct sr_array *array = sr_run_find_array(&t->run, name);
    return array ? array->values : NULL;
}

enum sr_status sr_average_open(struct sr_training *t) {
    enum sr_status status = sr_weights_init(&t->average.raw, &t->run.net);
    struct sr_array *array;
    char name[SR_ARRAY_NAME];
    for (unsigned l = 0; l < SR_LAYERS && t->run.config.average; l++) {
        uint32_t rows = sr_net_rows(&t->run.net, l), cols = sr_net_cols(&t->run.net, l);
        if (!rows) continue;
        array_name(name, "raw", l);
        if (status == SR_OK) status = sr_run_array(&t->run, name, rows, cols, sizeof(int16_t), &array);
        array_name(name, "mean", l);
        if (status == SR_OK) status = sr_run_array(&t->run, name, rows, cols, sizeof(int32_t), &array);
    }
    return status == SR_OK ? SR_OK : sr_training_fail(t, status, "%s", sr_status_text(status));
}

void sr_average_close(struct sr_training *t) { sr_weights_free(&t->average.raw); }

enum sr_status sr_average_load(struct sr_training *t) {
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        const int16_t *saved = t->run.generation ? array_of(t, "raw", l) : NULL;
        if (!saved) saved = t->run.weights.layer[l];
        for (size_t i = 0; saved && i < sr_layer_size(&t->run.net, l); i++) t->average.raw.layer[l][i] = saved[i];
    }
    t->average.away = true;
    return SR_OK;
}

/* Bring the device's weights here, if they are not here. */
static enum sr_status fetch(struct sr_training *t) {
    enum sr_status status = t->average.away ? SR_OK : sr_weights_read(&t->average.raw, t->device, &t->run.net);
    return status == SR_OK ? SR_OK : sr_training_fail_device(t, status);
}

enum sr_status sr_average_store(struct sr_training *t) {
    enum sr_status status = fetch(t);
    if (status != SR_OK) return status;
    t->average.away = true; /* What is stored may be put onto the device to be judged. */
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        int16_t *raw = array_of(t, "raw", l), *weight = t->run.weights.layer[l];
        const int32_t *mean = array_of(t, "mean", l);
        for (size_t i = 0; weight && i < sr_layer_size(&t->run.net, l); i++) {
            weight[i] = mean && t->run.generation ? (int16_t)((mean[i] + (1 << (MEAN_BITS - 1))) >> MEAN_BITS)
                                                  : t->average.raw.layer[l][i];
            if (raw) raw[i] = t->average.raw.layer[l][i];
        }
    }
    return SR_OK;
}

enum sr_status sr_average_before(struct sr_training *t) {
    if (!t->average.away) return SR_OK;
    enum sr_status status = sr_weights_write(&t->average.raw, t->device, &t->run.net);
    if (status != SR_OK) return sr_training_fail_device(t, status);
    t->average.away = false;
    return SR_OK;
}

/* The mean follows with a weight of 1 / generations, at most of 1 / average. */
enum sr_status sr_average_after(struct sr_training *t, uint32_t number) {
    uint32_t horizon = t->run.config.average < number + 1 ? t->run.config.average : number + 1;
    if (!horizon) return SR_OK;
    enum sr_status status = fetch(t);
    if (status != SR_OK) return status;
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        int32_t *mean = array_of(t, "mean", l);
        for (size_t i = 0; mean && i < sr_layer_size(&t->run.net, l); i++)
            mean[i] += (t->average.raw.layer[l][i] * (1 << MEAN_BITS) - mean[i]) / (int32_t)horizon;
    }
    return SR_OK;
}
