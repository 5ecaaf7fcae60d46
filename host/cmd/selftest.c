/* SPDX-License-Identifier: Apache-2.0
 * spikeroll selftest: known answers, block by block. A block is a function that drives a device and notes what it answers; run
 * on the device and on ref, the two notes must be the same. That ref is right is checked first: its notes for one fixed set of
 * limits have checks that are stored here. */
#include <cjson/cJSON.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/commands.h"
#include "cmd/selftest.h"
#include "device/device.h"
#include "link/packet.h"
#include "map/sr_map.h"

static const char intro[] =
    "usage: spikeroll selftest [--engine E] [--port PATH] [--quick] [--json]\n"
    "\n"
    "Tries a device block by block against ref and prints a line for each: passed, failed with the first value that differs, "
    "or\n"
    "not built. Blocks come in the order in which they rest on one another: the first line that failed is where to look. What\n"
    "ref itself answers is checked against stored sums first (line 'ref'); --engine ref does only that. Weights, samples and\n"
    "registers of the device are overwritten. Exit code 1 if a line failed.\n";

/* A line that takes longer is a device that stays busy. */
enum { LINE_SECONDS = 300 };

/* ---- the run ---- */

enum verdict { PASSED, FAILED, NOT_BUILT };

struct selftest {
    struct sr_options options;
    struct sr_device *device, *ref, *golden; /* golden: ref under sr_selftest_caps */
    struct sr_caps caps;
    bool gone;        /* the link is dead: nothing more to try */
    uint32_t next_id; /* of samples: no two blocks' are the same, or the driver would not send the second's */
    uint32_t count[3];
    cJSON *json;
    char error[SR_ERROR_SIZE];
};

static const char *line_name = "";

static void on_alarm(int number) {
    static const char text[] = "\nspikeroll selftest: no end to this line: the device stays busy. It is: ";
    ssize_t ignored = write(STDERR_FILENO, text, sizeof text - 1);
    ignored = write(STDERR_FILENO, line_name, strlen(line_name));
    ignored = write(STDERR_FILENO, "\n", 1);
    (void)ignored;
    (void)number;
    _exit(SR_EXIT_FAILURE);
}

static void begin_line(const char *name) {
    line_name = name;
    alarm(LINE_SECONDS);
}

static void end_line(struct selftest *t, enum verdict verdict, const char *text) {
    static const char *const words[] = {"passed", "failed", "not built"};
    alarm(0);
    t->count[verdict]++;
    if (t->options.json) {
        cJSON *line = cJSON_CreateObject();
        cJSON_AddStringToObject(line, "block", line_name);
        cJSON_AddStringToObject(line, "verdict", words[verdict]);
        sr_json_text(line, "text", text);
        cJSON_AddItemToArray(t->json, line);
    } else {
        printf("%-20s %-10s %s\n", line_name, words[verdict], text);
        fflush(stdout);
    }
}

static enum sr_status answers_of(const struct sr_block *block, struct sr_device *device, const struct sr_caps *caps,
                                 struct selftest *t, bool credits, struct sr_subject *s) {
    *s = (struct sr_subject){.device = device,
                             .caps = *caps,
                             .quick = t->options.quick && device != t->golden,
                             .credits = credits,
                             .part = "",
                             .next_id = t->next_id};
    enum sr_status status = block->run(s);
    t->next_id = s->next_id;
    return status;
}

static uint32_t check_of(const struct sr_answers *a) {
    uint8_t *bytes = malloc(4 * a->count + 1);
    for (size_t i = 0; bytes && i < a->count; i++)
        for (unsigned k = 0; k < 4; k++) bytes[4 * i + k] = (uint8_t)((uint32_t)a->list[i].value >> (8 * k));
    uint32_t check = bytes ? sr_crc32(bytes, 4 * a->count) : 0;
    free(bytes);
    return check;
}

/* ref itself. */
static bool ref_is_right(struct selftest *t, const struct sr_block *block, char *text, size_t size) {
    struct sr_subject s;
    enum sr_status status = answers_of(block, t->golden, &sr_selftest_caps, t, true, &s);
    uint32_t check = check_of(&s.answers);
    size_t count = s.answers.count;
    free(s.answers.list);
    if (status != SR_OK)
        snprintf(text, size, "%s", *sr_device_error(t->golden) ? sr_device_error(t->golden) : sr_status_text(status));
    else if (check != block->check)
        snprintf(text, size, "%zu answers have check 0x%08X, expected 0x%08X", count, (unsigned)check, (unsigned)block->check);
    else
        snprintf(text, size, "%s (%zu answers, check 0x%08X)", block->text, count, (unsigned)check);
    return status == SR_OK && check == block->check;
}

