/* SPDX-License-Identifier: Apache-2.0
 * Who the device is and what it can: the identity registers, each checked before it is used as a size, a divisor or an index.
 * What passes here, the driver and the commands rely on: no limit is 0 where one is needed, sums and products fit, and the
 * smallest network of all fits every store. */
#include <stdio.h>

#include "link/link.h"
#include "map/sr_map.h"

/* No device in sight has stores of more bytes. */
#define STORE_BYTES ((uint64_t)1 << 32)

static enum sr_status not_one(struct sr_link *link, const uint32_t *id) {
    struct sr_device *d = &link->device;
    if (id[SR_REG_MAGIC] != SR_MAGIC_VALUE)
        return sr_fail(d, SR_ERR_MISMATCH, "not a Spikeroll: magic 0x%08X, expected 0x%08X", (unsigned)id[SR_REG_MAGIC],
                       (unsigned)SR_MAGIC_VALUE);
    if (id[SR_REG_PROTOCOL] != SR_PROTOCOL_VALUE)
        return sr_fail(d, SR_ERR_MISMATCH, "the device speaks protocol %u, expected %u", (unsigned)id[SR_REG_PROTOCOL],
                       (unsigned)SR_PROTOCOL_VALUE);
    if (id[SR_REG_MAP_HASH] != SR_MAP_HASH)
        return sr_fail(d, SR_ERR_MISMATCH, "the device has register list 0x%08X, expected 0x%08X: build host and device alike",
                       (unsigned)id[SR_REG_MAP_HASH], (unsigned)SR_MAP_HASH);
    return SR_OK;
}

static enum sr_status take_limits(struct sr_link *link, const uint32_t *id) {
    struct sr_caps *c = &link->device.caps;
    const struct {
        uint32_t *field;
        unsigned reg;
        const char *name;
        uint32_t least, most;
    } fields[] = {
#define FIELD(field, reg, least, most) {&c->field, SR_REG_##reg, #reg, least, most}
        FIELD(lanes, LANES, 1, SR_PACKET_LIMIT / 4),
        FIELD(rank_lanes, RANK_LANES, 1, 255),
        FIELD(proj_units, PROJ_UNITS, 1, 4096),
        FIELD(sample_w, SAMPLE_W, 8, 128),
        FIELD(frac_w, FRAC_W, 0, 8),
        FIELD(buffers, BUFFERS, 1, 2),
        FIELD(inputs_max, INPUTS_MAX, 1, 8191),
        FIELD(hidden_max, HIDDEN_MAX, 1, 8191),
        FIELD(classes_max, CLASSES_MAX, 2, SR_CLASSES),
        FIELD(steps_max, STEPS_MAX, 1, 1023),
        FIELD(rank_max, RANK_MAX, 1, 63),
        FIELD(pairs_max, PAIRS_MAX, 1, 65535),
        FIELD(sample_words, SAMPLE_WORDS, 1, 1u << 28),
        FIELD(weight_words, WEIGHT_WORDS, 1, 1u << 24),
        FIELD(rweight_words, RWEIGHT_WORDS, 1, 1u << 24),
        FIELD(batch_max, BATCH_MAX, 1, 65535),
        FIELD(score_words, SCORE_WORDS, 0, 1u << 28),
        FIELD(packet_max, PACKET_MAX, 128, SR_PACKET_LIMIT),
        FIELD(clock_hz, CLOCK_HZ, 0, UINT32_MAX),
        FIELD(modes, MODES, 0, 255),
        FIELD(factors, FACTORS, 1, 65535),
        FIELD(row_words, ROW_WORDS, 1, 65535),
#undef FIELD
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        uint32_t value = id[fields[i].reg];
        if (value < fields[i].least || value > fields[i].most)
            return sr_fail(&link->device, SR_ERR_MISMATCH, "the device reports %s = %u, expected %u..%u", fields[i].name,
                           (unsigned)value, (unsigned)fields[i].least, (unsigned)fields[i].most);
        *fields[i].field = value;
    }
    return SR_OK;
}

/* What must hold between the limits. */
static enum sr_status check_together(struct sr_link *link) {
    struct sr_device *d = &link->device;
    const struct sr_caps *c = &d->caps;
    uint32_t row = c->row_words, word = 2 * c->lanes;
    if (c->sample_w & (c->sample_w - 1))
        return sr_fail(d, SR_ERR_MISMATCH, "the device reports SAMPLE_W = %u, expected a power of two", (unsigned)c->sample_w);
    if (c->row_words < (c->hidden_max + c->lanes - 1) / c->lanes)
        return sr_fail(d, SR_ERR_MISMATCH, "the device reports ROW_WORDS = %u, too few for HIDDEN_MAX = %u",
                       (unsigned)c->row_words, (unsigned)c->hidden_max);
    if (5 + word > c->packet_max)
        return sr_fail(d, SR_ERR_MISMATCH, "the device reports LANES = %u: a word of weights exceeds PACKET_MAX = %u",
                       (unsigned)c->lanes, (unsigned)c->packet_max);
    if (c->weight_words < row)
        return sr_fail(d, SR_ERR_MISMATCH, "the device reports WEIGHT_WORDS = %u: no row of %u words fits",
                       (unsigned)c->weight_words, (unsigned)row);
    if (c->rweight_words < 2 * row)
        return sr_fail(d, SR_ERR_MISMATCH, "the device reports RWEIGHT_WORDS = %u: no two rows of %u words fit",
                       (unsigned)c->rweight_words, (unsigned)row);
    if ((uint64_t)c->weight_words * word > STORE_BYTES || (uint64_t)c->rweight_words * word > STORE_BYTES)
        return sr_fail(d, SR_ERR_MISMATCH, "the device reports weight stores of %u and %u words of %u bytes: more than 4 GB",
                       (unsigned)c->weight_words, (unsigned)c->rweight_words, (unsigned)word);
    return SR_OK;
}

enum sr_status sr_link_identify(struct sr_link *link) {
    size_t length = 0;
    uint32_t id[SR_ID_REGS] = {0};
    uint8_t code = 0;
    enum sr_packet_result result =
        sr_packet_ask(&link->packets, SR_OP_IDENTIFY, NULL, 0, 4 * SR_ID_REGS, link->tries, &code, &length);
    if (result != SR_PACKET_DONE) return sr_link_silent(link, SR_OP_IDENTIFY, result, link->tries);
    link->answered = true;
    if (code != SR_REPLY_OK) return sr_link_refused(link, SR_OP_IDENTIFY, code);
    for (size_t i = 0; i < SR_ID_REGS && 4 * i + 4 <= length; i++) id[i] = sr_get_u32(link->packets.in + 7 + 4 * i);
    SR_TRY(not_one(link, id));
    if (length != 4 * SR_ID_REGS)
        return sr_fail(&link->device, SR_ERR_MISMATCH, "IDENTIFY gave %zu registers, expected %u", length / 4,
                       (unsigned)SR_ID_REGS);
    SR_TRY(take_limits(link, id));
    SR_TRY(check_together(link));
    struct sr_caps *c = &link->device.caps;
    c->protocol = id[SR_REG_PROTOCOL];
    c->map_hash = id[SR_REG_MAP_HASH];
    c->layers_max = 1; /* the core has one hidden layer and the summed-current readout */
    c->devices = 1;
    link->packets.packet_max = c->packet_max;
    if (link->packets.transfer > c->packet_max) link->packets.transfer = c->packet_max;
    return SR_OK;
}
