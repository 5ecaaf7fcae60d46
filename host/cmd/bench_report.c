/* SPDX-License-Identifier: Apache-2.0
 * How bench prints what it measured (bench.h). */
#include "cmd/bench.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "device/device.h"
#include "link/packet.h"
#include "model/weights.h"

const char *sr_bench_mode(enum sr_mode mode) {
    return mode == SR_MODE_FULL ? "full" : mode == SR_MODE_LOCAL ? "local" : "lowrank";
}

/* Bytes on the link, both ways, to write a layer's words of `size` bytes. */
static uint64_t write_bytes(const struct sr_caps *caps, uint32_t words, uint32_t size) {
    enum { HEAD = 5 }; /* memory and first word */
    uint32_t each = (caps->packet_max - HEAD) / size, packets = (words + each - 1) / each;
    return (uint64_t)words * size + (uint64_t)packets * (HEAD + SR_PACKET_FRAME - 1 + SR_PACKET_FRAME);
}

void sr_bench_count_sent(struct sr_bench_sent *sent, const struct sr_net *net, const struct sr_caps *caps) {
    for (unsigned l = 0; l < SR_LAYERS; l++) {
        uint32_t rows = sr_net_rows(net, l), cols = sr_net_cols(net, l);
        if (!rows) continue;
        sent->packed16 += write_bytes(caps, rows * sr_row_words(caps, cols), 2 * caps->lanes);
        sent->packed8 += write_bytes(caps, rows * ((cols + caps->lanes - 1) / caps->lanes), caps->lanes);
    }
}

cJSON *sr_bench_sent_json(const struct sr_bench_sent *sent) {
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "mode", "sent");
    cJSON_AddNumberToObject(json, "evaluate_cycles", sent->evaluate);
    cJSON_AddNumberToObject(json, "weight_bytes", (double)sent->weights);
    cJSON_AddNumberToObject(json, "weight_bytes_counted", (double)sent->packed16);
    cJSON_AddNumberToObject(json, "weight_bytes_of_8_bits", (double)sent->packed8);
    cJSON_AddNumberToObject(json, "command_bytes", (double)sent->command);
    return json;
}

void sr_bench_print_sent(const struct sr_bench_sent *sent) {
    printf(
        "\na member whose weights are sent: %.0f cycles to evaluate; link %.0f bytes with weights of 8 bits, %.0f as this "
        "device"
        "\ntakes them, and %.0f for the rest\n",
        sent->evaluate, (double)sent->packed8, (double)sent->weights, (double)sent->command);
}

cJSON *sr_bench_json(const struct sr_bench_what *b, const struct sr_bench_line *r) {
    const struct sr_config *c = b->config;
    uint32_t population = r->mode == SR_MODE_LOCAL ? 1 + 2 * c->pairs : c->population; /* passes of a sample */
    cJSON *json = cJSON_CreateObject();
    char shape[64];
    bool cycles = r->total > 0;
    const struct {
        const char *name;
        double value;
    } phases[] = {{"base", r->base}, {"lif", r->lif}, {"readout", r->readout}, {"update", r->update}};
    sr_net_text(b->net, shape, sizeof shape);
    cJSON_AddStringToObject(json, "mode", sr_bench_mode(r->mode));
    if (r->mode == SR_MODE_LOCAL) {
        cJSON_AddNumberToObject(json, "samples_per_second", r->samples);
        cJSON_AddNumberToObject(json, "pairs", c->pairs);
    } else {
        cJSON_AddNumberToObject(json, "rank", r->rank);
    }
    if (cycles)
        cJSON_AddNumberToObject(json, "cycles", r->total);
    else
        cJSON_AddNullToObject(json, "cycles");
    cJSON *by_phase = cJSON_AddObjectToObject(json, "phases");
    for (size_t i = 0; cycles && i < sizeof phases / sizeof *phases; i++)
        cJSON_AddNumberToObject(by_phase, phases[i].name, phases[i].value);
    if (isnan(r->busy))
        cJSON_AddNullToObject(json, "lif_busy");
    else
        cJSON_AddNumberToObject(json, "lif_busy", r->busy);
    if (cycles)
        cJSON_AddNumberToObject(json, "cycles_per_member", r->total / population);
    else
        cJSON_AddNullToObject(json, "cycles_per_member");
    double link = r->link_tx + r->link_rx;
    cJSON_AddNumberToObject(json, "link_bytes", link);
    cJSON_AddNumberToObject(json, "link_tx", r->link_tx);
    cJSON_AddNumberToObject(json, "link_rx", r->link_rx);
    cJSON_AddNumberToObject(json, "link_requests", r->requests);
    cJSON_AddNumberToObject(json, "link_bytes_per_member", link / population);
    cJSON_AddNumberToObject(json, "evaluations_per_second", (double)population * c->batch / r->seconds);
    cJSON_AddNumberToObject(json, "seconds", r->seconds);
    cJSON_AddNumberToObject(json, "processor_seconds", r->processor);
    if (isnan(r->speedup))
        cJSON_AddNullToObject(json, "speedup_vs_full");
    else
        cJSON_AddNumberToObject(json, "speedup_vs_full", r->speedup);
    cJSON_AddStringToObject(json, "speedup_of", r->by_time ? "time" : "cycles");
    cJSON_AddNumberToObject(json, "perturbation_bytes_stored", r->stored);
    if (r->mode != SR_MODE_LOCAL)
        cJSON_AddNumberToObject(json, "perturbation_bytes_if_stored",
                                r->mode == SR_MODE_FULL ? r->stored_full : r->stored_lowrank);
    cJSON_AddNumberToObject(json, "generations", r->generations);
    cJSON_AddNumberToObject(json, "population", population);
    cJSON_AddNumberToObject(json, "batch", c->batch);
    cJSON_AddStringToObject(json, "network", shape);
    cJSON_AddStringToObject(json, "engine", b->caps->engine);
    return json;
}

