/* SPDX-License-Identifier: Apache-2.0
 * The settings of a run and the table of their fields: see config.h. */
#include "model/config.h"

#include <stdlib.h>
#include <string.h>

#include "device/fitness.h"

#define AT(field) offsetof(struct sr_config, field)
#define U32 4294967295.0

static const struct sr_field fields[] = {
    {"frac-bits", "N", SR_FIELD_UINT, AT(frac_bits), 0, 8, NULL, NULL,
     "fraction bits of the master weights, 0 for the engine's own (8 on ref; sim and boards have theirs built in)"},

    {"hidden", "N[,N[,N]]", SR_FIELD_LIST, AT(hidden), 1, 4096, NULL, "128", "neurons of each hidden layer"},
    {"theta", "N[,N..]", SR_FIELD_LIST, AT(theta), 1, 32767, NULL, "128",
     "firing threshold, for all hidden layers or one each"},
    {"leak", "N[,N..]", SR_FIELD_LIST, AT(leak), 0, 255, NULL, "32", "leak a step in 1/256, for all hidden layers or one each"},
    {"reset", "KIND", SR_FIELD_CHOICE, AT(reset), 0, 0, "hard|subtract", "hard", "what a spike does to the membrane"},
    {"readout", "KIND", SR_FIELD_CHOICE, AT(readout), 0, 0, "sum|membrane|spikes", "sum",
     "class score: summed current, membrane, or number of spikes"},
    {"readout-theta", "N", SR_FIELD_UINT, AT(readout_theta), 1, 32767, NULL, "1024", "threshold of the readout (kind spikes)"},
    {"readout-leak", "N", SR_FIELD_UINT, AT(readout_leak), 0, 255, NULL, NULL,
     "leak of the readout in 1/256 (kinds membrane, spikes)"},
    {"init-range", "N", SR_FIELD_UINT, AT(init_range), 0, 127, NULL, NULL,
     "initial hidden weights are uniform integers -N..N; 0: fitted to fan-in and threshold"},
    {"readout-init-range", "N", SR_FIELD_UINT, AT(readout_init_range), 0, 127, NULL, "16",
     "the same for the readout (0: all zero)"},

    {"mode", "MODE", SR_FIELD_CHOICE, AT(mode), 0, 0, SR_MODE_WORDS, "lowrank",
     "the rule. On the device: weights perturbed by lowrank (factors) or full (a draw a weight), or local, each neuron's "
     "current. "
     "In float on the host: the others"},
    {"readout-mode", "MODE", SR_FIELD_CHOICE, AT(readout_mode), 0, 0, "same|" SR_NOISE_WORDS, "same",
     "the readout's own mode; same: as --mode"},
    {"rank", "R", SR_FIELD_UINT, AT(rank), 1, 32, NULL, "1", "rank of a perturbation (mode lowrank)"},
    {"dist", "KIND", SR_FIELD_CHOICE, AT(dist), 0, 0, "sign|bell", "sign", "factor entries: +-1, or a bell of -2..2"},
    {"population", "N", SR_FIELD_UINT, AT(population), 2, 65534, NULL, "128", "members, in antithetic pairs: even"},
    {"sigma", "X", SR_FIELD_REAL, AT(sigma), 0, 16, NULL, "2",
     "perturbation of a hidden weight, standard deviation in weight units"},
    {"readout-sigma", "X", SR_FIELD_REAL, AT(readout_sigma), 0, 16, NULL, "2", "the same for a readout weight"},

    {"fitness", "KIND", SR_FIELD_CHOICE, AT(fitness), 0, 0, "correct|margin|logsoftmax", "logsoftmax",
     "of a sample: right or wrong, margin, or log-softmax of the label"},
    {"temperature", "X", SR_FIELD_REAL, AT(temperature), 1, 1e9, NULL, "200",
     "score units a nat (logsoftmax), or a fitness unit times 64 (margin)"},
    {"step", "X", SR_FIELD_REAL, AT(step), 0, 16, NULL, "0.8",
     "change of a hidden weight a generation, root mean square in weight units"},
    {"readout-step", "X", SR_FIELD_REAL, AT(readout_step), 0, 16, NULL, "0.8", "the same for a readout weight"},
    {"step-decay", "KIND", SR_FIELD_CHOICE, AT(step_decay), 0, 0, "none|linear|smooth", "smooth",
     "how steps shrink over the planned generations (smooth: S-shaped, like a half cosine)"},
    {"step-final", "X", SR_FIELD_REAL, AT(step_final), 0, 1, NULL, "0.1", "last step as a fraction of the first"},
    {"shape", "KIND", SR_FIELD_CHOICE, AT(shape), 0, 0, "sign|scaled|zscore", "sign",
     "weight of a pair: sign of its difference (made on the device), or the difference over the largest or over twice the root "
     "mean square"},
    {"pairs", "N", SR_FIELD_UINT, AT(pairs), 1, 256, NULL, "1", "perturbed pairs for each sample (modes local, node)"},
    {"strength", "X", SR_FIELD_REAL, AT(strength), 0, 4095, NULL, "1",
     "perturbation of a neuron's current at each step, in thresholds (modes local, node)"},
    {"strength-final", "X", SR_FIELD_REAL, AT(strength_final), 0, 1, NULL, "1", "last strength as a fraction of the first"},
    {"local-step", "X", SR_FIELD_REAL, AT(local_step), 0, 16, NULL, "0.004",
     "change of a hidden weight for a credit of 1 (512 score units) and one event, in weight units (mode local)"},
    {"local-readout-step", "X", SR_FIELD_REAL, AT(local_readout_step), 0, 16, NULL, "0.05",
     "change of a readout weight for a full error and one spike, in weight units (mode local)"},
    {"credit-shift", "N", SR_FIELD_UINT, AT(credit_shift), 1, 15, NULL, "8",
     "a credit of 1 is 2^N for hidden layers below the last (mode local)"},
    {"average", "N", SR_FIELD_UINT, AT(average), 0, 1000000, NULL, NULL,
     "the model is the mean of the weights over about N generations; 0: the weights themselves (modes lowrank, full, local)"},
    {"learning-rate", "X", SR_FIELD_REAL, AT(learning_rate), 0, 10, NULL, "0.002",
     "step of Adam, weights in thresholds (modes in float); shrinks by --step-decay"},
    {"slope", "X", SR_FIELD_REAL, AT(slope), 0, 1e6, NULL, "10",
     "of the surrogate 1 / (1 + slope |u - 1|)^2 (modes surrogate, sparse)"},
    {"band", "X", SR_FIELD_REAL, AT(band), 0, 1e6, NULL, "0.2",
     "neurons within so many thresholds of firing are active (mode sparse)"},
    {"delta", "X", SR_FIELD_REAL, AT(delta), 1e-6, 1e6, NULL, "0.2", "width of the perturbation, in thresholds (mode localzo)"},
    {"draw", "KIND", SR_FIELD_CHOICE, AT(draw), 0, 0, SR_DRAW_WORDS, "normal", "its distribution (mode localzo)"},
    {"draws", "M", SR_FIELD_UINT, AT(draws), 1, 1000, NULL, "1", "draws a neuron and step (mode localzo)"},
    {"shift", "N", SR_FIELD_UINT, AT(shift), 0, 16, NULL, NULL,
     "training samples are moved by up to N sensor pixels in x and y, drawn anew each generation"},
    {"batch", "N", SR_FIELD_UINT, AT(batch), 1, SR_BATCH_LIMIT, NULL, "64", "samples a generation"},
    {"candidates", "N", SR_FIELD_UINT, AT(candidates), 1, 64, NULL, "1",
     "the samples of a generation are those with the smallest margin of N times as many (modes lowrank, full)"},
    {"batch-every", "K", SR_FIELD_UINT, AT(batch_every), 1, 1000000, NULL, "1",
     "generations that a batch serves; a device that cannot hold the data set is sent samples only when it changes"},
    {"generations", "N", SR_FIELD_UINT, AT(generations), 1, 100000000, NULL, "200", "length of the run"},
    {"seed", "N", SR_FIELD_U64, AT(seed), 0, 0, NULL, "1", "decides weights, noise, batches and the validation share"},

    {"eval-every", "N", SR_FIELD_UINT, AT(eval_every), 1, 100000000, NULL, "20",
     "generations between validations (the best model is chosen there)"},
    {"validation", "PERCENT", SR_FIELD_UINT, AT(validation), 0, 90, NULL, "10",
     "share of the training set kept for validation; 0: none, and best is last"},

    {"steps", "T", SR_FIELD_UINT, AT(steps), 0, 511, NULL, NULL, "time steps, 0 for the format's own (10; MNIST 16)"},
    {"pool", "N", SR_FIELD_UINT, AT(pool), 0, 64, NULL, NULL, "pooling in x and y, 0 for the format's own (2; MNIST 1)"},
    {"duration", "US", SR_FIELD_UINT, AT(duration_us), 0, 8388607, NULL, NULL,
     "length of a recording in microseconds, 0: 315000; later events are dropped"},
    {"width", "N", SR_FIELD_UINT, AT(width), 0, 256, NULL, NULL, "sensor width, 0 for the format's own (34; MNIST 28)"},
    {"height", "N", SR_FIELD_UINT, AT(height), 0, 256, NULL, NULL, "sensor height, 0 for the format's own"},
    {"holdout", "PERCENT", SR_FIELD_UINT, AT(holdout), 0, 90, NULL, NULL, "test share where there is no test set, 0: 20"},
    {"rotate", "DEGREES", SR_FIELD_REAL, AT(rotate), -180, 180, NULL, NULL,
     "N-MNIST: every recording, of training and of test, is turned by so much, anticlockwise"},
    {"data-seed", "N", SR_FIELD_U64, AT(data_seed), 0, 0, NULL, "1", "of the hold-out split and of MNIST's spikes"},
    {"limit-train", "N", SR_FIELD_UINT, AT(limit_train), 0, U32, NULL, NULL, "at most so many training samples, 0: all"},
    {"limit-test", "N", SR_FIELD_UINT, AT(limit_test), 0, U32, NULL, NULL, "at most so many test samples, 0: all"},
};
enum { FIELD_COUNT = sizeof fields / sizeof *fields };

