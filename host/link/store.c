/* SPDX-License-Identifier: Apache-2.0
 * The device's sample store as a cache: samples are found by id, and loaded only when missing. */
#include <stdlib.h>
#include <string.h>

#include "link/link.h"
#include "map/sr_map.h"

enum { SLOTS_MOST = 1 << 20 };
enum { LOAD_BYTES = 1 << 16 }; /* samples bound for neighbouring slots travel together up to this */

static uint32_t *chain_of(struct sr_link *link, uint32_t id) {
    return &link->chain[(id * UINT32_C(2654435769) >> 7) & (link->chains - 1)];
}

static uint32_t find(struct sr_link *link, uint32_t id) {
    uint32_t slot = *chain_of(link, id);
    while (slot < link->slots && link->slot_id[slot] != id) slot = link->slot_next[slot];
    return slot;
}

static void forget_slot(struct sr_link *link, uint32_t slot) {
    if (!link->slot_full[slot]) return;
    uint32_t *at = chain_of(link, link->slot_id[slot]);
    while (*at != slot) at = &link->slot_next[*at];
    *at = link->slot_next[slot];
    link->slot_full[slot] = false;
}

static void keep_slot(struct sr_link *link, uint32_t slot, uint32_t id) {
    uint32_t *at = chain_of(link, id);
    link->slot_id[slot] = id;
    link->slot_next[slot] = *at;
    *at = slot;
    link->slot_full[slot] = true;
}

static void forget_all(struct sr_link *link) {
    for (uint32_t i = 0; i < link->chains; i++) link->chain[i] = link->slots;
    if (link->slots) memset(link->slot_full, 0, link->slots * sizeof *link->slot_full);
    link->hand = 0;
}

void sr_store_forget(struct sr_link *link) {
    forget_all(link);
    link->list_known = 0;
}

void sr_store_free(struct sr_link *link) {
    free(link->slot_id), free(link->slot_stamp), free(link->slot_next), free(link->slot_full);
    free(link->chain), free(link->list);
    link->slot_id = link->slot_stamp = link->slot_next = link->chain = link->list = NULL;
    link->slot_full = NULL;
    link->slots = link->chains = link->list_known = 0;
}

enum sr_status sr_store_shape(struct sr_link *link) {
    const struct sr_caps *caps = &link->device.caps;
    sr_store_free(link);
    link->slot_words = (link->net.inputs + caps->sample_w - 1) / caps->sample_w * link->net.steps;
    link->slots = caps->sample_words / link->slot_words;
    if (link->slots > SLOTS_MOST) link->slots = SLOTS_MOST; /* more is what no data set needs, and memory here */
    for (link->chains = 16; link->chains < link->slots;) link->chains *= 2;
    link->slot_id = calloc(link->slots, sizeof *link->slot_id);
    link->slot_stamp = calloc(link->slots, sizeof *link->slot_stamp);
    link->slot_next = calloc(link->slots, sizeof *link->slot_next);
    link->slot_full = calloc(link->slots, sizeof *link->slot_full);
    link->chain = calloc(link->chains, sizeof *link->chain);
    link->list = calloc(caps->batch_max, sizeof *link->list);
    if (!link->slot_id || !link->slot_stamp || !link->slot_next || !link->slot_full || !link->chain || !link->list) {
        sr_store_free(link);
        return sr_fail(&link->device, SR_ERR_MEMORY, "out of memory for the index of %u samples", (unsigned)link->slots);
    }
    link->stamp = 0;
    forget_all(link);
    return SR_OK;
}

uint32_t sr_store_slice(const struct sr_link *link) {
    return link->slots < link->device.caps.batch_max ? link->slots : link->device.caps.batch_max;
}

/* 64-bit step words to sample words of SAMPLE_W bits, as bytes. */
static void convert(const struct sr_link *link, const uint64_t *bits, uint8_t *out) {
    uint32_t words = sr_net_step_words(&link->net), size = link->device.caps.sample_w / 8;
    uint32_t bytes = link->slot_words / link->net.steps * size;
    for (uint32_t t = 0; t < link->net.steps; t++, bits += words)
        for (uint32_t i = 0; i < bytes; i++) *out++ = (uint8_t)(i / 8 < words ? bits[i / 8] >> (i % 8 * 8) : 0);
}

/* A slot that this slice does not use. There is one: a slice is at most as long as the store. */
static uint32_t take_slot(struct sr_link *link) {
    while (link->slot_full[link->hand] && link->slot_stamp[link->hand] == link->stamp)
        link->hand = (link->hand + 1) % link->slots;
    uint32_t slot = link->hand;
    link->hand = (link->hand + 1) % link->slots;
    forget_slot(link, slot);
    link->slot_stamp[slot] = link->stamp;
    return slot;
}

static enum sr_status load_missing(struct sr_link *link, const struct sr_batch *batch, uint32_t first, uint32_t count) {
    uint32_t size = link->device.caps.sample_w / 8;
    size_t sample = (size_t)link->slot_words * size;
    size_t room = sample < LOAD_BYTES ? LOAD_BYTES / sample : 1;
    uint8_t *bytes = NULL;
    uint32_t start = 0, pending = 0;
    enum sr_status status = SR_OK;
    for (uint32_t b = first; b < first + count && !status; b++) {
        if (find(link, batch->ids[b]) < link->slots) continue;
        if (!bytes && !(bytes = malloc(room * sample)))
            return sr_fail(&link->device, SR_ERR_MEMORY, "out of memory for a sample of %zu bytes", sample);
        uint32_t slot = take_slot(link);
        if (pending && (slot != start + pending || pending == room)) {
            status = sr_link_write(link, SR_MEM_SAMPLE, start * link->slot_words, bytes, pending * link->slot_words, size);
            pending = 0;
        }
        if (!pending) start = slot;
        convert(link, batch->bits[b], bytes + pending++ * sample);
        keep_slot(link, slot, batch->ids[b]);
    }
    if (!status && pending)
        status = sr_link_write(link, SR_MEM_SAMPLE, start * link->slot_words, bytes, pending * link->slot_words, size);
    free(bytes);
    if (status) forget_all(link); /* which of them arrived is not known */
    return status;
}

enum sr_status sr_store_load(struct sr_link *link, const struct sr_batch *batch, uint32_t first, uint32_t count) {
    link->stamp++;
    for (uint32_t b = first; b < first + count; b++) {
        uint32_t slot = find(link, batch->ids[b]);
        if (slot < link->slots) link->slot_stamp[slot] = link->stamp;
    }
    enum sr_status status = load_missing(link, batch, first, count);
    if (status) return status;

    /* the part of the list that differs */
    uint8_t *bytes = malloc((size_t)count * 4);
    if (!bytes) return sr_fail(&link->device, SR_ERR_MEMORY, "out of memory for a batch list of %u", (unsigned)count);
    uint32_t from = count, to = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t label = batch->labels ? batch->labels[first + i] : 0;
        uint32_t entry = label << 28 | find(link, batch->ids[first + i]) * link->slot_words;
        if (i >= link->list_known || link->list[i] != entry) {
            if (from == count) from = i;
            to = i + 1;
        }
        link->list[i] = entry;
        for (unsigned k = 0; k < 4; k++) bytes[4 * (size_t)i + k] = (uint8_t)(entry >> (8 * k));
    }
    if (link->list_known < count) link->list_known = count;
    if (from < to) {
        status = sr_link_write(link, SR_MEM_BATCH, from, bytes + 4 * (size_t)from, to - from, 4);
        if (status) link->list_known = 0;
    }
    free(bytes);
    return status;
}
