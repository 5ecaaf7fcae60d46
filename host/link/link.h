/* SPDX-License-Identifier: Apache-2.0
 * The state of a device behind a byte transport: what link.c and link_store.c share. */
#ifndef SR_LINK_H
#define SR_LINK_H

#include "device/device.h"
#include "link/packet.h"

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

    struct sr_counters counters;
    uint64_t reported_tx, reported_rx, reported_requests, reported_retries;
};

/* One request, answered OK with at most answer_max bytes, or a failure with its line. */
enum sr_status sr_link_ask(struct sr_link *link, uint8_t op, const uint8_t *payload, size_t count, size_t answer_max,
                           size_t *length);
/* Whole words from or to a memory, in packets. bytes: count * size. */
enum sr_status sr_link_write(struct sr_link *link, uint8_t memory, uint32_t first, const uint8_t *bytes, uint32_t count,
                             uint32_t size);
enum sr_status sr_link_read(struct sr_link *link, uint8_t memory, uint32_t first, uint8_t *bytes, uint32_t count,
                            uint32_t size);

/* link_store.c: the sample store as a cache. */
enum sr_status sr_store_shape(struct sr_link *link); /* after link->net changed: forget all, count the slots */
void sr_store_free(struct sr_link *link);
void sr_store_forget(struct sr_link *link); /* the device's samples and list are no longer known */
/* Make batch entries [first, first + count) resident and their list that of the device. count <= sr_store_slice. */
enum sr_status sr_store_load(struct sr_link *link, const struct sr_batch *batch, uint32_t first, uint32_t count);
uint32_t sr_store_slice(const struct sr_link *link);

#endif