const struct sr_field *sr_config_fields(size_t *count) {
    *count = FIELD_COUNT;
    return fields;
}

const struct sr_field *sr_config_field(const char *name) {
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        if (!strcmp(fields[i].name, name)) return &fields[i];
    }
    return NULL;
}

void sr_config_defaults(struct sr_config *config) {
    memset(config, 0, sizeof *config);
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        enum sr_status status = sr_field_reset(&fields[i], config);
        (void)status; /* no text among the fields, so no memory that could be missing; a test parses every default */
    }
}

enum sr_status sr_config_check(const struct sr_config *c, char *error, size_t error_size) {
    const struct {
        const char *name;
        const struct sr_list *list;
    } lists[] = {{"theta", &c->theta}, {"leak", &c->leak}};
    if (c->hidden.count > SR_HIDDEN_LAYERS) {
        return sr_error(error, error_size, SR_ERR_LIMIT, "--hidden: %u layers, at most %d", c->hidden.count, SR_HIDDEN_LAYERS);
    }
    for (size_t i = 0; i < 2; i++) {
        if (lists[i].list->count != 1 && lists[i].list->count != c->hidden.count) {
            return sr_error(error, error_size, SR_ERR_ARGUMENT, "--%s: %u values for %u hidden layers (give 1 or %u)",
                            lists[i].name, lists[i].list->count, c->hidden.count, c->hidden.count);
        }
    }
    if (c->average && c->mode > SR_MODE_LOCAL)
        return sr_error(error, error_size, SR_ERR_ARGUMENT, "--average %u: needs --mode lowrank, full or local", c->average);
    if (c->mode >= SR_MODE_LOCAL && c->fitness != SR_FITNESS_LOGSOFTMAX) {
        char mode[32];
        sr_choice_text(SR_MODE_WORDS, c->mode, mode, sizeof mode);
        return sr_error(error, error_size, SR_ERR_ARGUMENT, "--mode %s: learns by --fitness logsoftmax, and no other", mode);
    }
    if (c->candidates > 1 && c->mode >= SR_MODE_LOCAL)
        return sr_error(error, error_size, SR_ERR_ARGUMENT, "--candidates %u: needs --mode lowrank or full", c->candidates);
    if ((uint64_t)c->candidates * c->batch > SR_BATCH_LIMIT)
        return sr_error(error, error_size, SR_ERR_LIMIT, "--candidates %u: times --batch %u it is more than %d", c->candidates,
                        c->batch, SR_BATCH_LIMIT);
    if (c->population % 2) {
        return sr_error(error, error_size, SR_ERR_ARGUMENT, "--population %u: must be even (antithetic pairs)", c->population);
    }
    return SR_OK;
}

