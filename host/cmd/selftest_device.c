/* SPDX-License-Identifier: Apache-2.0
 * The self test below its blocks: what a device behind a link is, its registers and its memories (selftest.h). */
#include <stdio.h>
#include <stdlib.h>

#include "cmd/selftest.h"
#include "device/device.h"
#include "map/sr_map.h"

static uint32_t least(uint32_t a, uint32_t b) { return a < b ? a : b; }

enum sr_status sr_selftest_identity(struct sr_device *device, char *text, size_t size) {
    const struct sr_caps *c = sr_device_caps(device);
    uint32_t id[SR_ID_REGS] = {0};
    const struct {
        const char *name;
        unsigned reg;
        uint32_t value;
    } fields[] = {{"MAGIC", SR_REG_MAGIC, SR_MAGIC_VALUE},
                  {"PROTOCOL", SR_REG_PROTOCOL, c->protocol},
                  {"MAP_HASH", SR_REG_MAP_HASH, SR_MAP_HASH},
                  {"LANES", SR_REG_LANES, c->lanes},
                  {"FRAC_W", SR_REG_FRAC_W, c->frac_w},
                  {"INPUTS_MAX", SR_REG_INPUTS_MAX, c->inputs_max},
                  {"HIDDEN_MAX", SR_REG_HIDDEN_MAX, c->hidden_max},
                  {"PACKET_MAX", SR_REG_PACKET_MAX, c->packet_max},
                  {"CLOCK_HZ", SR_REG_CLOCK_HZ, c->clock_hz}};
    TRY(sr_device_read_registers(device, 0, SR_ID_REGS, id));
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (id[fields[i].reg] == fields[i].value) continue;
        snprintf(text, size, "READ_REG %s: expected 0x%08X as IDENTIFY says, got 0x%08X", fields[i].name,
                 (unsigned)fields[i].value, (unsigned)id[fields[i].reg]);
        return SR_ERR_MISMATCH;
    }
    snprintf(text, size, "protocol %u, map 0x%08X, %u LIF lanes, %u fraction bits, %u inputs, %u neurons, %u pairs, %.4g MHz",
             (unsigned)c->protocol, (unsigned)c->map_hash, (unsigned)(2 * c->lanes), (unsigned)c->frac_w,
             (unsigned)c->inputs_max, (unsigned)c->hidden_max, (unsigned)c->pairs_max, c->clock_hz / 1e6);
    return SR_OK;
}

/* Those that a host may write. */
static const struct {
    const char *name;
    unsigned address;
} writable[] = {
#define RW(name, address) {name, address},
#define RO(name, address)
#define ST(name, address)
#define SR_REG(name, addr, access, bits, text) access(#name, addr)
#include "map/sr_map.def"
#undef RW
#undef RO
#undef ST
};
enum { WRITABLE = sizeof writable / sizeof *writable };

/* A bit that walks from register to register, then the address in the data and its complement. */
static uint32_t register_pattern(unsigned i, unsigned round) {
    if (round < 32) return 1u << (round + i) % 32;
    return round == 32 ? sr_selftest_mix(1, i, 0) : ~sr_selftest_mix(1, i, 0);
}

enum sr_status sr_selftest_registers(struct sr_device *device, char *text, size_t size) {
    enum { FIRST = 0x40, COUNT = 0x40, ROUNDS = 34 };
    uint32_t wrote[COUNT], got[COUNT];
    for (unsigned round = 0; round < ROUNDS; round++) {
        for (unsigned i = 0; i < COUNT; i++) wrote[i] = register_pattern(i, round);
        TRY(sr_device_write_registers(device, FIRST, COUNT, wrote));
        TRY(sr_device_read_registers(device, FIRST, COUNT, got));
        for (size_t r = 0; r < WRITABLE; r++) {
            unsigned i = writable[r].address - FIRST;
            if (got[i] == wrote[i]) continue;
            snprintf(text, size, "%s (0x%02X): expected 0x%08X, got 0x%08X", writable[r].name, writable[r].address,
                     (unsigned)wrote[i], (unsigned)got[i]);
            return SR_ERR_MISMATCH;
        }
    }
    snprintf(text, size, "%u written and read back: walking bits, address in data", (unsigned)WRITABLE);
    return SR_OK;
}

/* ---- memories ---- */

struct memory {
    const char *name;
    unsigned number;
    uint32_t words, lanes, bits; /* a word is `lanes` values of `bits` bits, kept in bytes_each */
    uint32_t bytes_each;
    bool is_signed;
};

/* Round 0: the value depends on the address alone, and differs from that of every other address that one wrong line reaches;
 * round 1: its complement. The first words of round 0 hold a walking bit. */
static uint32_t pattern_of(const struct memory *m, uint32_t word, uint32_t lane, unsigned round) {
    uint32_t width = m->lanes * m->bits, value = sr_selftest_mix(500 + m->number, word, lane);
    if (round == 0 && word < width) value = word / m->bits == lane ? 1u << word % m->bits : 0;
    if (round == 1) value = ~value;
    return m->bits < 32 ? value & ((1u << m->bits) - 1) : value;
}

