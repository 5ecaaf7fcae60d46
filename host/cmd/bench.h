/* SPDX-License-Identifier: Apache-2.0
 * What the files of bench share: its random batch, what it measured, and how that is printed. */
#ifndef SR_BENCH_H
#define SR_BENCH_H

#include "data/samples.h"
#include "model/config.h"

/* Random spikes, `wanted` of them a sample on average (0: of N-MNIST's density), labels in turn; net: its inputs, classes and steps. The set's arrays are the caller's, also
 * after a failure. */
SR_MUST_CHECK enum sr_status sr_bench_random(struct sr_data_set *set, const struct sr_config *config, const struct sr_net *net,
                                             uint32_t wanted, char *error, size_t error_size);

/* A line of the table. */
struct sr_bench_line {
    enum sr_mode mode;
    uint32_t rank, generations;
    double seconds, processor;                /* a generation: by the clock; of all threads of this process */
    double total, base, lif, readout, update; /* a generation; cycles */
    double link_tx, link_rx, requests;        /* bytes, packets sent */
    double busy;                              /* NAN: not measured */
    double speedup;
    bool by_time;
    double samples;                     /* learned a second; mode local */
    double stored_lowrank, stored_full; /* bytes a member, were perturbations stored */
    double stored;                      /* bytes a member of those that are: a bit an entry, shared by a pair */
};

/* What a member costs a device that is sent its weights, and evaluates it on the resident batch. */
struct sr_bench_sent {
    double evaluate;            /* cycles */
    uint64_t weights, command;  /* bytes on the link, both ways: its weights as this device takes them, and all else */
    uint64_t packed16, packed8; /* weights counted from the packets: as above; of 8 bits, and no gap between rows */
};

/* What all lines are of. */
struct sr_bench_what {
    const struct sr_config *config;
    const struct sr_net *net;
    const struct sr_caps *caps;
};

/* What the packets of all weights come to: packed16 and packed8. */
void sr_bench_count_sent(struct sr_bench_sent *sent, const struct sr_net *net, const struct sr_caps *caps);

const char *sr_bench_mode(enum sr_mode mode);
void sr_bench_print_head(const struct sr_bench_what *what);
void sr_bench_print_line(const struct sr_bench_what *what, const struct sr_bench_line *line);
void sr_bench_print_sent(const struct sr_bench_sent *sent);
/* The same as objects, which are the caller's. */
struct cJSON;
struct cJSON *sr_bench_json(const struct sr_bench_what *what, const struct sr_bench_line *line);
struct cJSON *sr_bench_sent_json(const struct sr_bench_sent *sent);

#endif
