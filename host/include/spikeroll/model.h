/* SPDX-License-Identifier: Apache-2.0
 * Models: a network and its weights, in memory and as files. A model is an object of the caller's, used by one thread at a time.
 */
#ifndef SPIKEROLL_MODEL_H
#define SPIKEROLL_MODEL_H

#include <spikeroll/spikeroll.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

struct sr_config;
struct sr_model;

/* Load a model or checkpoint file, or of a run folder its best model. *model is set on success only; free it. SR_ERR_FILE: cannot
 * be read; SR_ERR_FORMAT: no run file, or damaged. On failure error has one line. */
SR_MUST_CHECK enum sr_status sr_model_load(const char *path, struct sr_model **model, char *error, size_t error_size);
/* A model of this network with weights 0, and settings that are the defaults. frac_bits: of its master weights, 0..8.
 * SR_ERR_ARGUMENT: no such network; SR_ERR_MEMORY. */
SR_MUST_CHECK enum sr_status sr_model_new(const struct sr_net *net, uint32_t frac_bits, struct sr_model **model);
void sr_model_free(struct sr_model *model); /* NULL is allowed */

/* Valid until the model is freed. */
const struct sr_net *sr_model_net(const struct sr_model *model);
const struct sr_config *sr_model_config(const struct sr_model *model);
uint32_t sr_model_frac_bits(const struct sr_model *model);
uint32_t sr_model_generation(const struct sr_model *model);
/* Master weights of a layer, [rows][cols] (sr_net_rows, sr_net_cols), for the caller to read and to write; NULL if the network
 * has no such layer. They must stay within 8 + frac_bits bits. */
int16_t *sr_model_weights(struct sr_model *model, unsigned layer);

/* Configure a device for the network and write the weights to it; of a device with other fraction bits the integer parts, which
 * are all that inference sees. Blocks; on failure see sr_device_error. */
SR_MUST_CHECK enum sr_status sr_model_to_device(const struct sr_model *model, struct sr_device *device);
/* Read the weights from a device that is configured for the network. SR_ERR_MISMATCH: it has other fraction bits. */
SR_MUST_CHECK enum sr_status sr_model_from_device(struct sr_model *model, struct sr_device *device);
/* Save as a model file, synced to the disk. What was at `path` is replaced, or on failure stays as it is. */
SR_MUST_CHECK enum sr_status sr_model_save(const struct sr_model *model, const char *path, char *error, size_t error_size);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