static bool same(const struct sr_answers *expected, const struct sr_answers *got, char *text, size_t size) {
    size_t differ = 0, first = 0, count = expected->count < got->count ? expected->count : got->count;
    for (size_t i = count; i-- > 0;) {
        if (expected->list[i].value == got->list[i].value) continue;
        differ++;
        first = i;
    }
    if (!differ) return true;
    const struct sr_answer *e = &expected->list[first];
    char where[96];
    if (e->kind->col)
        snprintf(where, sizeof where, "%s %" PRIu32 ", %s %" PRIu32, e->kind->row, e->row, e->kind->col, e->col);
    else
        snprintf(where, sizeof where, "%s %" PRIu32, e->kind->row, e->row);
    snprintf(text, size, "%s%s%s of %s: expected %" PRId32 ", got %" PRId32 " (%zu of %zu values differ)", e->part,
             *e->part ? ": " : "", e->kind->what, where, e->value, got->list[first].value, differ, count);
    return false;
}

static void try_block(struct selftest *t, const struct sr_block *block) {
    char text[SR_ERROR_SIZE];
    struct sr_subject expected, got = {.part = ""};
    bool credits = t->device->ops->read_memory != NULL;
    begin_line(block->name);
    if (block->built && !block->built(&t->caps)) {
        end_line(t, NOT_BUILT, "");
        return;
    }
    enum verdict verdict = FAILED;
    enum sr_status status = answers_of(block, t->ref, &t->caps, t, credits, &expected);
    if (status != SR_OK) {
        snprintf(text, sizeof text, "ref: %s", sr_device_error(t->ref));
    } else if ((status = answers_of(block, t->device, &t->caps, t, credits, &got)) != SR_OK) {
        snprintf(text, sizeof text, "%s%s%s", got.part, *got.part ? ": " : "", sr_device_error(t->device));
        t->gone = status == SR_ERR_LINK;
    } else if (same(&expected.answers, &got.answers, text, sizeof text)) {
        snprintf(text, sizeof text, "%s (%zu answers)", block->text, got.answers.count);
        verdict = PASSED;
    }
    free(expected.answers.list);
    free(got.answers.list);
    end_line(t, verdict, text);
}

/* ---- identity, registers and memories ---- */

static uint32_t least(uint32_t a, uint32_t b) { return a < b ? a : b; }

static void try_identity(struct selftest *t) {
    const struct sr_caps *c = &t->caps;
    uint32_t id[SR_ID_REGS] = {0};
    char text[SR_ERROR_SIZE];
    begin_line("identity");
    const struct {
        const char *name;
        unsigned reg;
        uint32_t value;
    } fields[] = {{"MAGIC", SR_REG_MAGIC, SR_MAGIC_VALUE},
                  {"PROTOCOL", SR_REG_PROTOCOL, c->protocol},
                  {"MAP_HASH", SR_REG_MAP_HASH, SR_MAP_HASH},
                  {"LANES", SR_REG_LANES, c->lanes},
                  {"ENGINES", SR_REG_ENGINES, c->engines},
                  {"COL_LANES", SR_REG_COL_LANES, c->col_lanes},
                  {"FRAC_W", SR_REG_FRAC_W, c->frac_w},
                  {"INPUTS_MAX", SR_REG_INPUTS_MAX, c->inputs_max},
                  {"HIDDEN_MAX", SR_REG_HIDDEN_MAX, c->hidden_max},
                  {"PACKET_MAX", SR_REG_PACKET_MAX, c->packet_max},
                  {"CLOCK_HZ", SR_REG_CLOCK_HZ, c->clock_hz}};
    enum sr_status status = sr_device_read_registers(t->device, 0, SR_ID_REGS, id);
    snprintf(text, sizeof text,
             "protocol %u, map 0x%08X, %u x %u LIF lanes, %u fraction bits, %u inputs, %u neurons, %u pairs, %.4g MHz",
             (unsigned)c->protocol, (unsigned)c->map_hash, (unsigned)c->engines, (unsigned)(2 * c->lanes), (unsigned)c->frac_w,
             (unsigned)c->inputs_max, (unsigned)c->hidden_max, (unsigned)c->pairs_max, c->clock_hz / 1e6);
    enum verdict verdict = status == SR_OK ? PASSED : FAILED;
    for (size_t i = 0; i < sizeof fields / sizeof *fields && verdict == PASSED; i++) {
        if (id[fields[i].reg] == fields[i].value) continue;
        verdict = FAILED;
        snprintf(text, sizeof text, "READ_REG %s: expected 0x%08X as IDENTIFY says, got 0x%08X", fields[i].name,
                 (unsigned)fields[i].value, (unsigned)id[fields[i].reg]);
    }
    if (status != SR_OK) snprintf(text, sizeof text, "%s", sr_device_error(t->device));
    t->gone = status == SR_ERR_LINK;
    end_line(t, verdict, text);
}

