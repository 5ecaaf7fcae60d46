/* SPDX-License-Identifier: Apache-2.0
 * Ranks that talk by MPI: the module ranks.mpi.so, the only part of the program that knows MPI. See device/ranks.h. Errors end the
 * program, which is what MPI does by default. */
#include <limits.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

#include "device/ranks.h"

enum { CHUNK = 1 << 30 }; /* MPI counts in int */

static void mpi_broadcast(void *bytes, size_t count) {
    for (char *at = bytes; count;) {
        int part = count < CHUNK ? (int)count : CHUNK;
        MPI_Bcast(at, part, MPI_BYTE, 0, MPI_COMM_WORLD);
        at += part;
        count -= (size_t)part;
    }
}

static void mpi_sum(int32_t *values, size_t count) {
    MPI_Allreduce(MPI_IN_PLACE, values, (int)count, MPI_INT32_T, MPI_SUM, MPI_COMM_WORLD);
}

static void mpi_abort(const char *why) {
    fprintf(stderr, "spikeroll: %s\n", why);
    MPI_Abort(MPI_COMM_WORLD, 1);
    abort(); /* not reached */
}

static void mpi_gather(const void *mine, const size_t *counts, void *all) {
    int rank, size, *lengths = NULL, *places = NULL;
    size_t place = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    if (!rank) {
        lengths = calloc((size_t)size, sizeof *lengths);
        places = calloc((size_t)size, sizeof *places);
        if (!lengths || !places) mpi_abort("out of memory");
        for (int i = 0; i < size; i++) {
            if (place + counts[i] > INT_MAX) mpi_abort("the ranks' results are more than 2 GB");
            lengths[i] = (int)counts[i];
            places[i] = (int)place;
            place += counts[i];
        }
    }
    MPI_Gatherv(mine, (int)counts[rank], MPI_BYTE, all, lengths, places, MPI_BYTE, 0, MPI_COMM_WORLD);
    free(lengths);
    free(places);
}

static void mpi_end(void) { MPI_Finalize(); }

const struct sr_communicator *SR_COMMUNICATOR_ENTRY(void);
__attribute__((visibility("default"))) const struct sr_communicator *SR_COMMUNICATOR_ENTRY(void) {
    static struct sr_communicator communicator = {
        .broadcast = mpi_broadcast, .sum = mpi_sum, .gather = mpi_gather, .abort = mpi_abort, .end = mpi_end};
    int given, rank, size;
    MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &given); /* engine ref adds up scores from a worker thread */
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    if (given < MPI_THREAD_SERIALIZED) mpi_abort("this MPI serves the first thread only");
    communicator.rank = (uint32_t)rank;
    communicator.size = (uint32_t)size;
    return &communicator;
}
