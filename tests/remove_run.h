/* SPDX-License-Identifier: Apache-2.0
 * The end of a run folder that a test has made. */
#ifndef SR_REMOVE_RUN_H
#define SR_REMOVE_RUN_H

/* Remove a folder and the files in it. Nothing happens where there is none; a folder in it stays. */
void remove_run(const char *path);

#endif
