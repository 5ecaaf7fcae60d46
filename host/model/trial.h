/* SPDX-License-Identifier: Apache-2.0
 * Work that may crash, hang or be killed, tried in a child process first. */
#ifndef SR_TRIAL_H
#define SR_TRIAL_H

#include "base/text.h"

/* Do `work` in a child, and return what it returned, with its line in error. Where the child did not come to an end within
 * some seconds, or died: SR_ERR_FORMAT, and one line that names `path`. What the child did to memory is lost: on SR_OK do the
 * work again. Nothing of the child reaches standard error. */
SR_MUST_CHECK enum sr_status sr_trial(enum sr_status (*work)(void *argument, char *error, size_t error_size), void *argument,
                                      const char *path, char *error, size_t error_size);

#endif
