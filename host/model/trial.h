/* SPDX-License-Identifier: Apache-2.0
 * Work that may crash, hang or be killed, done in a child process. */
#ifndef SR_TRIAL_H
#define SR_TRIAL_H

#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/* Makes bytes (to be freed) of an argument; or fails, with one line in error. */
typedef enum sr_status (*sr_work)(void *argument, uint8_t **bytes, size_t *size, char *error, size_t error_size);

/* Do the work in a child, which may make at most `limit` bytes, and bring them over. Where the child did not come to an end within
 * some seconds, or died: SR_ERR_FORMAT, and one line that names `path`. Nothing of the child reaches standard error. */
SR_MUST_CHECK enum sr_status sr_trial(sr_work work, void *argument, const char *path, size_t limit, uint8_t **bytes,
                                      size_t *size, char *error, size_t error_size);

#endif