static void try_registers(struct selftest *t) {
    enum { FIRST = 0x40, COUNT = 0x40, ROUNDS = 34 };
    static const struct {
        const char *name;
        unsigned address;
    } rw[] = {
#define RW(name, address) {name, address},
#define RO(name, address)
#define ST(name, address)
#define SR_REG(name, addr, access, bits, text) access(#name, addr)
#include "map/sr_map.def"
#undef RW
#undef RO
#undef ST
    };
    char text[SR_ERROR_SIZE];
    uint32_t wrote[COUNT], got[COUNT];
    enum sr_status status = SR_OK;
    enum verdict verdict = PASSED;
    begin_line("registers");
    for (unsigned round = 0; round < ROUNDS && status == SR_OK && verdict == PASSED; round++) {
        /* a bit that walks from register to register, then the address in the data and its complement */
        for (unsigned i = 0; i < COUNT; i++)
            wrote[i] = round < 32 ? 1u << (round + i) % 32 : round == 32 ? sr_selftest_mix(1, i, 0) : ~sr_selftest_mix(1, i, 0);
        status = sr_device_write_registers(t->device, FIRST, COUNT, wrote);
        if (status == SR_OK) status = sr_device_read_registers(t->device, FIRST, COUNT, got);
        for (size_t r = 0; r < sizeof rw / sizeof *rw && status == SR_OK && verdict == PASSED; r++) {
            unsigned i = rw[r].address - FIRST;
            if (got[i] == wrote[i]) continue;
            verdict = FAILED;
            snprintf(text, sizeof text, "%s (0x%02X): expected 0x%08X, got 0x%08X", rw[r].name, rw[r].address,
                     (unsigned)wrote[i], (unsigned)got[i]);
        }
    }
    if (status != SR_OK) {
        verdict = FAILED;
        snprintf(text, sizeof text, "%s", sr_device_error(t->device));
        t->gone = status == SR_ERR_LINK;
    }
    if (verdict == PASSED)
        snprintf(text, sizeof text, "%zu written and read back: walking bits, address in data", sizeof rw / sizeof *rw);
    end_line(t, verdict, text);
}

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

enum { PART = 512 }; /* words of a memory that are written or read at a time */

