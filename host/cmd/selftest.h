/* SPDX-License-Identifier: Apache-2.0
 * The self test's blocks: each drives a device through the device interface and notes what it answers. Run on two devices with
 * the same limits, the notes must be the same. */
#ifndef SR_SELFTEST_H
#define SR_SELFTEST_H

#include <spikeroll/spikeroll.h>

/* Leave the function with the status of a call that failed. */
#define TRY(call)                           \
    do {                                    \
        enum sr_status try_status = (call); \
        if (try_status) return try_status;  \
    } while (0)

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

/* Below the blocks, for a device whose registers and memories can be reached (its read_memory): what READ_REG says of its identity
 * is what IDENTIFY said; registers and memories keep what is written to them. text: the line to print if it is SR_OK, or
 * SR_ERR_MISMATCH where a value differs; after any other failure the reason is the device's. */
enum sr_status sr_selftest_identity(struct sr_device *device, char *text, size_t size);
enum sr_status sr_selftest_registers(struct sr_device *device, char *text, size_t size);
enum { SR_SELFTEST_MEMORIES = 5 };
const char *sr_selftest_memory_name(const struct sr_device *device, unsigned index);
enum sr_status sr_selftest_memory(struct sr_device *device, unsigned index, bool quick, char *text, size_t size);

/* A word that depends on all three. */
uint32_t sr_selftest_mix(uint32_t tag, uint32_t row, uint32_t col);

#endif
