/* SPDX-License-Identifier: Apache-2.0
 * spikeroll selftest: known answers, block by block. A block is a function that drives a device and notes what it answers; run
 * on the device and on ref, the two notes must be the same. That ref is right is checked first: its notes for one fixed set of
 * limits have checks that are stored here. */
#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/commands.h"
#include "cmd/selftest.h"
#include "device/device.h"
#include "link/packet.h"

static const char intro[] =
    "usage: spikeroll selftest [--engine E] [--port PATH] [--quick] [--json]\n"
    "\n"
    "Tries a device block by block against ref and prints a line for each: passed, failed with the first value that differs, "
    "or\n"
    "not built. Blocks come in the order in which they rest on one another: the first line that failed is where to look. What\n"
    "ref itself answers is checked against stored sums first (line 'ref'); --engine ref does only that. Weights, samples and\n"
    "registers of the device are overwritten. Of a memory beyond 512 KiB, which simulations alone have, the rest is tried\n"
    "at the address lines only. Exit code 1 if a line failed.\n";

/* ---- the run ---- */

enum verdict { PASSED, FAILED, NOT_BUILT };

struct selftest {
    struct sr_options options;
    struct sr_device *device, *ref, *golden; /* golden: ref under sr_selftest_caps */
    struct sr_caps caps;
    const char *line; /* the name of the line that is being tried */
    bool gone;        /* the link is dead: nothing more to try */
    uint32_t next_id; /* of samples: no two blocks' are the same, or the driver would not send the second's */
    uint32_t count[3];
    cJSON *json;
    char error[SR_ERROR_SIZE];
};

static void end_line(struct selftest *t, enum verdict verdict, const char *text) {
    static const char *const words[] = {"passed", "failed", "not built"};
    t->count[verdict]++;
    if (t->options.json) {
        cJSON *line = cJSON_CreateObject();
        cJSON_AddStringToObject(line, "block", t->line);
        cJSON_AddStringToObject(line, "verdict", words[verdict]);
        sr_json_text(line, "text", text);
        cJSON_AddItemToArray(t->json, line);
    } else {
        printf("%-20s %-10s %s\n", t->line, words[verdict], text);
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
    t->line = block->name;
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

/* What a line without a block of answers came to. */
static void end_check(struct selftest *t, enum sr_status status, char *text, size_t size) {
    if (status != SR_OK && status != SR_ERR_MISMATCH)
        snprintf(text, size, "%s", *sr_device_error(t->device) ? sr_device_error(t->device) : sr_status_text(status));
    t->gone = status == SR_ERR_LINK;
    end_line(t, status == SR_OK ? PASSED : FAILED, text);
}

static void try_below_blocks(struct selftest *t) {
    char text[SR_ERROR_SIZE];
    t->line = "identity";
    end_check(t, sr_selftest_identity(t->device, text, sizeof text), text, sizeof text);
    if (t->gone) return;
    t->line = "registers";
    end_check(t, sr_selftest_registers(t->device, text, sizeof text), text, sizeof text);
    for (unsigned i = 0; i < SR_SELFTEST_MEMORIES && !t->gone; i++) {
        t->line = sr_selftest_memory_name(t->device, i);
        end_check(t, sr_selftest_memory(t->device, i, t->options.quick, text, sizeof text), text, sizeof text);
    }
}

/* ---- the command ---- */

/* ref, and with another engine the device, and ref again under its limits. */
static enum sr_status open_devices(struct selftest *t, bool is_ref) {
    struct sr_open plain = {.engine = "ref", .frac_bits = sr_selftest_caps.frac_w};
    enum sr_status status = sr_device_open(&plain, &t->golden, t->error, sizeof t->error);
    if (status != SR_OK || is_ref) return status;
    if (t->options.port && strchr(t->options.port, ','))
        return sr_error(t->error, sizeof t->error, SR_ERR_ARGUMENT, "--port %s: one board at a time", t->options.port);
    status = sr_open_device("selftest", &t->options, 0, &t->device, t->error, sizeof t->error);
    if (status != SR_OK) return status;
    t->caps = *sr_device_caps(t->device);
    plain.frac_bits = t->caps.frac_w;
    return sr_device_open(&plain, &t->ref, t->error, sizeof t->error);
}

/* The checks of ref's own answers: a line each if ref is what is tried, else one for all. */
static void try_ref(struct selftest *t, bool is_ref) {
    char text[SR_ERROR_SIZE], named[SR_ERROR_SIZE + 32];
    for (size_t i = 0; i < sr_selftest_count; i++) {
        const struct sr_block *block = &sr_selftest_blocks[i];
        bool good = ref_is_right(t, block, text, sizeof text);
        t->line = is_ref ? block->name : "ref";
        if (is_ref) {
            end_line(t, good ? PASSED : FAILED, text);
        } else if (!good) {
            snprintf(named, sizeof named, "%s: %s", block->name, text);
            end_line(t, FAILED, named);
            return;
        }
    }
    if (is_ref) return;
    snprintf(text, sizeof text, "the answers expected below have their stored checks, all %zu blocks", sr_selftest_count);
    end_line(t, PASSED, text);
}

static enum sr_status run_selftest(struct selftest *t) {
    bool is_ref = !strcmp(t->options.engine, "ref");
    enum sr_status status = open_devices(t, is_ref);
    if (status != SR_OK) return status;
    try_ref(t, is_ref);
    if (is_ref) return SR_OK;
    if (t->device->ops->read_memory) try_below_blocks(t);
    for (size_t i = 0; i < sr_selftest_count && !t->gone; i++) try_block(t, &sr_selftest_blocks[i]);
    return SR_OK;
}

int sr_cmd_selftest(int argc, char **argv) {
    struct selftest t = {.device = NULL};
    int code;
    if (!sr_command_begin(&t.options, SR_CMD_SELFTEST, argc, argv, intro, &code)) return code;
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
