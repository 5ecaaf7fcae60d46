/* SPDX-License-Identifier: Apache-2.0
 * The self test's blocks: each drives a device through the device interface and notes what it answers. Run on two devices with
 * the same limits, the notes must be the same. */
#ifndef SR_SELFTEST_H
#define SR_SELFTEST_H

#include <spikeroll/spikeroll.h>

/* What a value is: "score of sample ROW, class COL". */
struct sr_answer_kind {
    const char *what, *row, *col;
};

struct sr_answer {
    const struct sr_answer_kind *kind;
    const char *part;
    uint32_t row, col;
    int32_t value;
};

struct sr_answers {
    struct sr_answer *list;
    size_t count, room;
};

/* A device under a block. */
struct sr_subject {
    struct sr_device *device;
    struct sr_caps caps;       /* the vectors are made for these limits: of the device that is tried, also on ref */
    bool quick, credits;       /* quick: small networks; credits: those that the device shapes are looked at in its memory */
    const char *part;          /* of the block, named if a value differs */
    uint32_t next_id;          /* of samples */
    struct sr_answers answers; /* the caller frees the list, also after a failure */
};

struct sr_block {
    const char *name, *text;
    enum sr_status (*run)(struct sr_subject *subject);
    bool (*built)(const struct sr_caps *caps); /* NULL: always */
    uint32_t check;                            /* CRC-32 of ref's answers under sr_selftest_caps */
};

/* In the order in which they rest on one another. */
extern const struct sr_block sr_selftest_blocks[];
extern const size_t sr_selftest_count;
/* Limits of no device in particular, for which the checks hold. */
extern const struct sr_caps sr_selftest_caps;

/* A word that depends on all three. */
uint32_t sr_selftest_mix(uint32_t tag, uint32_t row, uint32_t col);

#endif