void sr_config_net(const struct sr_config *c, uint32_t inputs, uint32_t classes, uint32_t steps, struct sr_net *net) {
    *net = (struct sr_net){.layers = c->hidden.count,
                           .inputs = inputs,
                           .classes = classes,
                           .steps = steps,
                           .reset = (enum sr_reset)c->reset,
                           .readout = (enum sr_readout)c->readout};
    for (uint32_t l = 0; l < SR_HIDDEN_LAYERS; l++) {
        /* constants of an absent layer stay legal: they are written to the device all the same */
        net->hidden[l] = l < c->hidden.count ? c->hidden.value[l] : 0;
        net->theta[l] = c->theta.value[l < c->theta.count ? l : 0];
        net->leak[l] = c->leak.value[l < c->leak.count ? l : 0];
    }
    net->theta[SR_READOUT_LAYER] = c->readout_theta;
    net->leak[SR_READOUT_LAYER] = c->readout_leak;
}

void sr_config_data(const struct sr_config *c, const char *dir, struct sr_data_options *data) {
    *data = (struct sr_data_options){.dir = dir,
                                     .width = c->width,
                                     .height = c->height,
                                     .pool = c->pool,
                                     .steps = c->steps,
                                     .duration_us = c->duration_us,
                                     .holdout_percent = c->holdout,
                                     .rotate = c->rotate,
                                     .seed = c->data_seed,
                                     .limit_train = c->limit_train,
                                     .limit_test = c->limit_test};
}

