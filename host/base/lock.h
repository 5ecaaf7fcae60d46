/* SPDX-License-Identifier: Apache-2.0
 * One process at a time in a folder. The lock is the file `.lock` in it, held with flock: it ends with the process, however that
 * ends, and goes along when the folder is renamed. */
#ifndef SR_LOCK_H
#define SR_LOCK_H

#include "base/text.h"

/* Take the lock of a folder that is there, without waiting. *lock gets a descriptor, or -1 where the file system has no locks.
 * SR_ERR_FILE: `doing` ("training") is what another process does there, or the lock file cannot be made. */
SR_MUST_CHECK enum sr_status sr_lock_take(const char *folder, const char *doing, int *lock, char *error, size_t error_size);
/* Give it up, and remove the lock file. The folder's name may have changed since. */
void sr_lock_release(const char *folder, int lock);

#endif
