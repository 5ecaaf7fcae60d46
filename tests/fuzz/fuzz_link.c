/* SPDX-License-Identifier: Apache-2.0
 * Fuzzes the driver (host/link) with a device whose answers the input mangles. Whatever it answers, every call must end, and the
 * sanitizers have nothing to say.
 *
 * Input: a byte with how many limits are changed (modulo 4), for each an identity register and its value (5 bytes); six bytes
 * for the network; then a byte for each request that the device receives, which says what becomes of its answer (enum mangle),
 * and the bytes that this takes. Where the input has ended, answers are honest. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <spikeroll/link.h>

#include "fuzz.h"
#include "link/packet.h"
#include "map/sr_map.h"

enum mangle {
    HONEST_MOST = 0x7F, /* up to here: the answer is whole */
    FLIP,               /* a bit of it: position (2 bytes), bit */
    TRUNCATE,           /* so many bytes at its end are lost */
    TWICE,
    LOST,
    STATUS,   /* another reply code, sealed */
    LENGTH,   /* another length in its head, sealed as if it were right */
    FILL,     /* every payload byte is this, sealed */
    WORD,     /* one payload byte: position (2 bytes), value; sealed */
    SEQUENCE, /* the number of another request */
    DELAY,    /* so many reads find nothing first */
    BABBLE,   /* so many times 256 bytes of this value before it */
    GONE,     /* the port fails */
    BUSY,     /* from now on STATUS says busy, and its cycles go on by so much */
    KINDS
};

/* What a call can need at most, were every request repeated; more is a call without end. */
enum { READS_MOST = 4000000, QUEUE = 1 << 18, PACKET = 1 << 16 };

struct device {
    const uint8_t *data;
    size_t size, at;
    uint32_t id[SR_ID_REGS], registers[128];
    uint8_t request[2 * PACKET], queue[QUEUE];
    size_t requested, queued;
    unsigned delay, cycles;
    bool gone, busy;
    unsigned long reads;
};

static uint8_t next(struct device *d) { return d->at < d->size ? d->data[d->at++] : 0; }
static unsigned next_two(struct device *d) {
    unsigned low = next(d);
    return low | (unsigned)next(d) << 8;
}

static void put(uint8_t *bytes, uint32_t value) {
    for (unsigned i = 0; i < 4; i++) bytes[i] = (uint8_t)(value >> (8 * i));
}

static void enqueue(struct device *d, const uint8_t *bytes, size_t count) {
    if (count > QUEUE - d->queued) count = QUEUE - d->queued;
    memcpy(d->queue + d->queued, bytes, count);
    d->queued += count;
}

static void seal(uint8_t *packet, size_t count) { put(packet + 7 + count, sr_crc32(packet + 2, count + 5)); }

static void reply(struct device *d, uint8_t op, uint8_t seq, const uint8_t *payload, size_t count) {
    static uint8_t packet[PACKET + SR_PACKET_FRAME];
    const uint8_t head[7] = {0x5A, 0xA5, op, seq, SR_REPLY_OK, (uint8_t)count, (uint8_t)(count >> 8)};
    memcpy(packet, head, sizeof head);
    size_t length = count + SR_PACKET_FRAME, times = 1;
    if (count) memcpy(packet + 7, payload, count);
    seal(packet, count);
    unsigned kind = next(d);
    if (kind > HONEST_MOST) kind = FLIP + (kind - FLIP) % (KINDS - FLIP);
    switch (kind) {
        case FLIP: {
            size_t where = next_two(d) % length;
            packet[where] ^= (uint8_t)(1u << next(d) % 8);
            break;
        }
        case TRUNCATE:
            length -= next(d) % length;
            break;
        case TWICE:
            times = 2;
            break;
        case LOST:
            times = 0;
            break;
        case STATUS:
            packet[4] = next(d);
            seal(packet, count);
            break;
        case LENGTH:
            count = next_two(d);
            packet[5] = (uint8_t)count, packet[6] = (uint8_t)(count >> 8);
            seal(packet, count);
            length = count + SR_PACKET_FRAME;
            break;
        case FILL:
            memset(packet + 7, next(d), count);
            seal(packet, count);
            break;
        case WORD:
            if (count) packet[7 + next_two(d) % count] = next(d);
            seal(packet, count);
            break;
        case SEQUENCE:
            packet[3] = next(d);
            seal(packet, count);
            break;
        case DELAY:
            d->delay = next(d);
            break;
        case BABBLE: {
            uint8_t noise[256];
            size_t blocks = next(d);
            memset(noise, next(d), sizeof noise);
            for (size_t i = 0; i < blocks; i++) enqueue(d, noise, sizeof noise);
            break;
        }
        case GONE:
            d->gone = true;
            break;
        case BUSY:
            d->busy = true;
            d->cycles = next_two(d) << 8;
            break;
        default:
            break;
    }
    for (size_t i = 0; i < times; i++) enqueue(d, packet, length);
}