enum sr_status sr_config_new(struct sr_config **config) {
    struct sr_config *fresh = malloc(sizeof *fresh);
    if (!fresh) return SR_ERR_MEMORY;
    sr_config_defaults(fresh);
    *config = fresh;
    return SR_OK;
}

enum sr_status sr_config_copy(const struct sr_config *config, struct sr_config **copy) {
    struct sr_config *fresh = malloc(sizeof *fresh);
    if (!fresh) return SR_ERR_MEMORY;
    *fresh = *config;
    *copy = fresh;
    return SR_OK;
}

void sr_config_free(struct sr_config *config) { free(config); }

enum sr_status sr_config_set(struct sr_config *config, const char *name, const char *text, char *error, size_t error_size) {
    const struct sr_field *field = sr_config_field(name);
    if (!field) return sr_error(error, error_size, SR_ERR_ARGUMENT, "no setting '%.100s'", name);
    return sr_field_parse(field, config, text, error, error_size);
}

enum sr_status sr_config_get(const struct sr_config *config, const char *name, char *text, size_t size) {
    const struct sr_field *field = sr_config_field(name);
    if (!field) return SR_ERR_ARGUMENT;
    sr_field_text(field, config, text, size);
    return SR_OK;
}

const char *sr_config_name(size_t index) { return index < FIELD_COUNT ? fields[index].name : NULL; }

const char *sr_config_help(const char *name) {
    const struct sr_field *field = sr_config_field(name);
    return field ? field->help : NULL;
}
