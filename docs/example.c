/* SPDX-License-Identifier: Apache-2.0
 * Trains a network through the library and says how good it is. It needs nothing but the installed package:
 *     cc example.c $(pkg-config --cflags --libs spikeroll) -o example
 *     ./example DATA [ENGINE]        ENGINE: ref, or sim where a simulation build is installed */
#include <spikeroll/config.h>
#include <spikeroll/data.h>
#include <spikeroll/train.h>
#include <stdio.h>

static char error[512];

static int failed(const char *what, const char *why) { return fprintf(stderr, "%s: %s\n", what, why), 1; }

static bool progress(void *context, const struct sr_progress *p) {
    (void)context;
    if (p->validated) printf("generation %u: %.1f %% of the validation samples\n", p->generation, 100 * p->validation);
    return true; /* go on */
}

int main(int argc, char **argv) {
    struct sr_config *config = NULL;
    struct sr_data *data = NULL;
    struct sr_device *device = NULL;
    struct sr_training *training = NULL;
    uint32_t right = 0, total = 0;
    if (argc < 2) return failed("usage", "example DATA [ENGINE]");
    if (sr_config_new(&config) || sr_config_set(config, "hidden", "32", error, sizeof error) ||
        sr_config_set(config, "generations", "100", error, sizeof error))
        return failed("settings", error);
    if (sr_data_open(config, argv[1], &data, error, sizeof error)) return failed("data", error);
    struct sr_open open = {.engine = argc > 2 ? argv[2] : "ref", .threads = 1};
    if (sr_device_open(&open, &device, error, sizeof error)) return failed("device", error);
    struct sr_training_how how = {.out = NULL}; /* nothing is written */
    if (sr_training_open(&how, config, &training, error, sizeof error)) return failed("training", error);
    if (sr_training_start(training, data, device) || sr_training_run(training, progress, NULL) ||
        sr_training_test(training, &right, &total))
        return failed("training", sr_training_error(training));
    printf("%s: %u of %u test samples\n", sr_device_caps(device)->engine, right, total);
    sr_training_close(training);
    sr_device_close(device);
    sr_data_close(data);
    sr_config_free(config);
    return 0;
}
