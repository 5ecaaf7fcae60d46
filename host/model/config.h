/* SPDX-License-Identifier: Apache-2.0
 * The settings of a run: everything that its results depend on, besides the data itself. One table describes the fields, and
 * gives their texts, ranges and defaults to the command line, to presets and to run files. */
#ifndef SR_CONFIG_H
#define SR_CONFIG_H

#include <spikeroll/config.h>

#include "base/text.h"
#include "data/data.h"

enum { SR_LIST_MAX = 16 };

struct sr_list {
    uint32_t count;
    uint32_t value[SR_LIST_MAX];
};

enum sr_shape { SR_SHAPE_SIGN, SR_SHAPE_SCALED, SR_SHAPE_ZSCORE };
enum sr_decay { SR_DECAY_NONE, SR_DECAY_LINEAR, SR_DECAY_SMOOTH };

/* Words of a choice stand in the order of its enum. */
#define SR_NOISE_WORDS "lowrank|full"
#define SR_DEVICE_MODE_WORDS SR_NOISE_WORDS "|local"
#define SR_MODE_WORDS SR_DEVICE_MODE_WORDS "|surrogate|sparse|localzo|node|hebbian"
#define SR_DRAW_WORDS "normal|uniform|laplace"
/* Behind the device's modes (enum sr_mode): rules that train in float on the host. */
enum sr_host_mode { SR_MODE_SURROGATE = SR_MODE_LOCAL + 1, SR_MODE_SPARSE, SR_MODE_LOCALZO, SR_MODE_NODE, SR_MODE_HEBBIAN };

struct sr_config {
    /* network */
    struct sr_list hidden, theta, leak;
    uint32_t readout_theta, readout_leak;
    uint32_t reset, readout; /* enum sr_reset, sr_readout */
    /* population */
    uint32_t mode, readout_mode, rank, dist,
        population; /* enum sr_mode or sr_host_mode; 0: same, or 1 + sr_mode; enum sr_dist */
    double sigma, readout_sigma;
    /* fitness and update */
    uint32_t fitness, shape, step_decay; /* enum sr_fitness, sr_shape, sr_decay */
    double temperature, step, readout_step, step_final;
    /* mode local */
    uint32_t pairs, credit_shift, average;
    double strength, strength_final, local_step, local_readout_step;
    /* modes in float on the host */
    double learning_rate, slope, band, delta;
    uint32_t draw, draws; /* enum sr_float_draw */
    /* run */
    uint32_t batch, candidates, batch_every, generations, eval_every, validation;
    uint64_t seed;
    uint32_t frac_bits, init_range, readout_init_range, shift;
    /* data */
    uint32_t width, height, pool, steps, duration_us, holdout, limit_train, limit_test;
    uint64_t data_seed;
    double rotate;
};

/* What the value at a field's offset is. CHOICES and LIST: struct sr_list; TEXT: char *, allocated. */
enum sr_field_kind {
    SR_FIELD_FLAG,
    SR_FIELD_UINT,
    SR_FIELD_U64,
    SR_FIELD_REAL,
    SR_FIELD_CHOICE,
    SR_FIELD_CHOICES,
    SR_FIELD_LIST,
    SR_FIELD_TEXT
};

/* A value in a struct, as a user names and types it. */
struct sr_field {
    const char *name, *argument; /* the argument's name in help, NULL for a flag */
    enum sr_field_kind kind;
    size_t offset;        /* in the struct that holds it */
    double min, max;      /* of numbers, both allowed */
    const char *words;    /* of choices: "lowrank|full" */
    const char *standard; /* the default, as one would type it; NULL: zero, or no text */
    const char *help;
};

/* Set the field of `object` from its text. A failure is one line that begins with --NAME, and leaves the field alone. */
SR_MUST_CHECK enum sr_status sr_field_parse(const struct sr_field *field, void *object, const char *text, char *error,
                                            size_t error_size);
/* Set the field to its default; what it held is not freed. */
SR_MUST_CHECK enum sr_status sr_field_reset(const struct sr_field *field, void *object);
/* The value as one would type it. */
void sr_field_text(const struct sr_field *field, const void *object, char *text, size_t size);
/* Word number `value` of "a|b|c"; empty if there is none. */
void sr_choice_text(const char *words, uint32_t value, char *text, size_t size);

/* The fields of struct sr_config, *count of them, and the one of this name or NULL. */
const struct sr_field *sr_config_fields(size_t *count);
const struct sr_field *sr_config_field(const char *name);

void sr_config_defaults(struct sr_config *config);
/* How recordings in `dir` become samples. */
void sr_config_data(const struct sr_config *config, const char *dir, struct sr_data_options *data);

#endif