/* Parts of the memory: all of it, or with --quick the ends and the neighbourhood of each power of two. */
static bool next_part(const struct memory *m, bool quick, uint32_t *first, uint32_t *count, uint32_t *line) {
    enum { NEAR = 4 };
    if (!quick) {
        *first += *count;
        *count = least(PART, m->words - *first);
        return *count > 0;
    }
    uint32_t end = *first + *count, width = m->lanes * m->bits;
    if (!*line) {
        *line = 1;
        *first = 0;
        *count = least(m->words, width > 16 ? width : 16);
        return true;
    }
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

static void try_memory(struct selftest *t, const struct memory *m) {
    uint32_t size = m->lanes * m->bytes_each, most = m->lanes * m->bits, tried = 0;
    if (most < PART) most = PART;
    uint8_t *wrote = malloc((size_t)most * size), *got = malloc((size_t)most * size);
    char text[SR_ERROR_SIZE];
    enum sr_status status = wrote && got ? SR_OK : SR_ERR_MEMORY;
    enum verdict verdict = PASSED;
    begin_line(m->name);
    for (unsigned round = 0; round < 2; round++) {
        for (int reading = 0; reading < 2; reading++) {
            uint32_t first = 0, count = 0, line = 0;
            while (status == SR_OK && verdict == PASSED && next_part(m, t->options.quick, &first, &count, &line)) {
                pattern_bytes(m, first, count, round, wrote);
                if (!reading) {
                    status = sr_device_write_memory(t->device, m->number, first, wrote, count);
                    tried += round ? 0 : count;
                    continue;
                }
                status = sr_device_read_memory(t->device, m->number, first, got, count);
                for (uint32_t i = 0; i < count * size && status == SR_OK && verdict == PASSED; i++) {
                    if (got[i] == wrote[i]) continue;
                    verdict = FAILED;
                    snprintf(text, sizeof text, "word %u, byte %u: expected 0x%02X, got 0x%02X", (unsigned)(first + i / size),
                             (unsigned)(i % size), (unsigned)wrote[i], (unsigned)got[i]);
                }
            }
        }
    }
    if (status != SR_OK) {
        verdict = FAILED;
        snprintf(text, sizeof text, "%s", status == SR_ERR_MEMORY ? sr_status_text(status) : sr_device_error(t->device));
        t->gone = status == SR_ERR_LINK;
    } else if (verdict == PASSED) {
        snprintf(text, sizeof text, "%u of %u words written and read back: walking bits, address in data, complement",
                 (unsigned)tried, (unsigned)m->words);
    }
    free(wrote);
    free(got);
    end_line(t, verdict, text);
}

static void try_memories(struct selftest *t) {
    const struct sr_caps *c = &t->caps;
    uint32_t sample_lane = c->sample_w > 32 ? 32 : c->sample_w;
    const struct memory memories[] = {
        {"sample memory", SR_MEM_SAMPLE, c->sample_words, c->sample_w / sample_lane, sample_lane, sample_lane / 8, false},
        {"batch list", SR_MEM_BATCH, c->batch_max, 1, 32, 4, false},
        {"weight memory", SR_MEM_WEIGHT, c->weight_words, c->col_lanes, 8 + c->frac_w, 2, true},
        {"readout weights", SR_MEM_RWEIGHT, c->rweight_words, c->col_lanes, 8 + c->frac_w, 2, true},
        {"credit memory", SR_MEM_CREDIT, c->pairs_max, 1, 8, 1, true}};
    for (size_t i = 0; i < sizeof memories / sizeof *memories && !t->gone; i++) try_memory(t, &memories[i]);
}

/* ---- the command ---- */

static enum sr_status run_selftest(struct selftest *t) {
    struct sr_open open, plain = {.engine = "ref", .frac_bits = sr_selftest_caps.frac_w};
    char text[SR_ERROR_SIZE];
    bool is_ref = !strcmp(t->options.engine, "ref"), right = true;
    sr_options_open(&t->options, &open);
    enum sr_status status = sr_device_open(&plain, &t->golden, t->error, sizeof t->error);
    if (status == SR_OK && !is_ref) status = sr_device_open(&open, &t->device, t->error, sizeof t->error);
    if (status == SR_OK && !is_ref) {
        t->caps = *sr_device_caps(t->device);
        plain.frac_bits = t->caps.frac_w;
        status = sr_device_open(&plain, &t->ref, t->error, sizeof t->error);
    }
    for (size_t i = 0; i < sr_selftest_count && status == SR_OK; i++) {
        if (is_ref || right) begin_line(is_ref ? sr_selftest_blocks[i].name : "ref");
        bool good = ref_is_right(t, &sr_selftest_blocks[i], text, sizeof text);
        if (is_ref) {
            end_line(t, good ? PASSED : FAILED, text);
        } else if (!good) {
            char named[SR_ERROR_SIZE + 32];
            snprintf(named, sizeof named, "%s: %s", sr_selftest_blocks[i].name, text);
            end_line(t, FAILED, named);
            right = false;
        }
    }
    if (status != SR_OK || is_ref) return status;
    snprintf(text, sizeof text, "the answers expected below have their stored checks, all %zu blocks", sr_selftest_count);
    if (right) end_line(t, PASSED, text);
    if (t->device->ops->read_memory) {
        try_identity(t);
        if (!t->gone) try_registers(t);
        if (!t->gone) try_memories(t);
    }
    for (size_t i = 0; i < sr_selftest_count && !t->gone; i++) try_block(t, &sr_selftest_blocks[i]);
    return SR_OK;
}

int sr_cmd_selftest(int argc, char **argv) {
    struct selftest t = {.device = NULL};
    int code;
    if (!sr_command_begin(&t.options, SR_CMD_SELFTEST, argc, argv, intro, &code)) return code;
    signal(SIGALRM, on_alarm);
    t.json = t.options.json ? cJSON_CreateArray() : NULL;
    enum sr_status status = run_selftest(&t);
    code = status != SR_OK ? sr_complain(argv[0], status, t.error) : t.count[FAILED] ? SR_EXIT_FAILURE : SR_EXIT_OK;
    if (status == SR_OK && t.options.json) {
        char *text = cJSON_Print(t.json);
        if (text) puts(text);
        cJSON_free(text);
    } else if (status == SR_OK) {
        printf("%u passed, %u failed, %u not built%s\n", (unsigned)t.count[PASSED], (unsigned)t.count[FAILED],
               (unsigned)t.count[NOT_BUILT], t.gone ? "; the rest was not tried: the device is gone" : "");
    }
    cJSON_Delete(t.json);
    sr_device_close(t.device);
    sr_device_close(t.ref);
    sr_device_close(t.golden);
    sr_options_free(&t.options);
    return code;
}