static size_t word_bytes(const struct device *d, unsigned memory) {
    const size_t bytes[8] = {d->id[SR_REG_SAMPLE_W] / 8, 4, 2 * d->id[SR_REG_LANES], 2 * d->id[SR_REG_LANES], 1, 4, 2, 4};
    return bytes[memory & 7];
}

static void obey(struct device *d, uint8_t op, uint8_t seq, const uint8_t *payload, size_t count) {
    static uint8_t answer[PACKET];
    size_t length = 0;
    if (op == SR_OP_IDENTIFY) {
        length = 4 * SR_ID_REGS;
        for (unsigned i = 0; i < SR_ID_REGS; i++) put(answer + 4 * i, d->id[i]);
    } else if (op == SR_OP_READ_REG && count == 2) {
        d->registers[SR_REG_STATUS] = 2u | d->busy; /* it remembers */
        d->registers[SR_REG_CYC_TOTAL] += d->busy ? d->cycles : 0;
        length = payload[1] * 4u;
        for (unsigned i = 0; i < payload[1]; i++) put(answer + 4 * i, d->registers[(payload[0] + i) & 127]);
    } else if (op == SR_OP_READ_MEM && count == 7) {
        length = (size_t)(payload[5] | payload[6] << 8) * word_bytes(d, payload[0]);
        if (length > d->id[SR_REG_PACKET_MAX] || length > PACKET) length = 0;
        memset(answer, 0, length);
    } else if (op == SR_OP_WAIT && d->busy) {
        return;
    }
    reply(d, op, seq, answer, length);
}

static long receive(void *context, const uint8_t *bytes, size_t count) {
    struct device *d = context;
    if (d->gone) return -1;
    if (count > sizeof d->request - d->requested) d->requested = 0;
    if (count > sizeof d->request) return (long)count;
    memcpy(d->request + d->requested, bytes, count);
    d->requested += count;
    for (;;) {
        size_t skip = 0;
        while (skip + 1 < d->requested && !(d->request[skip] == 0xA5 && d->request[skip + 1] == 0x5A)) skip++;
        memmove(d->request, d->request + skip, d->requested -= skip);
        if (d->requested < 10) return (long)count;
        size_t length = d->request[4] | (size_t)d->request[5] << 8;
        if (d->requested < length + 10) return (long)count;
        obey(d, d->request[2], d->request[3], d->request + 6, length);
        memmove(d->request, d->request + length + 10, d->requested -= length + 10);
    }
}

static long send(void *context, uint8_t *bytes, size_t size, unsigned timeout_ms) {
    struct device *d = context;
    (void)timeout_ms;
    if (++d->reads > READS_MOST) {
        fprintf(stderr, "a call without end\n");
        abort();
    }
    if (d->gone) return -1;
    if (d->delay) return d->delay--, 0;
    size_t count = d->queued < size ? d->queued : size;
    if (count > 100) count = 100 + d->reads % (count - 99); /* in parts, as they come */
    memcpy(bytes, d->queue, count);
    memmove(d->queue, d->queue + count, d->queued -= count);
    return (long)count;
}

static void hang_up(void *context) { (void)context; }

