/* SPDX-License-Identifier: Apache-2.0
 * Processes of one training, each with a device of its own, as one device. Rank 0 has the training: its device is the one that
 * sr_ranks_open makes, and each call of it is a command that the other ranks carry out on theirs. They have neither data nor files
 * nor a clock, and take nothing from the training but commands, in sr_ranks_serve.
 *
 * Pairs of an evaluation and samples of an inference are shared out; every rank applies the whole update. In mode local the ranks
 * share the columns (neurons) and add up their class scores at each sample; their weights then differ until they are read or
 * written. Results are those of one device, for every number of ranks. */
#ifndef SR_RANKS_H
#define SR_RANKS_H

#include "device/device.h"

/* How the ranks talk. A failure of it ends the program: the processes are one, and cannot go on with some of them. */
struct sr_communicator {
    uint32_t rank, size;
    void (*broadcast)(void *bytes, size_t count); /* from rank 0 */
    void (*sum)(int32_t *values, size_t count);   /* each value over all ranks, for all ranks */
    /* counts[r] bytes from each rank r, one after another, into `all` of rank 0. mine and counts[rank] are needed everywhere. */
    void (*gather)(const void *mine, const size_t *counts, void *all);
    void (*abort)(const char *why);
    void (*end)(void);
};

/* A communicator is a loadable module, ranks.mpi.so, looked for where simulation builds are (registry.h); this is its one symbol. */
#define SR_COMMUNICATOR_ENTRY sr_communicator_begin_v1
#define SR_COMMUNICATOR_ENTRY_NAME "sr_communicator_begin_v1"
typedef const struct sr_communicator *(*sr_communicator_entry)(void);

/* The communicator of this process; NULL where it was not started by mpirun. Fails where it was, and the module is not there. */
SR_MUST_CHECK enum sr_status sr_ranks_begin(const struct sr_communicator **communicator, char *error, size_t error_size);

/* Rank 0: opens its own device as `how` says, has the others open theirs with the same fraction bits, and makes one device of all.
 * patience: as for sr_device_set_patience. Close it with sr_device_close; the ranks then still wait for sr_ranks_end. */
SR_MUST_CHECK enum sr_status sr_ranks_open(const struct sr_communicator *communicator, const struct sr_open *how,
                                           uint32_t patience, struct sr_device **device, char *error, size_t error_size);
/* The other ranks: carry out commands until sr_ranks_end of rank 0. fault: not NULL if the process cannot open a device, and why;
 * sr_ranks_open of rank 0 then fails with it. */
void sr_ranks_serve(const struct sr_communicator *communicator, const struct sr_open *how, uint32_t patience,
                    const char *fault);
/* Every rank calls it last. */
void sr_ranks_end(const struct sr_communicator *communicator);

#endif
