/* SPDX-License-Identifier: Apache-2.0
 * The settings of a run: everything that its results depend on, besides the data itself. They are named and typed as the options
 * of `spikeroll train` are, and a run file holds them. Texts are the same under any locale.
 *
 * Settings are an object of the caller's: no function keeps one, and one is used by one thread at a time.
 */
#ifndef SPIKEROLL_CONFIG_H
#define SPIKEROLL_CONFIG_H

#include <spikeroll/spikeroll.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

struct sr_config;

/* Settings with every default. SR_ERR_MEMORY. Free them. */
SR_MUST_CHECK enum sr_status sr_config_new(struct sr_config **config);
/* The same settings once more. */
SR_MUST_CHECK enum sr_status sr_config_copy(const struct sr_config *config, struct sr_config **copy);
void sr_config_free(struct sr_config *config); /* NULL is allowed */

/* Set one: sr_config_set(config, "hidden", "128,64", error, sizeof error). SR_ERR_ARGUMENT: no such setting, or a value out of
 * its range; error then has one line (a size of 0 is allowed), and the settings are as before. */
SR_MUST_CHECK enum sr_status sr_config_set(struct sr_config *config, const char *name, const char *text, char *error,
                                           size_t error_size);
/* The value as one would type it, cut to size. SR_ERR_ARGUMENT: no such setting. */
SR_MUST_CHECK enum sr_status sr_config_get(const struct sr_config *config, const char *name, char *text, size_t size);
/* Name of setting 0, 1, ..; NULL past the last. And what a setting is for; NULL if there is none of this name. Both constant. */
const char *sr_config_name(size_t index);
const char *sr_config_help(const char *name);
/* Whether settings contradict one another: SR_ERR_ARGUMENT or SR_ERR_LIMIT, with one line. Functions that take settings ask. */
SR_MUST_CHECK enum sr_status sr_config_check(const struct sr_config *config, char *error, size_t error_size);
/* The network that data of this shape gets. The settings must be good by sr_config_check. */
void sr_config_net(const struct sr_config *config, uint32_t inputs, uint32_t classes, uint32_t steps, struct sr_net *net);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