static void pattern_bytes(const struct memory *m, uint32_t first, uint32_t count, unsigned round, uint8_t *bytes) {
    for (uint32_t i = 0; i < count * m->lanes; i++) {
        uint32_t value = pattern_of(m, first + i / m->lanes, i % m->lanes, round);
        if (m->number == SR_MEM_BATCH) value = (value % 2) << 28 | (value >> 4 & 0xff); /* label and address that are legal */
        if (m->is_signed && value >> (m->bits - 1)) value |= ~UINT32_C(0) << (m->bits - 1);
        for (uint32_t k = 0; k < m->bytes_each; k++) bytes[(size_t)i * m->bytes_each + k] = (uint8_t)(value >> (8 * k));
    }
}

enum { PART = 512 };         /* words of a memory that are written or read at a time */
enum { WHOLE = 512 * 1024 }; /* bytes of a memory that are all tried: more than a board here has, less than simulations do */

/* Parts of the memory: all of it up to WHOLE bytes, or with --quick its beginning; then the neighbourhood of each power of two, and the end. */
static bool next_part(const struct memory *m, bool quick, uint32_t *first, uint32_t *count, uint32_t *line) {
    enum { NEAR = 4, BEGINNING = 16 };
    uint32_t end = *first + *count, width = m->lanes * m->bits;
    uint32_t whole = quick ? (width > BEGINNING ? width : BEGINNING) : WHOLE / (m->lanes * m->bytes_each);
    whole = least(m->words, whole);
    if (end < whole) {
        *first = end;
        *count = least(PART, whole - end);
        return true;
    }
    if (!*line) *line = 1;
    while (*line < m->words && *line < end) *line *= 2;
    if (*line < m->words) {
        *first = *line;
        *count = least(NEAR, m->words - *first);
        *line *= 2;
        return true;
    }
    if (end >= m->words) return false;
    *first = m->words - least(NEAR, m->words - end);
    *count = m->words - *first;
    return true;
}

/* A round over all parts of the memory, written or else compared. *words grows by what was written. */
static enum sr_status memory_round(struct sr_device *device, const struct memory *m, bool quick, unsigned round, bool writing,
                                   uint8_t *wrote, uint8_t *got, uint32_t *words, char *text, size_t text_size) {
    uint32_t size = m->lanes * m->bytes_each, first = 0, count = 0, line = 0;
    while (next_part(m, quick, &first, &count, &line)) {
        pattern_bytes(m, first, count, round, wrote);
        if (writing) {
            TRY(sr_device_write_memory(device, m->number, first, wrote, count));
            *words += count;
            continue;
        }
        TRY(sr_device_read_memory(device, m->number, first, got, count));
        for (uint32_t i = 0; i < count * size; i++) {
            if (got[i] == wrote[i]) continue;
            snprintf(text, text_size, "word %u, byte %u: expected 0x%02X, got 0x%02X", (unsigned)(first + i / size),
                     (unsigned)(i % size), (unsigned)wrote[i], (unsigned)got[i]);
            return SR_ERR_MISMATCH;
        }
    }
    return SR_OK;
}

static enum sr_status try_memory(struct sr_device *device, const struct memory *m, bool quick, char *text, size_t text_size) {
    uint32_t size = m->lanes * m->bytes_each, words = 0, again = 0;
    uint8_t *wrote = malloc((size_t)PART * size), *got = malloc((size_t)PART * size);
    enum sr_status status = wrote && got ? SR_OK : SR_ERR_MEMORY;
    for (unsigned round = 0; round < 2; round++)
        for (int reading = 0; reading < 2 && status == SR_OK; reading++)
            status = memory_round(device, m, quick, round, !reading, wrote, got, round ? &again : &words, text, text_size);
    if (status == SR_OK) {
        snprintf(text, text_size, "%u of %u words written and read back: walking bits, address in data, complement",
                 (unsigned)words, (unsigned)m->words);
    }
    free(wrote);
    free(got);
    return status;
}

static struct memory memory_of(const struct sr_caps *c, unsigned index) {
    uint32_t sample_lane = c->sample_w > 32 ? 32 : c->sample_w;
    const struct memory memories[SR_SELFTEST_MEMORIES] = {
        {"sample memory", SR_MEM_SAMPLE, c->sample_words, c->sample_w / sample_lane, sample_lane, sample_lane / 8, false},
        {"batch list", SR_MEM_BATCH, c->batch_max, 1, 32, 4, false},
        {"weight memory", SR_MEM_WEIGHT, c->weight_words, c->lanes, 8 + c->frac_w, 2, true},
        {"readout weights", SR_MEM_RWEIGHT, c->rweight_words, c->lanes, 8 + c->frac_w, 2, true},
        {"credit memory", SR_MEM_CREDIT, c->pairs_max, 1, 8, 1, true}};
    return memories[index];
}

const char *sr_selftest_memory_name(const struct sr_device *device, unsigned index) {
    return memory_of(sr_device_caps(device), index).name;
}

enum sr_status sr_selftest_memory(struct sr_device *device, unsigned index, bool quick, char *text, size_t size) {
    struct memory memory = memory_of(sr_device_caps(device), index);
    return try_memory(device, &memory, quick, text, size);
}
