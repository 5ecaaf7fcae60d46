/* SPDX-License-Identifier: Apache-2.0
 * The state of a device behind a byte transport, which the files of this folder share:
 *   packet.c    bytes and packets: framing, retries        identify.c  identity and limits, checked
 *   request.c   memories and registers                     run.c       runs: started, awaited, counted
 *   store.c     the sample store as a cache                link.c      the engine's operations
 *   weights.c   weights as the stores hold them            raw.c       memories and registers for the self test */
#ifndef SR_LINK_H
#define SR_LINK_H

#include "device/device.h"
#include "link/packet.h"

#define SR_TRY(call)                        \
    do {                                    \
        enum sr_status try_status = (call); \
        if (try_status) return try_status;  \
    } while (0)

enum { SR_LINK_REGS = 0x80 };

struct sr_link {
    struct sr_device device; /* first */
    struct sr_packets packets;
    struct sr_net net;
    uint32_t want[SR_LINK_REGS], have[SR_LINK_REGS];
    bool used[SR_LINK_REGS], known[SR_LINK_REGS]; /* used: has a wanted value; known: `have` is what the device holds */

    /* sample store: slots of slot_words; which sample is in which */
    uint32_t slot_words, slots;
    uint32_t *slot_id, *slot_stamp, *slot_next; /* next: chain of the slots whose ids share a hash, slots: end */
    bool *slot_full;
    uint32_t *chain, chains; /* first slot of each hash; a power of two */
    uint32_t stamp, hand;
    uint32_t *list; /* the device's batch list as far as it is known */
    uint32_t list_known;

    /* the evaluation just made, for an update without credit */
    int32_t *fitness;
    uint32_t fitness_pairs; /* pairs of it if it covered all, else 0 */
    bool on_device;         /* the device still holds it */
    uint32_t epoch;         /* what the device was told, so that it can be seen to have forgotten */
    unsigned tries;         /* of IDENTIFY */
    bool answered;          /* somebody spoke the protocol */
    bool run_pending;       /* a run was started, or may have been, whose end nobody has seen */

    struct sr_counters counters;
    uint64_t reported_tx, reported_rx, reported_requests, reported_retries;
};

static inline uint32_t sr_get_u32(const uint8_t *bytes) {
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}
static inline void sr_put_u32(uint8_t *bytes, uint32_t value) {
    for (unsigned i = 0; i < 4; i++) bytes[i] = (uint8_t)(value >> (8 * i));
}

/* request.c. Each leaves a line on failure. */
/* One request, answered OK with at most answer_max bytes. */
enum sr_status sr_link_ask(struct sr_link *link, uint8_t op, const uint8_t *payload, size_t count, size_t answer_max,
                           size_t *length);
/* Whole words from or to a memory, in packets. bytes: count * size. */
enum sr_status sr_link_write(struct sr_link *link, uint8_t memory, uint32_t first, const uint8_t *bytes, uint32_t count,
                             uint32_t size);
enum sr_status sr_link_read(struct sr_link *link, uint8_t memory, uint32_t first, uint8_t *bytes, uint32_t count,
                            uint32_t size);
enum sr_status sr_link_registers(struct sr_link *link, uint8_t first, uint8_t count, uint32_t *values);
/* Write the registers whose wanted value the device does not hold. */
enum sr_status sr_link_update_registers(struct sr_link *link);
enum sr_status sr_link_silent(struct sr_link *link, uint8_t op, enum sr_packet_result result, unsigned tries);
enum sr_status sr_link_refused(struct sr_link *link, uint8_t op, uint8_t status);

/* run.c */
/* Write the registers that changed, run, wait for the end, add the cycles to link->counters. samples: of the batch. */
enum sr_status sr_link_run(struct sr_link *link, uint8_t flags, uint32_t samples);
/* Cycles that no sane device exceeds for such a run with the registers as wanted. */
uint64_t sr_link_work(const struct sr_link *link, uint8_t flags, uint32_t samples);
/* Wait until the device is idle; work: sr_link_work of the run, or 0 if it is not known. *code: its reply code. */
enum sr_status sr_link_wait(struct sr_link *link, uint64_t work, uint8_t *code);
/* Wait for a run that an earlier call gave up, if there is one. */
enum sr_status sr_link_settle(struct sr_link *link);
/* Ask whether the device was reset since it was told an epoch: a failure, after which nothing of it is taken as known. To be
 * asked after everything that a run does not check. */
enum sr_status sr_link_remembers(struct sr_link *link);
/* Every call begins so: what the line loses is counted by call, and a run still under way would refuse its requests. */
enum sr_status sr_link_begin(struct sr_link *link);

/* weights.c: operations of struct sr_engine_ops. */
enum sr_status sr_link_write_weights(struct sr_device *device, unsigned layer, const int16_t *master);
enum sr_status sr_link_read_weights(struct sr_device *device, unsigned layer, int16_t *master);

/* raw.c: operations of struct sr_engine_ops. */
enum sr_status sr_link_raw_write_memory(struct sr_device *device, unsigned memory, uint32_t first, const uint8_t *bytes,
                                        uint32_t words);
enum sr_status sr_link_raw_read_memory(struct sr_device *device, unsigned memory, uint32_t first, uint8_t *bytes,
                                       uint32_t words);
enum sr_status sr_link_raw_write_registers(struct sr_device *device, unsigned first, unsigned count, const uint32_t *values);
enum sr_status sr_link_raw_read_registers(struct sr_device *device, unsigned first, unsigned count, uint32_t *values);
/* What any device says that it was built from; 0: it does not say. SR_ERR_UNSUPPORTED where there is no link. */
enum sr_status sr_link_build(struct sr_device *device, uint32_t *build);

/* link.c: sr_link_open, with so many transmissions of the first request. *answered: it was answered, whatever it said. */
enum sr_status sr_link_try(const struct sr_transport *transport, const char *engine, unsigned tries, bool *answered,
                           struct sr_device **device, char *error, size_t error_size);

/* identify.c: who is there, and its limits into device.caps. */
enum sr_status sr_link_identify(struct sr_link *link);

/* store.c: the sample store as a cache. */
enum sr_status sr_store_shape(struct sr_link *link); /* after link->net changed: forget all, count the slots */
void sr_store_free(struct sr_link *link);
void sr_store_forget(struct sr_link *link); /* the device's samples and list are no longer known */
/* Make batch entries [first, first + count) resident and their list that of the device. count <= sr_store_slice. */
enum sr_status sr_store_load(struct sr_link *link, const struct sr_batch *batch, uint32_t first, uint32_t count);
uint32_t sr_store_slice(const struct sr_link *link);

#endif