void sr_bench_print_line(const struct sr_bench_what *b, const struct sr_bench_line *r) {
    if (r->mode == SR_MODE_LOCAL) {
        printf("local: %.0f samples learned a second, %.2f us each, %u pair%s a sample\n", r->samples, 1e6 / r->samples,
               b->config->pairs, b->config->pairs == 1 ? "" : "s");
        double each = b->config->batch;
        if (r->total > 0)
            printf(
                "       %.0f cycles a sample; phases, which overlap: base current %.0f, LIF %.0f, readout %.0f, update %.0f\n",
                r->total / each, r->base / each, r->lif / each, r->readout / each, r->update / each);
        return;
    }
    uint32_t population = b->config->population;
    char rank[16] = "-", busy[16] = "-", speedup[32] = "-";
    if (!isnan(r->speedup)) snprintf(speedup, sizeof speedup, "%.2f", r->speedup);
    if (r->mode == SR_MODE_LOWRANK) snprintf(rank, sizeof rank, "%u", r->rank);
    if (!isnan(r->busy)) snprintf(busy, sizeof busy, "%.1f %%", 100 * r->busy);
    printf("%-8s %4s", sr_bench_mode(r->mode), rank);
    if (r->total > 0) {
        printf(" %11.0f %10.0f %11.0f %10.0f %10.0f %8s %11.0f", r->total, r->base, r->lif, r->readout, r->update, busy,
               r->total / population);
    } else {
        printf(" %11s %10s %11s %10s %10s %8s %11s", "-", "-", "-", "-", "-", "-", "-");
    }
    double link = r->link_tx + r->link_rx;
    printf(" %9.0f %8.1f %8s%s %11.0f %9.0f\n", link, link / population, speedup, r->by_time ? "t" : " ",
           (double)population * b->config->batch / r->seconds, r->mode == SR_MODE_FULL ? r->stored_full : r->stored_lowrank);
}

void sr_bench_print_head(const struct sr_bench_what *b) {
    char shape[64];
    const struct sr_caps *caps = b->caps;
    sr_net_text(b->net, shape, sizeof shape);
    printf("network %s, %u steps, population %u, batch %u; engine %s", shape, b->net->steps, b->config->population,
           b->config->batch, caps->engine);
    if (caps->lanes && strcmp(caps->engine, "ref"))
        printf(", %u x %u LIF lanes", caps->devices ? caps->devices : 1, 2 * caps->lanes);
    printf(
        "\ncycles a generation by phase (phases overlap); speed-up of %s against full rank; perturbation bytes a member are "
        "what\n"
        "storing them would take: this device %s\n\n",
        strcmp(caps->engine, "ref") ? "cycles" : "time (t)",
        caps->factors ? "keeps a generation's factors, a bit an entry, one set a pair" : "regenerates them and stores 0");
    printf("%-8s %4s %11s %10s %11s %10s %10s %8s %11s %9s %8s %9s %11s %9s\n", "mode", "rank", "cycles", "base", "lif",
           "readout", "update", "busy", "/member", "link", "/member", "speed-up", "evals/s", "perturb.");
}