static void set_limits(struct device *d) {
    static const struct {
        unsigned reg;
        uint32_t value;
    } limits[] = {{SR_REG_MAGIC, SR_MAGIC_VALUE},
                  {SR_REG_PROTOCOL, SR_PROTOCOL_VALUE},
                  {SR_REG_MAP_HASH, SR_MAP_HASH},
                  {SR_REG_LANES, 4},
                  {SR_REG_RANK_LANES, 2},
                  {SR_REG_PROJ_UNITS, 4},
                  {SR_REG_SAMPLE_W, 16},
                  {SR_REG_FRAC_W, 4},
                  {SR_REG_BUFFERS, 1},
                  {SR_REG_INPUTS_MAX, 1024},
                  {SR_REG_HIDDEN_MAX, 256},
                  {SR_REG_CLASSES_MAX, 16},
                  {SR_REG_STEPS_MAX, 64},
                  {SR_REG_RANK_MAX, 32},
                  {SR_REG_PAIRS_MAX, 64},
                  {SR_REG_SAMPLE_WORDS, 256},
                  {SR_REG_WEIGHT_WORDS, 65536},
                  {SR_REG_RWEIGHT_WORDS, 1024},
                  {SR_REG_BATCH_MAX, 64},
                  {SR_REG_SCORE_WORDS, 64},
                  {SR_REG_PACKET_MAX, 256},
                  {SR_REG_MODES, 35},
                  {SR_REG_FACTORS, 256},
                  {SR_REG_ROW_WORDS, 64}};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) d->id[limits[i].reg] = limits[i].value;
    for (unsigned left = next(d) % 4; left; left--) {
        unsigned reg = next(d) % SR_ID_REGS;
        uint32_t value = next_two(d);
        d->id[reg] = value | (uint32_t)next_two(d) << 16;
    }
}

/* Every call once, on whatever the device has become; all that counts is that each ends. */
static void drive(struct sr_device *device, struct device *d) {
    enum { SAMPLES = 6 };
    static int16_t master[64 * 32];
    uint64_t words[8] = {0};
    const uint64_t *bits[SAMPLES];
    uint32_t ids[SAMPLES], correct[64], values[8];
    uint8_t labels[SAMPLES] = {0}, predicted[SAMPLES], memory[64];
    int32_t fitness[64], scores[SAMPLES * SR_CLASSES];
    struct sr_counters counters;
    struct sr_net net = {.layers = 1 + next(d) % 3u,
                         .inputs = 1 + next(d) % 64u,
                         .hidden = {1 + next(d) % 32u, 1 + next(d) % 32u, 5},
                         .classes = 2 + next(d) % 15u,
                         .steps = 1 + next(d) % 8u,
                         .theta = {9, 9, 9, 9}};
    struct sr_evaluation e = {.noise = {.pairs = 8, .rank = 2}, .scale = {9, 9, 9, 9}, .pair_count = 8};
    struct sr_update update = {.noise = e.noise, .step = {65535, 65535, 65535, 65535}};
    struct sr_batch batch = {SAMPLES, ids, bits, labels};
    for (uint32_t i = 0; i < SAMPLES; i++) ids[i] = i % 5, bits[i] = words;
    enum sr_status status[12] = {sr_device_configure(device, &net)};
    status[1] = sr_device_write_weights(device, 0, master);
    status[2] = sr_device_evaluate(device, &e, &batch, fitness, correct);
    status[3] = sr_device_update(device, &update);
    status[4] = sr_device_infer(device, &batch, scores, predicted);
    status[5] = sr_device_read_weights(device, 0, master);
    status[6] = sr_device_read_registers(device, 0, 8, values);
    status[7] = sr_device_read_memory(device, SR_MEM_CREDIT, 0, memory, 8);
    status[8] = sr_device_counters(device, &counters);
    for (uint32_t i = 0; i < SAMPLES && !status[4]; i++)
        if (predicted[i] >= net.classes) abort();
    for (unsigned i = 0; i < 32 && !status[5]; i++)
        if (master[i] < -2048 && sr_device_caps(device)->frac_w == 4) abort();
    memset(master, 0, sizeof master);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct device d;
    struct sr_device *device = NULL;
    char error[300];
    d.data = data, d.size = size, d.at = 0;
    d.requested = d.queued = d.delay = d.cycles = 0, d.reads = 0;
    d.gone = d.busy = false;
    memset(d.id, 0, sizeof d.id);
    memset(d.registers, 0, sizeof d.registers);
    set_limits(&d);
    struct sr_transport transport = {.context = &d, .write = receive, .read = send, .close = hang_up};
    if (sr_link_open(&transport, "fuzz", &device, error, sizeof error) != SR_OK) return 0;
    drive(device, &d);
    sr_device_close(device);
    return 0;
}
